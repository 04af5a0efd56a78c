"""How likely a sentence answers a question: a fitted model over its words' meanings in their context."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.words import Word, is_distinct_name, is_stop_word, spellings, split_words, stem

Vector = NDArray[np.float32]
Form = Literal["question", "phrase"]
"""A whole question, or the thing that a yes-or-no question asks about."""

_MATCHED = 0.45  # cosine of two words in context below which they have nothing to do with one another
_NEAR_WORDS = 3
_MOST_WORDS = 60
_MOST_NEW_WORDS = 20
_MEAN_NEARNESS = 0.4  # of the question word to a sentence's best word, over both sets of questions
_QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
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
    r"\b(?:because|since|due to|as a result|in order|so that|so as|therefore|thus|caused?|led to|owing|reason|for|to \w+"
    r"|resulted?)\b|[—–:]",
    re.IGNORECASE,
)
_MANNER = re.compile(r"\b(?:by|through|using|via|with|\w+ly|as|means|starts?|first|before|then)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|lack(?:s|ed)?|unable|except|fail(?:s|ed)?|refused"
    r"|rejected)\b|n['’]t\b",
    re.IGNORECASE,
)
_NOUN = r"(?:what|which)(?: \w+)? (?:{})s?\b"
_ASKED = {
    "often": re.compile(r"\bhow (?:often|frequently|regularly)\b", re.IGNORECASE),
    "time": re.compile(
        # "When does she …?" and "when would he …?" ask on what occasion.
        r"^(?:\W*(?:and|so|but|or)\b)?\W*when\b(?! (?:would|does|do|is|are|should)\b)|\bhow (?:long|soon)\b|\bsince when\b|\b"
        + _NOUN.format("year|date|century|centurie|decade|month|day|era|period|time"),
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\bhow (?:many|old|large|high|tall|much(?! (?:do|does|is|are|can|will|experience|knowledge)\b))\b|\b"
        + _NOUN.format("percentage|percent|number|amount|share|proportion|fraction|population|price|cost|rate")
        + r"|\b(?:salary|wages?|(?:day|daily|hourly) rates?|phone|age)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE),
    "place": re.compile(
        r"\bwhere\b|\b"
        + _NOUN.format("country|city|countrie|citie|place|town|region|state|continent|location|area|street|company"),
        re.IGNORECASE,
    ),
    "reason": re.compile(
        r"\bwhy\b|\b" + _NOUN.format("reason|cause|purpose|caused|led") + r"|\bwhat (?:caused|led)\b", re.IGNORECASE
    ),
    "manner": re.compile(r"\bhow\b", re.IGNORECASE),
    "yes": re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.IGNORECASE),
}
"""What an answer has to offer, by the question's form; the first that fits counts."""
_AMOUNTS = ("number", "time", "often")


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

    def __init__(self, reading: Reading, start: int, end: int, *, heading_length: int = 0) -> None:
        """Cut the sentence out of its text.

        Args:
            reading: Of the whole text.
            start: Where the sentence begins in it.
            end: Where it ends.
            heading_length: Characters of the headings that the text opens with.
        """
        part = reading.part(start, end)
        self.reading = reading
        self.text = reading.text[start:end]
        self.words = reading.words[part]
        self.vectors = reading.vectors[part]
        # The mean of its words as read in their text: no second pass of the model for the sentence alone.
        self.embedding = _unit(self.vectors.mean(axis=0, keepdims=True))[0] if self.words else reading.embedding
        self.stems = frozenset(word.stem for word in self.words)
        self.around = frozenset(word.stem for word in reading.words)
        self.heading = frozenset(word.stem for word in reading.words if word.start < heading_length)
        self.content = [word.stem for word in self.words if not is_stop_word(word.text)]
        self.is_negated = _NEGATION.search(self.text) is not None
        self.gives_reason = _REASON.search(self.text) is not None
        self.gives_manner = _MANNER.search(self.text) is not None
        self.gives_place = _PLACE.search(self.text) is not None
        self.numbers = [index for index, word in enumerate(self.words) if _NUMBER.fullmatch(word.text)]
        self.dates = [index for index, word in enumerate(self.words) if _DATE.fullmatch(word.text)]
        self.periods = [index for index, word in enumerate(self.words) if _PERIOD.fullmatch(word.text)]
        self.names = [
            index
            for index, word in enumerate(self.words)
            if not word.text[0].isdigit() and _is_name(word, reading.text)
        ]
        self.places: dict[str, list[int]] = {}
        for index, word in enumerate(self.words):
            self.places.setdefault(word.stem, []).append(index)


