"""Lists: every member that the documents name, each with its source, and none that they don't."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answering.conftest import open_profile
from tests.answering.test_parts import chunks_of

from profile_rag.answering.employment import find_organisations, find_positions
from profile_rag.answering.enumerations import enumerations_of
from profile_rag.answering.item_heads import names_of_title
from profile_rag.answering.kinds import core_of, kind_called, kinds_of, longer_names
from profile_rag.answering.list_items import looks_like_name, split_items
from profile_rag.profile import Profile
from profile_rag.schema import Answer, Person

OSIAN = """\
# Osian Prydderch

- **Name:** Osian Prydderch
- **Pronouns:** he/him

Osian grew up bilingual (Welsh and English), then added Irish. His background spans joinery and restoration, which
shaped his taste.

He has written essays, pamphlets, and manuals for curators, collectors, and dealers. He has built Windsor chairs for
everything from country inns to village schools to town halls.

## What he is good at

- Restoration with proper methods (minimal, full)
- Rust removing and metal cleaning using Evapo-Rust or WD-40
- Weighs the full repair price: labour, timber, transport, glue
"""

MIRA = {
    "profile.md": """\
# Mira Tolvanen

- **Name:** Mira Tolvanen
- **Pronouns:** she/her
- **Role:** Data Engineer

## Experience

### Data Engineer, Fenwick Parcels, Lowbridge (2019 – present)

Runs the nightly loads of the parcel warehouse with Airflow.

### Analyst, Copperleaf Dairies, Lowbridge (2015 – 2019)

Wrote the monthly reports.

## Education

- MSc Statistics, University of Lowbridge, 2015

## Languages

- Finnish: native
- English: fluent
- Swedish: basics

## Certifications

- Certified Kettle Operator, 2021
- First Aid at Work, 2018

## Skills

- Programming languages: Python, Scala, SQL
- Message brokers: RabbitMQ, NATS
- Storage: relational databases (PostgreSQL, MySQL), caching (Redis)
""",
    "tools.md": """\
# Tools

## Orchestration

**Airflow**
Workflow orchestrator. Used for every load since 2019.

**Dagster** (basics)
Workflow orchestrator. Tried on one small project.

## Charts

**Altair**
Plotting library for the weekly report.

## What I Don't Use

**Scala**
Haven't built anything for production in Scala; I read it.

