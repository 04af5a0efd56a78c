"""Lines that are a key and a value ("Role: Data Engineer"), and whom they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profile_rag.answering.evidence import Passage
from profile_rag.schema import Chunk

FIELD = re.compile(r"^\W*([A-Za-z][A-Za-z _-]{2,20}?)\W*:\W*(?=\w)(.+)$")
"""A line that is a field: its key and its value."""
NAME_FIELDS = ("name", "full name", "candidate", "applicant", "candidate name", "display name")
"""Keys whose value is a name, the likeliest first."""
ROLE_FIELDS = (
    *("role", "current role", "job title", "position", "current position", "headline", "label", "profession"),
    *("occupation", "job", "title"),
)
"""Keys whose value is a role, the likeliest first."""
MAX_FIELD_CHARACTERS = 80
"""A longer value is prose."""

# Sections whose fields speak of something else than the person: an employer's name, a project's title.
_OTHERS_SECTION = re.compile(
    r"\b(?:work|experience|employment|jobs?|career|education|skills?|projects?|references?|languages?|awards?|volunteer"
    r"|publications?|certificates?|certifications?|interests?|profiles|courses?|highlights|networks?)\b",
    re.IGNORECASE,
)
_MAX_SECTION_WORDS = 3


def fields_of(chunk: Chunk) -> Iterator[tuple[str, str, int]]:
    """Key, value and the value's offset of every line that is a field."""
    offset = 0
    for line in chunk.text.split("\n"):
        if match := FIELD.match(line):
            value = match.group(2).strip(" \"'*")
            if 0 < len(value) <= MAX_FIELD_CHARACTERS:
                key = match.group(1).strip().lower().replace("_", " ").replace("-", " ")
                yield key, value, offset + line.index(value, match.start(2))
        offset += len(line) + 1


def is_about_others(chunk: Chunk) -> bool:
    """Whether a chunk stands in a section whose fields speak of something else than the person."""
    return any(_OTHERS_SECTION.search(part) and len(part.split()) <= _MAX_SECTION_WORDS for part in chunk.heading)


def field_values(chunks: Sequence[Chunk], keys: Sequence[str]) -> list[str]:
    """The values of these fields of the person: by the order of the keys, then of the documents."""
    own = (chunk for chunk in chunks if not is_about_others(chunk))
    found = [(keys.index(key), value) for chunk in own for key, value, _ in fields_of(chunk) if key in keys]
    return [value for _, value in sorted(found, key=lambda item: item[0])]


def find_field(chunks: Sequence[Chunk], keys: Sequence[str], value: str = "") -> Passage | None:
    """The line of a field, from its key on."""
    for chunk in sorted(chunks, key=is_about_others):  # the person's own first
        for key, found, start in fields_of(chunk):
            if key in keys and value in {"", found}:
                line = chunk.text.rfind("\n", 0, start) + 1
                return Passage(chunk, line, start + len(found))
    return None