class Relevance:
    """The sentences of one collection of texts, judged for a question."""

    def __init__(self, texts: Sequence[Collection[str]], *, known: Collection[str] = ()) -> None:
        """Count the collection's words.

        Args:
            texts: The stems of every text of the collection, for how rare a word is.
            known: Stems every text is about, such as the person's own name: they ask for nothing.
        """
        self._count = len(texts)
        self._frequency = Counter(stem for text in texts for stem in set(text))
        self._known = frozenset(known)

    def holds(self, stem: str) -> bool:
        """Whether any text holds this word."""
        return self._frequency[stem] > 0

    def features(self, question: Reading, sentences: Sequence[Sentence]) -> NDArray[np.float64]:
        """A row of `FEATURES` for each sentence."""
        asked = _Asked(question, self._known, self._frequency, self._count)
        dense = _densities(question, sentences)
        rows = [asked.compare(sentence) | density for sentence, density in zip(sentences, dense, strict=True)]
        return np.array([[row[name] for name in FEATURES] for row in rows]).reshape(-1, len(FEATURES))


def _densities(question: Reading, sentences: Sequence[Sentence]) -> list[dict[str, float]]:
    """How near sentence and text are to the question as wholes, beside the others of the collection."""
    near = np.stack([sentence.embedding for sentence in sentences]) @ question.embedding if sentences else np.zeros(0)
    around = np.array([float(sentence.reading.embedding @ question.embedding) for sentence in sentences])
    ordered = np.sort(near)[::-1]
    rows = []
    for index, similarity in enumerate(near):
        second = ordered[1] if similarity == ordered[0] and len(ordered) > 1 else ordered[0]
        rows.append(
            {
                "similarity": float(similarity),
                "text_similarity": float(around[index]),
                "deviation": float((similarity - near.mean()) / (near.std() + 0.02)),
                "text_deviation": float((around[index] - around.mean()) / (around.std() + 0.02)),
                "margin": float(similarity - second) if len(ordered) > 1 else 0.0,
                "margin_fifth": float(similarity - ordered[min(4, len(ordered) - 1)]),
                "rank": float((near > similarity).mean()),
                "best_similarity": float(ordered[0]),
                "mean_similarity": float(near.mean()),
            }
        )
    return rows


