"""Evaluation cases proposed from a corpus, for a person to confirm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from profile_rag.answering import cues
from profile_rag.answering.evidence import Evidence, Passage, clauses_of, find_evidence, sentences_of
from profile_rag.answering.kinds import kind_called, kinds_of
from profile_rag.answering.stance import LABEL, is_avoided, is_strength_heading
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import find_names, spellings, split_words, squash, stems

_PER_SECTION = 3
_PER_KIND = 2  # near misses of one kind
_MOST_OF_A_SORT = 40
_MAX_NAME_WORDS = 3
_MAX_NAME_CHARACTERS = 32
_MIN_MEMBERS = 3
_MIN_SECTION_SENTENCES = 2
_SHOWN_QUOTES = 6
_SPOKEN = "spoken languages"
_IN_A_ROW = frozenset(("verdicts", "members", "tags"))

_HEADER = """\
# Drafts of evaluation cases, made from the documents by `profile-rag cases draft`. Each needs a person's eye: read the
# documents, mend question, verdicts and quotes, and take `draft: true` away. Until then a case is not counted.
"""
_BRACKETED = re.compile(r"(?P<category>[a-z][a-z -]{3,40}s) \((?P<members>[^()]+,[^()]+)\)")


@dataclass(frozen=True, slots=True)
class _Skill:
    """A name that the documents give, with what they say of it."""

    name: str
    section: tuple[str, tuple[str, ...]]
    evidence: tuple[Evidence, ...]

    @property
    def is_limited(self) -> bool:
        """Whether a sentence takes something away from it."""
        return any(item.judgement.is_negative for item in self.evidence)


def draft_cases(chunks: Sequence[Chunk], person: Person) -> list[dict[str, Any]]:
    """Propose cases from what is in an index, in the order of the documents; what is private never got there.

    Args:
        chunks: All chunks of the index.
        person: Whom they are about.
    """
    chunks = sorted(chunks, key=lambda chunk: (chunk.source, chunk.start_char))
    wording = _Wording(person)
    own = set(stems(f"{person.name} {person.other_name}"))
    skills = [skill for skill in _skills(chunks) if own.isdisjoint(stems(skill.name))]
    absent = list(_near_misses(skills, chunks))
    drafts = [
        *_limit_cases([skill for skill in skills if skill.is_limited], chunks, wording),
        *_skill_cases([skill for skill in skills if not skill.is_limited], wording),
        *_list_cases(chunks, wording),
        *_section_cases(chunks, wording),
        *_absent_cases(absent, wording),
        *_false_premises([skill for skill in skills if skill.is_limited], absent, wording),
    ]
    return _numbered(drafts)


def render_cases(cases: Sequence[dict[str, Any]], *, corpus: str) -> str:
    """The cases as the YAML that `load_cases` reads."""
    rows = [{name: _Row(value) if name in _IN_A_ROW else value for name, value in case.items()} for case in cases]
    body = yaml.dump(rows, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    listed = re.sub(r"(?m)^(?=.)", "  ", body).replace("\n  - id:", "\n\n  - id:")
    return f"{_HEADER}corpus: {yaml.safe_dump(corpus, allow_unicode=True).splitlines()[0]}\ncases:\n\n{listed}"


class _Row(list[str]):
    """A list that is written in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes a `_Row` in one line."""


_Dumper.add_representer(
    _Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)
)


# --- what the documents name --------------------------------------------------------------------


def _skills(chunks: Sequence[Chunk]) -> Iterator[_Skill]:
    """Each name once, where it stands first."""
    seen: set[str] = set()
    for chunk in chunks:
        for name in _names_in(chunk):
            key = squash(name)
            if key in seen:
                continue
            seen.add(key)
            evidence = tuple(item for item in find_evidence(name, chunks) if item.judgement.basis != "none")
            if evidence:
                yield _Skill(name, (chunk.source, chunk.heading), evidence)


def _names_in(chunk: Chunk) -> Iterator[str]:
    """Titles of entries, members of lists of strengths, and what the general vocabulary knows as a name."""
    for title in re.split(r"\s+/\s+|\s*,\s*", re.sub(r"\s*\([^()]*\)", "", chunk.title)):
        if _is_short(title):
            yield title
    for start, end in split_sentences(chunk.text):
        sentence = Passage(chunk, start, end)
        yield from _known_names(sentence.text)
        clauses = clauses_of(sentence) if is_strength_heading(chunk) else ()
        candidates = [LABEL.sub("", clause.text.split("(")[0]) for clause in clauses[len(clauses) == 1 :]]
        for candidate in candidates:
            name = candidate.strip(" .:;")
            if _is_short(name) and any(letter.isupper() for letter in name):
                yield name


def _is_short(name: str) -> bool:
    return 0 < len(name.split()) <= _MAX_NAME_WORDS and len(name) <= _MAX_NAME_CHARACTERS


def _known_names(text: str) -> Iterator[str]:
    """The names of the general vocabulary in a text, the longest where several begin, none inside another."""
    words, first = split_words(text), 0
    while first < len(words):
        for last in range(min(first + _MAX_NAME_WORDS, len(words)) - 1, first - 1, -1):
            start, end = words[first].start, words[last].end
            name = text[start:end]
            is_name = any(letter.isupper() for letter in name) and kinds_of(name)
            if is_name and (start, end) in find_names(name, text):
                yield name
                first = last
                break
        first += 1


def _near_misses(skills: Sequence[_Skill], chunks: Sequence[Chunk]) -> Iterator[tuple[str, str]]:
    """Names of the same kinds as those named, no word of which stands in any document, with one that does."""
    text = "\n".join(f"{' '.join(chunk.heading)} {chunk.title} {chunk.text}" for chunk in chunks)
    held, squashed = set(stems(text)), squash(text)
    by_kind: Counter[str] = Counter()
    seen: set[str] = set()
    for skill in skills:
        for title in kinds_of(skill.name):
            kind = kind_called(title)
            for name in kind.names if kind else ():
                words = {stem for spelling in spellings(name) for stem in spelling}
                is_absent = words.isdisjoint(held) and squash(name) not in squashed
                if is_absent and name not in seen and by_kind[title] < _PER_KIND and len(squash(name)) > 1:
                    seen.add(name)
                    by_kind[title] += 1
                    yield name, skill.name


# --- the cases ----------------------------------------------------------------------------------


class _Wording:
    """Questions with the person's own pronoun, languages asked for as such."""

    def __init__(self, person: Person) -> None:
        self.subject = person.subject
        self.do = "do" if person.subject == "they" else "does"
        self._has = "have" if person.subject == "they" else "has"

    def asks_for(self, name: str, number: int) -> str:
        """Whether they know it, in one of two forms."""
        if _is_spoken(name):
            return f"{self.do.capitalize()} {self.subject} speak {name}?"
        forms = (f"Can {self.subject} do {name}?", f"{self._has.capitalize()} {self.subject} used {name}?")
        return forms[number % 2]

    def presumes(self, name: str, number: int) -> str:
        """As if they knew it."""
        if _is_spoken(name):
            return f"Where did {self.subject} learn {name}?"
        forms = (
            f"How many years of {name} {self.do} {self.subject} have?",
            f"What did {self.subject} build with {name}?",
        )
        return forms[number % 2]


