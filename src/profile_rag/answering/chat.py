"""Follow-ups: a question that leans on the one before, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.question import parse_question, strip_lead_in
from profile_rag.schema import Person

_ELLIPSIS = re.compile(
    r"^(?:and|or|but|also|(?:and )?(?:what|how) about|same (?:for|with)|(?:and )?(?:on|in|with|for))\b[\s,]*"
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|that|this one|that one|those|these)\b(?! true\b)", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:can|could|does|do|did|is|are|was|has|have|had|would|will|which|what|who|where|when|why|how)\b", re.IGNORECASE
)
_MAX_ELLIPSIS_WORDS = 6


def stand_alone(question: str, earlier: Sequence[str], person: Person) -> str:
    """The question with what it leaves out filled in from the questions before it; itself when it stands alone."""
    if not earlier:
        return question
    previous = stand_alone(earlier[-1], earlier[:-1], person)
    parsed = parse_question(previous, person)
    if not parsed.targets:
        return question
    if (rest := _elliptic_target(question)) and parsed.kind in {"capability", "list"}:
        return _swap(previous, parsed.phrase or parsed.targets[0], rest)
    if parsed.kind == "capability" and _PRONOUN.search(question):
        return _PRONOUN.sub(lambda _: parsed.phrase, question, count=1)
    return question


def _elliptic_target(question: str) -> str:
    match = _ELLIPSIS.match(question.strip())
    if not match or _FINITE.search(match.group("rest")) or len(match.group("rest").split()) > _MAX_ELLIPSIS_WORDS:
        return ""
    return strip_lead_in(match.group("rest"))


def _swap(previous: str, old: str, new: str) -> str:
    at = previous.lower().rfind(old.lower())
    return f"{previous[:at]}{new}{previous[at + len(old) :]}" if at >= 0 else f"Can they do {new}?"
