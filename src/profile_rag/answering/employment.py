"""Where the person has worked or learnt: organisations named by dated entries, fields and sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from profile_rag.answering import cues
from profile_rag.answering.evidence import Passage
from profile_rag.answering.kinds import variants
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import content_words, stems

_ANY = frozenset(
    stems(
        "company companies employer employers organisation organisations organization organizations firm firms"
        " workplace workplaces"
    )
)
_KINDS = frozenset(
    stems(
        "hospital hospitals clinic clinics university universities college colleges school schools agency agencies"
        " bank banks studio studios startup startups institute institutes"
    )
)
_LEARNING = frozenset(stems("university universities college colleges school schools institute institutes"))
_DATES = re.compile(
    r"[(\s,]*(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s+|\b\d{1,2}/|\bsince\s+"
    r"|\bfrom\s+)?\b(?:19|20)\d\d\b(?:-\d\d)*"
    r"(?:\s*(?:[–—-]|to|until)\s*(?:(?:[a-z]+\.?\s+|\d{1,2}/)?(?:19|20)\d\d(?:-\d\d)*|present|today|now|current"
    r"|ongoing))?\)?",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"\b(?:engineer|developer|manager|lead|leader|head|director|officer|analyst|consultant|designer|architect|scientist"
    r"|researcher|teacher|lecturer|professor|tutor|nurse|doctor|physician|assistant|associate|intern|trainee|apprentice"
    r"|administrator|specialist|coordinator|editor|writer|author|producer|founder|co-?founder|owner|partner|president"
    r"|cto|ceo|cfo|coo|vp|staff|senior|junior|principal|freelancer?|contractor|salesman|salesperson|representative"
    r"|clerk"
    r"|accountant|technician|programmer|coach|trainer|instructor|fellow|postdoc|student|volunteer|curator|librarian"
    r"|chef"
    r"|translator|journalist|reporter|photographer|strategist|planner|advisor|adviser|recruiter|tester|operator"
    r"|mechanic"
    r"|electrician|carpenter|driver|captain|pilot|therapist|counsel|lawyer|attorney|paralegal|secretary"
    r"|supervisor)s?\b",
    re.IGNORECASE,
)
DEGREE = re.compile(
    r"\b(?:ph\.?d|m\.?sc|b\.?sc|m\.?a|b\.?a|mba|bachelor|master|diploma|degree|doctorate|thesis|graduated?|stud(?:y"
    r"|ied|ies)"
    r"|trained at|certificat\w*|conference|spoke|spoken|talk|taught a|read at)\b",
    re.IGNORECASE,
)
PLACE_OF_LEARNING = re.compile(r"\b(?:University|College|Institute|School|Academy|Polytechnic)\b")
EDUCATION_HEADING = re.compile(
    r"\b(?:education|studies|training|certif\w*|degrees?|talks?|publications?|volunteer\w*|awards?|prizes)\b", re.I
)
_MAX_PLACE_WORDS = 12
_MAX_ENTRY_WORDS = 16
WORK_HEADING = re.compile(
    r"\bwhere (?:i|he|she|they)\b.{0,5}\b(?:been|worked)\b|\b(?:experience|employment|work|career|history|positions?"
    r"|jobs?|roles?|background)\b",
    re.I,
)
_FIELD = re.compile(
    r"^(?:company|employer|organi[sz]ation|current (?:company|employer)|works? at)\s*:\s*(?P<org>[^,;(]+)",
    re.IGNORECASE,
)
_NAME = (
    r"(?:the\s+)?(?P<org>(?:St\.\s)?[A-Z][\w'’&.-]*"
    r"(?:\s+(?:(?:of|and|&|for|the|de|von|van)\s+(?:the\s+)?)*(?:[A-Z][\w'’&.-]*|\d+))*)"
)
_SUBJECT = r"(?:\b(?:I|I['’]m|I['’]ve|he|she|they|he['’]s|she['’]s|they['’]ve)\b|NAMES)"
AT = re.compile(
    r"\b(?:at|joined|joining|unit of|department of|for)\s+(?:the\s+(?!University|Institute|School"
    r"|[A-Z])(?:[a-z]+\s+){1,4}|an?\s+(?:[a-z]+\s+){1,4})?" + _NAME
)
WORKED = re.compile(
    r"\b(?:work(?:s|ed|ing)?|employ\w*|join(?:ed|s)|career|spent|began|started|moved|been (?:at|with)|care|firmware"
    r"|lead|leads|runs?|led"
    r"|built|build|was|is|am|stint|years?|intern(?:ed)?|since|wrote|writes?|left)\b",
    re.IGNORECASE,
)


def is_organisation_category(category: str) -> bool:
    """Whether a category asks for places of work or learning."""
    words = [word.stem for word in content_words(category)]
    return len(words) <= 2 and bool(words) and words[-1] in _ANY | _KINDS


def find_organisations(category: str, chunks: Sequence[Chunk], person: Person) -> Iterator[tuple[str, Passage]]:
    """Organisations with the passage that says the person was there, in document order."""
    head = content_words(category)[-1].stem
    learning = head in _LEARNING
    found: list[tuple[str, Passage]] = []
    placed = _placed_below(chunks)
    places = {chunk.text for chunk in chunks if chunk.id in placed}
    for chunk in chunks:
        if chunk.id in placed:  # "Ghent, May 2012 – July 2015" below "Site Engineer, Pelham & Roe Ltd"
            heading = placed[chunk.id]
            is_education = any(EDUCATION_HEADING.search(part) for part in heading.heading)
            if (organisation := _organisation(heading.text, learning=learning)) and is_education == learning:
                found.append((organisation, Passage(heading, 0, len(heading.text))))
            continue
        if chunk.kind == "heading" and not _DATES.search(chunk.text):
            continue
        found += _dated(chunk, learning=learning, places=places)
        found += _in_prose(chunk, person, learning=learning)
    names: list[str] = []
    for name, passage in found:
        if head in _KINDS and not _is_of_kind(head, name, passage, found):
            continue
        if any(name == other or other.startswith(f"{name} ") or name.startswith(f"{other} ") for other in names):
            continue
        names.append(name)
        yield name, passage


def _placed_below(chunks: Sequence[Chunk]) -> dict[str, Chunk]:
    """Lines of a place and dates by their ids, each with the heading above it that names post and employer."""
    return {
        below.id: heading
        for heading, below in pairwise(chunks)
        if heading.kind in {"heading", "section"}
        and below.heading
        and below.heading[-1] == heading.text
        and ROLE.search(heading.text)
        and not _DATES.search(heading.text)
        and _DATES.search(below.text)
        and not ROLE.search(below.text)
        and len(below.text.split()) <= _MAX_PLACE_WORDS
    }


def find_positions(chunks: Sequence[Chunk]) -> Iterator[tuple[str, Passage]]:
    """Posts held, with their dated headings or lines, in document order."""
    for chunk in chunks:
        if any(EDUCATION_HEADING.search(part) for part in chunk.heading):
            continue
        for start, end in _entries(chunk.text):
            text = chunk.text[start:end]
            is_post = _DATES.search(text) and ROLE.search(text) and not DEGREE.search(text)
            if is_post and len(text.split()) <= 16 and not re.search(r"\b(?:I|he|she|they)\b", text, re.IGNORECASE):
                yield _DATES.sub("", text).strip(" ,()·|–—-"), Passage(chunk, start, end)
        for heading in chunk.heading:
            if _DATES.search(heading) and ROLE.search(heading):
                yield _DATES.sub("", heading).strip(" ,()·|–—-"), Passage(chunk, 0, _first_end(chunk))


def _is_of_kind(head: str, name: str, passage: Passage, found: Sequence[tuple[str, Passage]]) -> bool:
    kinds = {stem for variant in variants(head) for stem in variant}
    longer = [other for other, _ in found if other.startswith(name)]
    return any(kinds & set(stems(other)) for other in (name, *longer))


def _dated(chunk: Chunk, *, learning: bool, places: Collection[str]) -> Iterator[tuple[str, Passage]]:
    lines = (
        [(chunk.text, Passage(chunk, 0, len(chunk.text)))]
        if chunk.kind not in {"list_item", "card"} or not chunk.title
        else []
    )
    first = chunk.text.split("\n")[0]
    is_education = any(EDUCATION_HEADING.search(part) for part in chunk.heading) or bool(DEGREE.search(first))
    field = _FIELD.match(chunk.text)
    if field and not learning:
        yield field.group("org").strip(), Passage(chunk, 0, len(chunk.text))
    is_work = any(WORK_HEADING.search(part) for part in chunk.heading) or chunk.kind == "heading"
    if chunk.title and _DATES.search(chunk.text) and (is_education if learning else is_work and not is_education):
        name = _organisation(chunk.title, learning=learning) or ("" if learning else chunk.title)
        if name:
            yield name, Passage(chunk, 0, len(chunk.title))
        return
    for heading in chunk.heading:
        is_post = is_work or bool(ROLE.search(heading))
        is_dated = _DATES.search(heading) and is_post and is_education == learning and heading not in places
        if is_dated and (organisation := _organisation(heading, learning=learning)):
            yield organisation, Passage(chunk, 0, _first_end(chunk))
    if not lines or (is_education and not learning):
        return
    for start, end in _entries(chunk.text):
        text = chunk.text[start:end]
        dates = _DATES.search(text)
        if dates and len(text.split()) > _MAX_ENTRY_WORDS and text[dates.end() :].lstrip()[:1].isupper():
            # Plain text goes on below an entry in the same paragraph.
            end = start + dates.end()
            text = chunk.text[start:end]
        is_entry = learning or chunk.kind != "list_item" or bool(ROLE.search(text))
        short = (
            is_entry
            and len(text.split()) <= _MAX_ENTRY_WORDS
            and not re.search(r"\b(?:I|he|she|they)\b", text, re.IGNORECASE)
        )
        is_placed = is_work or learning or chunk.title
        if short and is_placed and _DATES.search(text) and (organisation := _organisation(text, learning=learning)):
            yield organisation, Passage(chunk, start, end)


def _entries(text: str) -> Iterator[tuple[int, int]]:
    """Lines that hold one entry each; run-on lists are cut before each range of years."""
    starts = [
        match.start() for match in re.finditer(r"(?:19|20)\d\d\s*[–—-]\s*(?:(?:19|20)\d\d|today|present|now)", text)
    ]
    if len(starts) > 1 and starts[0] == 0:
        yield from zip(starts, [*(s - 1 for s in starts[1:]), len(text)], strict=True)
        return
    for match in re.finditer(r"[^\n]+", text):
        yield match.span()
        return


def _first_end(chunk: Chunk) -> int:
    return split_sentences(chunk.text)[0][1]


def _organisation(text: str, *, learning: bool) -> str | None:
    """The organisation of "Staff Engineer, Northwind Foods, Springfield (2021 – present)"."""
    bare = _DATES.sub(" ", text).strip(" ,()·|–—-")
    if at := re.search(r"\s(?:at|@)\s+(.+)$", bare):
        return re.split(r",\s|\s[|·–—-]\s", at.group(1))[0].strip() or None
    parts = [part.strip() for part in re.split(r",\s|\s[|·–—-]\s|:\s", bare) if part.strip()]
    if learning:
        return next((part.rstrip(".") for part in parts if PLACE_OF_LEARNING.search(part)), None)
    for index, part in enumerate(parts):
        if part[:1].isupper() and not ROLE.search(part) and (index > 0 or len(parts) == 1 or ROLE.search(parts[1])):
            return part
    return None


def _in_prose(chunk: Chunk, person: Person, *, learning: bool) -> Iterator[tuple[str, Passage]]:
    if chunk.kind not in {"paragraph", "list_item"}:
        return
    names = "|".join(re.escape(part) for part in {*person.name.split(), person.other_name} if len(part) > 1) or "(?!)"
    subject = re.compile(_SUBJECT.replace("NAMES", rf"\b(?:{names})\b"), re.IGNORECASE)
    for start, end in split_sentences(chunk.text):
        text = chunk.text[start:end]
        is_title_line = bool(ROLE.match(text.split(",")[0])) and len(text.split()) <= 14
        cue = DEGREE if learning else WORKED
        if cues.DENIES.search(text) or not (is_title_line or (subject.search(text) and cue.search(text))):
            continue
        for match in AT.finditer(text):
            before = text[: match.start()]
            clause = re.split(r"[.;]|,\s(?=\w+ed\b)|\b(?:and|then|where)\b", before)[-1]
            learnt = bool(DEGREE.search(clause))
            if learnt != learning:
                continue
            if match.group().startswith("for") and not re.search(r"\b(?:work\w*|freelanc\w*|contract\w*)\s+$", before):
                continue
            name = match.group("org").strip(" .")
            name = re.sub(r"['’]s$", "", name) if not name.startswith("St.") else name
            following = re.match(r"\s+([a-z]+)", text[match.end() :])
            if (following and following.group(1) in {"scale", "level", "speed"}) or name.split()[0] in {
                "I",
                "He",
                "She",
            }:
                continue
            yield name, Passage(chunk, start, end)
