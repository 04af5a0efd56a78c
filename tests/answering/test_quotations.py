"""Quotations stand in a source to the letter, or the words that differ are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.quotations import SourceText, find_quotations, find_sources, is_quoted, outside

SOURCE = SourceText("Haven't built production Kafka systems; I've mostly consumed them.")


def altered(text: str) -> list[str]:
    return [text[start:end] for part in find_quotations(text, [SOURCE]) for start, end in part.altered]


@pytest.mark.parametrize(
    "text",
    [
        "He says “I've mostly consumed them.”",
        'He says "I\'ve mostly consumed them"',
        "He says «I’ve mostly consumed them»",
        "He says “Haven't built … consumed them.”",
        "He says “haven't built [...] mostly consumed them”",
        "He says “Haven't  built\nproduction Kafka systems”",
    ],
)
def test_a_quotation_may_differ_in_signs_case_white_space_and_what_it_leaves_out(text: str) -> None:
    [quotation] = find_quotations(text, [SOURCE])
    assert quotation.altered == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Haven't built production Flink systems”", ["Flink"]),
        ("“Haven't built systems; I've mostly consumed them.”", ["systems"]),
        ("“built production Kafka systems … mostly avoided them”", ["avoided"]),
        ("“She founded a bakery”", ["She founded a bakery"]),
    ],
)
def test_the_words_that_differ_are_known(text: str, words: list[str]) -> None:
    assert altered(text) == words


def test_the_same_piece_twice_is_marked_at_both_places() -> None:
    text = "“mostly avoided them now … I've mostly avoided them now”"
    [quotation] = find_quotations(text, [SOURCE])
    assert len(quotation.altered) == len(set(quotation.altered)) >= 2


def test_a_short_one_that_stands_nowhere_may_be_a_term() -> None:
    assert find_quotations("So-called “big data”.", [SOURCE]) == []


def test_what_is_quoted_is_told_from_what_is_not() -> None:
    text = "He says “consumed them” and “Kafka systems” too."
    quotations = find_quotations(text, [SOURCE])
    assert outside(text, quotations) == "He says “” and “” too."
    assert list(find_sources(text, quotations, {3: SOURCE})) == [(3, 52, 65), (3, 25, 38)]


@given(st.text(alphabet='ab “”"«»….\n', max_size=80), st.text(alphabet="ab .", max_size=30))
def test_quotations_are_in_order_and_what_differs_lies_inside_them(text: str, source: str) -> None:
    quotations = find_quotations(text, [SourceText(source)])
    assert [part.start for part in quotations] == sorted(part.start for part in quotations)
    for part in quotations:
        assert all(part.start <= start < end <= part.end for start, end in part.altered)
    inside = sum(is_quoted(place, quotations) for place in range(len(text)))
    assert len(outside(text, quotations)) == len(text) - inside
