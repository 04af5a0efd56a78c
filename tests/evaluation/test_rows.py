"""Answers come in as text, as our own, or as rows of ragas and DeepEval."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.errors import DatasetError
from profile_rag.evaluation.rows import begins_with_row, read_rows


@pytest.mark.parametrize(
    "row",
    [
        {"question": "Kafka?", "answer": "Yes.", "contexts": ["He knows Kafka."]},
        {"user_input": "Kafka?", "response": "Yes.", "retrieved_contexts": ["He knows Kafka."]},
        {"input": "Kafka?", "actual_output": "Yes.", "retrieval_context": ["He knows Kafka."]},
        {"query": "Kafka?", "output": "Yes.", "context": "He knows Kafka."},
    ],
    ids=["ours", "ragas", "DeepEval", "one context"],
)
def test_the_field_names_of_other_tools_are_understood(row: dict[str, object]) -> None:
    [read] = read_rows(json.dumps(row), name="rows.jsonl")
    assert (read.question, read.answer, read.contexts) == ("Kafka?", "Yes.", ("He knows Kafka.",))
    assert read.cited == {1: 0}


def test_the_quotes_of_an_answer_of_ours_are_its_evidence() -> None:
    row = {"answer": "Yes [2].", "citations": [{"id": 2, "quote": "daily", "heading": ["Skills", "Kafka"]}]}
    [read] = read_rows(json.dumps(row), name="x")
    assert read.contexts == ("Skills > Kafka: daily",)
    assert read.cited == {2: 0}


def test_a_row_without_contexts_leaves_the_evidence_to_the_corpus() -> None:
    [read] = read_rows('{"answer": "Yes."}\n  \n', name="x")
    assert read.contexts is None


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "nothing",
        '{"question": "Kafka?"}',
        '{"answer": 3}',
        '{"answer": "a", "contexts": [1]}',
        '{"answer": "a", "citations": [1]}',
        '{"answer": "a", "citations": [{"quote": "b", "id": null}]}',
        '{"answer": "a", "citations": [{"quote": "b", "heading": 7}]}',
        "[" * 5000,
    ],
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(DatasetError, match=r"rows\.jsonl:2: is no row to check"):
        list(read_rows(f'{{"answer": "ok"}}\n{line}\n', name="rows.jsonl"))


def test_an_object_may_take_several_lines() -> None:
    text = json.dumps({"answer": "Yes."}, indent=2) + "\n\n" + json.dumps({"answer": "No."}, indent=2)
    assert [row.answer for row in read_rows(text, name="x")] == ["Yes.", "No."]
    with pytest.raises(DatasetError, match="x:5:"):
        list(read_rows(text.replace("No", '"'), name="x"))


@pytest.mark.parametrize(
    ("text", "is_row"),
    [
        ('{"answer": "x"}\n{', True),
        ('\n{\n  "answer": "x"', True),
        ('{"cut off', True),
        ("He knows {braces}.", False),
        ("{braces} come first.", False),
        ("", False),
    ],
)
def test_text_is_told_from_rows(text: str, is_row: bool) -> None:
    assert begins_with_row(text) is is_row


@given(st.text(max_size=60))
def test_any_text_is_rows_or_an_error_of_ours(text: str) -> None:
    try:
        rows = list(read_rows(text, name="x"))
    except DatasetError:
        return
    assert not rows or "answer" in text


@given(st.lists(st.text(max_size=30), max_size=4), st.sampled_from([None, 2]))
def test_every_answer_comes_out_as_it_was_put_in(answers: list[str], indent: int | None) -> None:
    text = "\n".join(json.dumps({"answer": answer}, indent=indent) for answer in answers)
    assert [row.answer for row in read_rows(text, name="x")] == answers
