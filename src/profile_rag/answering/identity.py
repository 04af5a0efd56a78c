"""Answers to who the person is: name, role, pronouns, and where the documents disagree about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from profile_rag.answering.aspects import CHARACTER, is_labelled
from profile_rag.answering.draft import Disagreement, Draft
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.extractive import Statement, quoted, state_nothing
from profile_rag.answering.introduction import Identity, find_identity
from profile_rag.answering.other_name import find_calling
from profile_rag.answering.person_names import bare_name
from profile_rag.answering.pronouns import find_pronoun_use, find_pronouns
from profile_rag.schema import Chunk, Person, Verdict

Aspect = Literal["pronouns", "character", "role", "name", "who"]

_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = (
    ("pronouns", re.compile(r"\bpronouns?\b|\bhe or (?:an? )?she\b|\bshe or (?:an? )?he\b|\bgender\b", re.IGNORECASE)),
    (
        "character",
        re.compile(
            r"\blike\b|\b(?:kind|sort|type) of\b.*\b(?:person|character|personality|human)\b|\bdescribe\b"
            r"|\b(?:personality|character|temperament|vibe|manner)\b",
            re.IGNORECASE,
        ),
    ),
    ("who", re.compile(r"^\W*(?:so,? |and )?who\b(?!se\b)|\bwho (?:he|she|they|this|that|it)\b", re.IGNORECASE)),
    ("name", re.compile(r"\b(?:names?|named|call(?:ed)?|whose|address|profile|cv|r[eé]sum[eé])\b", re.IGNORECASE)),
    (
        "role",
        re.compile(
            r"\b(?:role|job|position|title|profession|occupation|professionally|for a living|by trade|work as)\b"
            r"|\bwhat\b.*\bdo(?:ing)?\b",
            re.IGNORECASE,
        ),
    ),
)
_MOST_TRAITS = 3
_TRAIT = re.compile(
    r"\b(?:friendly|quiet|calm|patient|honest|blunt|humou?r|curious|shy|introvert\w*|extrovert\w*|easy[- ]going|warm"
    r"|stubborn"
    r"|polite(?:ly)?|cheerful|reserved|outgoing|energetic|modest|humble|known (?:for|as)|temper(?:ed)?|speaks? up"
    r"|gets on"
    r"|good listener|team player|perfectionist|impatient|reliable|approachable|empath\w+|shouts?|pleasure to work)\b",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    r"^\W*(?:friendly|quiet|calm|patient|known)\b|\b(?:he|she|they|i|him|her|them|me)\b", re.IGNORECASE
)
_ASKS_ACTIVITY = re.compile(r"\bwhat\b.*\bdo(?:ing)?\b", re.IGNORECASE)
_YES_NO = re.compile(r"^\W*(?:and |so |then )*(?:is|are|am|was|isn['’]t|would it be)\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\bor\b", re.IGNORECASE)
_ASKED_NAME = re.compile(
    r"\b(?:called|named|name(?: is)?|of|this|(?:is|are) (?:he|she|they|it)|or|dealing with|about"
    r"|that)\s+(?:really\s|actually\s)?"
    r"(?P<name>(?!called|named|really|actually)[^\W\d_][\w.'’-]*(?-i:\s[^\W\d_a-z][\w.'’-]*)*)",
    re.IGNORECASE,
)
_NO_NAME = frozenset("this that he she they it the a an his her their profile cv resume or not right of real".split())
_OPENINGS: dict[Verdict, str] = {"yes": "**Yes.** ", "partly": "**Partly.** ", "no": "**No.** ", "not_stated": ""}


def draft_identity(question: str, chunks: Sequence[Chunk], person: Person) -> Draft | None:
    """Only what was asked, and each disagreement of the documents about it; `None` when they give nobody's identity."""
    identity = find_identity(chunks, person)
    match _aspect(question):
        case "pronouns":
            return _draft_pronouns(chunks, person)
        case "character":
            return _draft_character(chunks)
        case "role" if person.role or identity.description:
            return Draft(_state_role(question, identity, person))
        case "name" if person.name:
            return _draft_name(question, chunks, identity, person)
        case _ if identity.passages:
            return _draft_who(chunks, identity, person)
    return None


def _aspect(question: str) -> Aspect:
    return next((aspect for aspect, pattern in _ASPECTS if pattern.search(question)), "who")


# --- name -------------------------------------------------------------------------------------------


def _draft_name(question: str, chunks: Sequence[Chunk], identity: Identity, person: Person) -> Draft | None:
    if identity.name is None:
        return None
    verdict = _name_verdict(question, person)
    lead = "The documents give the name " if verdict else ""
    opens = _OPENINGS[verdict] if verdict else ""
    stated = Statement(f"{lead}{person.name}.", (identity.name,), frame=lead, opens=opens)
    disagreements = _name_disagreement(chunks, identity, person)
    return Draft(
        [stated, *_state_disagreements(disagreements, person)],
        verdict,
        disagreements=tuple(disagreements),
    )


