"""Sentences: where they end, and where a full stop ends none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_rag.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Uses tools, e.g. Airflow. Fine.", ["Uses tools, e.g. Airflow.", "Fine."]),
        ("J. Smith wrote it in C. It ran.", ["J. Smith wrote it in C.", "It ran."]),
        ("Title\nText goes on.", ["Title", "Text goes on."]),
        ("Version 3.11 of node.js works.", ["Version 3.11 of node.js works."]),
        ('He said "Go." Then left...  And so on', ['He said "Go."', "Then left...", "And so on"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aB.!? \n\"')")), max_size=200))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_sentences_hold_every_character_but_white_space_between_them(text: str) -> None:
    spans = split_sentences(text)
    assert spans == sorted(spans)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize("piece", [".", "a. ", "A. ", "a.b ", "... ", "! ", ".'"])
def test_a_long_row_of_stops_is_split_at_once(piece: str) -> None:
    assert len(split_sentences(piece * 100_000)) >= 1