class _Asked:
    """A question, its words weighed by how rare they are."""

    def __init__(self, question: Reading, known: frozenset[str], frequency: Mapping[str, int], count: int) -> None:
        self._text = question.text
        self._all_vectors = question.vectors
        self._all = question.words
        self._stems = frozenset(word.stem for word in question.words)
        kept = [
            index
            for index, word in enumerate(question.words)
            if not is_stop_word(word.text) and word.stem not in _QUESTION_WORDS and word.stem not in known
        ] or list(range(len(question.words)))
        self._kept = kept
        self._words = [question.words[index] for index in kept]
        self._spellings = [_stems_of(word) for word in self._words]
        rarity = np.array([math.log(1 + (count + 0.5) / (frequency.get(word.stem, 0) + 0.5)) for word in self._words])
        self._weights = rarity / max(rarity.sum(), 1e-9)
        self._rarest = int(rarity.argmax()) if len(rarity) else 0
        self._is_held = np.array([any(frequency.get(s, 0) > 0 for s in found) for found in self._spellings], dtype=bool)
        self._is_name = np.array([_is_name(word, question.text) for word in self._words], dtype=bool)
        self._is_unknown = np.array([question.pieces[index] > 1 for index in kept], dtype=bool)
        self._is_number = np.array([word.text[:1].isdigit() for word in self._words], dtype=bool)
        self._kind = next((kind for kind, pattern in _ASKED.items() if pattern.search(question.text)), "")
        self._is_negated = _NEGATION.search(question.text) is not None
        self._asks = next((index for index, word in enumerate(self._all) if word.text.lower() in _QUESTION_WORDS), -1)

        behind = range(self._asks + 1, len(self._all)) if self._asks >= 0 else range(0)
        self._head = next((index for index in behind if not is_stop_word(self._all[index].text)), -1)

    def compare(self, sentence: Sentence) -> dict[str, float]:
        """What question and sentence have in common."""
        if not sentence.words or not self._words:
            return dict.fromkeys(FEATURES, 0.0)
        everything = self._all_vectors @ sentence.reading.vectors.T
        own = self._all_vectors @ sentence.vectors.T
        near = own[self._kept].max(axis=1)
        held, held_around, headed = (
            self._found(stems) for stems in (sentence.stems, sentence.around, sentence.heading)
        )
        return {
            **self._coverage(near, everything[self._kept].max(axis=1), held, held_around),
            **self._names(near, held, held_around),
            **self._order(sentence),
            **self._polarity(sentence),
            **self._offers(sentence, own),
            "in_heading": float(headed.mean()),
            "under_heading": float(headed.all()),
            "asked_words": float(len(self._words)),
            "words": float(min(len(sentence.words), _MOST_WORDS)),
        }

    def _found(self, stems: Collection[str]) -> NDArray[np.bool_]:
        return np.array([not found.isdisjoint(stems) for found in self._spellings])

    def _coverage(
        self, near: Vector, near_around: Vector, held: NDArray[np.bool_], held_around: NDArray[np.bool_]
    ) -> dict[str, float]:
        """How much of the question is there, to the letter or in meaning, in the sentence or around it."""
        best, best_around = np.maximum(near, held), np.maximum(near_around, held_around)
        low = ~self._is_name
        return {
            "held": float(self._weights @ held),
            "held_around": float(self._weights @ held_around),
            "held_anywhere": float(self._weights @ self._is_held),
            "near": float(self._weights @ near),
            "near_around": float(self._weights @ near_around),
            "best": float(self._weights @ best),
            "best_around": float(self._weights @ best_around),
            "least": float(best.min()),
            "second_least": _second_least(best),
            "least_around": float(best_around.min()),
            "second_least_around": _second_least(best_around),
            "least_near": float(near.min()),
            "second_least_near": _second_least(near),
            "least_near_around": float(near_around.min()),
            "unmatched": float(self._weights @ ((near < _MATCHED) & ~held)),
            "unmatched_around": float(self._weights @ ((near_around < _MATCHED) & ~held_around)),
            "rarest": float(best[self._rarest]),
            "rarest_near": float(near[self._rarest]),
            "rarest_around": float(best_around[self._rarest]),
            "last": float(best[-1]),
            "common_least": float(best[low].min()) if low.any() else 1.0,
            "common_least_around": float(best_around[low].min()) if low.any() else 1.0,
            "common_missing": float((low & ~held).sum()),
            "common_missing_anywhere": float((low & ~self._is_held).sum()),
        }

    def _names(self, near: Vector, held: NDArray[np.bool_], held_around: NDArray[np.bool_]) -> dict[str, float]:
        """Names and numbers: one that is absent says more than any word."""
        names = self._is_name
        return {
            "names": float(names.sum()),
            "names_missing": float((names & ~held).sum()),
            "names_missing_around": float((names & ~held_around).sum()),
            "names_missing_anywhere": float((names & ~self._is_held).sum()),
            "numbers_missing": float((self._is_number & ~held).sum()),
            "numbers_missing_around": float((self._is_number & ~held_around).sum()),
            "unknown_missing_around": float((self._is_unknown & ~held_around).sum()),
            "unknown_missing_anywhere": float((self._is_unknown & ~self._is_held).sum()),
            "name_near": float(np.maximum(near, held)[names].min()) if names.any() else 1.0,
        }

    def _order(self, sentence: Sentence) -> dict[str, float]:
        """Whether the shared words stand together and in the question's order."""
        places = sentence.places
        pairs = list(pairwise(self._words))
        close = sum(
            any(abs(a - b) <= _NEAR_WORDS for a in places.get(one.stem, ()) for b in places.get(other.stem, ()))
            for one, other in pairs
        )
        shared = sum(stem in self._stems for stem in sentence.content)
        asked = [word.stem for word in self._words]
        return {
            "pairs": close / len(pairs) if pairs else 0.0,
            "sequence": _common_sequence(asked, sentence.content) / len(asked) if shared else 0.0,
            "about_it": shared / max(1, len(sentence.content)),
            "new_words": float(min(_MOST_NEW_WORDS, len(sentence.content) - shared)),
        }

    def _polarity(self, sentence: Sentence) -> dict[str, float]:
        """Whether one of the two denies, or says the contrary of, what the other says."""
        missing = [word for word in self._words if word.stem not in sentence.stems]
        return {
            "asked_negated": float(self._is_negated),
            "negated": float(sentence.is_negated),
            "only_asked_negated": float(self._is_negated and not sentence.is_negated),
            "negation_differs": float(self._is_negated != sentence.is_negated),
            "contrary": float(sum(bool(_contraries().get(word.stem, frozenset()) & sentence.stems) for word in missing)),
            "has_contrary": float(sum(word.stem in _contraries() for word in self._words)),
            "prefixed": float(
                sum(
                    not _otherwise_prefixed(word.text).isdisjoint(sentence.around)
                    for word in missing
                    if word.stem not in sentence.around
                )
            ),
        }

    def _offers(self, sentence: Sentence, near: Vector) -> dict[str, float]:
        """Whether the sentence offers what the question's form asks for, beyond the question's own words."""
        words = sentence.words
        new = [index for index, word in enumerate(words) if word.stem not in self._stems]
        offers = {
            "number": self._has_new(sentence.numbers, words),
            "time": self._has_new(sentence.dates, words) or self._has_new(sentence.numbers, words),
            "often": self._has_new(sentence.periods, words),
            "person": (has_name := self._has_new(sentence.names, words)),
            "place": has_name and sentence.gives_place,
            "reason": sentence.gives_reason,
            "manner": sentence.gives_manner,
        }
        asks = new and self._asks >= 0
        return {
            **{f"asks_{kind}": float(kind == self._kind) for kind in _ASKED},
            "offers": float(offers.get(self._kind, False)),
            "lacks": float(self._kind in offers and not offers[self._kind]),
            "lacks_amount": float(self._kind in _AMOUNTS and not offers[self._kind]),
            "amount_beside": self._amount_beside(sentence, near) if self._kind == "number" else 0.0,
            "has_number": float(offers["number"]),
            "has_time": float(offers["time"]),
            "has_name": float(has_name),
            "near_asking": float(near[self._asks, new].max()) if asks else _MEAN_NEARNESS,
            "near_head": float(near[self._head, new].max()) if asks and self._head >= 0 else _MEAN_NEARNESS,
            "all_near": float(near.max(axis=1).mean()),
            "all_near_back": float(near.max(axis=0).mean()),
        }

    def _has_new(self, found: Sequence[int], words: Sequence[Word]) -> bool:
        return any(words[index].stem not in self._stems for index in found)

    def _amount_beside(self, sentence: Sentence, near: Vector) -> float:
        """How near in meaning the words beside a number are to what is counted."""
        beside = [
            other
            for index in sentence.numbers
            if sentence.words[index].stem not in self._stems
            for other in range(max(0, index - 1), min(len(sentence.words), index + _NEAR_WORDS + 1))
            if other != index
        ]
        return float(near[self._head, beside].max()) if beside and self._head >= 0 else 0.0


