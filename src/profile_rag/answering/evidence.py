"""The passages of the documents that speak of a target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from profile_rag.answering.reading import is_negated
from profile_rag.answering.stance import LABEL, Judgement, judge, judge_label
from profile_rag.answering.targets import looks_like_name
from profile_rag.schema import Chunk, Quote
from profile_rag.sentences import split_sentences
from profile_rag.words import content_words, find_name, find_names, spellings, stems

_MAX_CLAUSE_WORDS = 9
_MIN_LIST_CLAUSES = 2
_MIN_UNLABELLED_CLAUSES = 4
_DASH = re.compile(r"\s[—–-]\s")  # behind a dash stands a remark on the whole, which no single member may lose
_JOINT = re.compile(r"[\s,;]*(?:(?:and|or)\s+)?", re.IGNORECASE)
_MIN_CLAUSE_WORDS = 2
_MAX_QUOTED_CHARACTERS = 200
_OPENING = re.compile(r"^(?:[^.:;,()—–|]{1,40}?)(?=[.:](?:\s|$)|\s[—–-]\s|\s\||\s?\()")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or a clause of a list, as a range of its chunk's text."""

    chunk: Chunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words."""
        return self.chunk.text[self.start : self.end]

    @property
    def quote(self) -> Quote:
        """Its words and their place on disk."""
        return self.chunk.quote(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage about a target and what it says of it."""

    passage: Passage
    judgement: Judgement
    names_target: bool
    is_own_entry: bool = False
    """Whether the passage stands in an entry about the target alone."""


def find_evidence(target: str, chunks: Sequence[Chunk]) -> list[Evidence]:
    """Every passage of these chunks that speaks of the target, in the order of the chunks."""
    return [evidence for chunk in chunks if chunk.kind != "heading" for evidence in _evidence_in(target, chunk)]


def _evidence_in(target: str, chunk: Chunk) -> Iterator[Evidence]:
    title_names_it = find_name(target, chunk.title) is not None if chunk.title else _opens_with(target, chunk.text)
    heading_names_it = (
        bool(chunk.heading) and chunk.kind in {"card", "paragraph"} and _is_only(target, chunk.heading[-1])
    )
    for start, end in split_sentences(chunk.text):
        sentence = Passage(chunk, start, end)
        is_title = bool(chunk.title) and start == 0
        if (
            title_names_it
            and not chunk.title
            and start == 0
            and end < len(chunk.text)
            and _is_only(target, sentence.text)
        ):
            continue  # "Docker. I don't use it": what follows says more
        spans = list(find_names(target, sentence.text))
        if not spans and not title_names_it and not heading_names_it:
            continue
        passage = clause_around(sentence, spans[0]) if spans and not is_title else sentence
        judged = passage
        if passage == sentence and len(clauses := clauses_of(sentence)) > 1 and not is_title:
            # The target is the list's label: remarks on single members are not about it, remarks of their own are.
            judged = Passage(chunk, sentence.start, clauses[0].end) if _lists_names(clauses[1:]) else sentence
        judgement = judge(judged.text, target=target, chunk=chunk, names_target=bool(spans), is_title=is_title)
        if passage != sentence and not judgement.is_negative:
            judgement = judge_label(sentence.text) or judgement
        yield Evidence(_with_label(sentence, passage), judgement, bool(spans), title_names_it or heading_names_it)


def _lists_names(clauses: Sequence[Passage]) -> bool:
    return any(looks_like_name(word) for clause in clauses for word in clause.text.split())


def _with_label(sentence: Passage, clause: Passage) -> Passage:
    """What is quoted: the sentence if it is short enough, else the clause, from the list's label on if that is."""
    if sentence.end - sentence.start <= _MAX_QUOTED_CHARACTERS:
        return sentence
    if len(clause.text.split()) > _MIN_CLAUSE_WORDS or clause.end - sentence.start > _MAX_QUOTED_CHARACTERS:
        return clause
    return Passage(sentence.chunk, sentence.start, clause.end) if LABEL.match(sentence.text) else clause


