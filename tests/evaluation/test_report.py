"""The report: the same each time, one HTML file that calls nobody, JUnit, gates, and the comparison with a baseline."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.evaluation.robin import DOCUMENTS, make_answer, make_case, write_cases

from profile_rag.errors import DatasetError
from profile_rag.evaluation import evaluate, load_cases
from profile_rag.evaluation.baseline import compare, load_report
from profile_rag.evaluation.dataset import Case
from profile_rag.evaluation.figures import FIGURES
from profile_rag.evaluation.gates import load_gates
from profile_rag.evaluation.junit import render_junit
from profile_rag.evaluation.page import render_page
from profile_rag.evaluation.report import Report, add_baseline, add_gates, make_report
from profile_rag.evaluation.table import failures, notes
from profile_rag.profile import Profile
from profile_rag.schema import Answer

ROOT = Path(__file__).parents[2]
HOSTILE = "</details><script>alert(1)</script><img src=http://evil.invalid/x.png> & \x00\ud800"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Case]:
    return load_cases(write_cases(tmp_path_factory.mktemp("robin")) / "cases")


@pytest.fixture(scope="module")
def report(cases: Sequence[Case], robin_profile: Profile) -> Report:
    return make_report(evaluate(cases, robin_profile, corpus=DOCUMENTS))


@pytest.fixture(scope="module")
def hostile() -> Report:
    case = make_case(
        "hostile", question=HOSTILE, corpus=HOSTILE, conflict=HOSTILE, must_say=(HOSTILE,), tags=(HOSTILE,)
    )
    return make_report(evaluate([case], lambda question, history: make_answer(HOSTILE)))


def without_timings(report: Report) -> str:
    return json.dumps({key: value for key, value in report.items() if key != "timings"})


def test_two_runs_and_any_order_of_cases_give_the_same_report(
    cases: Sequence[Case], robin_profile: Profile, report: Report
) -> None:
    shuffled = list(cases)
    random.Random(1).shuffle(shuffled)  # noqa: S311  # no secret
    again = make_report(evaluate(shuffled, robin_profile, corpus=DOCUMENTS))
    assert without_timings(again) == without_timings(report)


def test_a_library_run_measures_answers_quotes_and_retrieval(report: Report) -> None:
    figures = {name: cell["value"] for name, cell in report["figures"]["all"].items()}
    assert report["cases"] == 5
    for name in ("right", "evidence_recall", "quote_validity", "conflict_recall", "list_coverage", "follow_ups_right"):
        assert figures[name] == 1.0, name
    assert 0 < figures["ndcg_at_10"] <= 1
    assert figures["citation_recall_check"] is None
    assert report["figures"]["list"]["list_coverage"]["scored"] == 1
    assert report["verdicts"]["counts"][1] == [0, 1, 0, 0, 0]


def test_a_report_is_strict_json(report: Report, hostile: Report) -> None:
    for values in (report, hostile):
        text = json.dumps(values, allow_nan=False)
        assert json.dumps(json.loads(text)) == text


# --- HTML -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What tags and attributes a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = {"src", "href", "action", "data", "srcset", "poster", "xlink:href", "style"}
        self.addresses += [value or "" for name, value in attrs if name in named or name.startswith("on")]


def test_the_page_is_one_file_that_calls_nobody(report: Report) -> None:
    text = render_page(report)
    page = Page(text)
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    style = text.split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|https?:", style)


def test_the_page_holds_every_case_with_what_was_asked_said_and_expected(report: Report) -> None:
    text = render_page(report)
    assert text.count('<details class="case') == report["cases"]
    for words in (
        "and Flink?",
        "Understood as",
        "Can she do Flink?",
        "event pipelines (Kafka, Flink)",
        "profile.md:10",
    ):
        assert words in text
    assert text.count("<svg") == 5
    assert "**" not in text.split("<main>")[1]


def test_markup_of_a_question_is_text(hostile: Report) -> None:
    page = Page(render_page(hostile))
    assert not {"script", "img"} & set(page.tags)
    assert page.tags.count("details") == 1


def test_a_run_of_nothing_is_a_page_too() -> None:
    assert "0 cases" in render_page(make_report(evaluate([], lambda question, history: make_answer())))


# --- JUnit ----------------------------------------------------------------------------------------


def test_junit_has_a_test_for_every_case_and_the_reason_of_a_failure(report: Report, hostile: Report) -> None:
    suites = ET.fromstring(render_junit(report))  # noqa: S314  # our own text
    assert [suite.attrib["tests"] for suite in suites] == ["5"]
    assert suites.findall(".//failure") == []
    failed = ET.fromstring(render_junit(hostile)).find(".//failure")  # noqa: S314  # our own text
    assert failed is not None
    assert "It does not tell that the documents disagree" in failed.attrib["message"]


# --- gates ----------------------------------------------------------------------------------------


def gate_file(folder: Path, text: str) -> Path:
    (folder / "gates.toml").write_text(text, encoding="utf-8")
    return folder / "gates.toml"


@pytest.mark.parametrize(
    ("gate", "is_open"),
    [
        ("figure = 'quote_validity'\nminimum = 1.0", True),
        ("figure = 'cited_characters'\nmaximum = 10", False),
        ("figure = 'right'\nover = 'list'\nminimum = 1", True),
        ("figure = 'abstention_f1'\nover = 'list'\nminimum = 1", True),
        ("figure = 'right'\nover = 'nowhere'\nminimum = 1", True),
    ],
    ids=["met", "missed", "by kind", "nothing to score", "no such cases"],
)
def test_a_gate_shuts_only_where_a_figure_misses_it(tmp_path: Path, report: Report, gate: str, is_open: bool) -> None:
    own = copy.deepcopy(report)
    assert add_gates(own, load_gates(gate_file(tmp_path, f"[[gate]]\n{gate}"))) is is_open
    assert ("shut" in render_page(own)) is not is_open
    assert any("Gate shut" in line for line in notes(own)) is not is_open


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("gate = 3", "is no list"),
        ("[[gate]\n", "cannot be read"),
        ("[[gate]]\nfigure = 'beauty'\nminimum = 1", "gate 1: unknown figure beauty"),
        ("[[gate]]\nfigure = 'right'", "gate 1: needs a number"),
        ("[[gate]]\nfigure = 'right'\nminimum = 'much'", "gate 1: needs a number"),
        ("[[gate]]\nfigure = 'right'\nleast = 1", "gate 1: unknown field least"),
    ],
)
def test_a_bad_gate_is_named_with_its_file(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DatasetError, match=r"gates\.toml") as caught:
        load_gates(gate_file(tmp_path, text))
    assert problem in str(caught.value)


def test_the_gates_of_this_project_say_why_they_stand() -> None:
    gates = load_gates(ROOT / "eval" / "gates.toml")
    assert all(gate.why for gate in gates)
    hard = [gate for gate in gates if gate.figure == "quote_validity"]
    assert [(gate.over, gate.minimum) for gate in hard] == [("all", 1.0)]


# --- baseline -------------------------------------------------------------------------------------


def spoilt(answer: Answer) -> Answer:
    return replace(answer, abstained=True, verdict="not_stated", citations=(), claims=())


def test_against_itself_a_report_neither_rose_nor_fell(report: Report) -> None:
    own = copy.deepcopy(report)
    assert add_baseline(own, compare(report, own))
    assert (own["baseline"]["better"], own["baseline"]["worse"], own["baseline"]["shared"]) == ([], [], 5)
    assert {cell["value"] for cell in own["baseline"]["figures"].values()} == {0.0, None}
    assert "No figure changed" in render_page(own)


def test_a_real_fall_is_told_with_the_cases_that_got_worse(
    cases: Sequence[Case], robin_profile: Profile, report: Report
) -> None:
    worse = make_report(evaluate(cases, lambda question, history: spoilt(robin_profile.ask(question, history=history))))
    assert not add_baseline(worse, compare(report, worse))
    assert worse["baseline"]["worse"] == ["databases", "flink", "kafka", "set-aside"]
    assert worse["baseline"]["figures"]["over_refusal"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "scored": 4, "fall": True
    }  # fmt: skip
    better = copy.deepcopy(report)
    assert add_baseline(better, compare(worse, better))
    assert len(better["baseline"]["better"]) == 4


def test_a_comparison_counts_the_cases_that_only_one_run_has(report: Report) -> None:
    less: dict[str, Any] = report | {"results": report["results"][1:]}
    comparison = compare(less, report)
    assert (comparison.shared, comparison.only_now, comparison.only_before) == (4, 1, 0)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "profile-rag/answer/1", "results": []}'])
def test_what_is_no_report_is_no_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(DatasetError, match=r"old\.json"):
        load_report(tmp_path / "old.json")


# --- words ----------------------------------------------------------------------------------------


def test_a_failing_case_is_told_in_words(hostile: Report) -> None:
    told = "\n".join(failures(hostile))
    assert "hostile [capability]" in told
    assert "It does not say" not in told  # the hostile words are there


def test_every_figure_is_explained() -> None:
    explained = (ROOT / "eval" / "README.md").read_text(encoding="utf-8")
    for figure in FIGURES:
        assert f"`{figure.name}`" in explained, figure.name
