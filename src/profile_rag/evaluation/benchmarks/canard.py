"""CANARD: follow-up questions made to stand alone, held against people's rewrites."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profile_rag.answering.chat import stand_alone
from profile_rag.answering.mentions import names_in, spell_out
from profile_rag.errors import DatasetError
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Figures, Line, Progress
from profile_rag.schema import Person

_STEP = "Give a CANARD file: a JSON list of objects with History, QuAC_dialog_id, Question and Rewrite."
_ELGOHARY = "Elgohary et al. 2019, on the test part; BLEU with another tokenizer, so near enough only"
PUBLISHED = (
    Line("question as it is", {"BLEU": 0.3625}, _ELGOHARY),
    Line("pronouns replaced by the title", {"BLEU": 0.4744}, _ELGOHARY),
    Line("LSTM Seq2Seq, trained on 31,538", {"BLEU": 0.4967}, _ELGOHARY),
    Line("another person", {"BLEU": 0.5992}, _ELGOHARY),
)

_WORD = re.compile(r"\w+")
_ASKS_MORE = re.compile(r"\b(?:else|other|others|besides|another)\b", re.IGNORECASE)
_PRONOUN_OF = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}
_LOOKS_BACK = 4  # questions; further back stands nothing that one still leans on


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question, what was said before it, and a person's rewrite."""

    dialog: str
    history: tuple[str, ...]
    """Title, section, then questions and answers in turn."""
    question: str
    rewrite: str


class Rewriter:
    """Rewrites the questions of one conversation, each from those before it as it rewrote them itself.

    A profile is about one person, whose "he" needs no name; here the article's title stands in that person's place and
    is spelt out. Which pronouns stand for things, and how fragments are filled in, is the program's own.
    """

    def __init__(self, title: str) -> None:
        self._topic = re.sub(r"\s*\([^()]*\)", "", title)
        self._earlier: list[str] = []

    def rewrite(self, question: str, history: Sequence[str]) -> str:
        """The question made to stand alone; `history` as in the file."""
        answers = history[3::2]
        filled = stand_alone(question, self._earlier[-_LOOKS_BACK:], self._person(question))
        answered = names_in(answers[-1]) if answers else []
        things = [name for name in answered if name not in self._topic] or [self._topic]
        spelt = spell_out(filled, [self._topic], things[:1])
        if _ASKS_MORE.search(spelt) and things[0] != self._topic and things[0] not in spelt and "article" not in spelt:
            spelt = f"{spelt.rstrip(' ?.')} besides {things[0]}?"
        if not set(_WORD.findall(self._topic)) & set(_WORD.findall(spelt)):
            more = [name for name in answered if name not in self._topic][:1] if _ASKS_MORE.search(spelt) else []
            about = " and ".join([self._topic, *more])
            spelt = f"{spelt.rstrip(' ?.')} {'besides' if more else 'for'} {about}?"
        self._earlier.append(spelt)
        return spelt

    def _person(self, question: str) -> Person:
        pronoun = next((word for word in ("she", "they") if re.search(rf"\b{word}\b", question, re.IGNORECASE)), "he")
        return Person(self._topic, "", *_PRONOUN_OF[pronoun])


