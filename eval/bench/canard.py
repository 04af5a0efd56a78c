"""CANARD: `python eval/bench/canard.py PATH` rewrites its follow-up questions and holds them against people's rewrites.

PATH is a CANARD file: a list of objects with History (title, section, then questions and answers in turn), Question
and Rewrite. Only the history is used to rewrite; earlier questions enter as this program itself rewrote them.

Printed for the program and for two trivial rewriters, the question as it is and the question followed by every name of
the history:

- entity recall: of the names (words with a capital letter that don't open the rewrite) and numbers that the person's
  rewrite has and the question has not, the share that is in the program's rewrite; micro-averaged, case ignored
- entity precision: of such words that the program added to the question, the share that the person's rewrite has
- token F1: the mean over the questions of the harmonic mean of word precision and recall, case ignored
- BLEU: corpus BLEU-4 (Papineni et al. 2002), case ignored, one reference

A profile is about one person, whose "he" needs no name; here the article's title stands in that person's place and is
spelt out. Which pronouns stand for things, and how fragments are filled in, is the program's own `stand_alone`.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from profile_rag.answering.chat import stand_alone
from profile_rag.answering.mentions import names_in, spell_out
from profile_rag.schema import Person

_WORD = re.compile(r"\w+")
_ASKS_MORE = re.compile(r"\b(?:else|other|others|besides|another)\b", re.IGNORECASE)
_PRONOUN_OF = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}


class Rewriter:
    """Rewrites the questions of one conversation, each from those before it."""

    def __init__(self, title: str) -> None:
        self._topic = re.sub(r"\s*\([^()]*\)", "", title)
        self._earlier: list[str] = []

    def rewrite(self, question: str, history: Sequence[str]) -> str:
        """The question made to stand alone; `history` as in the file."""
        answers = history[3::2]
        filled = stand_alone(question, self._earlier[-4:], self._person(question))
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


def main() -> None:
    """Rewrite every question and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="a CANARD file, as ../shared/data/followups/canard_part.json")
    parser.add_argument("--examples", type=int, default=0, help="print so many rewrites that miss a name")
    arguments = parser.parse_args()
    if not arguments.path.is_file():
        raise SystemExit(f"{arguments.path}: no such file; hand over a CANARD part in JSON")
    rows = json.loads(arguments.path.read_text(encoding="utf-8"))
    rewrites = rewrite_all(rows)
    print(f"{len(rows)} questions; title in place of the profile's person")
    print(f"{'':<34}{'entity recall':>14}{'precision':>11}{'token F1':>10}{'BLEU':>7}")
    for name, own in (
        ("question as it is", [str(row["Question"]) for row in rows]),
        ("question + every name of the history", [with_every_name(row) for row in rows]),
        ("question + title", [f"{row['Question']} {row['History'][0]}" for row in rows]),
        ("this program", rewrites),
    ):
        recall, precision = entities(rows, own)
        gold = [str(row["Rewrite"]) for row in rows]
        f1 = sum(token_f1(a, b) for a, b in zip(own, gold, strict=True)) / len(rows)
        print(f"{name:<34}{recall:>14.3f}{precision:>11.3f}{f1:>10.3f}{bleu(own, gold):>7.3f}")
    missing = [
        (row, own) for row, own in zip(rows, rewrites, strict=True) if added(row["Rewrite"], row) - added(own, row)
    ]
    for row, rewrite in missing[:: max(1, len(missing) // max(1, arguments.examples))][: arguments.examples]:
        print(f"\n{row['History'][0]} | {row['Question']}\n   ours   {rewrite}\n   person {row['Rewrite']}")


def rewrite_all(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Every question's rewrite, conversation by conversation."""
    rewriters: dict[str, Rewriter] = {}
    rewrites = []
    for row in rows:
        history = [str(item) for item in row["History"]]  # type: ignore[attr-defined]  # a list in every such file
        rewriter = rewriters.setdefault(str(row["QuAC_dialog_id"]), Rewriter(history[0]))
        rewrites.append(rewriter.rewrite(str(row["Question"]), history))
    return rewrites


def with_every_name(row: Mapping[str, object]) -> str:
    """The second trivial rewriter: what a bag of words would search for."""
    history = [str(item) for item in row["History"]]  # type: ignore[attr-defined]  # a list in every such file
    names = dict.fromkeys(name for item in history for name in names_in(item))
    return f"{row['Question']} {' '.join([history[0], *names])}"


def added(text: object, row: Mapping[str, object]) -> set[str]:
    """The names and numbers of a text that the question has not."""
    asked = {word.lower() for word in _WORD.findall(str(row["Question"]))}
    words = [
        word
        for index, word in enumerate(_WORD.findall(str(text)))
        if (index and word[0].isupper()) or word[0].isdigit()
    ]
    return {word.lower() for word in words} - asked


def entities(rows: Sequence[Mapping[str, object]], own: Sequence[str]) -> tuple[float, float]:
    """Micro-averaged recall and precision of the names and numbers added."""
    right = wanted = given = 0
    for row, text in zip(rows, own, strict=True):
        gold, ours = added(row["Rewrite"], row), added(text, row)
        words = {word.lower() for word in _WORD.findall(text)}
        right += len(gold & words)
        wanted += len(gold)
        given += len(ours)
    return right / wanted, right / given if given else 0.0


def token_f1(own: str, gold: str) -> float:
    """The harmonic mean of word precision and recall."""
    ours, theirs = Counter(_WORD.findall(own.lower())), Counter(_WORD.findall(gold.lower()))
    shared = sum((ours & theirs).values())
    return 2 * shared / (sum(ours.values()) + sum(theirs.values())) if shared else 0.0


def bleu(own: Sequence[str], gold: Sequence[str]) -> float:
    """Corpus BLEU of up to four words in a row, with the brevity penalty."""
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


if __name__ == "__main__":
    main()
