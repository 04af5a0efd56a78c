"""Members of a category that is a kind of names ("programming languages"): those the documents speak of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from profile_rag.answering import cues
from profile_rag.answering.enumerations import Enumeration
from profile_rag.answering.evidence import Evidence, Passage
from profile_rag.answering.item_heads import item_heads
from profile_rag.answering.kinds import NamedKind, core_of, kind_called, kinds_of, longer_names
from profile_rag.answering.list_items import WordTest
from profile_rag.answering.list_request import ListRequest
from profile_rag.answering.listed import Listed
from profile_rag.answering.stance import is_avoided
from profile_rag.answering.strengths import is_limits_section
from profile_rag.answering.verdict import decide
from profile_rag.schema import Chunk
from profile_rag.words import find_name, stems

FindMentions = Callable[[str], list[Evidence]]
"""What the documents say of a name."""

_LANGUAGES = ("languag",)  # spoken or for programming: the question or the documents tell which
_SPOKEN = re.compile(r"\b(?:speaks?|spoken|fluent(?! in code)|foreign|native|mother|human|natural)\b", re.IGNORECASE)
_CODED = re.compile(
    r"\b(?:program\w*|cod(?:e|es|ing)|scripts?|scripting|develops?|software|writes? in)\b", re.IGNORECASE
)
_SPEAKING = re.compile(
    r"\b(?:speaks?|spoken|fluen\w+|native|tongue|bilingual|languages?|conversational|proficien\w+|[ABC][12])\b",
    re.IGNORECASE,
)


def is_kind_of_names(category: str) -> bool:
    """Whether a category asks for names of one kind, whichever of two it may be."""
    return kind_called(category) is not None or core_of(category) == _LANGUAGES


def kind_asked(request: ListRequest, enumerations: Sequence[Enumeration]) -> NamedKind | None:
    """The kind of names that a list question asks for; none where its category is of another sort."""
    if request.core == _LANGUAGES:
        if _SPOKEN.search(request.text):
            return kind_called("spoken languages")
        if _CODED.search(request.text):
            return kind_called("programming languages")
        return _kind_of_section("languag", enumerations)
    for alternative in request.parts:
        if kind := kind_called(alternative):
            return kind
    return kind_called(request.category)


def _kind_of_section(word: str, enumerations: Sequence[Enumeration]) -> NamedKind | None:
    """Where a category may mean two kinds, the one that most names under such a heading belong to."""
    counts: dict[str, int] = {}
    for enumeration in enumerations:
        if word in stems(enumeration.label):
            for member in enumeration.members:
                for title in kinds_of(member.name.split(" (")[0].split(" / ")[0].split()[0]):
                    if "language" in title:
                        counts[title] = counts.get(title, 0) + 1
    best = max(counts, key=counts.__getitem__, default="programming languages")
    return kind_called(best)


def named_members(
    request: ListRequest, kind: NamedKind, chunks: Sequence[Chunk], find_mentions: FindMentions, is_word: WordTest
) -> Iterator[Listed]:
    """Names of this kind that the documents give the person, in document order."""
    order = {chunk.id: number for number, chunk in enumerate(chunks)}
    found: list[tuple[int, int, str, Passage]] = []
    for name in kind.names:
        evidence = [
            item
            for item in find_mentions(name)
            if item.names_target or item.is_own_entry
            if request.is_within(item.passage.chunk) and _is_own(item, name, kind)
            if kind.title != "spoken languages" or _SPEAKING.search(item.passage.chunk.embedding_text)
        ]
        finding = decide(name, evidence)
        # Known a little is known; what only a section on limits speaks of is not.
        shown = [
            item.passage
            for item in (*finding.support, *finding.limits)
            if not _is_denied(item.passage, name)
            and not is_avoided(item.passage.chunk)
            and not is_limits_section(item.passage.chunk)
        ]
        if finding.verdict not in {"yes", "partly"}:
            shown = _spoken(evidence, name) if kind.title == "spoken languages" and finding.verdict != "no" else []
        if not shown:
            continue
        entry = next((passage.chunk for passage in shown if _titles(passage.chunk, name)), None)
        passage = (_described(entry, is_word) if entry else None) or shown[0]
        written = find_name(name, passage.chunk.text) or (0, 0)
        found.append((order[passage.chunk.id], written[0], passage.chunk.text[slice(*written)] or name, passage))
    last = (-1, 0)
    for number, at, name, passage in sorted(found, key=lambda item: (*item[:2], -len(item[2]))):
        if (number, at) >= last:  # else it is the beginning of a longer name
            yield Listed(name, passage, is_described=True)
            last = (number, at + len(name))


def _described(chunk: Chunk, is_word: WordTest) -> Passage | None:
    members = item_heads(chunk, is_word)
    return Passage(chunk, members[0].start, members[0].end) if members else None


def _is_own(item: Evidence, name: str, kind: NamedKind) -> bool:
    """Whether a mention says that the person has to do with the thing, and writes it as a name."""
    passage = item.passage
    span = find_name(name, passage.text)
    if span is None:
        return item.is_own_entry
    written = passage.text[span[0] : span[1]]
    if passage.text[max(0, span[0] - 1) : span[0]] == "-" or passage.text[span[1] : span[1] + 1] == "-":
        return False  # "C-level" is no language
    if len(name) == 1 and passage.text[max(0, span[0] - 2) : span[0]] == " /":
        return False  # a switch of a command
    if any(find_name(longer, passage.text) is not None for longer in longer_names(name)):
        return False  # "Cloud SQL" is not SQL
    if span[0] and not re.match(r"[\s(/\[“\"']", passage.text[span[0] - 1]):
        return False  # nor "40°C"
    if written.islower() and not name.islower() and len(written) < 12:
        return False
    if passage.chunk.kind not in {"paragraph", "entry", "card"} or item.is_own_entry:
        return True
    if kind.title == "spoken languages":
        return _SPEAKING.search(passage.text) is not None
    return item.judgement.stance == "affirms" or item.judgement.is_negative


def _is_denied(passage: Passage, name: str) -> bool:
    """Whether a passage takes back all of what it names: "have not shipped a site in Vue"."""
    denial = cues.DENIES.search(passage.text)
    span = find_name(name, passage.text)
    return denial is not None and span is not None and denial.start() < span[0]


def _spoken(evidence: Sequence[Evidence], name: str) -> list[Passage]:
    """Sentences that tell of somebody's languages without a verb that affirms them ("grew up bilingual (…)")."""
    passages = [item.passage for item in evidence if not item.judgement.is_negative]
    return [passage for passage in passages if _SPEAKING.search(passage.text) and not _is_denied(passage, name)]


def _titles(chunk: Chunk, name: str) -> bool:
    return bool(chunk.title) and find_name(name, chunk.title) is not None
