"""A text's words with their meanings in it, and its sentences with what a question needs of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.words import Word, is_distinct_name, is_stop_word, split_words

Vector = NDArray[np.float32]

_NUMBER = re.compile(
    r"\d[\d,.]*\+?%?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|hundreds?|thousands?|millions?|billions?|dozens?|several|half|third|quarter|most|majority|once|twice|decades?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"1\d{3}s?|20\d\ds?|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|centur(?:y|ies)|decades?|spring|summer|autumn|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|immediately|today"
    r"|tomorrow|now",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:dai|week|month|quarter|year|annual|hour|night|bi-?week|regular)ly|every|each|always|never|often|once|twice"
    r"|constantly|continuously|rarely|sometimes",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|based|of)\s+(?:the\s+)?[A-Z]|\b[Rr]emote\b|\b(?:[Ll]ocat(?:ed|ion)|[Aa]ddress|[Cc]ity)\b"
)
_REASON = re.compile(
    r"\b(?:because|since|due to|as a result|in order|so that|so as|therefore|thus|caused?|led to|owing|reason|for"
    r"|to \w+|resulted?)\b|[—–:]",
    re.IGNORECASE,
)
_MANNER = re.compile(r"\b(?:by|through|using|via|with|\w+ly|as|means|starts?|first|before|then)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|lack(?:s|ed)?|unable|except|fail(?:s|ed)?|refused"
    r"|rejected)\b|n['’]t\b",
    re.IGNORECASE,
)


class TokenVectors(Protocol):
    """A text as a model reads it, token by token."""

    @property
    def vectors(self) -> Vector:
        """One row per token."""
        ...

    @property
    def spans(self) -> NDArray[np.int32]:
        """Start and end of each token in the text."""
        ...


class TokenEmbedder(Protocol):
    """Reads texts token by token."""

    def embed_tokens(self, texts: Sequence[str]) -> Sequence[TokenVectors]:
        """One per text; the mean of a text's tokens is its embedding."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text, each with its meaning in this text."""

    text: str
    words: tuple[Word, ...]
    vectors: Vector
    """One unit row per word."""
    embedding: Vector
    """Of the whole text."""
    pieces: tuple[int, ...]
    """In how many pieces the model reads each word; more than one for names and words it does not know."""

    def part(self, start: int, end: int) -> slice:
        """Which words stand at text[start:end]."""
        inside = [index for index, word in enumerate(self.words) if start <= word.start < end]
        return slice(inside[0], inside[-1] + 1) if inside else slice(0, 0)


def read_texts(texts: Sequence[str], embedder: TokenEmbedder) -> list[Reading]:
    """Read texts word by word."""
    return [_read(text, tokens) for text, tokens in zip(texts, embedder.embed_tokens(texts), strict=True)]


def _read(text: str, tokens: TokenVectors) -> Reading:
    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    words, rows, pieces = [], [], []
    for word in split_words(text):
        inside = (ends > starts) & (starts < word.end) & (ends > word.start)
        if inside.any():  # the end of a long text is not read
            words.append(word)
            rows.append(tokens.vectors[inside].mean(axis=0))
            pieces.append(int(inside.sum()))
    vectors = np.stack(rows) if rows else np.zeros((0, tokens.vectors.shape[1]), dtype=np.float32)
    embedding = _unit(tokens.vectors.mean(axis=0, keepdims=True))[0]
    return Reading(text, tuple(words), _unit(vectors), embedding, tuple(pieces))


def _unit(rows: Vector) -> Vector:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


class Sentence:
    """A sentence inside the text it is read in, with what every question needs of it."""

    def __init__(
        self,
        reading: Reading,
        start: int,
        end: int,
        *,
        heading_length: int = 0,
        setting: Mapping[str, float] | None = None,
    ) -> None:
        """Cut the sentence out of its text.

        Args:
            reading: Of the whole text.
            start: Where the sentence begins in it.
            end: Where it ends.
            heading_length: Characters of the headings that the text opens with.
            setting: What its place in a document says, see `setting_of`; nothing for a text that stands alone.
        """
        part = reading.part(start, end)
        self.reading = reading
        self.start = start
        self.text = reading.text[start:end]
        self.setting = dict(setting or {})
        self.words = reading.words[part]
        self.vectors = reading.vectors[part]
        self.pieces = reading.pieces[part]
        # The mean of its words as read in their text: no second pass of the model for the sentence alone.
        self.embedding = _unit(self.vectors.mean(axis=0, keepdims=True))[0] if self.words else reading.embedding
        self.stems = frozenset(word.stem for word in self.words)
        self.around = frozenset(word.stem for word in reading.words)
        self.heading = frozenset(word.stem for word in reading.words if word.start < heading_length)
        self.content = [word.stem for word in self.words if not is_stop_word(word.text)]
        self.is_negated = is_negated(self.text)
        self.gives_reason = _REASON.search(self.text) is not None
        self.gives_manner = _MANNER.search(self.text) is not None
        self.gives_place = _PLACE.search(self.text) is not None
        self.numbers = [index for index, word in enumerate(self.words) if _NUMBER.fullmatch(word.text)]
        self.dates = [index for index, word in enumerate(self.words) if _DATE.fullmatch(word.text)]
        self.periods = [index for index, word in enumerate(self.words) if _PERIOD.fullmatch(word.text)]
        self.names = [
            index for index, word in enumerate(self.words) if not word.text[0].isdigit() and is_name(word, reading.text)
        ]
        self.places: dict[str, list[int]] = {}
        for index, word in enumerate(self.words):
            self.places.setdefault(word.stem, []).append(index)


def is_negated(text: str) -> bool:
    """Whether a text holds a word of denial."""
    return _NEGATION.search(text) is not None


def is_name(word: Word, text: str) -> bool:
    """Whether a word names something: a number, a capital inside a sentence, a name of the general vocabulary."""
    before = text[: word.start].rstrip()
    opens = not before or before[-1] in ".!?\n"
    has_capitals = word.text[:1].isupper() and not opens and word.text != "I"
    is_short_form = len(word.text) > 1 and word.text.isupper()
    return has_capitals or is_short_form or word.text[:1].isdigit() or is_distinct_name(word.text)
