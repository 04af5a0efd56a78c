"""Where a sentence stands in its document, and what that says about the questions it may answer."""

from __future__ import annotations

import re

from profile_rag.schema import Chunk

_HEADINGS = {
    "habits": re.compile(
        r"\b(?:habits?|how (?:i|he|she|they|we) works?|approach|style|principles?|process|workflow|practices?|methods?"
        r"|philosophy|rules?|values?)\b",
        re.IGNORECASE,
    ),
    "skills": re.compile(
        r"\b(?:good at|skills?|expertise|stack|strengths?|capabilit\w+|speciali\w+|knows?|competenc\w+|tools?|services"
        r"|languages?)\b",
        re.IGNORECASE,
    ),
    "limits": re.compile(
        r"\b(?:not|doesn['’]t|don['’]t|won['’]t|limits?|limitations?|weakness\w*|avoids?|boundar\w+|never|gaps)\b",
        re.IGNORECASE,
    ),
    "story": re.compile(
        r"\b(?:identity|who|about|background|story|bio\w*|summary|profile|career|history)\b", re.IGNORECASE
    ),
}
_LABEL = re.compile(r"[^\W\d_][\w/-]*(?: [\w/-]+)?:\s")
_KINDS = ("list_item", "paragraph", "field", "entry", "section", "table_row", "card")
SETTINGS = (
    *(f"is_{kind}" for kind in _KINDS),
    *(f"under_{name}" for name in _HEADINGS),
    *(f"habit_under_{name}" for name in _HEADINGS),
    "has_heading",
    "has_title",
    "is_labelled",
    "habit_is_labelled",
    "asks_habit",
)
"""The names of `setting_of` and `asked_in` together."""


def setting_of(chunk: Chunk, text: str) -> dict[str, float]:
    """What form a sentence of a chunk has, and what its heading promises; each value is 0 or 1."""
    heading = chunk.heading[-1] if chunk.heading else ""
    return {
        **{f"is_{kind}": float(chunk.kind == kind) for kind in _KINDS},
        **{f"under_{name}": float(pattern.search(heading) is not None) for name, pattern in _HEADINGS.items()},
        "has_heading": float(bool(heading)),
        "has_title": float(bool(chunk.title)),
        "is_labelled": float(_LABEL.match(text) is not None and chunk.kind != "entry"),
    }


def asked_in(setting: dict[str, float], *, is_habit: bool) -> dict[str, float]:
    """The setting together with whether the question asks for a habit, which other places answer than a skill."""
    asked = float(is_habit)
    return {
        **setting,
        **{f"habit_under_{name}": asked * setting.get(f"under_{name}", 0.0) for name in _HEADINGS},
        "habit_is_labelled": asked * setting.get("is_labelled", 0.0),
        "asks_habit": asked,
    }
