"""What tests of cutting share: documents made of a text, their chunks, and what must hold of every chunk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.cleaning import clean
from profile_rag.ingestion.corpus import Document
from profile_rag.schema import Chunk, Quote


def repeatable(examples: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def count_words(text: str) -> int:
    return len(text.split()) + 2


def count_characters(text: str) -> int:
    return len(text) + 2


def document(raw: str, source: str = "profile.md") -> Document:
    data = raw.encode("utf-8", "surrogatepass")
    return Document(source, raw, hashlib.sha256(data).hexdigest(), len(data), 0)


def chunks_of(
    raw: str, source: str = "profile.md", *, count: Callable[[str], int] = count_words, max_tokens: int = 256
) -> tuple[Chunk, ...]:
    return chunk_document(document(raw, source), count_tokens=count, max_tokens=max_tokens).chunks


def line_of(raw: str, offset: int) -> int:
    """The line of a raw offset, counted one character at a time."""
    line = 1
    for index in range(offset):
        if raw[index] == "\n" or (raw[index] == "\r" and raw[index + 1 : index + 2] != "\n"):
            line += 1
    return line


def assert_stands(raw: str, chunk: Chunk, piece: Chunk | Quote) -> None:
    assert clean(raw[piece.start_char : piece.end_char], chunk.markup).text == piece.text
    assert piece.start_line == line_of(raw, piece.start_char)
    assert piece.end_line == line_of(raw, piece.end_char - 1)


def assert_quotes_stand(raw: str, chunk: Chunk, spans: list[tuple[int, int]]) -> None:
    for start, end in spans:
        quote = chunk.quote(start, end)
        assert chunk.text[start:end].strip() in quote.text
        assert_stands(raw, chunk, quote)


def word_ranges(text: str, draw: Callable[[st.SearchStrategy[Any]], Any], count: int) -> list[tuple[int, int]]:
    words = [match.span() for match in re.finditer(r"\S+", text)]
    ranges = []
    for _ in range(count):
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, len(words) - 1))
        ranges.append((words[first][0], words[last][1]))
    return ranges


def shown(chunks: tuple[Chunk, ...]) -> str:
    return "\n".join(" > ".join((*chunk.heading, chunk.text)) for chunk in chunks)


Row = tuple[str, tuple[str, ...], str, int, int]


def rows(raw: str, source: str = "profile.md") -> list[Row]:
    return [(c.kind, c.heading, c.text, c.start_line, c.end_line) for c in chunks_of(raw, source)]
