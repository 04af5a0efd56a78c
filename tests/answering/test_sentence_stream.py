"""Sentences out of a stream: whole ones only, with their marks, however the stream is cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.claims import split_claims
from profile_rag.answering.sentence_stream import stream_sentences

TEXT = (
    "He knows Go [1]. He has used it, e.g. for services. [2][3] “It was fun. Really.” [4] "
    "**Rust** is new to him [5].\n- Kafka [1]\nHe met J. Smith in 2019 [12]."
)


def said(*pieces: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(item.text, item.marks) for item in stream_sentences(pieces) if item is not None]


@given(st.lists(st.integers(0, len(TEXT)), max_size=40))
def test_the_sentences_are_the_same_however_the_stream_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    pieces = [TEXT[start:end] for start, end in itertools.pairwise(places)]
    assert said(*pieces) == [(item.text, item.marks) for item in split_claims(TEXT)]


def test_a_sentence_waits_for_its_marks() -> None:
    arrived = [
        item and (item.text, item.marks) for item in stream_sentences(["He knows Go. [", "1", "] And", " more."])
    ]
    assert arrived == [None, None, None, ("He knows Go.", (1,)), ("And more.", ())]


def test_a_sentence_comes_before_the_next_one_is_whole() -> None:
    words = iter(["He knows Go [1]. He ", "knows Rust [2]."])
    first = next(item for item in stream_sentences(words) if item is not None)
    assert first.text == "He knows Go."
    assert list(words) == ["knows Rust [2]."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He knows Go [1]. He has built produ", ["He knows Go."]),
        ("He knows Go [1]. He knows Rust [2]", ["He knows Go.", "He knows Rust"]),
        ("He knows", []),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_last_sentence_that_was_cut_off_is_left_out(text: str, expected: list[str]) -> None:
    assert [item for item, _ in said(text)] == expected


def test_what_a_model_thinks_aloud_is_left_out() -> None:
    pieces = ["<th", "ink>He is great. He kno", "ws all.</thi", "nk>\n\nHe knows Go [1]."]
    assert said(*pieces) == [("He knows Go.", (1,))]
    assert said("<think>He is great. He knows all.") == []
    assert said("<b>He</b> knows Go [1].")[0][1] == (1,)


def test_characters_that_nobody_sees_are_dropped() -> None:
    assert said("He\x1b knows\u202e Go\u200b [\u206012].") == [("He knows Go.", (12,))]
