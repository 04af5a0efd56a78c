"""Which pronouns the documents give the person, and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage, sentence_around, sentences_of
from profile_rag.answering.fields import field_values, find_field
from profile_rag.answering.person_names import bare_name
from profile_rag.schema import Chunk, Person

_PRONOUN_FIELDS = ("pronouns", "pronoun")
_STATED_PRONOUN = re.compile(r"\b(she|he|they)\s*/\s*(?:her|him|them|his|they|she|he)s?\b", re.IGNORECASE)
_GENDERED = {"he": frozenset(("he", "him", "his", "himself")), "she": frozenset(("she", "her", "hers", "herself"))}
_MIN_OTHER_PRONOUNS = 3


def stated_pronoun(chunks: Sequence[Chunk]) -> str:
    """The pronoun that the documents state, in a field or as "she/her"; empty when they state none."""
    for value in field_values(chunks, _PRONOUN_FIELDS):
        if match := re.match(r"\W*(he|she|they)\b", value, re.IGNORECASE):
            return match.group(1).lower()
    for chunk in chunks:
        if match := _STATED_PRONOUN.search(" ".join((*chunk.heading, chunk.text))):
            return match.group(1).lower()
    return ""


def most_used_pronoun(chunks: Sequence[Chunk]) -> str:
    """He or she, whichever is used more; "they" where neither is, or where more sentences open with it."""
    counts = _pronoun_counts(chunks)
    opening_they = sum(len(re.findall(r"(?:^|[.!?]\s)They\b", chunk.text)) for chunk in chunks)
    best = max(("he", "she"), key=lambda pronoun: counts[pronoun])
    if counts["he"] == counts["she"] or opening_they > counts[best]:
        return "they"
    return best


def _pronoun_counts(chunks: Sequence[Chunk]) -> Counter[str]:
    words = Counter(word for chunk in chunks for word in re.findall(r"[a-z]+", chunk.text.lower()))
    return Counter({pronoun: sum(words[form] for form in forms) for pronoun, forms in _GENDERED.items()})


def other_pronoun(chunks: Sequence[Chunk], stated: str, name: str, other_name: str) -> str:
    """He or she where the stated pronouns are others and the prose about the person never uses those."""
    homes = {chunk.source for chunk in chunks if name and name in chunk.text}
    names = [bare_name(name).split()[0], other_name] if name else []
    prose = [
        chunk
        for chunk in chunks
        if chunk.source in homes and any(each and re.search(rf"\b{re.escape(each)}\b", chunk.text) for each in names)
    ]
    counts = _pronoun_counts(prose)
    words = Counter(word for chunk in prose for word in re.findall(r"[a-z]+", chunk.text.lower()))
    own = counts[stated] if stated in counts else sum(words[form] for form in ("they", "them", "their", "themselves"))
    others = [pronoun for pronoun in ("he", "she") if pronoun != stated and counts[pronoun] >= _MIN_OTHER_PRONOUNS]
    return others[0] if not own and len(others) == 1 else ""


def find_pronouns(chunks: Sequence[Chunk], person: Person) -> Passage | None:
    """Where the documents state the pronouns, or the shortest sentence of the prose that uses them."""
    if field := find_field(chunks, _PRONOUN_FIELDS):
        return field
    for chunk in chunks:
        if match := _STATED_PRONOUN.search(chunk.text):
            return sentence_around(Passage(chunk, *match.span()))
    return find_pronoun_use(chunks, person.subject)


def find_pronoun_use(chunks: Sequence[Chunk], pronoun: str) -> Passage | None:
    """The shortest sentence that opens with a pronoun, or else uses it."""
    prose = [passage for chunk in chunks if chunk.kind != "heading" for passage in sentences_of(chunk)]
    for pattern in (rf"{pronoun.capitalize()}(?:['’]\w+)?\s", rf".*\b{pronoun}\b"):
        if found := [passage for passage in prose if re.match(pattern, passage.text)]:
            return min(found, key=lambda passage: len(passage.text))
    return None
