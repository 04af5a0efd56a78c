"""Whether quotes that somebody took away still stand in the documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from rapidfuzz import fuzz

from profile_rag.errors import TranscriptError
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.schema import ANSWER_SCHEMA, TRANSCRIPT_SCHEMA, Chunk, Citation
from profile_rag.sentences import split_sentences

Status = Literal["valid", "moved", "changed", "gone"]
"""It stands where it stood; elsewhere; with other words; or not at all."""

_STEP = "Give an export of the page, or what `profile-rag ask --json` printed."
_EMBEDDED = re.compile(r'\{\s*"schema":\s*"' + re.escape(TRANSCRIPT_SCHEMA))
_MIN_LIKENESS = 60  # of 100; below it, the nearest sentence is another one
_ANY_LENGTH = 1_000_000  # tokens: a block is searched whole


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one quote."""

    question: str
    citation: Citation
    status: Status
    source: str = ""
    """Where it, or what it became, stands now."""
    line: int | None = None
    words: str = ""
    """What stands there now, where that changed."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def read_quotes(text: str, *, name: str) -> list[tuple[str, Citation]]:
    """The citations in an export or in what `ask` printed as JSON, each with its question.

    Raises:
        TranscriptError: The text holds no answers of ours, or they are not as they should be.
    """
    try:
        answers = [answer for value in _values(text, name=name) for answer in _answers(value)]
        if not all(isinstance(answer, Mapping) and answer.get("schema") == ANSWER_SCHEMA for answer in answers):
            raise TranscriptError(name, "it holds no answers of this program", _STEP)
        return [(str(answer["question"]), _citation(item)) for answer in answers for item in answer["citations"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise TranscriptError(name, f"an answer in it is not as it should be ({error})", _STEP) from error


def verify(quotes: Sequence[tuple[str, Citation]], folder: Path) -> list[Verified]:
    """Hold each quote against the documents in a folder as they are now.

    Raises:
        CorpusError: The folder is missing or unreadable.
    """
    documents = load_corpus(folder).documents
    public = {document.source for document in documents}
    chunks = [
        chunk
        for document in documents
        for chunk in chunk_document(document, count_tokens=len, max_tokens=_ANY_LENGTH).chunks
    ]
    reader = QuoteReader(folder)
    return [
        Verified(question, citation, "valid", citation.source, citation.start_line)
        if citation.source in public and reader.stands(citation)
        else _look_for(question, citation, chunks)
        for question, citation in quotes
    ]


def _values(text: str, *, name: str) -> Iterator[Any]:
    """The JSON values of a text: a document, lines, or one inside an export."""
    decoder = json.JSONDecoder()
    try:
        if embedded := _EMBEDDED.search(text):
            yield decoder.raw_decode(text, embedded.start())[0]
        elif text.lstrip().startswith("{"):
            at = 0
            while rest := text[at:].lstrip():
                value, length = decoder.raw_decode(rest)
                at = len(text) - len(rest) + length
                yield value
        else:
            raise TranscriptError(name, "it holds no answers of this program", _STEP)
    except (json.JSONDecodeError, RecursionError) as error:
        raise TranscriptError(name, f"its JSON is damaged ({error})", _STEP) from error


def _answers(value: Any) -> Sequence[Any]:  # noqa: ANN401  JSON
    answers = value["answers"] if value.get("schema") == TRANSCRIPT_SCHEMA else [value]
    if not isinstance(answers, list):
        raise TypeError("answers is no list")
    return answers


def _citation(item: Mapping[str, Any]) -> Citation:
    values = {each.name: item[each.name] for each in fields(Citation)}
    numbers = [values[name] for name in ("id", "start_line", "end_line", "start_char", "end_char")]
    if not all(isinstance(each, int) for each in numbers) or not isinstance(values["quote"], str):
        raise TypeError("a citation's place or quote has another type")
    return Citation(**(values | {"heading": tuple(values["heading"]), "source": str(values["source"])}))


def _look_for(question: str, citation: Citation, chunks: Sequence[Chunk]) -> Verified:
    words = citation.quote.split()
    pattern = re.compile(r"\s+".join(map(re.escape, words))) if words else None
    found = [
        (chunk.source != citation.source, abs(line - citation.start_line), chunk.source, line)
        for chunk in chunks
        if pattern and (match := pattern.search(chunk.text))
        for line in [chunk.quote(match.start(), match.end()).start_line]
    ]
    if found:
        *_, source, line = min(found)
        return Verified(question, citation, "moved", source, line)
    like = [
        (fuzz.ratio(" ".join(words), " ".join(chunk.text[start:end].split())), chunk, start, end)
        for chunk in chunks
        if chunk.source == citation.source
        for start, end in split_sentences(chunk.text)
    ]
    likeness, chunk, start, end = max(like, key=lambda item: item[0], default=(0.0, None, 0, 0))
    if chunk is None or likeness < _MIN_LIKENESS:
        return Verified(question, citation, "gone")
    now = chunk.quote(start, end)
    return Verified(question, citation, "changed", chunk.source, now.start_line, " ".join(now.text.split()))
