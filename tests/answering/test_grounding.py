"""Claims are held against evidence: what is quoted, said in other words, changed or made up."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_rag.answering.grounding import CheckedClaim, GroundingChecker
from profile_rag.models import Embedder

KAFKA = "Haven't built production Kafka systems; I've mostly consumed them."
DOCKER = "Skills > Docker: Have run services in Docker for 5 years, at Acme in Bonn."
FRENCH = "Languages: French: basic, can follow a meeting but does not lead one"


@pytest.fixture(scope="module")
def checker(embedder: Embedder) -> GroundingChecker:
    return GroundingChecker(embedder, known=("robin",))


def check(checker: GroundingChecker, text: str, *evidence: str) -> CheckedClaim:
    [claim] = checker.check(text, evidence)
    return claim


def marked(claim: CheckedClaim, text: str) -> list[str]:
    return [text[start:end] for start, end in claim.unsupported]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("He has run services in Docker for five years.", DOCKER),
        ("Robin has run services in Docker for 5 years at Acme.", DOCKER),
        ("He hasn't built production Kafka systems; he has mostly consumed them.", KAFKA),
        ("His French is basic; he can follow a meeting.", FRENCH),
    ],
)
def test_what_the_evidence_says_is_supported(checker: GroundingChecker, text: str, evidence: str) -> None:
    claim = check(checker, text, evidence)
    assert claim.support == "supported", claim
    assert claim.unsupported == ()
    assert claim.evidence[0].index == 0


@pytest.mark.parametrize(
    ("text", "evidence", "reason", "words"),
    [
        ("He has run services in Docker for 8 years.", DOCKER, "number", ["8"]),
        ("He has run services in Docker for five months.", DOCKER, "unit", ["five"]),
        ("He has run services in Podman for 5 years.", DOCKER, "name", ["Podman"]),
        ("He has run services in Docker for 5 years, at Globex in Bonn.", DOCKER, "name", ["Globex"]),
        ("He has built production Kafka systems.", KAFKA, "negation", ["built", "production", "Kafka", "systems"]),
        ("He has never run services in Docker.", DOCKER, "negation", ["never"]),
        ("He is an expert who has run services in Docker for 5 years.", DOCKER, "level", ["expert"]),
        ("He prefers loops over vectors.", "Prefer vectors over loops.", "comparison", ["loops", "vectors"]),
        ("Cut the costs, which increased by 5 %.", "Cut the costs, which decreased by 5 %.", "contrary", ["increased"]),
    ],
)
def test_a_single_change_is_found_and_its_words_are_marked(
    checker: GroundingChecker, text: str, evidence: str, reason: str, words: list[str]
) -> None:
    claim = check(checker, text, evidence)
    assert claim.support == "unsupported", claim
    assert reason in claim.reasons
    assert set(words) <= set(marked(claim, text))
    assert claim.score <= 0.1


def test_a_quotation_stands_to_the_letter_or_the_words_that_differ_are_marked(checker: GroundingChecker) -> None:
    assert check(checker, f"In his words: “{KAFKA}”", KAFKA).support == "quoted"
    text = "In his words: “Haven't built production Flink systems; I've mostly consumed them.”"
    claim = check(checker, text, KAFKA)
    assert claim.support == "unsupported"
    assert marked(claim, text) == ["Flink"]


def test_a_denial_left_out_of_a_quotation_is_found(checker: GroundingChecker) -> None:
    claim = check(checker, "He says “built production Kafka systems; I've mostly avoided them.”", KAFKA)
    assert claim.support == "unsupported"


def test_a_sentence_made_up_is_unsupported(checker: GroundingChecker) -> None:
    text = "She founded a bakery in Lisbon."
    claim = check(checker, text, DOCKER, KAFKA)
    assert claim.support == "unsupported"
    assert {"bakery", "Lisbon"} <= set(marked(claim, text))


def test_that_the_documents_are_silent_is_true_of_what_they_do_not_hold(checker: GroundingChecker) -> None:
    assert check(checker, "The documents don't mention Terraform.", DOCKER).support == "supported"
    assert check(checker, "The documents don't mention Docker.", DOCKER).support == "unsupported"


def test_a_term_in_quotation_marks_is_mentioned_or_not_like_any_other(checker: GroundingChecker) -> None:
    assert check(checker, "The documents don't mention “Terraform”.", DOCKER).support == "supported"
    assert check(checker, "The documents don't mention “the cloud of Acme”.", DOCKER).support == "supported"
    assert check(checker, "The documents don't mention “Docker”.", DOCKER).support == "unsupported"


def test_what_somebody_is_quoted_as_not_knowing_is_a_quotation(checker: GroundingChecker) -> None:
    assert check(checker, f"He says he does not list it: “{KAFKA}”", KAFKA).support == "quoted"


def test_the_end_of_a_claim_longer_than_the_model_reads_is_checked(checker: GroundingChecker) -> None:
    text = "He has run services in Docker" + ", services in Docker" * 200 + ", and founded a bakery in Lisbon."
    claim = check(checker, text, DOCKER)
    assert not claim.is_supported
    assert {"bakery", "Lisbon"} <= set(marked(claim, text))


def test_the_end_of_a_sentence_longer_than_the_model_reads_is_evidence(checker: GroundingChecker) -> None:
    evidence = "He has run services in Docker" + ", written Python and Go" * 200 + ", and founded a bakery in Lisbon."
    claim = check(checker, "He founded a bakery in Lisbon.", evidence)
    assert claim.support == "supported"
    [span, *_] = claim.evidence
    assert "bakery in Lisbon" in evidence[span.start : span.end]


@pytest.mark.parametrize(
    "text",
    [
        "He runs it." + " " * 20_000 + "x",
        "“a" + " " * 20_000 + "b”",
        "He has 3 things: a" + "\t" * 20_000 + "b",
        "“" * 20_000,
        "“a b c” " * 2_000,
        '"a b c" ' * 2_000,
        "not; " * 3_000,
        "“" + "a b c d " * 2_000 + "”",
    ],
    ids=["spaces", "quoted spaces", "tabs", "open", "quotes", "plain quotes", "denials", "long quote"],
)
def test_hostile_text_is_checked_in_a_moment(checker: GroundingChecker, text: str) -> None:
    start = time.perf_counter()
    checker.check(text, ["a b a c a d " * 300, DOCKER])
    assert time.perf_counter() - start < 5  # what gave back took minutes


def test_a_claim_is_held_to_what_it_cites(checker: GroundingChecker) -> None:
    text = "He has run services in Docker for five years [2]."
    [claim] = checker.check(text, [DOCKER, KAFKA], cited={1: 0, 2: 1})
    assert claim.support == "partial"
    assert claim.reasons == ("citation",)
    [claim] = checker.check(text, [DOCKER, KAFKA], cited={1: 1, 2: 0})
    assert claim.support == "supported"


def test_a_mark_that_points_nowhere_supports_nothing(checker: GroundingChecker) -> None:
    [claim] = checker.check("He has run services in Docker for five years [7].", [DOCKER], cited={1: 0})
    assert not claim.is_supported


def test_without_evidence_nothing_is_supported(checker: GroundingChecker) -> None:
    claim = check(checker, "He knows Kafka.")
    assert (claim.support, claim.score, claim.evidence) == ("unsupported", 0.0, ())


def test_an_empty_answer_claims_nothing(checker: GroundingChecker) -> None:
    checked = checker.check_answer(" \n", [DOCKER])
    assert (checked.claims, checked.score) == ((), 1.0)


def test_an_answer_of_ten_thousand_words_is_checked(checker: GroundingChecker) -> None:
    checked = checker.check_answer("He has run services in Docker for five years. " * 1250, [DOCKER])
    assert len(checked.claims) == 1250


def test_an_answer_in_another_language_is_not_taken_for_supported(checker: GroundingChecker) -> None:
    assert not check(checker, "Er leitet seit Jahren eine Bäckerei in Lissabon.", DOCKER).is_supported


def test_the_same_answer_has_the_same_result_each_time(checker: GroundingChecker) -> None:
    text = "He has run services in Docker for eight years. He likes it."
    assert checker.check_answer(text, [DOCKER, KAFKA]) == checker.check_answer(text, [DOCKER, KAFKA])


@given(st.text(max_size=120), st.lists(st.text(max_size=80), max_size=3))
@settings(max_examples=60)
def test_any_text_has_a_result_that_stands_in_it(checker: GroundingChecker, text: str, evidence: list[str]) -> None:
    for claim in checker.check(text, evidence):
        assert 0.0 <= claim.score <= 1.0
        assert 0 <= claim.start < claim.end <= len(text)
        assert all(claim.start <= start < end <= claim.end for start, end in claim.unsupported)
        assert all(0 <= span.start < span.end <= len(evidence[span.index]) for span in claim.evidence)
