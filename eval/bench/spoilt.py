"""Answers spoilt by a script in one way each, and their sound twins: `python eval/bench/spoilt.py`.

Sixty of the engine's own answers, ten for each way, half with their quotation marks and half without, so that words
which are only nearly a document's own are checked too. Spoilt ones should be flagged with the right word marked, sound
ones passed. Then the evidence is shuffled between the answers: what was supported should no longer be.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from profile_rag import Profile
from profile_rag.answering.citations import evidence_of
from profile_rag.answering.grounding import CheckedAnswer, GroundingChecker
from profile_rag.evaluation.dataset import load_cases
from profile_rag.models import PACKAGED_MODEL, load_embedder
from profile_rag.schema import Answer
from profile_rag.words import is_distinct_name, split_words

EVAL = Path(__file__).parents[1]
PER_WAY = 10
SHUFFLED = 101  # odd, so that answers of one person don't meet
SKILLS = ("Fortran", "Erlang", "SAP", "Haskell", "COBOL")
NAMES = ("Quentin", "Zurbriggen", "Ottakring", "Velasquez")
INVENTED = (
    " He won the national chess championship twice.",
    " Her doctoral thesis was about marine biology.",
    " He speaks fluent Finnish and Hungarian.",
    " She founded a bakery in Lisbon.",
    " He holds three patents on wind turbines.",
)
_NUMBER = re.compile(r"(?<![\w.\[])\d+(?![\w.]*\d|\])")
# "Without a project described" and "not stated" are words of our own; "can't" without its end is no word.
_NEGATION = re.compile(r"\b(?:not(?! stated)|never|no) |(?<=[a-z])(?<!ca)(?<!wo)(?<!sha)n['’]t\b")
_SILENCE = re.compile(r"\bnot stated\b|\bdocuments don['’]t (?:mention|say)\b")
_LEVEL = re.compile(r"\b(?:basics?|familiar|comfortable|some|emerging|understands?|beginner|conversational|solid)\b")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An answer with one fault: its text, and where the fault stands."""

    text: str
    start: int
    end: int


def number(text: str, turn: int) -> Iterator[Spoilt]:
    """Another number."""
    for found in _NUMBER.finditer(text):
        other = str(int(found.group()) + 3 + turn)
        yield Spoilt(text[: found.start()] + other + text[found.end() :], found.start(), found.start() + len(other))


def negation(text: str, turn: int) -> Iterator[Spoilt]:
    """A denial dropped; what stood behind it is the fault."""
    del turn
    for found in _NEGATION.finditer(text):
        rest = text[found.end() :]
        # Of "haven't" all that is left, of "not" what stood behind it.
        start = found.start() if found.group()[-1] == " " else text.rfind(" ", 0, found.start()) + 1
        yield Spoilt(text[: found.start()] + rest, start, found.start() + len(rest.split(".")[0]))


def skill(text: str, turn: int) -> Iterator[Spoilt]:
    """A technology put in another's place."""
    for word in split_words(text):
        if is_distinct_name(word.text):
            other = SKILLS[turn % len(SKILLS)]
            yield Spoilt(text[: word.start] + other + text[word.end :], word.start, word.start + len(other))


def level(text: str, turn: int) -> Iterator[Spoilt]:
    """A level raised."""
    for found in _LEVEL.finditer(text):
        other = ("expert", "fluent", "advanced")[turn % 3]
        yield Spoilt(text[: found.start()] + other + text[found.end() :], found.start(), found.start() + len(other))


def name(text: str, turn: int) -> Iterator[Spoilt]:
    """A name put in another's place."""
    for found in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", text):
        if not is_distinct_name(found.group()):
            other = NAMES[turn % len(NAMES)]
            yield Spoilt(text[: found.start()] + other + text[found.end() :], found.start(), found.start() + len(other))


def invented(text: str, turn: int) -> Iterator[Spoilt]:
    """A sentence more."""
    added = INVENTED[turn % len(INVENTED)]
    yield Spoilt(text + added, len(text) + 1, len(text) + len(added))


