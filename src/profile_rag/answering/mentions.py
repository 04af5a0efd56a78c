"""Third persons and things that a conversation names, and the pronouns that stand for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.frame import AUXILIARY
from profile_rag.answering.person_names import NAME, is_person_name
from profile_rag.schema import Person
from profile_rag.words import is_stop_word

_PERSON = re.compile(r"\b(?P<word>he|she|they|him|them|his|hers|her|their|theirs)\b", re.IGNORECASE)
_THING = re.compile(
    r"(?<!is )(?<!was )\b(?P<word>its|it)\b"
    r"|\b(?P<that>this|that)\b(?=\s*[?.!]*$|\s+(?:in|on|at|for|with|to|a|well|the)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = frozenset(("his", "their", "its", "her", "hers", "theirs"))
_OBJECT_HER = re.compile(
    rf"\s*(?:$|[?.,!;])|\s+(?:in|on|at|for|with|to|from|by|after|before|when|while|and|or|during|about|as|{AUXILIARY[3:-1]})\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\"[^\"]{2,60}\"|“[^”]{2,60}”|(?:(?<=[^.!?\"“]\s)|(?<=^))[A-Z][\w.'’&-]*(?:\s(?:(?:of|the|and|de|van|von|for|in)\s)?[A-Z\d][\w.'’&-]*)*"
)


_WHO_IS = re.compile(rf"^[Ww]ho(?:['’]s|\s(?:is|was|are))\s(?P<name>{NAME}(?:\s{NAME})*)\s*\??$")
_BESIDE = re.compile(rf"\b(?:with|for|under|by|of|about|to|from)\s(?P<name>{NAME}(?:\s{NAME})+)")
_GENDERED = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she", "hers": "she"}


def somebody_else(question: str, before: str, person: Person) -> str:
    """The name of another person whom the question before named and this one's pronoun must mean; mostly empty.

    A pronoun is the profile's person unless it is not that person's.
    """
    match = _PERSON.search(question)
    pronoun = _GENDERED.get(match.group().lower(), "") if match else ""
    if not pronoun or pronoun == person.subject:
        return ""
    named = _WHO_IS.match(before) or (_BESIDE.search(before) if person.subject != "they" else None)
    name = named.group("name") if named else ""
    own = {part.casefold() for part in f"{person.name} {person.other_name}".split()}
    is_other = is_person_name(name, least=1) and not own & {part.casefold() for part in name.split()}
    return name if is_other else ""


def names_in(text: str) -> list[str]:
    """The names in a text, in its order: what is capitalized inside a sentence, or stands in quotation marks."""
    names = (match.group().strip(" .,") for match in _NAMED.finditer(text))
    return [name for name in names if name and not (is_stop_word(name.split()[0]) and " " not in name)]


def spell_out(question: str, people: Sequence[str], things: Sequence[str]) -> str:
    """The question with its first pronoun of a person, and of a thing, replaced by a name; nearest names first."""
    if people and (match := _PERSON.search(question)):
        question = _replace(question, match, people[0])
    if things and (match := _THING.search(question)):
        question = _replace(question, match, things[0])
    return question


def _replace(question: str, match: re.Match[str], name: str) -> str:
    word = match.group().lower()
    is_possessive = word in _POSSESSIVE and not (word == "her" and _OBJECT_HER.match(question, match.end()))
    written = f"{name}'s" if is_possessive else name
    return f"{question[: match.start()]}{written}{question[match.end() :]}"
