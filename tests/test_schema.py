"""The values that travel: quotes and their bounds, answers as JSON, histories of any shape."""

from __future__ import annotations

import json

import pytest

from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document
from profile_rag.schema import ANSWER_SCHEMA, Answer, Chunk, Turn, questions_of


def chunk_of(raw: str) -> Chunk:
    return chunk_document(Document("a.md", raw, "", 0, 0), count_tokens=len, max_tokens=999).chunks[0]


@pytest.mark.parametrize(
    ("raw", "words", "quote"),
    [
        ("a **bold phrase** b", "bold", "**bold phrase**"),
        ("**bold phrase** b", "phrase b", "**bold phrase** b"),
        ("a [link text](u) b", "text", "[link text](u)"),
        ("`code *b c* d` e", "*b c*", "`code *b c* d`"),
        ("a\\\nb", "a", "a"),
        ("**T** (x)\ntext", "(x)\ntext", "**T** (x)\ntext"),
    ],
)
def test_a_quote_never_cuts_markup_in_two(raw: str, words: str, quote: str) -> None:
    chunk = chunk_of(raw)
    start = chunk.text.index(words)
    found = chunk.quote(start, start + len(words))
    assert raw[found.start_char : found.end_char] == quote


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-1, 1), (2, 1), (0, 99)])
def test_a_quote_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no quote"):
        chunk_of("text").quote(start, end)


def test_an_answer_is_plain_json_with_its_schema_first() -> None:
    values = Answer("q", "q", "a", None, abstained=True, kind="open", id=3).to_dict()
    assert list(values)[:2] == ["schema", "id"]
    assert json.loads(json.dumps(values))["schema"] == ANSWER_SCHEMA
    assert "id" not in Answer("q", "q", "a", None, abstained=True, kind="open").to_dict()


def test_a_history_may_hold_turns_strings_and_messages() -> None:
    messages = [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]
    assert questions_of([Turn("a"), "b", *messages]) == ("a", "b", "c")
    with pytest.raises(ValueError, match="history item"):
        questions_of([{"role": "user"}])
