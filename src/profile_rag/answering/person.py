"""Whom the documents are about, in their own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import is_stop_word, split_words

_PRONOUNS = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}
_NAME_FIELD = re.compile(r"^(?:full[ _]?)?name\s*:\s*(.+)$", re.IGNORECASE)
_ROLE_FIELD = re.compile(r"^(?:role|title|job[ _]title|position|headline|profession|label)\s*:\s*(.+)$", re.IGNORECASE)
_PRONOUN_FIELD = re.compile(r"^pronouns?\s*:\s*([a-z]+)", re.IGNORECASE)
_NAME = re.compile(r"^[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: (?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|de|van|von|der|bin|al|el|la|da|di)){1,4}$")
_SHOUTED = re.compile(r"[A-Z]{3,}")
# "Kim's path", "Kim is", "Kim has", "Kim covers": a capitalized word with what belongs to it, or what it does.
_CALLED = re.compile(r"\b([A-Z][a-zà-öø-ÿ]{2,})(?=['’]s\b|\s(?:is|has|was|had|can|doesn['’]t|[a-z]{2,}(?:s|ed))\b)")
_MIN_CALLS = 2
_MAX_FIELD_CHARACTERS = 80


def find_person(chunks: Sequence[Chunk]) -> Person:
    """Name, role and pronouns from the documents: a field that states them, else the first title that is a name.

    Pronouns nobody states are those the documents use most; failing that, "they".
    """
    name = _field(chunks, _NAME_FIELD) or _title_name(chunks)
    stated = _field(chunks, _PRONOUN_FIELD).lower()
    pronoun = stated if stated in _PRONOUNS else _most_used_pronoun(chunks)
    other = _other_name(chunks, name) if name else ""
    return Person(name, _field(chunks, _ROLE_FIELD), *_PRONOUNS[pronoun], other_name=other)


def find_calling(chunks: Sequence[Chunk], name: str) -> Passage:
    """The shortest sentence that calls the person by this name."""
    sentences = (Passage(chunk, start, end) for chunk in chunks for start, end in split_sentences(chunk.text))
    calling = [passage for passage in sentences if re.search(rf"\b{re.escape(name)}\b", passage.text)]
    return min(calling, key=lambda passage: len(passage.text))


def _other_name(chunks: Sequence[Chunk], name: str) -> str:
    """A word that the prose beside the name uses like a name, at least twice, and that stands nowhere else."""
    homes = {chunk.source for chunk in chunks if name in chunk.text}
    prose = [chunk for chunk in chunks if chunk.kind == "paragraph" and chunk.source in homes]
    elsewhere = {word for chunk in chunks for word in _other_uses(chunk, is_prose=chunk in prose)}
    counts = Counter(word for chunk in prose for word in _CALLED.findall(chunk.text))
    for word, count in counts.most_common():
        is_taken = word.lower() in elsewhere or word.lower() in name.lower() or is_stop_word(word)
        if count >= _MIN_CALLS and not is_taken:
            return str(word)
    return ""


def _other_uses(chunk: Chunk, *, is_prose: bool) -> set[str]:
    """Words of a chunk that are no name of the person: all of a list or title, of prose those in small letters."""
    text = " ".join((chunk.embedding_text if not is_prose else chunk.text, *chunk.heading))
    words = (word.text.removesuffix("'s").removesuffix("’s") for word in split_words(text))
    return {word.lower() for word in words if not is_prose or word[:1].islower()}


def find_identity(chunks: Sequence[Chunk], person: Person) -> list[Passage]:
    """The passages that give the person's name and role; empty when the documents give neither."""
    found: list[Passage] = []
    for pattern, value in ((_NAME_FIELD, person.name), (_ROLE_FIELD, person.role)):
        if not value:
            continue
        holder = next((chunk for chunk in chunks if value in chunk.text and pattern.match(chunk.text)), None)
        holder = holder or next(chunk for chunk in chunks if value in chunk.text)
        start = 0 if pattern.match(holder.text) else holder.text.index(value)
        found.append(Passage(holder, start, holder.text.index(value) + len(value)))
    return found


def _field(chunks: Sequence[Chunk], pattern: re.Pattern[str]) -> str:
    for chunk in chunks:
        for line in chunk.text.split("\n"):
            match = pattern.match(line)
            if match and len(match.group(1)) <= _MAX_FIELD_CHARACTERS:
                return match.group(1).strip(" \"'")
    return ""


def _title_name(chunks: Sequence[Chunk]) -> str:
    titles = (chunk.text for chunk in chunks if chunk.kind in {"heading", "section"} and not chunk.heading)
    return next((text for text in titles if _NAME.match(text) and not _SHOUTED.search(text)), "")


def _most_used_pronoun(chunks: Sequence[Chunk]) -> str:
    counts: Counter[str] = Counter()
    for chunk in chunks:
        counts.update(word for word in re.findall(r"[a-z]+", chunk.text.lower()) if word in {"he", "she"})
    if not counts or counts["he"] == counts["she"]:
        return "they"
    return counts.most_common(1)[0][0]
