"""Questions about posts and studies are answered with the entry that bears them, and its dates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answering.conftest import open_profile

from profile_rag.answering.dates import Month, newest_date, period_of, time_covered
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.config import Settings
from profile_rag.models import Embedder
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
        ("2019 onwards", Month(2019), None, ""),
        ("2015–17", Month(2015), Month(2017), "2 years"),
        ("2015-17", Month(2015), Month(2017), "2 years"),
        ("2015/16", Month(2015), Month(2016), "1 year"),
        ("2015-09", Month(2015, 9), Month(2015, 9), ""),
        ("2015-09 – 2016-01", Month(2015, 9), Month(2016, 1), "5 months"),
        ("Sept 2014 - May 2016", Month(2014, 9), Month(2016, 5), "1 year and 9 months"),
        ("May – Sep 2016", Month(2016, 5), Month(2016, 9), "5 months"),
        ("between 2014 and 2016", Month(2014), Month(2016), "2 years"),
        ("Dec 2015 – Jan 2016", Month(2015, 12), Month(2016, 1), "2 months"),
        ("2014-05-31 – 2016-01-15", Month(2014, 5), Month(2016, 1), "1 year and 9 months"),
        ("05/2014 - 07/2016", Month(2014, 5), Month(2016, 7), "2 years and 3 months"),
        ("Jan 2020 - Present", Month(2020, 1), None, ""),
    ],
)
def test_periods_are_read_as_they_are_written(text: str, start: Month, end: Month | None, length: str) -> None:
    period = period_of(text)
    assert period is not None
    assert (period.start, period.end, period.length) == (start, end, length)


@pytest.mark.parametrize(
    ("texts", "as_of", "length"),
    [
        (["2012 – 2014", "March 2014 – April 2019"], None, "7 years"),
        (["2018-01 – 2019-12", "2019-06 – 2020-05"], None, "2 years and 5 months"),
        (["2018-01 – 2018-03", "2020-01 – 2020-03"], None, "6 months"),
        (["2018-01 – present"], None, ""),
        (["2018-01 – present"], Month(2018, 12), "1 year"),
        (["2018-01 – present"], Month(2018, 1), ""),
        (["2018-01 – present"], Month(2017, 1), ""),
        (["2018"], Month(2019), ""),
        ([], None, ""),
    ],
)
def test_time_is_counted_once_where_posts_overlap(texts: list[str], as_of: Month | None, length: str) -> None:
    periods = [period for text in texts if (period := period_of(text))]
    assert time_covered(periods, as_of=as_of) == length


months = st.integers(0, 12 * 30).map(lambda count: Month(1995 + count // 12, count % 12 + 1))


@given(st.lists(st.tuples(months, months).map(sorted), min_size=1, max_size=6))
def test_no_order_of_posts_and_no_post_told_twice_changes_the_time(spans: list[list[Month]]) -> None:
    periods = [period for start, end in spans if (period := period_of(f"{start} – {end}"))]
    covered = {
        12 * year + month
        for s, e in spans
        for year in range(1995, 2026)
        for month in range(1, 13)
        if s <= Month(year, month) <= e
    }
    years, rest = divmod(len(covered), 12)
    told = time_covered(periods, as_of=None)
    assert told == time_covered([*reversed(periods), periods[0]], as_of=None)
    assert (f"{years} year" in told) == bool(years)
    assert (f"{rest} month" in told) == bool(rest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("valid until 2030, taken in May 2021", "May 2021"),
        ("not before January 2027", None),
        ("since 2019, and 2019-05", "2019-05"),
        ("nothing", None),
    ],
)
def test_a_date_to_come_is_not_the_newest(text: str, words: str | None) -> None:
    found = newest_date(text)
    assert (found[1] if found else None) == words


@pytest.fixture(scope="module")
def nadia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    resume = """{"basics": {"name": "Nadia Ferro", "pronouns": "she/her", "label": "Data Engineer"},
 "work": [
  {"name": "Acme", "position": "Data Engineer", "startDate": "2018-11", "endDate": "2020-02",
   "highlights": ["Built ETL jobs in Python, for the night."]},
  {"name": "Beta Corp", "position": "Consultant", "startDate": "2019-06", "endDate": "2021-01",
   "highlights": ["Wrote reports in Python and SQL, for banks."]},
  {"name": "Gamma", "position": "Lead", "startDate": "2022-03-15", "highlights": ["Runs Airflow, among others."]},
  {"name": "Delta", "position": "Intern", "startDate": "2012"}],
 "certificates": [{"name": "CKA", "date": "2024-05-01"}]}"""
    with open_profile(tmp_path_factory.mktemp("nadia"), {"resume.json": resume}) as profile:
        yield profile


@pytest.mark.parametrize(
    ("question", "length", "quoted"),
    [
        ("How long was she at Acme?", "1 year and 4 months", ["Acme"]),
        ("how many years of Python?", "2 years and 3 months", ["Acme", "Beta Corp"]),
        ("How many years of experience with SQL does she have?", "1 year and 8 months", ["Beta Corp"]),
        ("How long has she been at Gamma?", "2 years and 3 months as of “2024-05-01”", ["Gamma"]),
        ("How long has she been at her current job?", "2 years and 3 months as of “2024-05-01”", ["Gamma"]),
        ("How many years of experience does she have?", "4 years and 6 months", ["Acme", "Beta Corp", "Gamma"]),
    ],
)
def test_time_is_counted_from_the_dates_and_shows_them(
    nadia: Profile, question: str, length: str, quoted: list[str]
) -> None:
    answer = nadia.ask(question)
    assert f"about {length}" in answer.answer.replace("About", "about")
    quotes = [citation.quote for citation in answer.citations]
    for name in quoted:
        assert any(quote.startswith(name) and "startDate" in quote for quote in quotes), name
    assert all(claim.citations and claim.support in {"quoted", "supported"} for claim in answer.claims)


def test_nothing_is_counted_where_a_date_is_missing(nadia: Profile) -> None:
    answer = nadia.ask("How long was she at Delta?")
    assert "by the dates given" not in answer.answer
    assert "Delta" in answer.answer


def test_years_of_what_no_dated_post_names_are_not_stated(nadia: Profile) -> None:
    assert nadia.ask("How many years of Rust?").abstained


def test_a_year_in_which_no_dated_post_lasted_is_not_stated(mira: Profile) -> None:
    assert mira.ask("Where did she work in 2009?").abstained


def test_what_goes_on_is_counted_to_the_date_that_is_set(nadia: Profile) -> None:
    corpus = nadia._current().index.manifest.corpus
    with Profile(Settings(corpus=Path(corpus), as_of="2025-02")) as later:
        answer = later.ask("How long has she been at Gamma?").answer
    assert answer.startswith("About 3 years as of 2025-02, by the dates given:")


@pytest.mark.parametrize(
    ("claim", "is_supported"),
    [
        ("About 1 year and 4 months, by the dates given: “Acme, 2018-11 – 2020-02”", True),
        ("About 1 year and 5 months, by the dates given: “Acme, 2018-11 – 2020-02”", False),
        ("About 2 years, by the dates given: “Acme, 2018-11 – 2020-02”", False),
        ("The dated posts span about 2 years and 3 months, by the dates given: “Beta, 2019-06 – 2021-01”", True),
        ("The dated posts span about 3 years, by the dates given: “Beta, 2019-06 – 2021-01”", False),
    ],
)
def test_the_grounding_check_counts_again(embedder: Embedder, claim: str, is_supported: bool) -> None:
    evidence = ["Acme, 2018-11 – 2020-02"]
    evidence += ["Beta, 2019-06 – 2021-01"] if "Beta" in claim else []
    frame = "The dated posts span about, by the dates given:"
    (checked,) = GroundingChecker(embedder).check(claim, [*evidence, frame])
    assert checked.is_supported == is_supported
    assert is_supported or "number" in checked.reasons
