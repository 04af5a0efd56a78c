"""The members of a category that the documents name: "which vector databases?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profile_rag.answering.evidence import LABEL, Passage, clauses_of, sentences_of
from profile_rag.answering.stance import is_avoided
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences
from profile_rag.words import content_words, spellings, stems

# Nouns that say only that members are wanted; a category of nothing else keeps them.
_GENERIC = frozenset(
    stems(
        "tool tools technology technologies skill skills framework frameworks library libraries programming software"
        " system systems product products thing things kind kinds area areas stack experience"
    )
)
_NO_MEMBER = re.compile(r"^(?:e\.g\.|i\.e\.|etc\.?|and|or|the|not|but|though)\b", re.IGNORECASE)
_MAX_DEFINITION_WORDS = 8  # a description says what the thing is at its beginning ("Relational database for …")
_WEAK = re.compile(r"\b(?:weak\w*|gaps?|limit\w*|shortcomings?)\b", re.IGNORECASE)


def find_members(category: str, chunks: Sequence[Chunk]) -> list[tuple[str, Passage]]:
    """Names with the passage that puts each into the category, in document order, each name once.

    A name is a member when it stands in the brackets behind the category ("vector databases (A, B)"), in a list
    labelled with it, when its entry's description says so ("Relational database for …"), or under such a heading.
    """
    if _WEAK.search(category):
        return [(chunk.title or chunk.text, _head(chunk)) for chunk in chunks if is_avoided(chunk)]
    wanted = [word.stem for word in content_words(category)]
    core = tuple(stem for stem in wanted if stem not in _GENERIC) or tuple(wanted)
    if not core:
        return []
    found: dict[str, tuple[str, Passage]] = {}
    for finder in (_enumerated, _described, _headed):
        for chunk in chunks:
            if chunk.kind == "heading" or is_avoided(chunk):
                continue
            for name, passage in finder(core, chunk):
                found.setdefault(" ".join(stems(name)), (name, passage))
    return list(found.values())


def _holds(core: tuple[str, ...], text: str) -> bool:
    own = stems(text)
    variants = [core, *(spelling for spelling in spellings(" ".join(core)) if spelling)]
    return any(all(stem in own for stem in variant) for variant in variants)


def _enumerated(core: tuple[str, ...], chunk: Chunk) -> Iterator[tuple[str, Passage]]:
    for start, end in split_sentences(chunk.text):
        sentence = Passage(chunk, start, end)
        label = LABEL.match(sentence.text)
        if label and _holds(core, label.group()):
            clauses = clauses_of(sentence)
            if clauses == [sentence]:
                yield sentence.text[label.end() :].strip(" ."), sentence
                continue
            for clause in clauses:
                yield from ((name, clause) for name in _names(clause.text))
            continue
        for clause in clauses_of(sentence):
            for bracket in re.finditer(r"([^(),;:]*)\(([^()]+)\)", clause.text):
                if _holds(core, bracket.group(1)) and "," in bracket.group(2):
                    yield from ((name, clause) for name in _names(bracket.group(2)))


def _names(text: str) -> Iterator[str]:
    inside = re.search(r"\(([^()]+)\)", text)
    if inside:
        yield text[: inside.start()].strip() + f" ({inside.group(1)})"
        return
    for part in re.split(r",|;", text):
        name = part.strip(" .")
        if name and len(name) <= 60 and not _NO_MEMBER.match(name):
            yield name


def _described(core: tuple[str, ...], chunk: Chunk) -> Iterator[tuple[str, Passage]]:
    if not chunk.title:
        return
    first = sentences_of(chunk)[:1]
    if first and _holds(core, " ".join(first[0].text.split(" for ")[0].split()[:_MAX_DEFINITION_WORDS])):
        yield chunk.title, Passage(chunk, 0, first[0].end)


def _headed(core: tuple[str, ...], chunk: Chunk) -> Iterator[tuple[str, Passage]]:
    if chunk.title and any(_holds(core, heading) for heading in chunk.heading):
        yield chunk.title, _head(chunk)


def _head(chunk: Chunk) -> Passage:
    """An entry's title with the first sentence under it, which tells what it is."""
    following = sentences_of(chunk)[:1]
    return Passage(chunk, 0, following[0].end if following else len(chunk.text))