**Tableau**
Dashboards are made by others.
""",
}
PERSON = Person(name="Mira Tolvanen", role="", subject="she", object="her", possessive="her")


@pytest.fixture(scope="module")
def mira(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("mira"), MIRA) as profile:
        yield profile


def lead(answer: Answer) -> str:
    """The first line of an answer, without its marks."""
    return answer.answer.split("\n")[0].split(" [")[0]


def sources(answer: Answer) -> dict[str, str]:
    """The quotes of an answer, each with its file."""
    return {citation.quote: citation.source for citation in answer.citations}


# --- what makes a member ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "named", "quotes"),
    [
        ("which message brokers does she use?", "RabbitMQ and NATS", ["Message brokers: RabbitMQ, NATS"]),
        (
            "which relational databases does she know?",
            "PostgreSQL and MySQL",
            ["relational databases (PostgreSQL, MySQL)"],
        ),
        (
            "which certifications does she hold?",
            "Certified Kettle Operator and First Aid at Work",
            ["Certified Kettle Operator, 2021", "First Aid at Work, 2018"],
        ),
        (
            "which languages does she speak?",
            "Finnish, English and Swedish",
            ["Finnish: native", "English: fluent", "Swedish: basics"],
        ),
        (
            "which databases does she know?",
            "PostgreSQL, MySQL and Redis",
            ["Storage: relational databases (PostgreSQL, MySQL), caching (Redis)"],
        ),
        (
            "which companies has she worked for?",
            "Fenwick Parcels and Copperleaf Dairies",
            [
                "Data Engineer, Fenwick Parcels, Lowbridge (2019 – present)",
                "Analyst, Copperleaf Dairies, Lowbridge (2015 – 2019)",
            ],
        ),
        (
            "which universities did she attend?",
            "University of Lowbridge",
            ["MSc Statistics, University of Lowbridge, 2015"],
        ),
    ],
    ids=["label", "bracket", "section", "kind and section", "kind", "employers", "places of learning"],
)
def test_a_list_names_its_members_and_quotes_what_makes_them_such(
    mira: Profile, question: str, named: str, quotes: list[str]
) -> None:
    answer = mira.ask(question)
    assert lead(answer) == named
    assert [citation.quote for citation in answer.citations] == quotes
    assert answer.verdict is None


def test_entries_that_say_what_they_are_are_members_with_what_is_told_of_them(mira: Profile) -> None:
    answer = mira.ask("which workflow orchestrators does she know?")
    assert lead(answer) == "Airflow and Dagster (basics)"
    assert "Used for every load since 2019." in answer.answer
    assert set(sources(answer).values()) == {"tools.md"}


def test_every_quote_of_a_list_stands_in_its_file_at_its_lines(mira: Profile) -> None:
    for question in ("which languages does she speak?", "which databases does she know?", "what does she avoid?"):
        for citation in mira.ask(question).citations:
            lines = MIRA[citation.source].splitlines()[citation.start_line - 1 : citation.end_line]
            for line in citation.quote.splitlines():
                assert line in "\n".join(lines).replace("**", "")


def test_a_member_that_another_document_limits_is_told_with_both_quotes(mira: Profile) -> None:
    answer = mira.ask("which programming languages does she know?")
    assert lead(answer) == "Python, Scala and SQL"
    assert [conflict.target for conflict in answer.conflicts] == ["Scala"]
    assert sources(answer) == {
        "Programming languages: Python, Scala, SQL": "profile.md",
        "Haven't built anything for production in Scala; I read it.": "tools.md",
    }


def test_what_she_avoids_is_no_member_of_what_she_uses(mira: Profile) -> None:
    assert lead(mira.ask("what does she avoid?")) == "Scala and Tableau"
    assert "Tableau" not in mira.ask("which BI tools does she use?").answer


@pytest.mark.parametrize(
    "question",
    [
        "which workflow orchestrators does she know besides Airflow?",
        "which workflow orchestrators besides Airflow does she know?",
        "which workflow orchestrators other than Airflow has she used?",
    ],
)
def test_what_is_known_already_is_left_out(mira: Profile, question: str) -> None:
    answer = mira.ask(question)
    assert "Dagster" in answer.answer
    assert "Airflow" not in answer.answer


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("how many programming languages does she know?", "Three: Python, Scala and SQL"),
        ("how many languages does she speak?", "Three: Finnish, English and Swedish"),
        ("How many relational databases does she know?", "Two: PostgreSQL and MySQL"),
    ],
)
def test_how_many_is_answered_by_counting_the_members(mira: Profile, question: str, counted: str) -> None:
    assert lead(mira.ask(question)) == counted


@pytest.mark.parametrize(
    "question",
    [
        "which musical instruments does she play?",
        "which cloud providers does she know?",
        "which design awards has she won?",
        "which frontend frameworks does she use?",
        "how many dogs does she have?",
        "how many cloud providers does she know?",
    ],
)
def test_nothing_is_invented_for_what_is_not_listed(mira: Profile, question: str) -> None:
    answer = mira.ask(question)
    assert answer.abstained
    assert not answer.citations


def test_documents_that_say_nothing_of_a_kind_give_no_members(tmp_path: Path) -> None:
    with open_profile(tmp_path, {"bio.txt": "Jory Pellam keeps bees on a roof. He sells honey.\n"}) as jory:
        for question in ("which programming languages does he know?", "which companies has he worked for?"):
            assert jory.ask(question).abstained


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("which fields does he come from?", "joinery and restoration"),
        ("what kinds of clients does he serve?", "curators, collectors and dealers"),
        ("which languages does he speak?", "Welsh, English and Irish"),
        ("which genres has he written?", "essays, pamphlets and manuals"),
        ("which restoration models does he use?", "minimal and full"),
        ("what rust removers does he use?", "Evapo-Rust and WD-40"),
        ("which costs make up the full repair price?", "labour, timber, transport and glue"),
        ("for what kinds of places has he built Windsor chairs?", "country inns, village schools and town halls"),
    ],
)
def test_members_told_in_passing_are_found(tmp_path: Path, question: str, named: str) -> None:
    with open_profile(tmp_path, {"osian.md": OSIAN}) as osian:
        assert lead(osian.ask(question)) == named


# --- enumerations -------------------------------------------------------------------------------------


def is_word(word: str) -> bool:
    return word in {"use", "paint", "good", "tools"}


def enumerated(markdown: str) -> list[tuple[str, str, list[str]]]:
    """What is listed, by form and label."""
    found = enumerations_of(chunks_of(markdown), is_word)
    return [(item.form, item.label, [member.name for member in item.members]) for item in found]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("- Looms: Dobby, Jacquard", ("label", "Looms", ["Dobby", "Jacquard"])),
        ("- hand looms (Dobby, Jacquard)", ("bracket", "hand looms", ["Dobby", "Jacquard"])),
        ("She owns looms such as Dobby and Jacquard.", ("examples", "She owns looms", ["Dobby", "Jacquard"])),
        ("She uses dobbies, inkles, and other looms.", ("examples", "looms", ["dobbies", "inkles"])),
        ("- Weaving: plain, twill, satin weaves", ("examples", "weaves", ["plain", "twill", "satin weaves"])),
        ("- Shops that sell by the yard (linen, wool)", ("bracket", "the yard", ["linen", "wool"])),
        ("- Weaves cloth with Dobby and Jacquard", ("purpose", "Weaves cloth", ["Dobby", "Jacquard"])),
        ("**Dobby**\nHand loom for narrow cloth.", ("definition", "Hand loom", ["Dobby"])),
        ("## Looms\n\n- Dobby", ("section", "Looms", ["Dobby"])),
    ],
    ids=["label", "bracket", "examples", "others", "shared noun", "relative", "purpose", "definition", "section"],
)
def test_what_stands_together_is_found_under_the_words_that_say_what_it_is(
    markdown: str, expected: tuple[str, str, list[str]]
) -> None:
    assert expected in enumerated(markdown)


def test_the_persons_own_fields_are_no_lists() -> None:
    assert not [item for item in enumerated("- **Name:** Jory, Pellam") if item[0] == "label"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("oak, ash and elm", ["oak", "ash", "elm"]),
        ("oak (red, white), ash", ["oak (red, white)", "ash"]),
        ("oak and ash, but never elm", ["oak", "ash"]),
        ("oak, ash, etc.", ["oak", "ash"]),
        ("oak, ash, and elm for chairs, tables, and stools", ["oak", "ash", "elm"]),
        ("oak vs. ash vs. elm vs. plain pine based on weight and price", ["oak", "ash", "elm", "plain pine"]),
        (
            "oak, ash (the pale kind from the hills) rather than anything that was grown for show",
            ["oak", "ash (the pale kind from the hills)"],
        ),
        ("what warps when it dries, splits, or rots", ["what warps when it dries", "splits", "rots"]),
        ("— oak, ash, and elm", ["oak", "ash", "elm"]),
        ("", []),
    ],
)
def test_items_are_split_outside_brackets_and_remarks_left_out(text: str, names: list[str]) -> None:
    assert [item.name for item in split_items(text)] == names


@given(st.text(alphabet="ab A,;()[] and.“”", max_size=60))
def test_items_stand_where_they_are_said_to_stand(text: str) -> None:
    for item in split_items(text):
        assert item.name in text[item.start : item.end]


def test_a_title_gives_each_of_its_names_without_the_years() -> None:
    assert names_of_title("Dobby / Jacquard") == ["Dobby", "Jacquard"]
    assert names_of_title("Kettle Prize, 2019") == ["Kettle Prize"]


@pytest.mark.parametrize(
    ("text", "is_name"),
    [("Jacquard", True), ("num2words", True), ("narrow cloth", False), ("", False), ("the Jacquard loom", True)],
)
def test_names_are_known_by_how_they_are_written(text: str, is_name: bool) -> None:
    assert looks_like_name(text, is_word) == is_name


def test_an_ordinary_word_where_a_sentence_begins_is_no_name() -> None:
    assert not looks_like_name("Use", is_word, is_initial=True)
    assert looks_like_name("Jacquard", is_word, is_initial=True)


# --- kinds, employers and posts -----------------------------------------------------------------------


def test_a_kind_is_found_by_other_words_for_it() -> None:
    kind = kind_called("plotting libs")
    assert kind is not None
    assert kind == kind_called("plotting libraries")
    assert kind_called("musical instruments") is None


def test_a_name_belongs_to_its_kinds_and_longer_names_are_something_else() -> None:
    assert kinds_of("PostgreSQL")
    assert kinds_of("PostgreSQL") == kinds_of("postgres")
    assert kinds_of("Dobby") == ()
    assert any("SQL" in name for name in longer_names("SQL"))
    assert "SQL" not in longer_names("SQL")


def test_the_words_that_only_ask_for_members_say_nothing_of_what_is_wanted() -> None:
    assert core_of("tools and technologies") == ()
    assert core_of("weaving tools") == core_of("weaving")


def test_employers_are_those_she_worked_for_and_schools_those_she_learnt_at() -> None:
    chunks = chunks_of(MIRA["profile.md"])
    assert [name for name, _ in find_organisations("companies", chunks, PERSON)] == [
        "Fenwick Parcels",
        "Copperleaf Dairies",
    ]
    assert [name for name, _ in find_organisations("universities", chunks, PERSON)] == ["University of Lowbridge"]
    posts = dict.fromkeys(name.split(",")[0] for name, _ in find_positions(chunks))
    assert list(posts) == ["Data Engineer", "Analyst"]


@pytest.mark.parametrize(
    ("text", "employers"),
    [
        ("Mira worked at Osterby Looms for two years.", ["Osterby Looms"]),
        ("She joined Osterby Looms in 2011.", ["Osterby Looms"]),
        ("She has never worked at Osterby Looms.", []),
        ("She works at large scale.", []),
        ("Osterby Looms makes cloth.", []),
    ],
)
def test_an_employer_in_prose_is_one_she_is_said_to_have_worked_for(text: str, employers: list[str]) -> None:
    assert [name for name, _ in find_organisations("companies", chunks_of(text), PERSON)] == employers
