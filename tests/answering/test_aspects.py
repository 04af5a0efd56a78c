"""Questions about the person as a whole are answered from the places that documents give them."""

from __future__ import annotations

import pytest

from profile_rag import Profile
from profile_rag.answering.aspects import CHARACTER, is_labelled

PAGE = """# Maren Holt

- **Name:** Maren Holt
- **Pronouns:** she/her
- **Vibe:** Calm, exact, laughs at her own puns

## Background

Maren started out as a lift mechanic. She moved into control software after an evening course, and then went on to
lead a team of six.

## What She's Good At

- PLC programming
- Commissioning of lifts

## Working Style

- Draws the states before writing any code
- Tests with the doors open first

## Notes

What distinguishes Maren is that she still climbs the shaft herself. Her work is driven by the wish that nobody ever
gets stuck.
"""


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    folder = tmp_path_factory.mktemp("maren")
    (folder / "maren.md").write_text(PAGE, encoding="utf-8")
    return Profile.open(folder, store=tmp_path_factory.mktemp("store"))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How did she get to where she is?", "started out as a lift mechanic"),
        ("How does she go about a new problem?", "Draws the states before writing any code"),
        ("What sets her apart from other engineers?", "still climbs the shaft herself"),
        ("What drives her?", "nobody ever"),
        ("What is she like as a colleague?", "Calm, exact"),
    ],
)
def test_a_side_of_the_person_is_told_from_its_own_place(profile: Profile, question: str, words: str) -> None:
    answer = profile.ask(question)

    assert any(words in " ".join(citation.quote.split()) for citation in answer.citations), answer.answer


def test_a_question_that_names_something_more_is_not_answered_with_a_whole_section(profile: Profile) -> None:
    answer = profile.ask("How does she go about payroll taxes?")

    assert not any("states before" in citation.quote for citation in answer.citations)


def test_a_skill_that_opens_with_the_word_is_no_label_of_character() -> None:
    assert is_labelled("Character: calm", CHARACTER)
    assert not is_labelled("Character design: rigs and rough sketches", CHARACTER)
