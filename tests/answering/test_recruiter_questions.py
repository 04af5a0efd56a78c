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


ODA = {
    "profile.md": """\
# Oda Brekke

- **Name:** Oda Brekke
- **Pronouns:** she/her

## What She's Good At

- Harvest planning that results in realistic picking dates — not wishful thinking
- Grading frameworks (Brix, firmness) applied with common sense, not dogma
- She knows the irrigation system deeply enough to rebuild a pump blindfolded

## Tools

| Tool | Level | Remarks |
|---|---|---|
| QGIS | Expert | every day |
| Grafana | Good | I read the dashboards, someone else runs the servers |
| MapInfo | Past | Used at the county office until 2015 |
| Blender | Learning | evenings only |

## Jobs

- Orchard planner at Vik Farms, Ulvik, since 2016
- Left Solheim Nursery because the commute was too long.
- Moved the picking lists from paper to tablets, 140 lists in all.
- She doesn't do your pruning (she has people for that).
- Cut the water bill from 3,100 to 1,200 kroner a month.
- A day costs 4,800 kroner plus VAT.
- Dashboards and reports for the board.
""",
}


@pytest.fixture(scope="module")
def oda(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("oda"), ODA) as profile:
        yield profile


@pytest.mark.parametrize(
    "question", ["harvest planning?", "grading frameworks like Brix?", "does she do harvest planning"]
)
def test_what_a_skill_is_set_apart_from_denies_nothing(oda: Profile, question: str) -> None:
    assert oda.ask(question).verdict == "yes"


def test_deeply_enough_is_praise_and_no_limit(oda: Profile) -> None:
    assert oda.ask("does she know the irrigation system?").verdict == "yes"


@pytest.mark.parametrize(
    "question",
    ["Can she look after our Grafana servers?", "has she administered Grafana", "could she operate Grafana?"],
)
def test_what_others_run_for_her_she_does_not_operate(oda: Profile, question: str) -> None:
    answer = oda.ask(question)
    assert answer.verdict == "no"
    assert any("someone else runs the servers" in citation.quote for citation in answer.citations)


def test_what_was_used_until_some_year_is_not_used_still(oda: Profile) -> None:
    assert oda.ask("Does she still use MapInfo?").verdict == "no"
    assert oda.ask("Does she still use QGIS?").verdict == "yes"


def test_still_today_asks_again_of_what_was_asked_before(oda: Profile) -> None:
    answer = oda.ask("and still today?", history=["Has she worked with MapInfo?"])
    assert "MapInfo" in answer.understood_as
    assert answer.verdict == "no"


def test_which_she_is_an_expert_in_leaves_out_the_others(oda: Profile) -> None:
    answer = oda.ask("Which tools is she an expert in?").answer
    assert "QGIS" in answer
    assert "Blender" not in answer


def test_a_remark_in_brackets_behind_a_denial_narrows_nothing(oda: Profile) -> None:
    assert oda.ask("Will Oda do our pruning?").verdict == "no"


def test_reports_on_a_board_are_no_direct_reports(oda: Profile) -> None:
    assert oda.ask("Has she had direct reports?").verdict == "not_stated"


def test_why_she_left_is_told_of_the_place_asked_about(oda: Profile) -> None:
    assert "commute" in oda.ask("Why did she leave Solheim Nursery?").answer
    assert oda.ask("Why did she leave Vik Farms?").abstained


@pytest.mark.parametrize("question", ["day rate?", "Hi, could you kindly let me know what fee she has in mind?"])
def test_what_a_bill_comes_to_is_nobodys_pay(oda: Profile, question: str) -> None:
    assert [citation.quote for citation in oda.ask(question).citations] == ["A day costs 4,800 kroner plus VAT."]


def test_a_number_may_be_asked_for_by_its_name(oda: Profile) -> None:
    assert "140" in oda.ask("number of picking lists?").answer


@pytest.mark.parametrize(
    "question", ["Who are you, then?", "sorry, who am i reading about here?", "who is the person?"]
)
def test_whose_profile_it_is_may_be_asked_in_passing(oda: Profile, question: str) -> None:
    assert "Oda Brekke" in oda.ask(question).answer


def test_a_list_that_nothing_enumerates_is_answered_by_what_says_it(oda: Profile) -> None:
    assert (
        "realistic picking dates" in oda.ask("What sort of picking dates does her harvest planning result in?").answer
    )