WAYS: dict[str, Callable[[str, int], Iterator[Spoilt]]] = {
    "number changed": number,
    "negation dropped": negation,
    "skill swapped": skill,
    "level raised": level,
    "name changed": name,
    "sentence invented": invented,
}


def main() -> None:
    """Print how many of each were flagged."""
    checker = GroundingChecker(load_embedder(PACKAGED_MODEL))
    answers = list(_answers())
    _print(measure(answers, checker))
    _print_shuffled(answers[:SHUFFLED], checker)


def measure(answers: Sequence[Answer], checker: GroundingChecker, *, per_way: int = PER_WAY) -> dict[str, Counter[str]]:
    """For each way how many answers were spoilt, how many of these flagged and marked, how many sound ones flagged."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for way, spoil in WAYS.items():
        for answer in answers:
            count = found[way]["spoilt"]
            if count == per_way:
                break
            text = answer.answer if count % 2 else re.sub(r"[“”\"]", "", answer.answer)
            spoilt = next(spoil(text, count), None)
            if spoilt is None:
                continue
            evidence = [evidence_of(citation.quote, citation.heading) for citation in answer.citations]
            found[way]["spoilt"] += 1
            checked = checker.check_answer(spoilt.text, evidence)
            found[way]["flagged"] += not _passes(checked)
            is_marked = any(
                start < spoilt.end and end > spoilt.start
                for claim in checked.claims
                for start, end in claim.unsupported
            )
            found[way]["right word"] += is_marked
            if not is_marked:
                print(f"missed ({way}): {spoilt.text}")
            sound = checker.check_answer(text, evidence)
            found[way]["sound flagged"] += not _passes(sound)
            if not _passes(sound):
                print(f"sound, flagged: {text}\n   {[(c.text, c.support, c.reasons) for c in sound.claims]}")
    return found


def _answers() -> Iterator[Answer]:
    by_corpus = defaultdict(list)
    for case in load_cases(EVAL / "cases"):
        if not case.is_held and not case.corpus.startswith("pool"):
            by_corpus[case.corpus].append(case)
    with tempfile.TemporaryDirectory() as stores:
        opened = []
        for corpus, cases in by_corpus.items():
            folder = EVAL.parent / "corpus" if corpus == "corpus" else EVAL / corpus
            with Profile.open(folder, store=Path(stores) / corpus.replace("/", "-")) as profile:
                opened.append([profile.ask(case.question, history=case.history) for case in cases[:60]])
    for place in range(60):  # one person after the other
        for answers in opened:
            if place < len(answers) and answers[place].citations and not answers[place].abstained:
                yield answers[place]


def _passes(checked: CheckedAnswer) -> bool:
    return all(claim.is_supported for claim in checked.claims)


def _print(found: dict[str, Counter[str]]) -> None:
    columns = ("spoilt", "flagged", "right word", "sound flagged")
    print(f"\n{'':<20}" + "".join(f"{column:>15}" for column in columns))
    for way, counts in [*found.items(), ("all", sum(found.values(), Counter()))]:
        print(f"{way:<20}" + "".join(f"{counts[column]:>15}" for column in columns))


def _print_shuffled(answers: Sequence[Answer], checker: GroundingChecker) -> None:
    """Each answer against the evidence of one half the list further on, which is about somebody else."""
    half = len(answers) // 2
    claims = [
        claim
        for place, answer in enumerate(answers)
        for claim in checker.check(
            answer.answer,
            [
                evidence_of(citation.quote, citation.heading)
                for citation in answers[(place + half) % len(answers)].citations
            ],
        )
    ]
    # That the documents don't mention a thing is true of many documents.
    silent = [claim for claim in claims if _SILENCE.search(claim.text)]
    claims = [claim for claim in claims if not _SILENCE.search(claim.text)]
    supported = [claim for claim in claims if claim.is_supported]
    for claim in supported:
        print(f"supported by another answer's evidence: {claim.text}")
    told = f"{len(supported)} of {len(claims)} claims still supported ({len(silent)} of silence apart)"
    print(f"\nevidence shuffled: {told}")


if __name__ == "__main__":
    main()
