"""Amounts and years of two passages are compared only where no doubt is left what they count."""

from __future__ import annotations

import pytest

from profile_rag.answering.amounts import Amount, amounts_of, differ, years_of


def test_amounts_are_read_in_digits_and_in_words_with_what_they_count() -> None:
    assert amounts_of("Leads 34 nurses and six assistants.") == (Amount(34, "nurs"), Amount(6, "assist"))


def test_years_are_no_amounts() -> None:
    assert amounts_of("Since 2019") == ()
    assert years_of("From 2015 to 2019") == (2015, 2019)


@pytest.mark.parametrize(
    ("question", "one", "other", "expected"),
    [
        ("How many bakers are in his team?", "Leads a team of nine bakers.", "His team has twelve bakers.", True),
        ("How many bakers are in his team?", "Leads a team of nine bakers.", "A team of nine bakers.", False),
        (
            "How many bakers are in his team?",
            "Leads a team of nine bakers.",
            "Bakes twelve loaves for the team.",
            False,
        ),
        ("how big is his team?", "Leads a team of nine.", "His team counts seven.", True),
        ("Since when has she led the choir?", "Led the choir since 2016.", "Has led the choir since 2017.", True),
        ("Since when has she led the choir?", "Led the choir since 2016.", "Sings in an opera since 2017.", False),
        ("What does she bake?", "Bakes nine loaves.", "Bakes seven loaves.", False),
    ],
)
def test_two_passages_differ_only_on_what_is_asked(question: str, one: str, other: str, expected: bool) -> None:
    assert differ(question, one, other) is expected


def test_the_number_of_a_team_counts_its_people() -> None:
    one, other = "Noor leads a mobile team of six at Farjan.", "We are four people in the mobile team."
    assert differ("how many people are in the mobile team?", one, other)
    assert not differ("how many people are in the mobile team?", one, "We are six people in the mobile team.")
