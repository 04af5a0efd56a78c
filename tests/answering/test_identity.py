"""Who the documents are about, and what is answered when somebody asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.answering.conftest import open_profile

from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.identity import draft_identity
from profile_rag.answering.person import find_person
from profile_rag.answering.question_parser import parse_question
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document
from profile_rag.models import PACKAGED_MODEL, load_embedder
from profile_rag.profile import Profile
from profile_rag.schema import Answer, Chunk, Person


def chunks_of(text: str, source: str = "x.md") -> tuple[Chunk, ...]:
    document = Document(source, text, "0" * 64, len(text), 0)
    return chunk_document(document, count_tokens=len, max_tokens=10_000).chunks


@pytest.mark.parametrize(
    ("text", "name", "role", "subject"),
    [
        (
            "# Jo Marsh\n\n- **Name:** Jo Marsh\n- **Role:** Beekeeper\n- **Pronouns:** they/them",
            "Jo Marsh",
            "Beekeeper",
            "they",
        ),
        ("# Jo Marsh — Senior Engineer\n\nI build things.", "Jo Marsh", "Senior Engineer", "they"),
        ("# Senior Engineer: Jo Marsh\n\nJo leads. He is calm.", "Jo Marsh", "Senior Engineer", "he"),
        ("# Curriculum Vitae of Jo Marsh\n\nI teach.", "Jo Marsh", "", "they"),
        (
            "# About Jo\n\nJo Marsh is a data engineer at Fernwood. She likes Go.",
            "Jo Marsh",
            "data engineer at Fernwood",
            "she",
        ),
        (
            "# JO MARSH\n\nData Engineer | Leeds | jo@marsh.example\n\n## Skills\n\n- Go",
            "Jo Marsh",
            "Data Engineer",
            "they",
        ),
        ("# Hi, I'm Jo\n\nI'm Jo Marsh (he/him), a potter. I make bowls.", "Jo Marsh", "potter", "he"),
        ("# My résumé\n\nMy name is J. K. Oduya. I'm a translator.", "J. K. Oduya", "translator", "they"),
        (
            "# Dr. Ilke Vandermeer-Åse, PhD\n\n*Lecturer in physics*\n\nThey teach.",
            "Dr. Ilke Vandermeer-Åse",
            "Lecturer in physics",
            "they",
        ),
        ("# Łukasz Żak\n\nHe is a nurse. Łukasz works nights.", "Łukasz Żak", "nurse", "he"),
        (
            "# Maria de la Cruz | UX Designer\n\nMaria draws. Her maps hang in Rome.",
            "Maria de la Cruz",
            "UX Designer",
            "she",
        ),
        ("# Working notes\n\nBea Ort (she/her) runs a bakery. She bakes.", "Bea Ort", "", "she"),
        ("name: Jo Marsh\n\nlabel: Data Engineer\n\nsummary: Builds pipelines.", "Jo Marsh", "Data Engineer", "they"),
        ("# Lori\n\nLori is a coach. She listens.", "Lori", "coach", "she"),
        ("# Tech Stack\n\n**Python**\nUsed daily for data work.", "", "", "they"),
        ("# Data Platform\n\nWe run streams. It has topics.", "", "", "they"),
        ("# Skills\n\n- Go\n\n# Experience\n\n- Built things", "", "", "they"),
    ],
)
def test_name_role_and_pronoun_are_read_wherever_documents_give_them(
    text: str, name: str, role: str, subject: str
) -> None:
    person = find_person(chunks_of(text))
    assert (person.name, person.role, person.subject) == (name, role, subject)


def test_an_employers_name_is_not_the_persons() -> None:
    text = "# Ana Ruiz\n\nAna builds bridges. She swims.\n\n## Work\n\n- Name: Fernwood Ltd\n- Position: Engineer"
    assert find_person(chunks_of(text)).name == "Ana Ruiz"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("# Ana Ruiz\n\n## Background\n\nPriya spent ten years at sea. She sails.", "Priya"),
        ("# Ana Ruiz\n\n## Background\n\nMei-Ling's path led through law. She writes.", "Mei-Ling"),
        ("# Ana Ruiz\n\n## Background\n\nAna sails. Priya taught her, and Priya has a boat.", ""),
        ("# Ana Ruiz\n\n## Background\n\nShe's a sailor. She's patient. Her boat is old.", ""),
        ("# Ana Ruiz\n\nNurse at St. Corwen's. She likes St. Corwen's garden.", ""),
        ("# Ana Ruiz\n\n## Background\n\nReact has been her tool since 2016. She likes React.", ""),
    ],
)
def test_a_name_that_stands_in_for_the_persons_is_noticed_and_no_other(text: str, other: str) -> None:
    assert find_person(chunks_of(text)).other_name == other


def test_pronouns_at_odds_with_those_stated_are_noticed() -> None:
    stated = "# Ana Ruiz\n\n- **Pronouns:** she/her\n\n## Background\n\n"
    assert find_person(chunks_of(stated + "Ana sails. He likes his boat; it knows him.")).other_subject == "he"
    assert find_person(chunks_of(stated + "Ana sails with her brother. He likes his boat.")).other_subject == ""


UMA = """\
# Uma Reyes

