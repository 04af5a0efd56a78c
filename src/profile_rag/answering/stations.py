"""The stations of a life: posts and studies with what the documents say of when they were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from profile_rag.answering import cues
from profile_rag.answering.dates import Period, period_of, without_dates
from profile_rag.answering.employment import (
    AT,
    DEGREE,
    EDUCATION_HEADING,
    PLACE_OF_LEARNING,
    ROLE,
    WORK_HEADING,
    WORKED,
)
from profile_rag.answering.evidence import Passage
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences
from profile_rag.words import stems

Kind = Literal["work", "study", "other"]

_MAX_ENTRY_WORDS = 30
_MAX_ENTRY_CHARACTERS = 220
_SUMMARY = re.compile(
    r"[\s,;]*\b(?:summary|highlights?|description|courses|keywords|url)\s*:.*", re.IGNORECASE | re.DOTALL
)
_OTHER_HEADING = re.compile(
    r"\b(?:volunteer\w*|awards?|pri[sz]es?|honou?rs|certif\w*|publications?|talks?|speaking|projects?|skills?"
    r"|software|tools"
    r"|languages?|interests|references|referees|patents?|licen[sc]es|hobbies|leisure|free time|spare time"
    r"|(?:outside|beyond|besides|away from|after|when not)(?: of)? work)\b",
    re.IGNORECASE,
)
_LEARNING_HEADING = re.compile(
    r"\b(?:education|studies|degrees?|academic (?:background|training)|schooling)\b", re.IGNORECASE
)
_FIELD = re.compile(
    r"^(?:current )?(?:company|employer|organi[sz]ation|workplace|works? (?:at|for)|position|(?:current"
    r" )?job)\s*:\s*(?P<value>.+)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;,]\s+(?:and\s+|then\s+)?(?=(?:\w+ed|was|became|began|led|ran|moved|went|has|is)\b)|\band then\b"
)
_DEGREE_NAME = (
    r"(?:degree|diploma|master['’]?s?|bachelor['’]?s?|ph\.?d|doctorate|m\.?sc|b\.?sc|b\.?eng|m\.?eng|mba|m\.a|b\.a)\b"
)
_DEGREE = re.compile(rf"\b{_DEGREE_NAME}", re.IGNORECASE)
_STUDIED = re.compile(
    r"\b(?:studied|study|studying|graduat(?:ed|ing|e)|trained at"
    r"|(?:hold|earn|finish|complet|receiv|gain|obtain|complet|did|got|has|have|took|came out of|with)\w*"
    rf"\s+(?:[\w-]+\s+){{0,4}}{_DEGREE_NAME})",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:works?|am|is|are|leads?|runs?|heads?|manages?|serves?|directs?)\b|['’](?:m|s|re)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:I|he|she|they|his|her|their|my)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Station:
    """A post, a course of study or another dated entry."""

    passage: Passage
    """What to quote."""
    text: str
    """The words that tell of it."""
    kind: Kind
    period: Period | None

    @property
    def names_school(self) -> bool:
        """Whether it tells where something was learnt."""
        return bool(PLACE_OF_LEARNING.search(self.text) or AT.search(self.text) or self.passage.chunk.title)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of the words that name it."""
        return frozenset(stems(without_dates(self.text)))


def find_stations(chunks: Sequence[Chunk]) -> list[Station]:
    """All of them, in document order."""
    return [station for chunk in chunks for station in _stations_in(chunk)]


def _stations_in(chunk: Chunk) -> Iterator[Station]:
    if chunk.kind in {"heading", "code"}:
        return
    if chunk.heading and (below := period_of(chunk.heading[-1])) and not below.is_point:
        return  # what was done at a station is no other station
    if (field := _FIELD.match(chunk.text)) and chunk.kind in {"field", "list_item"}:
        if not _names_only_a_role(field.group("value")):
            yield Station(Passage(chunk, 0, len(chunk.text)), chunk.text, "work", period_of(chunk.text))
        return
    if _is_entry(chunk):
        end = _entry_end(chunk)
        text = chunk.text[:end]
        period = period_of(chunk.text)
        kind = _kind_of(chunk, text)
        if period or (kind == "study" and _is_learning(chunk)):
            yield Station(Passage(chunk, 0, end), text, kind, period)
        return
    if chunk.kind in {"paragraph", "list_item"}:
        yield from _in_prose(chunk)


def _names_only_a_role(value: str) -> bool:
    """Whether a field "Position: Teacher" tells no place of work ("Position: Teacher, Kestrel School" does)."""
    parts = [part for part in re.split(r",\s|\s(?:at|@)\s|\s[|·–—-]\s", value) if part.strip()]
    return all(ROLE.search(part) for part in parts)


def _is_entry(chunk: Chunk) -> bool:
    """Whether a chunk is written like an entry: a title with fields, a heading, a line without a subject."""
    if chunk.kind == "section" or (chunk.kind in {"entry", "card"} and chunk.title):
        return True
    return (
        chunk.kind in {"list_item", "table_row", "field", "paragraph"}
        and len(chunk.text.split()) <= _MAX_ENTRY_WORDS
        and not _PERSON.search(chunk.text)
        and (chunk.kind != "paragraph" or _has_period_and_place(chunk))
    )


def _has_period_and_place(chunk: Chunk) -> bool:
    period = period_of(chunk.text)
    return period is not None and not period.is_point and bool(ROLE.search(chunk.text) or DEGREE.search(chunk.text))


def _entry_end(chunk: Chunk) -> int:
    """Where an entry has told what and when it was; what it goes on to tell is left out of a quote."""
    text = chunk.text
    end = match.start() if (match := _SUMMARY.search(text)) and _dates_stand_before(text, match.start()) else len(text)
    if end > _MAX_ENTRY_CHARACTERS:
        firsts = [stop for _, stop in split_sentences(text) if stop <= _MAX_ENTRY_CHARACTERS]
        end = max((stop for stop in firsts if _dates_stand_before(text, stop)), default=end)
    return end


def _dates_stand_before(text: str, end: int) -> bool:
    return period_of(text) is None or period_of(text[:end]) == period_of(text)


def _kind_of(chunk: Chunk, text: str) -> Kind:
    for heading in reversed(chunk.heading):
        if _OTHER_HEADING.search(heading):
            return "other"
        if _LEARNING_HEADING.search(heading):
            return "study"
        if WORK_HEADING.search(heading):
            return "work"
    if _DEGREE.search(text):
        return "study"
    return "work" if ROLE.search(text) else "other"


def _is_learning(chunk: Chunk) -> bool:
    return any(_LEARNING_HEADING.search(heading) for heading in chunk.heading)


def _in_prose(chunk: Chunk) -> Iterator[Station]:
    if any(EDUCATION_HEADING.search(part) and not _LEARNING_HEADING.search(part) for part in chunk.heading):
        return
    for start, end in split_sentences(chunk.text):
        sentence = chunk.text[start:end]
        if cues.DENIES.search(sentence):
            continue
        cuts = [0, *(match.end() for match in _CLAUSE.finditer(sentence)), len(sentence)]
        for left, right in pairwise(cuts):
            clause = sentence[left:right]
            period = period_of(clause)
            is_study = bool(_STUDIED.search(clause) and (AT.search(clause) or _DEGREE.search(clause)))
            is_work = not is_study and bool(WORKED.search(clause) or ROLE.search(clause)) and bool(AT.search(clause))
            if is_study or (is_work and (period or _PRESENT.search(clause))):
                yield Station(Passage(chunk, start, end), clause, "study" if is_study else "work", period)
