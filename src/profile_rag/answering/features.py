"""What a sentence and a question have in common, in figures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.opposites import contraries, otherwise_prefixed
from profile_rag.answering.reading import Reading, Sentence, Vector, is_name, is_negated
from profile_rag.answering.setting import SETTINGS, asked_in
from profile_rag.answering.wording import QUESTION_WORDS
from profile_rag.words import Word, is_stop_word, spellings

FEATURES = (
    tuple(
        """held held_around held_anywhere near near_around best best_around least second_least least_around
    second_least_around least_near second_least_near least_near_around unmatched unmatched_around rarest
    rarest_near rarest_around last common_least common_least_around common_missing common_missing_anywhere names
    names_missing names_missing_around names_missing_anywhere numbers_missing numbers_missing_around
    unknown_missing_around unknown_missing_anywhere name_near pairs sequence about_it new_words asked_negated
    negated only_asked_negated negation_differs contrary has_contrary prefixed asks_often asks_time asks_number
    asks_person asks_place asks_reason asks_manner asks_yes offers lacks lacks_amount amount_beside has_number
    has_time has_name near_asking near_head all_near all_near_back in_heading under_heading asked_words words
    similarity text_similarity deviation text_deviation margin margin_fifth rank best_similarity
    mean_similarity""".split()
    )
    + SETTINGS
)
"""What a sentence is judged by, in the order of a row."""

_MATCHED = 0.45  # cosine of two words in context below which they have nothing to do with one another
_NEAR_WORDS = 3
_MOST_WORDS = 60
_MOST_NEW_WORDS = 20
_MEAN_NEARNESS = 0.4  # of the question word to a sentence's best word, over both sets of questions
_NOUN = r"(?:what|which)(?: \w+)? (?:{})s?\b"
_ASKED = {
    "often": re.compile(r"\bhow (?:often|frequently|regularly)\b", re.IGNORECASE),
    "time": re.compile(
        # "When does she …?" and "when would he …?" ask on what occasion.
        r"^(?:\W*(?:and|so|but|or)\b)?\W*when\b(?! (?:would|does|do|is|are|should)\b)"
        r"|\bhow (?:long|soon)\b|\bsince when\b|\b"
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
QUESTION_KINDS = tuple(_ASKED)
_AMOUNTS = ("number", "time", "often")


def kind_of(question: str) -> str:
    """What an answer has to offer, one of `QUESTION_KINDS`; empty where the question's form doesn't say."""
    return next((kind for kind, pattern in _ASKED.items() if pattern.search(question)), "")


def content_of(question: Reading) -> list[int]:
    """Which words of a question say what it asks about; all of them where none does."""
    return [
        index
        for index, word in enumerate(question.words)
        if not is_stop_word(word.text) and word.stem not in QUESTION_WORDS
    ] or list(range(len(question.words)))


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

    def rarity(self, stem: str) -> float:
        """The less often a word stands in the collection, the more it says."""
        return math.log(1 + (self._count + 0.5) / (self._frequency[stem] + 0.5))

    def features(
        self, question: Reading, sentences: Sequence[Sentence], *, is_habit: bool = False
    ) -> NDArray[np.float64]:
        """A row of `FEATURES` for each sentence; what the person would do is sought in other places than skills."""
        asked = _Asked(question, self._known, self._frequency, self._count)
        dense = _densities(question, sentences)
        rows = [
            asked.compare(sentence) | density | asked_in(sentence.setting, is_habit=is_habit)
            for sentence, density in zip(sentences, dense, strict=True)
        ]
        return np.array([[row.get(name, 0.0) for name in FEATURES] for row in rows]).reshape(-1, len(FEATURES))


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
            if not is_stop_word(word.text) and word.stem not in QUESTION_WORDS and word.stem not in known
        ] or list(range(len(question.words)))
        self._kept = kept
        self._words = [question.words[index] for index in kept]
        self._spellings = [_stems_of(word) for word in self._words]
        rarity = np.array([math.log(1 + (count + 0.5) / (frequency.get(word.stem, 0) + 0.5)) for word in self._words])
        self._weights = rarity / max(rarity.sum(), 1e-9)
        self._rarest = int(rarity.argmax()) if len(rarity) else 0
        self._is_held = np.array([any(frequency.get(s, 0) > 0 for s in found) for found in self._spellings], dtype=bool)
        self._is_name = np.array([is_name(word, question.text) for word in self._words], dtype=bool)
        self._is_unknown = np.array([question.pieces[index] > 1 for index in kept], dtype=bool)
        self._is_number = np.array([word.text[:1].isdigit() for word in self._words], dtype=bool)
        self._kind = kind_of(question.text)
        self._is_negated = is_negated(question.text)
        self._asks = next((index for index, word in enumerate(self._all) if word.text.lower() in QUESTION_WORDS), -1)

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
            "contrary": float(sum(bool(contraries().get(word.stem, frozenset()) & sentence.stems) for word in missing)),
            "has_contrary": float(sum(word.stem in contraries() for word in self._words)),
            "prefixed": float(
                sum(
                    not otherwise_prefixed(word.text).isdisjoint(sentence.around)
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


def _stems_of(word: Word) -> set[str]:
    """A word's stem with those of its other spellings ("k8s", "kubernetes")."""
    return {word.stem, *(spelling[0] for spelling in spellings(word.text) if len(spelling) == 1)}


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
