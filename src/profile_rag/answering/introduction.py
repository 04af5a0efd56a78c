"""Where the documents say who the person is: name, role, a sentence that describes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from profile_rag.answering.evidence import Passage, sentence_around, sentences_of
from profile_rag.answering.fields import NAME_FIELDS, ROLE_FIELDS, find_field
from profile_rag.answering.person_names import bare_name, is_role
from profile_rag.schema import Chunk, Person

_MAX_DESCRIPTION_CHARACTERS = 260
_DESCRIBING_SECTION = re.compile(
    r"\b(?:summary|about|background|profile|bio(?:graphy)?|introduction|intro|overview|hello|objective|who)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The passages that say who the person is."""

    name: Passage | None
    role: Passage | None
    description: Passage | None
    """A sentence of prose that tells what the person is or does."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Those of name and role, one of them where one gives both."""
        return tuple(dict.fromkeys(passage for passage in (self.name, self.role) if passage))


def find_identity(chunks: Sequence[Chunk], person: Person) -> Identity:
    """Where the documents give the person's name and role, and a sentence that describes the person."""
    name = find_field(chunks, NAME_FIELDS, person.name) or _first_holding(chunks, person.name)
    role = find_field(chunks, ROLE_FIELDS, person.role) or _first_holding(chunks, person.role)
    if role and person.name and person.name in (sentence := sentence_around(role)).text:
        name = role = sentence
    name = name or _first_under(chunks, person.name)
    if name and name.chunk.kind in {"paragraph", "card"} and _is_describing(sentence := sentence_around(name)):
        return Identity(sentence, sentence if name == role else role, None)  # it says more than the name
    shown = [passage for passage in (name, role) if passage]
    return Identity(name, role, _description(chunks, person, shown))


def _first_holding(chunks: Sequence[Chunk], value: str) -> Passage | None:
    """The first place that holds a value, one that is little more than it before others."""
    holders = [chunk for chunk in chunks if value and value in chunk.text]
    holder = next((chunk for chunk in holders if chunk.kind == "heading"), next(iter(holders), None))
    if holder is None:
        return None
    start = holder.text.index(value)
    return Passage(holder, start, start + len(value))


def _first_under(chunks: Sequence[Chunk], name: str) -> Passage | None:
    """The first sentence under a heading that holds the name."""
    for chunk in chunks:
        if name and any(name.casefold() in heading.casefold() for heading in chunk.heading):
            return next(iter(sentences_of(chunk)), None)
    return None


def _is_describing(passage: Passage) -> bool:
    return (
        passage.text.endswith((".", "!"))
        and len(passage.text.split()) > 4
        and len(passage.text) <= _MAX_DESCRIPTION_CHARACTERS
    )


def _description(chunks: Sequence[Chunk], person: Person, shown: Sequence[Passage]) -> Passage | None:
    """The sentence of prose that opens what the documents tell of the person."""
    callers = {person.name, *bare_name(person.name).split()[:1], person.other_name} - {""}
    calls = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in callers) or "(?!)")
    found: list[tuple[int, Passage]] = []
    for chunk in chunks:
        if chunk.kind not in {"paragraph", "card", "field", "list_item"}:
            continue
        describes = bool(chunk.heading) and _DESCRIBING_SECTION.search(chunk.heading[-1]) is not None
        for index, passage in enumerate(sentences_of(chunk)[:2]):
            text = passage.text
            is_shown = any(
                each.chunk is chunk and each.start < passage.end and passage.start < each.end for each in shown
            )
            if is_shown or not _is_describing(passage):
                continue
            opens = calls.match(text) is not None or re.match(r"(?:I|I['’]m|I['’]ve|He|She|They)\b", text) is not None
            weight = 2 * describes + 2 * (calls.match(text) is not None) + opens + (index == 0) + (is_role(text[:60]))
            found.append((weight, passage))
    best = max(found, key=lambda item: item[0], default=(0, None))  # the first of equals
    return best[1] if best[0] > 2 else None
