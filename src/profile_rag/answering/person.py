"""Whom the documents are about, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from profile_rag.answering.evidence import sentences_of
from profile_rag.answering.fields import (
    FIELD,
    MAX_FIELD_CHARACTERS,
    NAME_FIELDS,
    ROLE_FIELDS,
    field_values,
    fields_of,
    is_about_others,
)
from profile_rag.answering.other_name import is_named_in, other_name_of
from profile_rag.answering.person_names import (
    NAME,
    bare_name,
    is_person_name,
    is_role,
    is_short_name,
    read_role,
    read_title,
)
from profile_rag.answering.pronouns import most_used_pronoun, other_pronoun, stated_pronoun
from profile_rag.schema import Chunk, Person

_OPENING_CHUNKS = 6  # of a document; further down, names are of others
_PRONOUNS = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}
_FULL = rf"{NAME}(?:\s(?:{NAME}|\w\.|de|van|von|der|den|bin|ibn|al|el|la|da|di|dos|das|del|du|le)){{0,4}}"
_INTRODUCES = (
    re.compile(rf"\b(?:I['’]m|I am|[Mm]y name is|[Cc]all me)\s(?P<name>{_FULL})(?=\s*[,.!;(–—-]|\s(?:and|from)\b|$)"),
    re.compile(rf"^(?P<name>{_FULL})\s*\((?:she|he|they)\b"),
    re.compile(
        rf"^(?P<name>(?:Dr|Prof|Mr|Mrs|Ms)\.?\s{_FULL}|{NAME}\s{_FULL})(?=\s(?:is\s(?:an?|the)|has|works|runs|leads)\b)"
    ),
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be the person's name, and how much speaks for it."""

    name: str
    role: str
    weight: int


def find_person(chunks: Sequence[Chunk]) -> Person:
    """Name, role and pronouns from the documents: fields that state them, else titles, else the prose.

    Pronouns nobody states are those the documents use most; failing that, "they".
    """
    documents = _by_document(chunks)
    field = next((value for value in field_values(chunks, NAME_FIELDS) if is_short_name(value)), "")
    candidate = _Candidate(field, "", 0) if field else _best_candidate(documents)
    name = _full_name(candidate.name, chunks)
    role = next((value for value in field_values(chunks, ROLE_FIELDS) if value != name), "")
    role = role or candidate.role or _role_beside(name, documents) or _latest_position(chunks)
    stated = stated_pronoun(chunks)
    pronoun = stated or most_used_pronoun(chunks)
    other_name = other_name_of(chunks, name) if name else ""
    return Person(
        name,
        role,
        *_PRONOUNS[pronoun],
        other_name=other_name,
        other_subject=other_pronoun(chunks, stated, name, other_name) if stated else "",
    )


def _by_document(chunks: Sequence[Chunk]) -> Mapping[str, list[Chunk]]:
    documents: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        documents.setdefault(chunk.source, []).append(chunk)
    return documents


def _best_candidate(documents: Mapping[str, list[Chunk]]) -> _Candidate:
    candidates = [each for chunks in documents.values() for each in _candidates(chunks, documents)]
    return max(candidates, key=lambda each: each.weight, default=_Candidate("", "", 0))  # the first of equals


def _candidates(chunks: Sequence[Chunk], documents: Mapping[str, list[Chunk]]) -> Iterator[_Candidate]:
    """Titles and opening sentences of one document that name a person with something to show for it."""
    text = "\n".join(chunk.text for chunk in chunks)
    speaks_of_someone = bool(re.search(r"\b(?:he|she|they|I|I['’]m|I['’]ve|my|his|her|their)\b", text, re.IGNORECASE))
    has_role_line = any(_role_line(chunk.text.split("\n")[0]) for chunk in chunks[:3] if chunk.kind != "heading")
    for title in _titles(chunks):
        name, role, is_cued = read_title(title)
        if not name:
            continue
        opens = chunks[0].kind == "heading" and chunks[0].text == title
        is_used = _is_used(name, chunks[1:] if opens else chunks) or any(
            _is_used(name, others) for source, others in documents.items() if source != chunks[0].source
        )
        is_long_enough = is_cued or " " in name or is_used or has_role_line
        weight = 1 + 2 * is_cued + is_used + speaks_of_someone + (bool(role) or has_role_line) + (" " in name) + opens
        if is_long_enough and weight > 2:
            yield _Candidate(name, role, weight)
    for chunk in chunks[:_OPENING_CHUNKS]:
        for text in (chunk.text, *(passage.text for passage in sentences_of(chunk)[:3])):
            if name := _introduced(text):
                yield _Candidate(name, "", 3 + (" " in name))


