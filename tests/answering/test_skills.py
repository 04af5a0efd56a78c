from pathlib import Path

import pytest

from profile_rag import Profile
from profile_rag.schema import Skill

MARKDOWN = """# Robin Vale

She builds platforms.

## What She's Good At

- Streaming: Kafka, Flink
- I stay current with: papers, podcasts
- Terraform

## Skills

| Skill | Level |
|---|---|
| Python | expert |
| Go | basics |

## Kafka

Robin ran Kafka in production for Acme for four years.

## What I don't use

### PHP

I have never used PHP.

### Flink

Haven't built anything with Flink.
"""
JSON = """{
  "basics": {"name": "Robin Vale"},
  "skills": [
    {"name": "Databases", "level": "Master", "keywords": ["PostgreSQL", "DuckDB"]},
    {"name": "JavaScript", "level": "Beginner"}
  ]
}
"""


def skills_of(folder: Path, name: str, text: str) -> dict[str, Skill]:
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / name).write_text(text)
    with Profile.open(corpus) as profile:
        return {skill.name: skill for skill in profile.skills()}


@pytest.fixture(scope="module")
def skills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Skill]:
    return skills_of(tmp_path_factory.mktemp("robin"), "robin.md", MARKDOWN)


def test_what_is_listed_as_a_skill_is_one(skills: dict[str, Skill]) -> None:
    assert list(skills) == ["Kafka", "Flink", "Terraform", "Python", "Go", "PHP"]


def test_a_skill_stands_in_the_area_of_its_list(skills: dict[str, Skill]) -> None:
    assert skills["Kafka"].area == "Streaming"
    assert skills["Terraform"].area == "What She's Good At"
    assert skills["Go"].area == "Skills"


@pytest.mark.parametrize(
    ("name", "verdict", "basis"),
    [
        ("Kafka", "yes", "demonstrated"),
        ("Terraform", "yes", "listed"),
        ("Go", "partly", "basic"),
        ("PHP", "no", "denied"),
    ],
)
def test_a_skill_has_the_verdict_of_its_question(skills: dict[str, Skill], name: str, verdict: str, basis: str) -> None:
    assert (skills[name].verdict, skills[name].basis) == (verdict, basis)


def test_a_disputed_skill_has_both_sides_among_its_sources(skills: dict[str, Skill]) -> None:
    assert [skill.name for skill in skills.values() if skill.is_disputed] == ["Flink"]
    quotes = [citation.quote for citation in skills["Flink"].citations]
    assert any("Haven't built" in quote for quote in quotes)
    assert any("Streaming" in quote for quote in quotes)


def test_every_skill_has_a_source(skills: dict[str, Skill]) -> None:
    assert all(skill.citations for skill in skills.values())


def test_the_skills_of_a_json_resume_are_found_with_their_keywords(tmp_path: Path) -> None:
    skills = skills_of(tmp_path, "resume.json", JSON)
    assert {name: skill.area for name, skill in skills.items()} == {
        "Databases": "skills",
        "PostgreSQL": "Databases",
        "DuckDB": "Databases",
        "JavaScript": "skills",
    }


def test_a_profile_without_lists_has_none(tmp_path: Path) -> None:
    assert skills_of(tmp_path, "bio.txt", "Robin Vale grew up by the sea and teaches sailing.\n") == {}
