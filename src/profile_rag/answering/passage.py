"""Whether one given passage answers a question, and with which of its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.features import FEATURES, Relevance, content_of, kind_of
from profile_rag.answering.reading import Reading, Sentence, TokenEmbedder, is_name, read_texts
from profile_rag.answering.relevance import ANSWER_FEATURES, answer_features, load_regression
from profile_rag.answering.spans import SPAN_FEATURES, SpanJudge, candidates_of, span_of
from profile_rag.sentences import split_sentences
from profile_rag.words import stems

_WINDOW_TOKENS = 250  # the model reads 256, its own two among them

PASSAGE_FEATURES = (
    *"name_replaced number_replaced names_elsewhere new_names names_held name_of_kind_missing".split(),
    *"held_beside held_by_two held_by_three held_by_all most_held lost_beside lost_in_best".split(),
    *"nearest_inside nearness_lost nearness_lost_most alignments_rise alignments_spread alignments_differ".split(),
    *"lowest_near asks_extreme asks_denied asks_kind asks_part opens_asking question_length".split(),
)
"""What decides beside `ANSWER_FEATURES`: names exchanged, words that stand elsewhere, the question's own wording."""

_EXTREME = re.compile(r"\b(?:first|last|only|most|least|\w+est|worst)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:never|not|no|non|no longer|without|except)\b|n['’]t\b", re.IGNORECASE)
_KIND = re.compile(r"\bwhat (?:kind|type|sort|form)\b", re.IGNORECASE)
_PART = re.compile(r"\bwhat (?:is|are|was|were) (?:the )?\w+ of\b", re.IGNORECASE)
_OPENS = re.compile(r"(?:what|which|who|whom|whose|when|where|why|how)\b", re.IGNORECASE)


class PassageEmbedder(TokenEmbedder, Protocol):
    """Reads texts token by token, and counts their tokens."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a passage."""

    start: int
    end: int
    sentence: Sentence
    offset: int
    """Where the text that the sentence is read in begins in the passage."""


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """The best answer that a passage has, given or not."""

    start: int
    end: int
    """passage[start:end] is the answer."""
    probability: float
    """That the passage answers the question at all."""


class PassageReader:
    """Reads passages of one collection, whose rare words count for more."""

    def __init__(self, embedder: PassageEmbedder, texts: Sequence[str]) -> None:
        """Count the collection's words.

        Args:
            embedder: What reads questions and passages.
            texts: All texts of the collection.
        """
        self._embedder = embedder
        self.relevance = Relevance([set(stems(text)) for text in texts])

    def answer(self, questions: Sequence[str], passage: str) -> list[PassageAnswer]:
        """The passage's best answer to each question."""
        places = self.places_of(passage)
        return [self._answer(question, places, len(passage)) for question in read_texts(questions, self._embedder)]

    def places_of(self, passage: str) -> list[Place]:
        """The sentences that hold words, read in windows of whole sentences that the model can take in."""
        return [place for place in self._places(passage) if place.sentence.words]

    def _places(self, passage: str) -> Iterator[Place]:
        windows: list[list[tuple[int, int]]] = [[]]
        for start, end in split_sentences(passage):
            opened = windows[-1][0][0] if windows[-1] else start
            if windows[-1] and self._embedder.count_tokens(passage[opened:end]) > _WINDOW_TOKENS:
                windows.append([])
            windows[-1].append((start, end))
        texts = [passage[window[0][0] : window[-1][1]] for window in windows if window]
        for window, reading in zip(filter(None, windows), read_texts(texts, self._embedder), strict=True):
            opened = window[0][0]
            for start, end in window:
                yield Place(start, end, Sentence(reading, start - opened, end - opened), opened)

    def _answer(self, question: Reading, places: Sequence[Place], length: int) -> PassageAnswer:
        if not places or not question.words:
            return PassageAnswer(0, length, 0.0)
        sentences = [place.sentence for place in places]
        rows = self.relevance.features(question, sentences)
        scores = load_regression("passage", "ranks", FEATURES).log_odds(rows)
        row = decisive_row(self.relevance, question, sentences, rows, scores)
        answers = load_regression("passage", "answers", (*ANSWER_FEATURES, *PASSAGE_FEATURES))
        probability = float(1 / (1 + np.exp(-answers.log_odds(row[None])[0])))
        best = places[int(scores.argmax())]
        start, end = self._span(question, best)
        return PassageAnswer(start, end, probability)

    def _span(self, question: Reading, place: Place) -> tuple[int, int]:
        """The words of a sentence that answer best; all of it where no part of it stands out."""
        candidates = candidates_of(place.sentence)
        if not candidates:
            return place.start, place.end
        model = load_regression("passage", "spans", SPAN_FEATURES)
        scores = model.log_odds(SpanJudge(question).features(place.sentence, candidates))
        start, end = span_of(place.sentence, candidates[int(scores.argmax())])
        return place.offset + start, place.offset + end


