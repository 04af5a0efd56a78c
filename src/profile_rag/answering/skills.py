"""Every skill that the documents name as one, with what they say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from profile_rag.answering.citations import CitationList
from profile_rag.answering.enumerations import enumerations_of
from profile_rag.answering.evidence import Evidence
from profile_rag.answering.item_heads import item_heads, names_of_title
from profile_rag.answering.list_items import WordTest
from profile_rag.answering.sections import is_place_of_skills
from profile_rag.answering.verdict import decide
from profile_rag.schema import Chunk, Skill
from profile_rag.words import squash

Mentions = Callable[[str], list[Evidence]]
"""Every passage that speaks of a name."""

_MAX_WORDS = 4
_MAX_SOURCES = 3
_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
_CLAUSE = re.compile(r"\b(?:i|he|she|they|we|is|are|was|has|have|don|doesn|never|not)\b|[.!?]\s|^an?\s", re.IGNORECASE)
_SAID = re.compile(r"(?:i|we|he|she|they)\s", re.IGNORECASE)
"""How a label begins that tells something of the person rather than names an area ("I stay current with")."""
_LEVEL = re.compile(
    r"beginner|basics?|elementary|conversational|intermediate|advanced|proficient|fluent|native|expert|master|[ABC][12]",
    re.IGNORECASE,
)


def find_skills(chunks: Sequence[Chunk], mentions: Mentions, is_word: WordTest) -> tuple[Skill, ...]:
    """What a profile lists as skills, each with the verdict and the words that "can … do it?" would get.

    Args:
        chunks: The documents.
        mentions: Finds what they say of a name.
        is_word: Tells English words from names.
    """
    return tuple(
        skill for name, area in named_skills(chunks, is_word).items() if (skill := _judged(name, area, mentions(name)))
    )


def _judged(name: str, area: str, evidence: Sequence[Evidence]) -> Skill | None:
    finding = decide(name, evidence)
    if finding.verdict == "not_stated":
        return None
    cited = CitationList()
    for item in (*finding.limits, *finding.support)[:_MAX_SOURCES]:
        cited.cite(item.passage)
    if finding.disagrees:
        cited.cite(finding.support[0].passage)
    return Skill(name, area, finding.verdict, finding.basis, cited.citations, is_disputed=finding.disagrees)


def named_skills(chunks: Sequence[Chunk], is_word: WordTest) -> dict[str, str]:
    """What stands in the places where profiles list skills and tools, in its order.

    Args:
        chunks: The documents.
        is_word: Tells English words from names.

    Returns:
        Each name as the documents write it, with its area: the label of its list, or the heading it stands under.
    """
    found: dict[str, tuple[str, str]] = {}
    for chunk in chunks:
        if chunk.kind not in {"heading", "code"} and is_place_of_skills(chunk):
            for written, area in _named_in(chunk, is_word):
                name = _BRACKET.sub("", written.split(" |")[0]).strip(" .,:;")
                if name and len(name.split()) <= _MAX_WORDS and not _CLAUSE.search(name):
                    found.setdefault(squash(name), (name, area))
    return dict(found.values())


def _named_in(chunk: Chunk, is_word: WordTest) -> Iterator[tuple[str, str]]:
    """Each name with its area."""
    headings = ["", "", *chunk.heading]
    area = headings[-2] if chunk.kind == "table_row" else headings[-1]  # a row's last heading is that of the columns
    lists = [each for each in enumerations_of([chunk], is_word) if each.form in {"label", "bracket"}]
    if chunk.title:
        yield from ((name, area) for name in names_of_title(chunk.title))
        lists = [each for each in lists if each.label == chunk.title]  # "keywords: pandas, FastAPI"
    elif not lists and not _SAID.match(area):
        heads = [member.name for member in item_heads(chunk, is_word)]
        is_told = chunk.kind in {"paragraph", "card"} and all(_CLAUSE.search(head) for head in heads)
        if is_told and headings[-2]:  # in sentences, below a heading of its own
            yield headings[-1], headings[-2]
        else:
            yield from ((head, area) for head in heads)
    label = next((each.label for each in lists if each.form == "label"), area)
    if _SAID.match(label):
        return
    for each in lists:
        for member in each.members:
            is_level = _LEVEL.fullmatch(member.name) is not None  # "JavaScript: beginner"
            yield (each.label, area) if is_level else (member.name, label)