def _opens_with(target: str, text: str) -> bool:
    """Whether a text begins like an entry of its own: "MQTT — solid. …", "Docker. …"."""
    opening = _OPENING.match(text)
    return opening is not None and not is_negated(opening.group()) and _is_only(target, opening.group())


def _is_only(target: str, heading: str) -> bool:
    found = find_name(target, heading)
    return found is not None and len(stems(heading)) <= len(stems(target)) + 2


def find_phrase(target: str, chunks: Sequence[Chunk]) -> list[Passage]:
    """Sentences that hold every content word of a phrase, though not side by side ("document experiments")."""
    words = {word.stem: word.text for word in content_words(target)}
    wanted = set(words)
    if len(wanted) < 2:
        return []
    found = []
    for chunk in chunks:
        if chunk.kind == "heading":
            continue
        context = set(stems(" ".join((*chunk.heading[-1:], chunk.title))))
        for start, end in split_sentences(chunk.text):
            passage = Passage(chunk, start, end)
            own = set(stems(passage.text))
            own |= {stem for stem, word in words.items() if any(own >= set(each) for each in spellings(word))}
            if (
                wanted <= own | context
                and len(wanted & own) >= max(1, len(wanted) - 1)
                and not (chunk.title and start == 0)
            ):
                found.append(passage)
    return found


def whole_sentence(passage: Passage) -> Passage:
    """The sentence that a passage is part of."""
    for start, end in split_sentences(passage.chunk.text):
        if start <= passage.start < end:
            return Passage(passage.chunk, start, max(end, passage.end))
    return passage


def sentence_around(passage: Passage) -> Passage:
    """The sentence that holds all of a passage; the passage itself where it goes on behind its sentence."""
    for start, end in split_sentences(passage.chunk.text):
        if start <= passage.start and passage.end <= end:
            return Passage(passage.chunk, start, end)
    return passage


def sentences_of(chunk: Chunk) -> list[Passage]:
    """The sentences of a chunk that can be quoted: no bare title, no introduction to a list."""
    passages = [Passage(chunk, start, end) for start, end in split_sentences(chunk.text)]
    if chunk.title and len(passages) > 1:
        passages = passages[1:]
    return [passage for passage in passages if not passage.text.endswith(":")]


def clauses_of(sentence: Passage) -> list[Passage]:
    """The members of an enumeration ("Label: a, b (c, d), e"); the sentence itself when it is none."""
    text = sentence.text
    label = LABEL.match(text)
    body = label.end() if label else 0
    cuts = [body, *(position + 1 for position in _separators(text, body)), len(text)]
    clauses = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip(" ,;")]
    is_list = len(clauses) >= (_MIN_LIST_CLAUSES if label else _MIN_UNLABELLED_CLAUSES)
    if not is_list or any(len(text[a:b].split("(")[0].split()) > _MAX_CLAUSE_WORDS for a, b in clauses):
        return [sentence]
    if not label and (_DASH.search(text) or sentence.chunk.kind not in {"list_item", "field", "table_row"}):
        return [sentence]
    return [_trimmed(sentence, a, b) for a, b in clauses]


def clause_around(sentence: Passage, span: tuple[int, int]) -> Passage:
    """The member of an enumeration that holds a span of the sentence; the sentence itself when it is none."""
    for clause in clauses_of(sentence):
        if clause.start - sentence.start <= span[0] and span[1] <= clause.end - sentence.start:
            return clause
    return sentence


def _trimmed(sentence: Passage, start: int, end: int) -> Passage:
    text = sentence.text
    start += len(_JOINT.match(text[start:end]).group())  # type: ignore[union-attr]  # it matches the empty text too
    while end > start and text[end - 1] in " ,;.":
        end -= 1
    return Passage(sentence.chunk, sentence.start + start, sentence.start + end)


def _separators(text: str, start: int) -> Iterator[int]:
    """Offsets of the commas and semicolons outside brackets."""
    depth = 0
    for position in range(start, len(text)):
        character = text[position]
        depth += (character in "([") - (character in ")]" and depth > 0)
        if depth == 0 and character in ",;" and text[position + 1 : position + 2] in {" ", ""}:
            yield position
