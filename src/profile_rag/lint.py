"""What an owner may want to mend in the documents, each with the place where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from profile_rag import __version__
from profile_rag.ingestion.cleaning import normalize
from profile_rag.ingestion.corpus import Corpus, Document, load_corpus
from profile_rag.profile import Profile
from profile_rag.schema import Answer, Citation, Person

Severity = Literal["error", "warning", "note"]
"""The documents contradict themselves; something in them is lost; they could say more."""
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

RULES = {
    "names": "The documents give the person more than one name, or more than one pronoun.",
    "contradiction": "One place claims what another limits or denies.",
    "unreadable": "A file, or a page of it, gives no text.",
    "encoding": "Characters were damaged by a wrong encoding.",
    "unevidenced": "A skill is listed, and no sentence says what was done with it.",
    "silent": "Recruiters ask for it, and the documents don't say.",
    "stale": "Nothing in the documents is recent.",
}

_ASKED_BY_RECRUITERS = (
    ("where {subject} {is} based", "Where {is} {subject} based?"),
    ("where {subject} {has} worked and since when", "What is {possessive} work experience?"),
    ("what {subject} studied", "What is {possessive} education?"),
    ("which languages {subject} {speaks}", "Which spoken languages does {subject} speak?"),
    ("when {subject} could start", "When could {subject} start?"),
    ("whether {subject} may work where the job is", "Does {subject} have a work permit?"),
    ("how to reach {object}", "How can I contact {object}?"),
)
_LINE_END = re.compile(r"\r\n?|\n")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEARS_OLD = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a document."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing to mend."""

    rule: str
    severity: Severity
    message: str
    places: tuple[Place, ...]
    """The first is where it is reported; the others are the other sides of it."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def lint(profile: Profile, folder: Path, *, as_of: int | None = None) -> list[LintFinding]:
    """Look for what to mend, the gravest first.

    Args:
        profile: Open on these documents, its index up to date.
        folder: The documents.
        as_of: The year that staleness is measured against; unset measures none, for the clock decides nothing here.

    Raises:
        CorpusError: The folder is missing or unreadable.
    """
    corpus = load_corpus(folder)
    found = [
        *_names(profile),
        *_skills(profile),
        *_unreadable(corpus),
        *(finding for document in corpus.documents for finding in _encoding(document)),
        *_silences(profile, corpus.documents),
        *_staleness(corpus.documents, as_of),
    ]
    return sorted(found, key=lambda item: SEVERITIES.index(item.severity))


def _names(profile: Profile) -> Iterator[LintFinding]:
    answer = profile.ask(_filled("Who {is} {subject}?", profile.person))
    for conflict in answer.conflicts:
        yield LintFinding("names", "error", conflict.explanation, _places_of(answer, conflict.citations))


def _skills(profile: Profile) -> Iterator[LintFinding]:
    for skill in profile.skills():
        places = tuple(map(_place_of, skill.citations))
        if skill.is_disputed:
            message = f"{skill.name} is claimed in one place, and limited or denied in another."
            yield LintFinding("contradiction", "error", message, places)
        elif skill.basis == "listed":
            message = f"{skill.name} is listed; no sentence says what was done with it."
            yield LintFinding("unevidenced", "note", message, places[:1])


def _unreadable(corpus: Corpus) -> Iterator[LintFinding]:
    for file in corpus.skipped:
        message = f"{file.source}: {file.reason}."
        yield LintFinding("unreadable", "warning", message, (Place(file.source, 1),))


def _encoding(document: Document) -> Iterator[LintFinding]:
    normalized = normalize(document.raw)
    if not normalized.repaired:
        return
    starts = [0, *(match.end() for match in _LINE_END.finditer(document.raw))]
    # A damaged character takes up more of the file than of the text; so does a line end of two characters.
    damaged = [
        start
        for (start, behind), character in zip(pairwise(normalized.starts), normalized.text, strict=False)
        if behind - start > 1 and character != "\n"
    ]
    lines = list(dict.fromkeys(bisect_right(starts, start) for start in damaged))
    count = f"{normalized.repaired} damaged character" + ("s" if normalized.repaired > 1 else "")
    where = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    message = f"{count}, repaired for the index, in line {where}. Save the file as UTF-8 with the right characters."
    yield LintFinding("encoding", "warning", message, tuple(Place(document.source, line) for line in lines))


def _silences(profile: Profile, documents: Sequence[Document]) -> Iterator[LintFinding]:
    person = profile.person
    for what, question in _ASKED_BY_RECRUITERS:
        if profile.ask(_filled(question, person)).abstained and documents:
            message = f"Recruiters ask {_filled(what, person)}; the documents don't say."
            yield LintFinding("silent", "note", message, (Place(documents[0].source, 1),))


def _filled(text: str, person: Person) -> str:
    is_plural = person.subject == "they"
    verbs = (
        {"is": "are", "has": "have", "speaks": "speak"} if is_plural else {"is": "is", "has": "has", "speaks": "speaks"}
    )
    return text.format(subject=person.subject, object=person.object, possessive=person.possessive, **verbs)


def _staleness(documents: Sequence[Document], as_of: int | None) -> Iterator[LintFinding]:
    years = [
        (int(match.group()), document, normalized.starts[match.start()])
        for document in documents
        for normalized in [normalize(document.raw)]  # in which private blocks are blank
        for match in _YEAR.finditer(normalized.text)
        if as_of is None or int(match.group()) <= as_of
    ]
    if as_of is None or not years:
        return
    newest, document, offset = max(years, key=lambda item: item[0])
    if as_of - newest >= _YEARS_OLD:
        line = 1 + len(_LINE_END.findall(document.raw[:offset]))
        message = f"The newest year that the documents name is {newest}."
        yield LintFinding("stale", "note", message, (Place(document.source, line),))


def _places_of(answer: Answer, numbers: Sequence[int]) -> tuple[Place, ...]:
    return tuple(_place_of(citation) for citation in answer.citations if citation.id in numbers)


def _place_of(citation: Citation) -> Place:
    return Place(citation.source, citation.start_line)


def to_sarif(findings: Sequence[LintFinding]) -> dict[str, Any]:
    """The findings as SARIF 2.1.0 (OASIS), which code hosts and editors show at their lines."""

    def location(place: Place) -> dict[str, Any]:
        return {
            "physicalLocation": {
                "artifactLocation": {"uri": place.source},
                "region": {"startLine": place.line},
            }
        }

    results = [
        {
            "ruleId": item.rule,
            "level": item.severity,
            "message": {"text": item.message},
            "locations": [location(place) for place in item.places[:1]],
            "relatedLocations": [location(place) for place in item.places[1:]],
        }
        for item in findings
    ]
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "profile-rag", "version": __version__, "rules": rules}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