def _is_spoken(name: str) -> bool:
    return _SPOKEN in kinds_of(name)


def _limit_cases(skills: Iterable[_Skill], chunks: Sequence[Chunk], wording: _Wording) -> Iterator[dict[str, Any]]:
    """What is limited or denied, by name, and all that is denied."""
    for skill in list(skills)[:_MOST_OF_A_SORT]:
        limits = [item for item in skill.evidence if item.judgement.is_negative]
        limits.sort(key=lambda item: item.judgement.stance != "denies")
        denied = all(item.judgement.stance == "denies" for item in skill.evidence)
        yield _case("limit", "capability", skill.name, wording.asks_for(skill.name, 0)) | {
            "verdicts": ["no", "partly"] if denied else ["partly", "no"],
            **_quotes("any_quotes", limits),
            "tags": ["denial" if denied else "limit"],
        }
    denials = [
        passage
        for chunk in chunks
        if chunk.kind != "heading"
        for passage in sentences_of(chunk)
        if is_avoided(chunk) or (cues.DENIES.search(passage.text) and not cues.CONDITIONAL.search(passage.text))
    ]
    if denials:
        question = f"What {wording.do} {wording.subject} not do, or avoid?"
        yield _case("limit", "open", "all", question) | {
            "verdicts": ["none"],
            **_quotes("any_quotes", denials, most=_MOST_OF_A_SORT),
            "tags": ["limit"],
        }


