"""Figures: what each answer adds to them, and that odd answers are measured without ado."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluation.robin import DOCUMENTS, LIMITED, STREAMING, abstention, cite, gold, make_answer, make_case

from profile_rag.evaluation import evaluate
from profile_rag.evaluation.attribution import attribute_by_check, statements_of
from profile_rag.evaluation.dataset import Case
from profile_rag.evaluation.metrics import score_answer
from profile_rag.evaluation.report import make_report
from profile_rag.evaluation.results import Evaluation
from profile_rag.evaluation.retrieved import Ranks, rank_pieces
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.schema import Answer, Claim, Support

SILENT = make_case("silent", verdicts=("not_stated",))
SPOKEN = make_case("spoken", quotes=(gold(STREAMING),))
GOOD = make_answer(
    f"Yes: “{STREAMING}” [1].",
    citations=(cite(1, STREAMING),),
    claims=(Claim(f"Yes: “{STREAMING}”", (1,), "quoted", 1.0),),
)


def run(*pairs: tuple[Case, Answer]) -> Evaluation:
    answers = iter([answer for _, answer in pairs])
    return evaluate([case for case, _ in pairs], lambda question, history: next(answers), corpus=DOCUMENTS)


def value(evaluation: Evaluation, name: str) -> float | None:
    return evaluation.figures()[name].value


# --- single answers -------------------------------------------------------------------------------


def test_a_right_abstention_is_all_that_its_case_asks_for() -> None:
    score = score_answer(SILENT, abstention())
    assert score.is_right
    assert (score.evidence_recall, score.by_gold.recall, score.grounded) == (None, None, None)
    assert value(run((SILENT, abstention())), "right") == 1.0


def test_where_silence_is_one_of_several_right_answers_it_needs_no_evidence() -> None:
    either = make_case(verdicts=("no", "not_stated"), any_quotes=(gold(STREAMING),), members=("Flink",))
    assert score_answer(either, abstention()).is_right
    assert not score_answer(either, make_answer("No.", verdict="no")).is_right


def test_a_good_answer_is_right_in_every_figure() -> None:
    figures = run((SPOKEN, GOOD)).figures()
    for name in ("right", "evidence_recall", "citation_precision_gold", "citation_recall_gold", "quote_validity"):
        assert figures[name].value == 1.0, name


def test_words_that_are_missing_or_forbidden_make_an_answer_wrong() -> None:
    assert not score_answer(replace(SPOKEN, must_say=("Rust",)), GOOD).is_right
    assert not score_answer(replace(SPOKEN, must_not_say=("Flink",)), GOOD).is_right


def test_a_conflict_that_is_not_there_makes_an_answer_wrong(robin_kafka: Answer) -> None:
    calm = make_case(verdicts=("partly",))
    assert score_answer(replace(calm, conflict="they differ"), robin_kafka).is_right
    assert not score_answer(calm, robin_kafka).is_right
    assert value(run((calm, robin_kafka)), "false_conflicts") == 1.0


def test_citation_precision_by_gold_counts_the_citations_that_are_beside_the_point() -> None:
    both = replace(GOOD, citations=(cite(1, STREAMING), cite(2, "Languages: Python, Rust")))
    score = score_answer(SPOKEN, both)
    assert (score.by_gold.precision, score.by_gold.recall, score.evidence_recall) == (0.5, 1.0, 1.0)


ODD = {
    "empty": make_answer(""),
    "blank": make_answer(" \n\t"),
    "10,000 words": make_answer("Kafka and more of it. " * 2000),
    "another language": make_answer("Она знает Kafka, 但她没有在生产环境中使用过它。"),
    "no citations": make_answer("Yes. She has done it for years."),
    "marks that point nowhere": make_answer("Yes [7]. She has [8]."),
    "a quote that is nowhere": make_answer(
        "Yes [1].", citations=(replace(cite(1, STREAMING), quote="She invented Kafka."),)
    ),
    "offsets beyond the file": make_answer("Yes [1].", citations=(replace(cite(1, STREAMING), end_char=10**9),)),
    "a file that is not there": make_answer("Yes [1].", citations=(replace(cite(1, STREAMING), source="../x.md"),)),
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("case", [SILENT, SPOKEN], ids=lambda case: case.id)
def test_an_odd_answer_is_measured_and_never_right(case: Case, answer: Answer) -> None:
    evaluation = run((case, answer))
    assert value(evaluation, "failed") == 0.0
    assert value(evaluation, "right") == 0.0
    for figure in evaluation.figures().values():
        assert figure.value is None or (isfinite(figure.value) and figure.value >= 0)
    assert make_report(evaluation)["results"][0]["why"]


def test_an_answer_without_citations_stands_on_nothing() -> None:
    score = score_answer(SPOKEN, ODD["no citations"])
    assert (score.by_gold.recall, score.by_gold.precision, score.grounded) == (0.0, None, None)
    assert [statement.text for statement in statements_of(ODD["no citations"])] == [
        "Yes.",
        "She has done it for years.",
    ]


# --- quotes ---------------------------------------------------------------------------------------


def test_a_quote_stands_where_it_stands_and_nowhere_else() -> None:
    reader = QuoteReader(DOCUMENTS)
    citation = cite(1, LIMITED, "notes.md")
    assert reader.stands(citation)
    assert not reader.stands(replace(citation, start_line=citation.start_line - 1))
    assert not reader.stands(replace(citation, start_char=citation.start_char + 1))
    assert not reader.stands(replace(citation, quote=LIMITED.replace("Haven't", "Have")))
    assert not reader.stands(replace(citation, source="profile.md"))


def test_a_quote_may_have_lost_its_markup() -> None:
    citation = cite(1, "**Kubernetes** (basics)", "notes.md")
    assert QuoteReader(DOCUMENTS).stands(replace(citation, quote="Kubernetes (basics)"))


def test_a_citation_of_a_file_outside_the_folder_does_not_stand() -> None:
    outside = replace(cite(1, STREAMING), source=str(DOCUMENTS / "profile.md"))
    assert not QuoteReader(DOCUMENTS.parent / "other").stands(outside)


# --- the grounding check --------------------------------------------------------------------------


@dataclass(frozen=True)
class WordChecked:
    support: Support


class WordChecker:
    """Supports a text all of whose words stand in the evidence."""

    def check(self, text: str, evidence: Sequence[str], *, question: str = "") -> list[WordChecked]:
        known = set(" ".join(evidence).lower().split())
        return [WordChecked("supported" if set(text.lower().split()) <= known else "unsupported")]


def cited(text: str, *quotes: str) -> Answer:
    base = cite(1, STREAMING)
    citations = tuple(replace(base, id=number, quote=quote) for number, quote in enumerate(quotes, start=1))
    claim = Claim(text, tuple(range(1, len(quotes) + 1)), "supported", 0.9)
    return make_answer(text, citations=citations, claims=(claim,))


@pytest.mark.parametrize(
    ("quotes", "recall", "precision"),
    [
        (("kafka and flink",), 1.0, 1.0),
        (("kafka and", "flink and"), 1.0, 1.0),
        (("kafka and flink", "rust"), 1.0, 0.5),
        (("kafka and flink", "flink and kafka"), 1.0, 1.0),
        (("rust",), 0.0, 0.0),
        ((), 0.0, None),
    ],
    ids=["one carries it", "two together", "one is idle", "either alone", "neither", "none"],
)
def test_a_citation_counts_if_the_statement_needs_it_or_it_is_enough(
    quotes: tuple[str, ...], recall: float, precision: float | None
) -> None:
    attribution = attribute_by_check(cited("kafka and flink", *quotes), WordChecker())
    assert (attribution.recall, attribution.precision) == (recall, precision)


def test_with_a_checker_it_and_not_the_engine_says_what_is_grounded() -> None:
    answer = cited("kafka and flink", "rust")
    assert score_answer(SPOKEN, answer).grounded
    assert score_answer(SPOKEN, answer, checker=WordChecker()).grounded is False


# --- retrieval ------------------------------------------------------------------------------------


def test_a_piece_is_found_at_the_best_rank_of_what_serves() -> None:
    holds = [[False, False, True], [True, False, False], [False, True, False]]
    assert rank_pieces(holds, [(0,), (1, 2)]) == Ranks((2, 1))
    assert rank_pieces(holds, []) is None
    assert rank_pieces([], [(0,)]) == Ranks((None,))


def test_figures_of_retrieval_are_those_of_the_textbook() -> None:
    ranks = Ranks((1, 3, None))
    assert (ranks.recall_at(1), ranks.recall_at(3), ranks.reciprocal) == (1 / 3, 2 / 3, 1.0)
    assert ranks.ndcg_at(10) == pytest.approx((1 + 1 / 2) / (1 + 1 / 1.5849625 + 1 / 2))
    assert Ranks((2, 2)).ndcg_at(10) == pytest.approx(1 / 1.5849625)
    assert Ranks((1, 1)).ndcg_at(10) == 1.0
    assert (Ranks((None,)).reciprocal, Ranks((None,)).ndcg_at(10)) == (0.0, 0.0)


@given(st.lists(st.none() | st.integers(1, 60), min_size=1, max_size=8))
def test_a_share_of_retrieval_lies_between_nothing_and_all(ranks: list[int | None]) -> None:
    found = Ranks(tuple(ranks))
    for share in (found.recall_at(5), found.recall_at(10), found.reciprocal, found.ndcg_at(10)):
        assert 0 <= share <= 1 + 1e-9
    assert found.recall_at(5) <= found.recall_at(10)


# --- abstention -----------------------------------------------------------------------------------


def test_abstention_is_counted_over_the_cases_where_only_one_thing_is_right() -> None:
    either = make_case("either", verdicts=("no", "not_stated"))
    evaluation = run((SILENT, abstention()), (replace(SILENT, id="x"), GOOD), (SPOKEN, abstention()), (either, GOOD))
    shown = {name: value(evaluation, name) for name in ("abstention_precision", "abstention_recall", "abstention_f1")}
    assert shown == {"abstention_precision": 0.5, "abstention_recall": 0.5, "abstention_f1": 0.5}
    assert (value(evaluation, "over_refusal"), value(evaluation, "false_answers")) == (1.0, 0.5)


def test_where_nothing_is_asked_of_a_figure_it_is_unknown_and_not_nought() -> None:
    figures = run((SILENT, abstention())).figures()
    for name in ("evidence_recall", "quote_validity", "over_refusal", "conflict_recall", "ndcg_at_10"):
        assert (figures[name].value, figures[name].low, figures[name].scored) == (None, None, 0)


def test_an_engine_that_fails_is_a_row() -> None:
    def fail(question: str, history: Sequence[str]) -> Answer:
        raise RuntimeError(f"no {question}")

    report = make_report(evaluate([SILENT], fail))
    assert report["figures"]["all"]["failed"]["value"] == 1.0
    assert report["figures"]["all"]["right"] == {"value": None, "low": None, "high": None, "scored": 0, "unscored": 1}
    assert report["results"][0]["why"] == ["The engine failed: RuntimeError: no Kafka?."]