def _name_verdict(question: str, person: Person) -> Verdict | None:
    """Whether a name that is asked about is the person's; `None` where no name is, or the choice of two."""
    if not _YES_NO.match(question) or _ALTERNATIVE.search(question):
        return None
    asked = [match.group("name") for match in _ASKED_NAME.finditer(question)]
    words = {word.casefold() for name in asked for word in _name_words(name)} - _NO_NAME
    if not words:
        return None
    if words <= {word.casefold() for word in _name_words(f"{person.name} {person.other_name}")}:
        return "partly" if person.other_name else "yes"
    return "no"


def _name_words(name: str) -> list[str]:
    plain = re.sub(r"['’]s?\b", " ", bare_name(name))
    return [word.strip(".-") for word in re.split(r"\s+", plain) if word.strip(".-")]


def _name_disagreement(chunks: Sequence[Chunk], identity: Identity, person: Person) -> list[Disagreement]:
    if not person.other_name or identity.name is None:
        return []
    calling = identity.description
    if calling is None or not re.search(rf"(?<![\w-]){re.escape(person.other_name)}(?![\w-])", calling.text):
        calling = find_calling(chunks, person.other_name)
    explanation = f"One place gives the name {person.name}, another speaks of {person.other_name}."
    return [Disagreement("name", (identity.name, calling), explanation)]


def _state_disagreements(disagreements: Sequence[Disagreement], person: Person) -> list[Statement]:
    leads = {
        "name": f"The text also speaks of {person.other_name}; the documents disagree on the name:",
        "pronouns": f"The text also says {person.other_subject}; the documents disagree on the pronouns:",
    }
    return [
        Statement(f"{leads[item.about]} {quoted(item.passages[1])}", (item.passages[1],), frame=leads[item.about])
        for item in disagreements
    ]


# --- role, pronouns, who ----------------------------------------------------------------------------


def _state_role(question: str, identity: Identity, person: Person) -> list[Statement]:
    statements: list[Statement] = []
    if identity.role is not None:
        frame = f"{person.possessive.capitalize()} role is"
        statements.append(Statement(f"{frame} {person.role}.", (identity.role,), frame=frame))
    # A sentence that calls the person by another name would have to be explained.
    description = identity.description if not person.other_name or not statements else None
    if description and (not statements or _ASKS_ACTIVITY.search(question)):
        statements.append(Statement(quoted(description), (description,)))
    return statements


def _draft_character(chunks: Sequence[Chunk]) -> Draft | None:
    """What stands under a label such as "Personality", else sentences on traits; `None` when there are none."""
    told = [Passage(chunk, 0, len(chunk.text)) for chunk in chunks if is_labelled(chunk.text, CHARACTER)]
    told.sort(key=lambda passage: passage.text.lower().startswith("creature"))  # an image comes behind plain words
    if not told:
        prose = (chunk for chunk in chunks if chunk.kind not in {"heading", "code", "entry", "table_row", "field"})
        told = [passage for chunk in prose for passage in sentences_of(chunk) if _tells_trait(passage)]
    return Draft([Statement(quoted(passage), (passage,)) for passage in told[:_MOST_TRAITS]]) if told else None


def _tells_trait(passage: Passage) -> bool:
    return _TRAIT.search(passage.text) is not None and _OF_SOMEBODY.search(passage.text) is not None


def _draft_pronouns(chunks: Sequence[Chunk], person: Person) -> Draft:
    passage = find_pronouns(chunks, person)
    if passage is None:
        return Draft(state_nothing([]), "not_stated", abstained=True)
    if re.search(rf"\b{person.subject}\s*/", passage.text, re.IGNORECASE):
        text = f"{person.possessive.capitalize()} pronouns are {person.subject}/{person.object}."
        stated = Statement(text, (passage,), frame=text)
    else:
        lead = f"The documents don't state them; the text says {person.subject}:"
        stated = Statement(f"{lead} {quoted(passage)}", (passage,), frame=lead)
    disagreements = _pronoun_disagreement(chunks, passage, person)
    return Draft([stated, *_state_disagreements(disagreements, person)], disagreements=tuple(disagreements))


def _pronoun_disagreement(chunks: Sequence[Chunk], stated: Passage | None, person: Person) -> list[Disagreement]:
    used = find_pronoun_use(chunks, person.other_subject) if person.other_subject else None
    if used is None or stated is None:
        return []
    explanation = f"One place states the pronoun {person.subject}, the text says {person.other_subject}."
    return [Disagreement("pronouns", (stated, used), explanation)]


def _draft_who(chunks: Sequence[Chunk], identity: Identity, person: Person) -> Draft:
    role = person.role if identity.role is not None else ""
    name_and_role = ", ".join(part for part in (person.name, role) if part)
    statements = [Statement(f"{name_and_role}.", identity.passages)]
    disagreements = _name_disagreement(chunks, identity, person)
    disagreements += _pronoun_disagreement(chunks, find_pronouns(chunks, person), person)
    told = {item.passages[1] for item in disagreements}
    if identity.description and identity.description not in told:
        statements.append(Statement(quoted(identity.description), (identity.description,)))
    statements += _state_disagreements(disagreements, person)
    return Draft(statements, disagreements=tuple(disagreements))
