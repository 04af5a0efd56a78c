"""Runs of words in a sentence that may be the short answer to a question, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.features import QUESTION_KINDS, content_of, kind_of
from profile_rag.answering.reading import Reading, Sentence, Vector
from profile_rag.words import Word, is_stop_word

_MOST_WORDS = 6
_NEAR = 5  # words on either side that say what a candidate is
_QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
_JOINS = frozenset(("of", "the", "and", "a"))  # inside a name or a thing; other light words part two of them
_BREAK = re.compile(r"[,;:()\[\]“”\"–—]|[.!?]\s|\s[-/]\s")
_LEADING = (
    "in",
    "at",
    "on",
    "by",
    "to",
    "for",
    "from",
    "of",
    "with",
    "as",
    "the",
    "a",
    "and",
    "or",
    "called",
    "because",
)
_LEADS = {word: f"after_{word}" for word in _LEADING} | {
    "an": "after_a",
    "named": "after_called",
    "known": "after_called",
}
_SHAPES = ("number", "date", "name", "lower")

SPAN_FEATURES = (
    *"words one_word words_squared capitals is_run opens_run ends_run number date name lower".split(),
    *(f"{shape}_{kind}" for kind in QUESTION_KINDS for shape in _SHAPES),
    *dict.fromkeys(_LEADS.values()),
    *"time_after_in place_after_in person_after_by reason_after_because reason_after_to".split(),
    *"beside_left beside_right nearest matched_around near_around near_left near_right asking head question".split(),
    *"position from_end holds_matched begins_sentence asking_most head_most".split(),
    *"light_inside of_inside number_and_name".split(),
)
"""What a candidate is judged by, in the order of a row."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words [first:last] of a sentence."""

    first: int
    last: int


def candidates_of(sentence: Sentence) -> list[Candidate]:
    """Every run of words between marks that neither begins nor ends with a word of no weight."""
    words, text = sentence.words, sentence.reading.text
    breaks = [_BREAK.search(text[a.end : b.start + 1]) is not None for a, b in pairwise(words)]
    light = [is_stop_word(word.text) for word in words]
    found = []
    for first in range(len(words)):
        if light[first]:
            continue
        for last in range(first, min(len(words), first + _MOST_WORDS)):
            if last > first and breaks[last - 1]:
                break
            if not light[last]:
                found.append(Candidate(first, last + 1))
    return found