FEATURES = tuple(
    """held held_around held_anywhere near near_around best best_around least second_least least_around
    second_least_around least_near second_least_near least_near_around unmatched unmatched_around rarest rarest_near
    rarest_around last common_least common_least_around common_missing common_missing_anywhere names names_missing
    names_missing_around names_missing_anywhere numbers_missing numbers_missing_around unknown_missing_around
    unknown_missing_anywhere name_near pairs sequence about_it
    new_words asked_negated negated only_asked_negated negation_differs contrary has_contrary prefixed asks_often asks_time
    asks_number asks_person asks_place asks_reason asks_manner asks_yes offers lacks lacks_amount amount_beside has_number has_time has_name near_asking
    near_head all_near all_near_back in_heading under_heading asked_words words similarity text_similarity deviation
    text_deviation margin margin_fifth rank best_similarity mean_similarity""".split()
)
"""What a sentence is judged by, in the order of a row."""

_POOLED = ("held", "best", "least", "near", "least_around", "similarity", "in_heading", "sequence")
RANK_SCORES = ("first_score", "second_score", "third_score", "all_scores")
ANSWER_FEATURES = (*FEATURES, *RANK_SCORES, *(f"best_{name}_of_all" for name in _POOLED))
"""What decides whether a question is answered: the sentence's own row, how it stands among the others, their best."""