def decisive_row(
    relevance: Relevance,
    question: Reading,
    sentences: Sequence[Sentence],
    rows: NDArray[np.float64],
    scores: NDArray[np.float64],
) -> NDArray[np.float64]:
    """What decides whether a passage answers: `ANSWER_FEATURES` of its best sentence, then `PASSAGE_FEATURES`."""
    best = int(scores.argmax())
    values = {
        **_exchanged(question, sentences[best]),
        **_held(relevance, question, sentences, best),
        **_aligned(question, sentences, best),
        **_wording(question),
    }
    return np.concatenate([answer_features(rows, scores)[best], [values[name] for name in PASSAGE_FEATURES]])


def _exchanged(question: Reading, sentence: Sentence) -> dict[str, float]:
    """Names and numbers of the question that are absent where others stand: another person, year or place is meant."""
    own = {word.stem for word in question.words}
    names = [word for word in question.words if is_name(word, question.text)]
    missing = [word for word in names if word.stem not in sentence.stems]
    new_names = sum(sentence.words[index].stem not in own for index in sentence.names)
    new_numbers = sum(sentence.words[index].stem not in own for index in sentence.numbers)
    lacks_number = any(word.text[:1].isdigit() for word in missing)
    return {
        "name_replaced": float(bool(missing) and new_names > 0),
        "number_replaced": float(lacks_number and new_numbers > 0),
        "names_elsewhere": float(sum(word.stem in sentence.around for word in missing)),
        "new_names": float(new_names),
        "names_held": float(len(names) - len(missing)),
        "name_of_kind_missing": float(bool(missing) and kind_of(question.text) in {"person", "place"}),
    }


def _held(relevance: Relevance, question: Reading, sentences: Sequence[Sentence], best: int) -> dict[str, float]:
    """How much of the question neighbours, pairs and threes of sentences hold, rare words counting for more."""
    asked = [question.words[index].stem for index in content_of(question)]
    weights = np.array([relevance.rarity(stem) for stem in asked])
    weights = weights / max(weights.sum(), 1e-9)
    held = np.array([[stem in sentence.stems for stem in asked] for sentence in sentences], dtype=float)

    def by(count: int) -> float:
        starts = range(max(1, len(held) - count + 1))
        return max(float(held[start : start + count].max(axis=0) @ weights) for start in starts)

    own, most, whole = float(held[best] @ weights), by(1), float(held.max(axis=0) @ weights)
    beside = float(held[max(0, best - 1) : best + 2].max(axis=0) @ weights)
    return {
        "held_beside": beside,
        "held_by_two": by(2),
        "held_by_three": by(3),
        "held_by_all": whole,
        "most_held": most,
        "lost_beside": whole - beside,
        "lost_in_best": most - own,
    }


def _aligned(question: Reading, sentences: Sequence[Sentence], best: int) -> dict[str, float]:
    """Where in the passage each word of the question has its nearest, and in which order."""
    vectors = question.vectors[content_of(question)]
    near = np.stack([(vectors @ sentence.vectors.T).max(axis=1) for sentence in sentences])
    places = (vectors @ sentences[best].vectors.T).argmax(axis=1)
    lost = near.max(axis=0) - near[best]
    rises = [one < other for one, other in pairwise(places)]
    return {
        "nearest_inside": float((near.argmax(axis=0) == best).mean()),
        "nearness_lost": float(lost.mean()),
        "nearness_lost_most": float(lost.max()),
        "alignments_rise": sum(rises) / len(rises) if rises else 1.0,
        "alignments_spread": float(places.max() - places.min()) / len(sentences[best].words),
        "alignments_differ": len(set(places.tolist())) / len(places),
        "lowest_near": float(np.sort(near[best])[:2].mean()),
    }


def _wording(question: Reading) -> dict[str, float]:
    """How the question is put."""
    text = question.text
    return {
        "asks_extreme": float(_EXTREME.search(text) is not None),
        "asks_denied": float(_DENIED.search(text) is not None),
        "asks_kind": float(_KIND.search(text) is not None),
        "asks_part": float(_PART.search(text) is not None),
        "opens_asking": float(_OPENS.match(text) is not None),
        "question_length": float(len(text.split())),
    }