class SpanJudge:
    """What speaks for the candidates of a question's sentences."""

    def __init__(self, question: Reading) -> None:
        self._question = question
        self._kind = kind_of(question.text)
        self._kept = content_of(question)
        self._stems = frozenset(question.words[index].stem for index in self._kept)
        asking = [index for index, word in enumerate(question.words) if word.text.lower() in _QUESTION_WORDS]
        self._asking = asking[0] if asking else -1
        behind = [index for index in self._kept if index > self._asking]
        self._head = behind[0] if behind and self._asking >= 0 else -1

    def features(self, sentence: Sentence, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """A row of `SPAN_FEATURES` for each candidate."""
        context = self._context(sentence)
        rows = [self._row(sentence, candidate, context) for candidate in candidates]
        return np.array([[row.get(name, 0.0) for name in SPAN_FEATURES] for row in rows]).reshape(
            -1, len(SPAN_FEATURES)
        )

    def _context(self, sentence: Sentence) -> _Context:
        near = self._question.vectors @ sentence.vectors.T
        matched = np.array([word.stem in self._stems for word in sentence.words])
        return _Context(
            matched,
            np.maximum(near[self._kept].max(axis=0), matched),
            near[self._asking] if self._asking >= 0 else near.mean(axis=0),
            near[self._head] if self._head >= 0 else near.mean(axis=0),
            sentence.vectors @ self._question.embedding,
            frozenset(sentence.numbers),
            frozenset(sentence.dates),
            frozenset(sentence.names),
        )

    def _row(self, sentence: Sentence, candidate: Candidate, context: _Context) -> dict[str, float]:
        first, last = candidate.first, candidate.last
        words, count = sentence.words, len(sentence.words)
        inside = range(first, last)
        left, right = slice(max(0, first - _NEAR), first), slice(last, last + _NEAR)
        matched_left, matched_right = context.matched[left], context.matched[right]
        around = np.concatenate([context.near[left], context.near[right]])
        capital = [_has_capital(words[index]) for index in inside]
        shapes = {
            "number": any(index in context.numbers for index in inside),
            "date": any(index in context.dates for index in inside),
            "name": all(index in context.names or is_stop_word(words[index].text) for index in inside),
        }
        shapes["lower"] = not any(shapes.values())
        before = words[first - 1].text.lower() if first else ""
        lead = _LEADS.get(before, "")
        opens = not (first and _has_capital(words[first - 1]))
        ends = not (last < count and _has_capital(words[last]))
        places = np.flatnonzero(context.matched)
        distance = min((first - p if p < first else p - last + 1 for p in places if not first <= p < last), default=20)
        row = {
            "words": float(last - first),
            "one_word": float(last - first == 1),
            "words_squared": float((last - first) ** 2),
            "capitals": sum(capital) / len(capital),
            "is_run": float(all(capital) and opens and ends),
            "opens_run": float(capital[0] and opens),
            "ends_run": float(capital[-1] and ends),
            **{shape: float(value) for shape, value in shapes.items()},
            **{f"{shape}_{self._kind}": float(value) for shape, value in shapes.items()},
            "time_after_in": float(self._kind == "time" and lead == "after_in"),
            "place_after_in": float(
                self._kind == "place" and lead in {"after_in", "after_at", "after_to", "after_from"}
            ),
            "person_after_by": float(self._kind == "person" and lead == "after_by"),
            "reason_after_because": float(self._kind == "reason" and lead in {"after_because", "after_of"}),
            "reason_after_to": float(self._kind == "reason" and lead == "after_to"),
            "beside_left": float(bool(len(matched_left)) and bool(matched_left[-2:].any())),
            "beside_right": float(bool(len(matched_right)) and bool(matched_right[:2].any())),
            "nearest": float(min(distance, 20)),
            "matched_around": float(matched_left.sum() + matched_right.sum()),
            "near_around": float(around.mean()) if len(around) else 0.0,
            "near_left": float(context.near[left].max(initial=0.0)),
            "near_right": float(context.near[right].max(initial=0.0)),
            "asking": float(context.asking[first:last].mean()),
            "asking_most": float(context.asking[first:last].max()),
            "head": float(context.head[first:last].mean()),
            "head_most": float(context.head[first:last].max()),
            "question": float(context.question[first:last].mean()),
            "position": first / count,
            "from_end": (count - last) / count,
            "holds_matched": float(context.matched[first:last].sum()),
            "begins_sentence": float(first == 0),
        }
        within = [words[index].text.lower() for index in inside[1:-1] if is_stop_word(words[index].text)]
        row["light_inside"] = float(sum(word not in _JOINS for word in within))
        row["of_inside"] = float("of" in within)
        row["number_and_name"] = float(shapes["number"] and any(capital[1:]))
        if lead:
            row[lead] = 1.0
        return row


@dataclass(frozen=True, slots=True)
class _Context:
    """What all candidates of a sentence share, word by word."""

    matched: NDArray[np.bool_]
    near: Vector
    asking: Vector
    head: Vector
    question: Vector
    numbers: frozenset[int]
    dates: frozenset[int]
    names: frozenset[int]


def _has_capital(word: Word) -> bool:
    return word.text[:1].isupper()


def span_of(sentence: Sentence, candidate: Candidate) -> tuple[int, int]:
    """Where a candidate stands in the text that the sentence is read in."""
    return sentence.words[candidate.first].start, sentence.words[candidate.last - 1].end