def _skill_cases(skills: Iterable[_Skill], wording: _Wording) -> Iterator[dict[str, Any]]:
    """A few of each section."""
    by_section: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for skill in skills:
        by_section[skill.section] += 1
        if by_section[skill.section] <= _PER_SECTION and sum(by_section.values()) <= _MOST_OF_A_SORT * _PER_SECTION:
            question = wording.asks_for(skill.name, by_section[skill.section])
            yield _case("skill", "capability", skill.name, question) | {
                "verdicts": ["yes"],
                **_quotes("any_quotes", skill.evidence),
                "tags": ["skill"],
            }


def _list_cases(chunks: Sequence[Chunk], wording: _Wording) -> Iterator[dict[str, Any]]:
    """Categories with their members in brackets."""
    for chunk in chunks:
        for start, end in split_sentences(chunk.text):
            for clause in clauses_of(Passage(chunk, start, end)):
                found = _BRACKETED.fullmatch(LABEL.sub("", clause.text).strip())
                members = [name.strip() for name in found["members"].split(",")] if found else []
                if found and len(members) >= _MIN_MEMBERS:
                    question = f"Which {found['category']} {wording.do} {wording.subject} know?"
                    yield _case("list", "list", found["category"], question) | {
                        "verdicts": ["none"],
                        **_quotes("quotes", [clause]),
                        "members": members,
                        "tags": ["list"],
                    }


def _section_cases(chunks: Sequence[Chunk], wording: _Wording) -> Iterator[dict[str, Any]]:
    """What stands under a heading, asked for by its name."""
    sections: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
    for chunk in chunks:
        if chunk.kind != "heading" and chunk.heading:
            spans = split_sentences(chunk.text)
            sections.setdefault((chunk.source, chunk.heading), []).extend(Passage(chunk, *span) for span in spans)
    for (_, heading), passages in sections.items():
        if len(passages) >= _MIN_SECTION_SENTENCES and _is_short(heading[-1]) and "|" not in heading[-1]:
            yield _case("section", "open", heading[-1], f"What do the documents say under “{heading[-1]}”?") | {
                "verdicts": ["none"],
                **_quotes("any_quotes", passages),
                "tags": ["section"],
            }


def _absent_cases(absent: Sequence[tuple[str, str]], wording: _Wording) -> Iterator[dict[str, Any]]:
    for number, (name, near) in enumerate(absent[:_MOST_OF_A_SORT]):
        yield _case("absent", "capability", name, wording.asks_for(name, number)) | {
            "verdicts": ["not_stated"],
            "tags": ["unanswerable", "near_miss", f"near {near}"],
        }


def _false_premises(
    limited: Iterable[_Skill], absent: Sequence[tuple[str, str]], wording: _Wording
) -> Iterator[dict[str, Any]]:
    """Questions that take for granted what the documents don't say, or deny."""
    for number, (name, _) in enumerate(absent[:_MOST_OF_A_SORT:2]):
        yield _case("premise", "fact", name, wording.presumes(name, number)) | {
            "verdicts": ["not_stated"],
            "tags": ["unanswerable", "false_premise"],
        }
    for skill in limited:
        denials = [item for item in skill.evidence if item.judgement.stance == "denies"]
        if denials:
            question = f"How did {wording.subject} become an expert in {skill.name}?"
            yield _case("premise", "fact", skill.name, question) | {
                "verdicts": ["not_stated", "no", "partly"],
                **_quotes("any_quotes", denials),
                "tags": ["false_premise"],
            }


def _case(sort: str, kind: str, name: str, question: str) -> dict[str, Any]:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("+", "p").replace("#", "sharp")).strip("-")
    return {"id": f"draft-{sort}-{slug}", "draft": True, "kind": kind, "question": question}


def _quotes(
    field: str, found: Sequence[Passage] | Sequence[Evidence], *, most: int = _SHOWN_QUOTES
) -> dict[str, list[dict[str, str]]]:
    """The words of passages, each once; bare titles only where there is nothing else."""
    passages = [item.passage if isinstance(item, Evidence) else item for item in found]
    telling = [passage for passage in passages if not (passage.chunk.title and passage.start == 0)] or passages
    texts = dict.fromkeys((passage.chunk.source, " ".join(passage.quote.text.split())) for passage in telling)
    return {field: [{"source": source, "text": text} for source, text in list(texts)[:most]]} if texts else {}


def _numbered(cases: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each question once, each id its own."""
    kept: dict[str, dict[str, Any]] = {}
    for case in cases:
        kept.setdefault(case["question"].lower(), case)
    count: Counter[str] = Counter()
    for case in kept.values():
        count[case["id"]] += 1
        if count[case["id"]] > 1:
            case["id"] += f"-{count[case['id']]}"
    return list(kept.values())
