"""What recruiters ask in their own ways, of one invented person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.answering.conftest import open_profile

from profile_rag import Profile

LEA = {
    "cv.md": """\
# Lea Norrby

Platform engineer. She runs the build systems of a shipyard.

## Experience

### Build Engineer, Harbour & Tide Ltd

Malmö, May 2012 – July 2015

- Built the release tooling in Python
- Left when the yard moved to Gdansk

### Platform Engineer, Kettle Systems

Lund, August 2015 – present

- Runs Prometheus for forty teams
- Built a search page on PostgreSQL

## Education

- MSc Computer Science, Lund University, 2012

## Skills

- Python: strong, daily
- Known from reading only: Nix, Bazel
- Ansible: avoid

## Notes

She is quiet at first and has a dry sense of humour. She prefers Prometheus over Zabbix.
Her Python is limited to scripts, says her own blog. She is slow to ask for help.
""",
}


@pytest.fixture(scope="module")
def lea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("lea"), LEA) as profile:
        yield profile


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("does she have a masters, and what in?", "yes"),
        ("does she have a PhD?", "not_stated"),
        ("does she like Prometheus better than Zabbix?", "yes"),
        ("does she prefer Zabbix over Prometheus?", "no"),
        ("does she prefer Python over PostgreSQL?", "not_stated"),  # both are known, neither is said to be preferred
        ("can she build tableau dashboards?", "not_stated"),
        ("Elasticsearch is what we search with. Does she know it?", "not_stated"),
        ("nix?", "partly"),
        ("our playbooks are in ansible, would she be happy with that?", "no"),
        ("how old is she?", "not_stated"),
        ("what do her former bosses say about her?", "not_stated"),
    ],
)
def test_the_verdict_is_what_the_documents_bear(lea: Profile, question: str, verdict: str) -> None:
    assert lea.ask(question).verdict == verdict


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("employers so far?", "Build Engineer, Harbour & Tide Ltd"),
        ("what's she like to have around?", "She is quiet at first and has a dry sense of humour."),
        ("any weaknesses I should know about?", "She is slow to ask for help."),
        ("does she have a masters, and what in?", "MSc Computer Science, Lund University, 2012"),
        ("why did she leave the shipyard's build team?", "Left when the yard moved to Gdansk"),
    ],
)
def test_the_words_that_answer_are_quoted(lea: Profile, question: str, quote: str) -> None:
    assert quote in [citation.quote for citation in lea.ask(question).citations]


def test_strong_in_one_place_and_limited_in_another_is_told(lea: Profile) -> None:
    answer = lea.ask("python?")
    assert answer.verdict == "partly"
    assert len(answer.conflicts) == 1
