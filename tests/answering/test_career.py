"""Questions about posts and studies are answered with the entry that bears them, and its dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.answering.conftest import open_profile

from profile_rag.answering.dates import Month, period_of
from profile_rag.profile import Profile

MIRA = """\
# Mira Oakes

- **Name:** Mira Oakes
- **Pronouns:** she/her
- **Role:** Lighting Engineer
- **Vibe:** Calm, exact, laughs late

She looks after the lamps of three theatres.

## Experience

### Head of Lighting, Harbour Stage, Velm (May 2019 – present)

- Leads a crew of six technicians.

### Lighting Technician, Round House, Orsk (March 2014 – April 2019)

- Rigged forty shows a year.

### Stagehand, Round House, Orsk (2012 – 2014)

- Carried cables.

## Education

- BSc Physics, University of Orsk, 2012.
"""
NOTES = "Mira Oakes leads a crew of nine technicians and likes it dark.\n"


@pytest.fixture(scope="module")
def mira(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("mira"), {"cv.md": MIRA, "notes.txt": NOTES}) as profile:
        yield profile


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Where does she work now?", "Harbour Stage"),
        ("Since when has she been at Harbour Stage?", "May 2019"),
        ("Who was her previous employer?", "March 2014"),
        ("What did she do before Harbour Stage?", "Lighting Technician"),
        ("Where did she work in 2016?", "March 2014"),
        ("What was her first job?", "Stagehand"),
        ("How long was she at Harbour Stage?", "May 2019"),
        ("How long was she a lighting technician at the Round House?", "5 years and 2 months"),
        ("What was her role at Harbour Stage?", "Head of Lighting"),
        ("Which university did she attend?", "University of Orsk"),
        ("What is she like?", "laughs late"),
    ],
)
def test_the_entry_that_bears_it_is_told(mira: Profile, question: str, words: str) -> None:
    assert words in mira.ask(question).answer


def test_a_master_is_not_answered_with_a_bachelor(mira: Profile) -> None:
    assert "BSc" not in mira.ask("Where did she do her master's?").answer


def test_a_post_that_she_did_not_hold_there_has_no_length(mira: Profile) -> None:
    assert "by the dates given" not in mira.ask("How long was she a conductor at Harbour Stage?").answer


def test_a_going_post_has_no_length(mira: Profile) -> None:
    assert "by the dates given" not in mira.ask("How long was she at Harbour Stage?").answer


def test_before_that_goes_back_one_post(mira: Profile) -> None:
    answer = mira.ask("and before that?", history=["Where does she work now?"])
    assert answer.understood_as == "Where did she work before her current job?"
    assert "Lighting Technician" in answer.answer
    answer = mira.ask("and before that?", history=["Where did she work before Harbour Stage?"])
    assert "Stagehand" in answer.answer


def test_two_numbers_for_the_same_crew_are_a_conflict(mira: Profile) -> None:
    answer = mira.ask("How many technicians does she lead?")
    assert [len(conflict.citations) for conflict in answer.conflicts] == [2]
    assert {citation.source for citation in answer.citations} == {"cv.md", "notes.txt"}


def test_a_number_of_other_things_is_no_count(mira: Profile) -> None:
    assert mira.ask("How many violins does she lead?").abstained


@pytest.mark.parametrize(
    ("text", "start", "end", "length"),
    [
        ("March 2014 – April 2019", Month(2014, 3), Month(2019, 4), "5 years and 2 months"),
        ("startDate: 2016-09, endDate: 2020-03", Month(2016, 9), Month(2020, 3), "3 years and 7 months"),
        ("from 2015 to 2019 at sea", Month(2015), Month(2019), "4 years"),
        ("start_date: 2019-05 end_date: present", Month(2019, 5), None, ""),
        ("since 2021", Month(2021), None, ""),
    ],
)
def test_periods_are_read_as_they_are_written(text: str, start: Month, end: Month | None, length: str) -> None:
    period = period_of(text)
    assert period is not None
    assert (period.start, period.end, period.length) == (start, end, length)