def run(data: Path, _embedder: object, *, on_progress: Progress) -> BenchmarkResult:
    """Rewrite every question of a CANARD file.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    rows = read_rows(data)
    rewriters: dict[str, Rewriter] = {}
    rewrites = []
    for done, row in enumerate(rows, start=1):
        rewriter = rewriters.setdefault(row.dialog, Rewriter(row.history[0]))
        rewrites.append(rewriter.rewrite(row.question, row.history))
        on_progress("Rewriting", done, len(rows))
    return BenchmarkResult(
        name="canard",
        title="CANARD: follow-ups made to stand alone, the article's title in place of the profile's person",
        data=data,
        counts={"questions": len(rows), "conversations": len(rewriters)},
        figures=score(rows, rewrites),
        trivial=(
            Line("question as it is", score(rows, [row.question for row in rows])),
            Line("question + title", score(rows, [f"{row.question} {row.history[0]}" for row in rows])),
            Line("earlier questions + question", score(rows, [" ".join(_questions(row)) for row in rows])),
            Line("question + every name of the history", score(rows, [_with_every_name(row) for row in rows])),
        ),
        published=PUBLISHED,
    )


def read_rows(file: Path) -> tuple[FollowUp, ...]:
    """The questions of a CANARD file.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    if not file.is_file():
        raise DatasetError(file, "no such file", _STEP)
    try:
        rows = tuple(_row(item) for item in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(file, "is not of CANARD's format", _STEP) from error
    if not rows or not all(row.history for row in rows):
        raise DatasetError(file, "holds no conversations", _STEP)
    return rows


def score(rows: Sequence[FollowUp], own: Sequence[str]) -> Figures:
    """Entity recall and precision, token F1 and BLEU of rewrites, case ignored."""
    right = wanted = given = 0
    for row, text in zip(rows, own, strict=True):
        gold, ours = _added(row.rewrite, row), _added(text, row)
        right += len(gold & {word.lower() for word in _WORD.findall(text)})
        wanted += len(gold)
        given += len(ours)
    rewrites = [row.rewrite for row in rows]
    return {
        "entity recall": right / wanted if wanted else None,
        "precision": right / given if given else None,
        "token F1": sum(token_f1(a, b) for a, b in zip(own, rewrites, strict=True)) / len(rows),
        "BLEU": bleu(own, rewrites),
    }


def token_f1(own: str, gold: str) -> float:
    """The harmonic mean of word precision and recall."""
    ours, theirs = Counter(_WORD.findall(own.lower())), Counter(_WORD.findall(gold.lower()))
    shared = sum((ours & theirs).values())
    return 2 * shared / (sum(ours.values()) + sum(theirs.values())) if shared else 0.0


def bleu(own: Sequence[str], gold: Sequence[str]) -> float:
    """Corpus BLEU of up to four words in a row, with the brevity penalty (Papineni et al. 2002); one reference."""
    found, total = Counter[int](), Counter[int]()
    lengths = [0, 0]
    for ours, theirs in zip(own, gold, strict=True):
        left, right = _WORD.findall(ours.lower()), _WORD.findall(theirs.lower())
        lengths[0] += len(left)
        lengths[1] += len(right)
        for size in range(1, 5):
            runs = Counter(zip(*(left[i:] for i in range(size)), strict=False))
            known = Counter(zip(*(right[i:] for i in range(size)), strict=False))
            found[size] += sum((runs & known).values())
            total[size] += sum(runs.values())
    if not all(found[size] for size in range(1, 5)):
        return 0.0
    mean = sum(math.log(found[size] / total[size]) for size in range(1, 5)) / 4
    return math.exp(mean + min(0.0, 1 - lengths[1] / lengths[0]))


def _row(item: dict[str, Any]) -> FollowUp:
    history = tuple(map(str, item["History"]))
    return FollowUp(str(item["QuAC_dialog_id"]), history, str(item["Question"]), str(item["Rewrite"]))


def _questions(row: FollowUp) -> list[str]:
    return [*row.history[2::2], row.question]


def _with_every_name(row: FollowUp) -> str:
    """What a bag of words would search for."""
    names = dict.fromkeys(name for item in row.history for name in names_in(item))
    return " ".join([row.question, row.history[0], *names])


def _added(text: str, row: FollowUp) -> set[str]:
    """The names and numbers of a text that the question has not."""
    asked = {word.lower() for word in _WORD.findall(row.question)}
    words = [
        word for index, word in enumerate(_WORD.findall(text)) if (index and word[0].isupper()) or word[0].isdigit()
    ]
    return {word.lower() for word in words} - asked
