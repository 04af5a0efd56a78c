"""Answers come in as text, as our own, or as rows of ragas and DeepEval."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.errors import DatasetError
from profile_rag.evaluation.rows import is_row, read_rows


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
    [read] = read_rows([json.dumps(row)], name="rows.jsonl")
    assert (read.question, read.answer, read.contexts) == ("Kafka?", "Yes.", ("He knows Kafka.",))
    assert read.cited == {1: 0}


def test_the_quotes_of_an_answer_of_ours_are_its_evidence() -> None:
    row = {"answer": "Yes [2].", "citations": [{"id": 2, "quote": "daily", "heading": ["Skills", "Kafka"]}]}
    [read] = read_rows([json.dumps(row)], name="x")
    assert read.contexts == ("Skills > Kafka: daily",)
    assert read.cited == {2: 0}


def test_a_row_without_contexts_leaves_the_evidence_to_the_corpus() -> None:
    [read] = read_rows(['{"answer": "Yes."}', "  "], name="x")
    assert read.contexts is None


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"question": "Kafka?"}', '{"answer": 3}', '{"answer": "a", "contexts": [1]}', "[" * 5000],
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(DatasetError, match=r"rows\.jsonl:2: is no row to check"):
        list(read_rows(['{"answer": "ok"}', line], name="rows.jsonl"))


def test_text_is_told_from_rows() -> None:
    assert is_row('{"answer": "x"}\n{')
    assert not is_row("He knows {braces}.")


@given(st.text(max_size=60))
def test_any_line_is_a_row_or_an_error_of_ours(line: str) -> None:
    try:
        rows = list(read_rows([line], name="x"))
    except DatasetError:
        return
    assert len(rows) <= 1
