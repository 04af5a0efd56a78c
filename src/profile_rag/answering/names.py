"""The names that the documents give to things: titles of entries, members of enumerations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profile_rag.answering.evidence import Passage, clauses_of
from profile_rag.answering.stance import LABEL
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences
from profile_rag.words import find_name, stems

_MAX_NAME_WORDS = 3
# Words around a name that ask for nothing more than the name.
WEAK_STEMS = frozenset(
    stems(
        "cluster clusters service services developer developers dev engineer engineering tool tools system systems"
        " project projects work works working job start started tomorrow now someone somebody need needs want wants"
        " role team"
        " company good strong solid well able get put look everything something handle cover touch deep depth level"
        " environment stack hands experience knowledge skill skills use used using run running do doing herself himself"
        " themselves plan make create manage build write prepare create organize set keep maintain"
        " it this that home time today ever person people candidate his her their"
    )
)


class NameIndex:
    """Finds the documents' names in a phrase."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        found = {" ".join(stems(name)): name for chunk in chunks for name in _names_of(chunk)}
        self._names = sorted(found.values(), key=lambda name: (-len(stems(name)), name))

    def within(self, phrase: str) -> list[str]:
        """The names a phrase holds, longer ones first."""
        return [name for name in self._names if find_name(name, phrase)]


def _names_of(chunk: Chunk) -> Iterator[str]:
    title = re.sub(r"\s*\([^()]*\)", "", chunk.title)
    candidates = re.split(r"\s+/\s+|\s*,\s*", title)
    for start, end in split_sentences(chunk.text):
        sentence = Passage(chunk, start, end)
        for inside in re.findall(r"\(([^()]+)\)", sentence.text):
            candidates += re.split(r"\s*[,;]\s*", inside)
        clauses = clauses_of(sentence)
        if len(clauses) > 1:
            candidates += [LABEL.sub("", clause.text.split("(")[0]) for clause in clauses]
    for candidate in candidates:
        name = candidate.strip(" .:;")
        if 0 < len(name.split()) <= _MAX_NAME_WORDS and any(character.isupper() for character in name):
            yield name
