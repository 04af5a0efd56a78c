"""Plain text: lines that stand for themselves are chunks of their own, wrapped prose stays together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ingestion.cutting import assert_quotes_stand, assert_stands, chunks_of, repeatable, rows, shown, word_ranges

from profile_rag.sentences import split_sentences


@st.composite
def made_texts(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    count = iter(range(10_000))

    def words(most: int) -> str:
        stem = st.sampled_from(["Kafka", "word", "Zoë", "go", "of", "2019", "R"])
        return " ".join(f"{draw(stem)}{next(count)}x" for _ in range(draw(st.integers(1, most))))

    gaps = st.sampled_from([" ", "  ", "     ", "\t", "  \t "])
    starts = st.sampled_from(["", "", "  ", "          ", "\t", "- ", "  • ", "1. "])
    ends = st.sampled_from(["", "", ".", ":", ",", " 2019"])
    lines = []
    for _ in range(draw(st.integers(1, 12))):
        line = draw(starts) + draw(gaps).join(words(6) for _ in range(draw(st.integers(1, 3)))) + draw(ends)
        lines.append(draw(st.sampled_from([line, line, line, line.upper(), "", "=====", "Experience"])))
    return str(draw(st.sampled_from(["\n", "\r\n"]))).join(lines)


@given(raw=made_texts(), data=st.data())
@repeatable(150)
def test_every_word_is_kept_and_stands_in_the_file(raw: str, data: st.DataObject) -> None:
    chunks = chunks_of(raw, "cv.txt")
    for chunk in chunks:
        assert_stands(raw, chunk, chunk)
        assert_quotes_stand(raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(raw, chunk, word_ranges(chunk.text, data.draw, 3))
    assert [word for word in raw.split() if word.strip("-•1.=") not in shown(chunks)] == []


def test_aligned_columns_are_an_entry_a_line() -> None:
    raw = """SOFTWARE

Python      good: NumPy, Matplotlib
R           basic: has followed one course
GeoGebra    very good, runs
            a yearly workshop
Vim\tsince school
"""
    assert rows(raw, "cv.txt") == [
        ("entry", ("SOFTWARE",), "Python\ngood: NumPy, Matplotlib", 3, 3),
        ("entry", ("SOFTWARE",), "R\nbasic: has followed one course", 4, 4),
        ("entry", ("SOFTWARE",), "GeoGebra\nvery good, runs a yearly workshop", 5, 6),
        ("entry", ("SOFTWARE",), "Vim\nsince school", 7, 7),
    ]


def test_columns_of_dates_stay_beside_what_they_date() -> None:
    raw = """Experience

2019 - today   Teacher of mathematics and physics, Kestrel Hill School, Aldermere, and head of
               the department
               Runs the yearly olympiad for about forty schools of the whole county since 2022
2016 - 2019    Lecturer in applied mathematics
Tutor at the Summerlight Learning Centre            2010 - 2012
Name:          Dr. Sorrel Wennick
"""
    head = "2019 - today Teacher of mathematics and physics, Kestrel Hill School, Aldermere, and head of the department"
    runs = "Runs the yearly olympiad for about forty schools of the whole county since 2022"
    assert rows(raw, "cv.txt") == [
        ("list_item", ("Experience",), head, 3, 4),
        ("paragraph", ("Experience", head), runs, 5, 5),
        ("list_item", ("Experience",), "2016 - 2019 Lecturer in applied mathematics", 6, 6),
        ("list_item", ("Experience",), "Tutor at the Summerlight Learning Centre 2010 - 2012", 7, 7),
        ("field", ("Experience",), "Name: Dr. Sorrel Wennick", 8, 8),
    ]


def test_a_dated_line_heads_the_bullets_below_it() -> None:
    raw = """Work History

Acme GmbH, Senior Engineer (2019-2022)
- Built the ledger
- Ran Kafka

Hafn, Engineer, 2014-2019
- Wrote Perl

I like it quiet.
"""
    acme, hafn = "Acme GmbH, Senior Engineer (2019-2022)", "Hafn, Engineer, 2014-2019"
    assert rows(raw, "cv.txt") == [
        ("paragraph", ("Work History",), acme, 3, 3),
        ("list_item", ("Work History", acme), "Built the ledger", 4, 4),
        ("list_item", ("Work History", acme), "Ran Kafka", 5, 5),
        ("paragraph", ("Work History",), hafn, 7, 7),
        ("list_item", ("Work History", hafn), "Wrote Perl", 8, 8),
        ("paragraph", ("Work History",), "I like it quiet.", 10, 10),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "She leads a team of 34 nurses and six care assistants at St.  Corwen's, and\nshe took the post in May 2018.",
        "He  writes his lines with two blanks after every stop.  So does she, at\ntimes, and nobody minds it at all.",
        "   An indented paragraph that goes on for longer than sixty columns do\n   and so it is wrapped here.",
    ],
)
def test_wrapped_prose_stays_together(raw: str) -> None:
    assert len(rows(raw, "bio.txt")) == 1


def test_a_list_of_short_names_in_capitals_is_no_heading() -> None:
    assert rows("SKILLS\n\nAWS, GCP, SQL\n", "cv.txt") == [("paragraph", ("SKILLS",), "AWS, GCP, SQL", 3, 3)]
