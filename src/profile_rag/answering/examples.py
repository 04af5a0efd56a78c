"""A few questions that these documents can answer, made from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage, clauses_of
from profile_rag.answering.stance import LABEL, is_avoided, is_strength_heading
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences

MAX_EXAMPLES = 4
_MAX_NAME_CHARACTERS = 32
_WORKING = re.compile(r"\b(?:how|way|style|approach|process|principles|philosophy)\b", re.IGNORECASE)


def example_questions(chunks: Sequence[Chunk], person: Person) -> tuple[str, ...]:
    """Up to four questions of different kinds: a skill, a limit, a list, and how the person works."""
    do = "do" if person.subject == "they" else "does"
    questions = [
        *(f"Can {person.subject} do {name}?" for name in _limited_names(chunks)[:1]),
        *(f"Which {category} {do} {person.subject} know?" for category in _categories(chunks)[:1]),
        *(f"Has {person.subject} used {name}?".replace("Has they", "Have they") for name in _names(chunks)[:1]),
    ]
    if any(_WORKING.search(heading) for chunk in chunks for heading in chunk.heading):
        questions.append(f"How {do} {person.subject} work?")
    role = [f"Who {'are' if person.subject == 'they' else 'is'} {person.subject}?"] if person.name else []
    return tuple(dict.fromkeys([*questions, *role]))[:MAX_EXAMPLES]


def _plain(title: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", title.split("/")[0]).strip()


def _names(chunks: Sequence[Chunk]) -> list[str]:
    titles = [_plain(chunk.title) for chunk in chunks if chunk.title and not is_avoided(chunk)]
    listed = [name for category in _bracketed(chunks) for name in category[1]]
    return [name for name in (*titles, *listed) if 0 < len(name) <= _MAX_NAME_CHARACTERS]


def _limited_names(chunks: Sequence[Chunk]) -> list[str]:
    """Names that stand among what the person does not use; the rest when there are none."""
    avoided = [_plain(chunk.title) for chunk in chunks if chunk.title and is_avoided(chunk)]
    strengths = {name for _, names in _bracketed(chunks) for name in names}
    return sorted(avoided, key=lambda name: name not in strengths) or _names(chunks)[1:]


def _categories(chunks: Sequence[Chunk]) -> list[str]:
    plural = [category for category, names in _bracketed(chunks) if category.endswith("s") and len(names) > 1]
    return sorted(plural, key=lambda category: (" " not in category, len(category)))


def _bracketed(chunks: Sequence[Chunk]) -> list[tuple[str, list[str]]]:
    """Enumerations such as "vector databases (A, B)" in the sections about strengths."""
    found: list[tuple[str, list[str]]] = []
    for chunk in chunks:
        if not is_strength_heading(chunk):
            continue
        for start, end in split_sentences(chunk.text):
            for clause in clauses_of(Passage(chunk, start, end)):
                text = LABEL.sub("", clause.text).strip()
                match = re.fullmatch(r"([a-z][a-z ]{3,40}) \(([^()]+,[^()]+)\)", text)
                if match:
                    found.append((match.group(1), [name.strip() for name in match.group(2).split(",")]))
    return found