def _is_used(name: str, chunks: Sequence[Chunk]) -> bool:
    """Whether a text speaks of somebody by a part of this name."""
    parts = [re.escape(part) for part in bare_name(name).split() if len(part) > 1 and part[0].isupper()]
    return any(re.search(rf"\b(?:{'|'.join(parts)})\b", chunk.text) for chunk in chunks) if parts else False


def _titles(chunks: Sequence[Chunk]) -> list[str]:
    """What heads a document: its title as a chunk, the uppermost headings, a first line that is no sentence."""
    titles = [chunk.text for chunk in chunks if chunk.kind == "heading" and not chunk.heading][:2]
    titles += [chunk.heading[0] for chunk in chunks[:_OPENING_CHUNKS] if chunk.heading]
    first = chunks[0].text.split("\n")[0]
    if len(first) <= MAX_FIELD_CHARACTERS and not first.endswith((".", "!", "?", ":")):
        titles.append(first)
    return list(dict.fromkeys(titles))


def _introduced(sentence: str) -> str:
    for pattern in _INTRODUCES:
        match = pattern.search(sentence)
        if match and is_person_name(match.group("name"), least=1):
            return match.group("name")
    return ""


def _full_name(name: str, chunks: Sequence[Chunk]) -> str:
    """The name as the text writes it: a first name with the surname given elsewhere, capitals as in prose."""
    if not name:
        return ""
    if name.isupper():
        written = re.compile(r"\s+".join(map(re.escape, name.split())), re.IGNORECASE)
        found = (match.group() for chunk in chunks for match in written.finditer(chunk.text))
        return next((each for each in found if not each.isupper()), name.title())
    if " " in name:
        return name
    longer = re.compile(rf"\b{re.escape(name)}\s{_FULL}")
    found = (match.group() for chunk in chunks for match in longer.finditer(" ".join((*chunk.heading, chunk.text))))
    return next((each for each in found if is_person_name(each)), name)


def _role_beside(name: str, documents: Mapping[str, list[Chunk]]) -> str:
    """A role that a line under the name, or a sentence about the person, gives."""
    if not name:
        return ""
    own = [chunks for chunks in documents.values() if any(is_named_in(name, chunk) for chunk in chunks)]
    for chunks in own:
        for chunk in chunks[:_OPENING_CHUNKS]:
            if chunk.kind in {"paragraph", "card", "list_item"} and (role := _role_line(chunk.text.split("\n")[0])):
                return role
    for chunks in own:
        for chunk in chunks[:_OPENING_CHUNKS]:
            for passage in sentences_of(chunk):
                if role := read_role(passage.text, name):
                    return role
    return ""


def _latest_position(chunks: Sequence[Chunk]) -> str:
    """The position of the first entry about work; résumés begin with the latest."""
    fields = (field for chunk in chunks if is_about_others(chunk) for field in fields_of(chunk))
    return next((value for key, value, _ in fields if key in ROLE_FIELDS and is_role(value)), "")


def _role_line(line: str) -> str:
    """The part of a short line that is a role ("Data Engineer · she/her · Leeds")."""
    if len(line) > MAX_FIELD_CHARACTERS * 2 or line.endswith((".", "!", "?", ":")) or FIELD.match(line):
        return ""
    parts = re.split(r"\s+[·•|–—-]\s+|\s*\([^()]*\)\s*", line)
    return next((part.strip(" ,") for part in parts if is_role(part)), "")
