"""Whom the documents are about, in their own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage
from profile_rag.schema import Chunk, Person

_PRONOUNS = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}
_NAME_FIELD = re.compile(r"^(?:full[ _]?)?name\s*:\s*(.+)$", re.IGNORECASE)
_ROLE_FIELD = re.compile(r"^(?:role|title|job[ _]title|position|headline|profession|label)\s*:\s*(.+)$", re.IGNORECASE)
_PRONOUN_FIELD = re.compile(r"^pronouns?\s*:\s*([a-z]+)", re.IGNORECASE)
_NAME = re.compile(r"^[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: (?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|de|van|von|der|bin|al|el|la|da|di)){1,4}$")
_SHOUTED = re.compile(r"[A-Z]{3,}")
_MAX_FIELD_CHARACTERS = 80


def find_person(chunks: Sequence[Chunk]) -> Person:
    """Name, role and pronouns from the documents: a field that states them, else the first title that is a name.

    Pronouns nobody states are those the documents use most; failing that, "they".
    """
    name = _field(chunks, _NAME_FIELD) or _title_name(chunks)
    stated = _field(chunks, _PRONOUN_FIELD).lower()
    pronoun = stated if stated in _PRONOUNS else _most_used_pronoun(chunks)
    return Person(name, _field(chunks, _ROLE_FIELD), *_PRONOUNS[pronoun])


def find_identity(chunks: Sequence[Chunk], person: Person) -> list[Passage]:
    """The passages that give the person's name and role; empty when the documents give neither."""
    found: list[Passage] = []
    for pattern, value in ((_NAME_FIELD, person.name), (_ROLE_FIELD, person.role)):
        if not value:
            continue
        holder = next((chunk for chunk in chunks if value in chunk.text and pattern.match(chunk.text)), None)
        holder = holder or next(chunk for chunk in chunks if value in chunk.text)
        start = 0 if pattern.match(holder.text) else holder.text.index(value)
        found.append(Passage(holder, start, holder.text.index(value) + len(value)))
    return found


def _field(chunks: Sequence[Chunk], pattern: re.Pattern[str]) -> str:
    for chunk in chunks:
        for line in chunk.text.split("\n"):
            match = pattern.match(line)
            if match and len(match.group(1)) <= _MAX_FIELD_CHARACTERS:
                return match.group(1).strip(" \"'")
    return ""


def _title_name(chunks: Sequence[Chunk]) -> str:
    titles = (chunk.text for chunk in chunks if chunk.kind == "heading" and not chunk.heading)
    return next((text for text in titles if _NAME.match(text) and not _SHOUTED.search(text)), "")


def _most_used_pronoun(chunks: Sequence[Chunk]) -> str:
    counts: Counter[str] = Counter()
    for chunk in chunks:
        counts.update(word for word in re.findall(r"[a-z]+", chunk.text.lower()) if word in {"he", "she"})
    if not counts or counts["he"] == counts["she"]:
        return "they"
    return counts.most_common(1)[0][0]
