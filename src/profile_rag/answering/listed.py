"""Members of a category with the passages that make them so, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from profile_rag.answering.enumerations import Enumeration
from profile_rag.answering.evidence import Passage
from profile_rag.answering.list_items import Member
from profile_rag.sentences import split_sentences
from profile_rag.words import spellings, stems

_MAX_QUOTED = 220  # characters of a list that is quoted whole when only some of its items are asked for


@dataclass(frozen=True, slots=True)
class Listed:
    """A member with the passage that makes it one."""

    name: str
    passage: Passage
    is_described: bool = False
    """Whether the passage tells something of the member beyond its name."""


def quoted_members(enumeration: Enumeration, members: Sequence[Member]) -> Iterator[tuple[Member, Passage]]:
    """Members with the words to quote for them: the whole list as long as it is short, else only the members."""
    if not members:
        return
    whole = enumeration.passage(members)
    if enumeration.form in {"definition", "section"} or whole.end - whole.start <= _MAX_QUOTED:
        for member in members:
            yield member, Passage(whole.chunk, min(whole.start, member.start), whole.end)
        return
    yield from (
        (member, Passage(whole.chunk, min(m.start for m in members), max(m.end for m in members))) for member in members
    )


def once(members: Iterable[Listed]) -> list[Listed]:
    """Members in their order, none told twice under another spelling or inside a longer name."""
    found: dict[tuple[str, ...], Listed] = {}
    for number, member in enumerate(members):
        if not member.name:  # a sentence is quoted, not named
            found.setdefault((str(number),), member)
            continue
        name = re.sub(r"\s+\([^()]*\)$|\s+for\s.*$", "", member.name).strip()
        key = next((spelling for spelling in spellings(name) if spelling in found), tuple(stems(name)))
        if any(set(key) < set(other) and member.passage.chunk is found[other].passage.chunk for other in found):
            continue  # "Terraform" beside "Terraform modules"
        found.setdefault(key, member)
    return list(found.values())


def joined(members: Sequence[Listed]) -> list[Listed]:
    """Members named in one list are quoted together, label and all, as long as that stays short."""
    spans: dict[tuple[str, int], tuple[int, int]] = {}
    keys: list[tuple[str, int]] = []
    for member in members:
        chunk, passage = member.passage.chunk, member.passage
        sentence = next((start for start, end in split_sentences(chunk.text) if start <= passage.start < end), 0)
        key = (chunk.id, sentence)
        start, end = spans.get(key, (passage.start, passage.end))
        wide = (min(start, passage.start), max(end, passage.end))
        if wide[1] - wide[0] > _MAX_QUOTED and wide not in {(start, end), (passage.start, passage.end)}:
            key = (chunk.id, -1 - len(keys))
            wide = (passage.start, passage.end)
        spans[key] = wide
        keys.append(key)
    return [
        replace(member, passage=Passage(member.passage.chunk, *spans[key]))
        for member, key in zip(members, keys, strict=True)
    ]
