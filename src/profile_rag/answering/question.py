"""What a question asks: its kind, its targets and how far they are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from profile_rag.words import content_words, stems

Kind = Literal[
    "capability",
    "comparison",
    "list",
    "fact",
    "open",
    "identity",
    "contact",
    "section",
    "overview",
    "pitch",
    "off_subject",
]
_LEVELS = {
    "production": r"\bprod(?:uction)?\b|\bprofessionally\b|\bcommercially\b|\bat scale\b|\blive systems?\b",
    "expert": r"\bexpert(?:ise|s)?\b|\badvanced\b|\bmaster(?:y|ed)?\b(?!['’]s| degree)|\bguru\b|\bsenior[- ]level\b"
    r"|\bin[- ]depth\b|\bdeep\b(?! learning)|\bspecialist\b",
    "fluent": r"\bfluent(?:ly)?\b|\bproficient\b|\bproficiency\b|\bstrong\b",
    "primary": r"\bprimary\b|\bmain (?:language|tool)\b",
    "current": r"\bstill\b|\bcurrently\b|\bnowadays\b|\bthese days\b",
    "operation": r"\badminist\w+|\boperat(?:e|es|ed|ing)\b|\blook(?:s|ed|ing)? after\b"
    r"|\b(?:run|runs|running|ran|host(?:s|ed|ing)?|maintain(?:s|ed|ing)?) (?:an?|the|our|your|their|any)\b.{0,30}"
    r"\b(?:clusters?|servers?|brokers?|databases?|installations?|instances?)\b",
}
_HABIT = re.compile(
    r"^\W*(?:does|do|did|is|are)\b|\b(?:would|will|wouldn['’]t|won['’]t)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?:(?<![su])s|criteria|people|media|software)$", re.IGNORECASE)
_SHAPING = frozenset(
    stems(
        "approach style way ways view views opinion attitude philosophy process method methods handle describe explain"
        " tell kind sort type stance take think feel experience career person candidate profile"
    )
)


@dataclass(frozen=True, slots=True)
class Question:
    """A standalone question, taken apart."""

    text: str
    kind: Kind
    targets: tuple[str, ...]
    """What a capability or list question asks about, as written."""
    levels: frozenset[str]
    """How far it asks: production, expert, fluent, primary, current, operation."""
    phrase: str = ""
    """The targets before they were taken apart: "weights and biases" may be one thing."""
    asks_role: bool = False
    """Whether it asks what the person is ("is she a lawyer?"), which no mere mention of the word answers."""
    preferred_to: str = ""
    """What the target is asked to be preferred to."""
    section: str = ""
    """Which part of a profile it asks for ("education"), if that is all it asks."""
    premise: Question | None = None
    """What it takes for granted ("since he is an expert in Go, …"), asked by itself."""

    @property
    def is_habit(self) -> bool:
        """Whether it asks what the person does or would do."""
        return _HABIT.search(self.text) is not None

    @property
    def asks_for_several(self) -> bool:
        """Whether a list question asks for more than one: "which tools", not "which country"."""
        return bool(self.targets) and _PLURAL.search(self.targets[0]) is not None

    @property
    def asked_stems(self) -> frozenset[str]:
        """Every stem of the question, for telling what exactly is asked."""
        return frozenset(stems(self.text))

    @property
    def content_stems(self) -> tuple[str, ...]:
        """The stems that carry its meaning; nouns that only shape a question count when there is nothing else."""
        found = tuple(dict.fromkeys(word.stem for word in content_words(self.text)))
        return tuple(stem for stem in found if stem not in _SHAPING) or found


def levels_in(text: str) -> frozenset[str]:
    """How far a text asks; see `Question.levels`."""
    return frozenset(level for level, pattern in _LEVELS.items() if re.search(pattern, text, re.IGNORECASE))