- **Name:** Uma Reyes
- **Pronouns:** she/her
- **Role:** Mental Wellness Coach

## Background

Darnell grew up on a farm and learned patience there. She has coached for nine years.
"""
PLAIN = UMA.replace("Darnell", "Uma")


def answer(question: str, text: str) -> Answer:
    chunks = chunks_of(text)
    person = find_person(chunks)
    parsed = parse_question(question, person)
    assert parsed.kind == "identity", question
    draft = draft_identity(parsed.text, chunks, person)
    assert draft is not None
    return draft.ground(
        GroundingChecker(load_embedder(PACKAGED_MODEL)), question=question, understood_as=question, kind=parsed.kind
    )


@pytest.mark.parametrize(
    "question",
    [
        "who is she?",
        "who is this?",
        "Who is Uma?",
        "what is her name?",
        "What is the wellness coach's name?",
        "what's the coach called",
        "Is she called Uma or Darnell?",
        "Is this Uma's profile or Darnell's?",
        "Whose CV is this?",
        "what should I call her?",
        "is her name Darnell?",
    ],
)
def test_two_names_are_told_with_both_quotes_however_the_name_is_asked_for(question: str) -> None:
    told = answer(question, UMA)
    assert [conflict.target for conflict in told.conflicts] == ["name"]
    assert {"Name: Uma Reyes", "Darnell grew up on a farm and learned patience there."} <= {
        citation.quote for citation in told.citations
    }


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What's her role?", "Her role is Mental Wellness Coach."),
        ("job title?", "Her role is Mental Wellness Coach."),
        ("pronouns?", "Her pronouns are she/her."),
        ("what pronouns should I use for her", "Her pronouns are she/her."),
    ],
)
def test_only_what_was_asked_is_told(question: str, text: str) -> None:
    told = answer(question, UMA)
    assert [claim.text for claim in told.claims] == [text]
    assert told.conflicts == ()


def test_what_she_does_is_her_role_and_a_sentence_about_her() -> None:
    told = answer("what does she do for a living?", PLAIN)
    assert "Mental Wellness Coach" in told.answer
    assert "grew up on a farm" in told.answer


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Is her name Uma?", PLAIN, "yes"),
        ("Is she called Uma Reyes?", PLAIN, "yes"),
        ("Is her name Petra?", PLAIN, "no"),
        ("Is her name Uma?", UMA, "partly"),
        ("Is she called Uma or Petra?", PLAIN, None),
    ],
)
def test_a_name_put_to_the_test_gets_a_verdict(question: str, text: str, verdict: str | None) -> None:
    assert answer(question, text).verdict == verdict


def test_pronouns_that_nobody_states_are_told_by_their_use() -> None:
    told = answer("pronouns?", "# Bea Ort\n\nBea bakes. She likes rye.")
    assert "She likes rye." in told.answer
    assert answer("pronouns?", "# Bea Ort — Baker\n\nI bake.").abstained


@pytest.mark.parametrize(
    "question", ["Does she coach Uma's team?", "Who does she report to?", "Is this a senior role?"]
)
def test_a_question_about_something_else_is_no_question_of_identity(question: str) -> None:
    assert parse_question(question, Person("Uma Reyes", "Coach", "she", "her", "her")).kind != "identity"


def test_a_heading_alone_may_name_the_person(tmp_path: Path) -> None:
    with open_profile(tmp_path, {"bio.txt": "ANA RUIZ\n\nBridge engineer\n\nI build bridges that last.\n"}) as profile:
        assert isinstance(profile, Profile)
        told = profile.ask("who is this?")
        assert told.answer.startswith("Ana Ruiz, Bridge engineer.")