def answer_features(rows: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row of `ANSWER_FEATURES` for each sentence, from the rows of all and their rank scores (log odds)."""
    chances = 1 / (1 + np.exp(-scores))
    ordered = np.sort(chances)[::-1]
    second, third = (ordered[n] if len(ordered) > n else 0.0 for n in (1, 2))
    pooled = rows[:, [FEATURES.index(name) for name in _POOLED]].max(axis=0)
    stack = [
        np.array([math.log(chance + 1e-4), *(math.log(value + 1e-4) for value in (second, third, chances.sum()))])
        for chance in chances
    ]
    return np.hstack([rows, np.stack(stack), np.tile(pooled, (len(rows), 1))])


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression."""

    intercept: float
    weights: NDArray[np.float64]

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """One value per row."""
        return np.asarray(rows @ self.weights + self.intercept)


@dataclass(frozen=True, slots=True)
class RelevanceModel:
    """Two regressions: which sentence answers best, and whether it does."""

    ranks: Linear
    answers: Linear

    def judge(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each sentence its rank score and the probability that it answers."""
        if not len(rows):
            return np.zeros(0), np.zeros(0)
        scores = self.ranks.log_odds(rows)
        return scores, 1 / (1 + np.exp(-self.answers.log_odds(answer_features(rows, scores))))


@cache
def load_model(form: Form) -> RelevanceModel:
    """The fitted model that comes with the package."""
    values = _parameters()["models"][form]
    return RelevanceModel(_linear(values["ranks"], FEATURES), _linear(values["answers"], ANSWER_FEATURES))


def load_threshold(form: Form) -> float:
    """The probability from which a question counts as answered: the best F1 of abstention over held-out profiles."""
    return float(_parameters()["models"][form]["threshold"])


@cache
def _parameters() -> Mapping[str, Any]:
    values: Mapping[str, Any] = json.loads(
        (files("profile_rag") / "data" / "relevance.json").read_text(encoding="utf-8")
    )
    return values


def _linear(values: Mapping[str, float], names: Sequence[str]) -> Linear:
    return Linear(values["intercept"], np.array([values[name] for name in names]))


def _stems_of(word: Word) -> set[str]:
    """A word's stem with those of its other spellings ("k8s", "kubernetes")."""
    return {word.stem, *(spelling[0] for spelling in spellings(word.text) if len(spelling) == 1)}


def _is_name(word: Word, text: str) -> bool:
    """Whether a word names something: a number, a capital inside a sentence, a name of the general vocabulary."""
    before = text[: word.start].rstrip()
    opens = not before or before[-1] in ".!?\n"
    has_capitals = word.text[:1].isupper() and not opens and word.text != "I"
    is_short_form = len(word.text) > 1 and word.text.isupper()
    return has_capitals or is_short_form or word.text[:1].isdigit() or is_distinct_name(word.text)


def _second_least(values: Vector | NDArray[np.float64]) -> float:
    return float(np.partition(values, 1)[1]) if len(values) > 1 else float(values[0])


def _common_sequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    lengths = [0] * (len(other) + 1)
    for item in one:
        before = 0
        for index, another in enumerate(other, start=1):
            kept = lengths[index]
            lengths[index] = before + 1 if item == another else max(lengths[index], lengths[index - 1])
            before = kept
    return lengths[-1]


_PREFIX = re.compile(r"^(?:un|non|in|im|ir|il|dis|mis|anti|de)(?=\w{3})")


@lru_cache(maxsize=4096)
def _otherwise_prefixed(word: str) -> frozenset[str]:
    """Stems of the same word with a prefix of negation more or less ("unshared", "shared")."""
    text = word.lower()
    bare = _PREFIX.sub("", text)
    found = {stem(prefix + text) for prefix in ("un", "non", "in", "im", "ir", "dis")}
    return frozenset(found | ({stem(bare)} if bare != text else set()))


@cache
def _contraries() -> Mapping[str, frozenset[str]]:
    """Stems of words that exclude one another."""
    found: dict[str, set[str]] = {}
    for pair in _CONTRARIES.split(";"):
        one, other = (stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_CONTRARIES = """increase decrease;rise fall;rise drop;more less;more fewer;most least;largest smallest;larger smaller
big small;high low;higher lower;highest lowest;first last;earliest latest;early late;before after;begin end;start end
start stop;start finish;open close;win lose;won lost;victory defeat;north south;east west;northern southern
eastern western;left right;up down;upper lower;above below;over under;inside outside;internal external
include exclude;accept reject;accept refuse;allow forbid;allow prohibit;permit prohibit;support oppose;for against
friend enemy;ally enemy;strong weak;rich poor;good bad;best worst;better worse;old new;old young;ancient modern
long short;longer shorter;fast slow;easy difficult;easy hard;simple complex;same different;similar different
public private;male female;man woman;men women;husband wife;father mother;son daughter;king queen;major minor
majority minority;positive negative;advantage disadvantage;always never;everyone nobody;all none;import export;buy sell
give take;come go;arrive leave;enter exit;attack defend;create destroy;build destroy;love hate;like dislike
success failure;succeed fail;gain lose;add remove;join leave;present absent;present past;past future;true false
legal illegal;formal informal;direct indirect;dependent independent;equal unequal;peace war;life death;birth death
born died;live die;rural urban;land sea;summer winter;day night;hot cold;hard soft;light dark;light heavy
expand contract;expand shrink;raise lower;raise reduce;increase reduce;improve worsen;appear disappear
connect disconnect;common rare;frequent rare;often rarely;usually rarely;general specific;local global;domestic foreign
temporary permanent;theory practice;question answer;cause effect;cause prevent;help hinder;help harm
encourage discourage;agree disagree;unite divide;union separation;together apart;maximum minimum;primary secondary
central peripheral;voluntary forced;active passive;offensive defensive;liberal conservative;single multiple
single married;full empty;wide narrow;deep shallow;thick thin;clean dirty;safe dangerous;safe unsafe;manual automatic
junior senior;frontend backend;front back;client server;hire fire;employee employer;teacher student;buyer seller
upstream downstream;static dynamic;synchronous asynchronous""".replace("\n", ";")
