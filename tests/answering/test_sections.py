"""Questions for what nearly every profile has a place for: answered from that place, or said to be missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.answering.conftest import open_profile

from profile_rag.answering.question_parser import parse_question
from profile_rag.profile import Profile
from profile_rag.schema import Person

JO = Person(name="Jo Marsh", role="Engineer", subject="they", object="them", possessive="their")
RESUME = """# Jo Marsh

Data Engineer · Leeds · jo@marsh.example

## Experience

### Lead Engineer, Fernwood (2020 – present)

- Cut the nightly run from 9 hours to 40 minutes

### Engineer, Oakline (2016 – 2020)

- Built the billing pipeline in Scala

## Education

- MSc Statistics, University of York, 2015

## Projects

**Tidemark**
A tide predictor in Rust, used by two harbours.

## Skills

- Python: daily
- SQL: expert

## Interests

- Rowing

## Terms

- Availability: three months' notice
- Day rate: 700 euros
"""


@pytest.fixture(scope="module")
def jo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("jo"), {"resume.md": RESUME}) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("education?", "education"),
        ("What is their education?", "education"),
        ("where did they study?", "education"),
        ("does Jo have a degree?", "education"),
        ("skills", "skills"),
        ("what are Jo's top 3 skills?", "skills"),
        ("tech stack?", "tools"),
        ("which tools do they use?", "tools"),
        ("experience?", "work experience"),
        ("Where has Jo worked?", "work experience"),
        ("tell me about their work experience", "work experience"),
        ("projects?", "projects"),
        ("what have they built?", "projects"),
        ("their biggest achievement?", "achievements"),
        ("any certifications?", "certifications"),
        ("what have they published?", "publications"),
        ("hobbies?", "interests outside work"),
        ("where are they based?", "location"),
        ("when can they start?", "availability"),
        ("notice period?", "availability"),
        ("salary expectations?", "pay"),
        ("references", "references"),
    ],
)
def test_a_question_for_a_section_is_known_as_one(question: str, section: str) -> None:
    asked = parse_question(question, JO)
    assert (asked.kind, asked.section) == ("section", section)


@pytest.mark.parametrize(
    "question",
    [
        "what experience do they have with Kafka?",
        "does Jo have experience with education software?",
        "which tools do they use for testing?",
        "what did they study in York?",
        "how do they choose tools?",
        "can they start a project from nothing?",
        "where did they learn Scala?",
        "Python skills?",
    ],
)
def test_a_question_that_narrows_it_is_not(question: str) -> None:
    assert parse_question(question, JO).kind != "section"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("education", "MSc Statistics, University of York, 2015"),
        ("work experience?", "Lead Engineer, Fernwood (2020 – present)"),
        ("projects", "A tide predictor in Rust, used by two harbours."),
        ("skills", "SQL: expert"),
        ("tools?", "Python: daily"),
        ("hobbies", "Rowing"),
        ("location", "Data Engineer · Leeds · jo@marsh.example"),
        ("availability", "Availability: three months' notice"),
        ("what is Jo's day rate?", "Day rate: 700 euros"),
        ("achievements", "Cut the nightly run from 9 hours to 40 minutes"),
    ],
)
def test_what_stands_in_the_section_is_quoted(jo: Profile, question: str, quote: str) -> None:
    assert quote in {citation.quote for citation in jo.ask(question).citations}


@pytest.mark.parametrize("question", ["certifications?", "publications?", "references?", "any awards?"])
def test_a_section_that_is_missing_is_said_to_be(jo: Profile, question: str) -> None:
    answer = jo.ask(question)
    assert answer.abstained
    assert answer.answer.startswith("**Not stated.** The documents say nothing of their ")


def test_nouns_alone_ask_for_strengths_and_weaknesses(jo: Profile) -> None:
    assert "SQL: expert" in jo.ask("strengths?").answer
    assert parse_question("any red flags?", JO).targets == parse_question("What are their weaknesses?", JO).targets
