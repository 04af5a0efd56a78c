"""An answer is cut into claims, each with its place and its marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.claims import split_claims


def texts_of(answer: str) -> list[str]:
    return [claim.text for claim in split_claims(answer)]


def test_each_sentence_is_a_claim() -> None:
    assert texts_of("He knows Kafka. He has run it since 2019.") == ["He knows Kafka.", "He has run it since 2019."]


def test_marks_belong_to_the_sentence_before_them_on_either_side_of_its_full_stop() -> None:
    claims = split_claims("He knows Kafka [1][2]. He likes Go.[3] He is in Bonn.")
    assert [claim.marks for claim in claims] == [(1, 2), (3,), ()]
    assert claims[0].text == "He knows Kafka."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("**Yes.**", "Yes."),
        ("- `Kafka`: *daily*", "Kafka: daily"),
        ("1. Kafka", "Kafka"),
        ("## Skills", "Skills"),
        ("> quoted words", "quoted words"),
        (r"He wrote \[1\] and \*\*", "He wrote [1] and **"),
        ("see [1](https://example.org/a)", "see"),
    ],
)
def test_markdown_is_no_part_of_a_claim(answer: str, text: str) -> None:
    assert texts_of(answer)[0].strip() == text


def test_a_quotation_of_two_sentences_is_not_cut() -> None:
    assert texts_of("He says: “It works. It is mine.” [1] True.") == ["He says: “It works. It is mine.”", "True."]


def test_a_quotation_that_is_never_closed_does_not_swallow_a_long_answer() -> None:
    assert len(split_claims("He says: “ok. " + "And so on, for long. " * 200)) > 100


def test_nothing_is_no_claim() -> None:
    assert split_claims("") == split_claims(" \n [1] ** ") == []


@given(st.text(max_size=200))
def test_every_character_of_a_claim_stands_in_the_answer(answer: str) -> None:
    for claim in split_claims(answer):
        assert claim.text == "".join(answer[place] for place in claim.positions)
        assert list(claim.positions) == sorted(claim.positions)
