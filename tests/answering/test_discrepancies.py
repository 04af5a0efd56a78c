"""Where a claim says something else than its evidence: each rule by itself, with what it has to let pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.alignment import Evidence, align
from profile_rag.answering.discrepancies import find_discrepancies, negated_words, numbers_in
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.models import Embedder

Found = dict[str, list[str]]


@pytest.fixture(scope="module")
def checker(embedder: Embedder) -> GroundingChecker:
    return GroundingChecker(embedder)


def differences(checker: GroundingChecker, text: str, *evidence: str) -> Found:
    """The kinds of difference found, each with the words of the claim that say it."""
    [(_, claim)] = checker.read_claims(text)
    pool: Evidence = checker.read_evidence(evidence)
    found: Found = {}
    for item in find_discrepancies(align(claim, pool), pool):
        found.setdefault(item.kind, []).extend(claim.words[index].text for index in item.words)
    return found


def kinds(checker: GroundingChecker, text: str, *evidence: str) -> set[str]:
    return set(differences(checker, text, *evidence))


# --- numbers and units ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit", "direction"),
    [
        ("5 years", 5, "year", 0),
        ("five yrs", 5, "year", 0),
        ("a dozen people", 12, "peopl", 0),
        ("12,500 users", 12500, "user", 0),
        ("12.5 percent", 12.5, "percent", 0),
        ("12.5%", 12.5, "percent", 0),
        ("30k users", 30_000, "user", 0),
        ("two million users", 2_000_000, "user", 0),
        ("3 billion", 3e9, "", 0),
        ("more than 40 clients", 40, "client", 1),
        ("40+ clients", 40, "client", 1),
        ("at most 40 clients", 40, "client", -1),
        ("fewer than forty clients", 40, "client", -1),
        ("7 engineers", 7, "people", 0),
        ("32KB", 32, "", 0),
    ],
)
def test_a_number_is_read_with_its_unit_and_whether_it_is_a_bound(
    text: str, value: float, unit: str, direction: int
) -> None:
    [number] = numbers_in(text)
    assert (number.value, number.direction) == (value, direction)
    assert number.unit.startswith(unit[:5])
    assert bool(number.unit) == bool(unit)


@pytest.mark.parametrize("text", ["one of them", "no one", "zero trust", "version v2beta", "phone"])
def test_what_only_looks_like_an_amount_is_none(text: str) -> None:
    assert list(numbers_in(text)) == []


@given(st.integers(min_value=0, max_value=10**9))
def test_a_number_is_the_same_with_and_without_separators(value: int) -> None:
    assert [item.value for item in numbers_in(f"about {value:,} rows")] == [value]
    assert [item.value for item in numbers_in(f"about {value} rows")] == [value]


@given(st.text(max_size=200))
def test_every_number_found_stands_where_it_says(text: str) -> None:
    for number in numbers_in(text):
        assert 0 <= number.start < number.end <= len(text)
        assert any(character.isalnum() for character in text[number.start : number.end])


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("He led five engineers.", "He led 5 engineers."),
        ("It serves 30,000 users.", "It serves 30k users."),
        ("Costs fell by 12 percent.", "Costs fell by 12%."),
        ("He led 5 people.", "He led five engineers."),
        ("He knows three: Redis, Kafka and Flink.", "He knows Redis, Kafka and Flink."),
        ("He builds B2B products.", "He builds B2B products."),
        ("He has more than 40 clients.", "He has 40+ clients."),
    ],
)
def test_the_same_amount_in_other_words_is_no_difference(checker: GroundingChecker, text: str, evidence: str) -> None:
    assert not {"number", "unit", "comparison"} & kinds(checker, text, evidence)


@pytest.mark.parametrize(
    ("text", "evidence", "kind", "words"),
    [
        ("He led six engineers.", "He led 5 engineers.", "number", ["six"]),
        ("It serves 300,000 users.", "It serves 30k users.", "number", ["300", "000"]),
        ("He worked there for 3 months.", "He worked there for 3 years.", "unit", ["3"]),
        ("Costs fell by 12 dollars.", "Costs fell by 12%.", "unit", ["12"]),
        ("He has fewer than 40 clients.", "He has more than 40 clients.", "comparison", ["40"]),
        ("He knows four: Redis, Kafka and Flink.", "He knows Redis, Kafka and Flink.", "number", ["four"]),
    ],
)
def test_another_amount_unit_or_bound_is_found(
    checker: GroundingChecker, text: str, evidence: str, kind: str, words: list[str]
) -> None:
    assert differences(checker, text, evidence)[kind] == words


# --- names and levels -----------------------------------------------------------------------------------


def test_a_name_that_stands_nowhere_is_found(checker: GroundingChecker) -> None:
    assert differences(checker, "He worked for Globex in Bonn.", "He worked for Acme in Bonn.")["name"] == ["Globex"]


def test_a_name_in_another_spelling_is_the_same(checker: GroundingChecker) -> None:
    assert "name" not in kinds(checker, "He runs Kubernetes.", "He runs k8s.")


@pytest.mark.parametrize("title", ["Dr.", "Prof.", "Mr.", "Ms."])
def test_a_title_is_no_name(checker: GroundingChecker, title: str) -> None:
    assert "name" not in kinds(checker, f"In Bonn {title} Vale ran the clinic.", "Vale ran the clinic in Bonn.")


def test_capitals_of_a_heading_are_no_names(checker: GroundingChecker) -> None:
    evidence = "She runs services in Rust."
    assert "name" not in kinds(checker, "Her Great Strengths Today", evidence)
    assert "name" in kinds(checker, "She runs services in Zurich.", evidence)


@pytest.mark.parametrize(
    ("text", "evidence", "words"),
    [
        ("She is an expert in Rust.", "Rust: basics.", ["expert"]),
        ("She is fluent in French.", "French: conversational.", ["fluent"]),
        ("She led the billing project.", "She worked on the billing project.", ["led"]),
        ("She is proficient in Rust.", "She is a beginner in Rust.", ["proficient"]),
    ],
)
def test_a_level_that_is_raised_is_found(checker: GroundingChecker, text: str, evidence: str, words: list[str]) -> None:
    assert differences(checker, text, evidence)["level"] == words


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("She is an expert in Rust.", "Deep experience in Rust."),
        ("She leads the billing project.", "She led the billing project."),
        ("She knows the basics of Rust.", "She is fluent in Rust."),
    ],
)
def test_the_same_level_or_a_lower_one_is_let_pass(checker: GroundingChecker, text: str, evidence: str) -> None:
    assert "level" not in kinds(checker, text, evidence)


# --- denials --------------------------------------------------------------------------------------------


def scope_of(checker: GroundingChecker, text: str) -> list[str]:
    [(_, sentence)] = checker.read_claims(text)
    inside, _ = negated_words(sentence)
    return [sentence.words[index].text for index in sorted(inside)]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("She has not run Kafka.", ["run", "Kafka"]),
        ("She has never run Kafka, but she knows Flink.", ["run", "Kafka"]),
        ("She runs Kafka without Zookeeper.", ["Zookeeper"]),
        ("She hasn't run Kafka; she reads it.", ["run", "Kafka"]),
        ("She has yet to run Kafka.", ["run", "Kafka"]),
        ("She runs not only Kafka.", []),
        ("No doubt she runs Kafka.", []),
        ("She runs Kafka.", []),
    ],
)
def test_a_denial_reaches_to_the_end_of_its_clause(checker: GroundingChecker, text: str, scope: list[str]) -> None:
    assert scope_of(checker, text) == scope


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("She has run Kafka in production.", "She has never run Kafka in production."),
        ("She has never run Kafka in production.", "She has run Kafka in production."),
        ("She hasn't run Kafka in production.", "She has run Kafka in production."),
        ("She runs Kafka with Zookeeper.", "She runs Kafka without Zookeeper."),
    ],
)
def test_a_denial_added_or_dropped_is_found(checker: GroundingChecker, text: str, evidence: str) -> None:
    assert "negation" in kinds(checker, text, evidence)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("She has not run Kafka.", "She has never run Kafka."),
        ("She always tests before a release.", "She never releases without tests."),
        ("She knows Flink.", "She has not run Kafka, but she knows Flink."),
        ("She runs Kafka.", "She runs not only Kafka but Flink."),
        ("She lacks Kafka.", "She has no Kafka."),
    ],
)
def test_the_same_denial_and_what_stands_outside_one_are_let_pass(
    checker: GroundingChecker, text: str, evidence: str
) -> None:
    assert "negation" not in kinds(checker, text, evidence)


# --- preferences, contraries, limits, others ------------------------------------------------------------


def test_a_preference_turned_round_is_found_and_the_same_one_is_not(checker: GroundingChecker) -> None:
    evidence = "She prefers Postgres over Mongo."
    assert "comparison" in kinds(checker, "She prefers Mongo over Postgres.", evidence)
    assert "comparison" in kinds(checker, "She would use Mongo rather than Postgres.", evidence)
    assert "comparison" not in kinds(checker, "She prefers Postgres over Mongo.", evidence)
    assert "comparison" not in kinds(checker, "She would use Postgres rather than Mongo.", evidence)


@pytest.mark.parametrize(
    ("text", "evidence", "words"),
    [
        ("She increased the costs.", "She decreased the costs.", ["increased"]),
        ("She works in the frontend.", "She works in the backend.", ["frontend"]),
        ("The tests are unreliable.", "The tests are reliable.", ["unreliable"]),
    ],
)
def test_a_contrary_is_found(checker: GroundingChecker, text: str, evidence: str, words: list[str]) -> None:
    assert differences(checker, text, evidence)["contrary"] == words


def test_both_contraries_in_the_evidence_are_no_difference(checker: GroundingChecker) -> None:
    evidence = "She works in the backend and in the frontend."
    assert "contrary" not in kinds(checker, "She works in the frontend.", evidence)


def test_a_limit_that_is_left_out_is_found(checker: GroundingChecker) -> None:
    evidence = "Rust: limited, mostly small tools."
    assert differences(checker, "She writes tools in Rust.", evidence)["limit"]
    assert "limit" not in kinds(checker, "Her Rust is limited to small tools.", evidence)
    assert "limit" not in kinds(checker, "She knows only a little Rust.", evidence)


def test_what_others_did_is_not_the_persons_own(checker: GroundingChecker) -> None:
    evidence = "The pipelines are run by another team; a colleague built the Kafka part."
    assert "agent" in kinds(checker, "She built the Kafka part of the pipelines.", evidence)
    assert "agent" not in kinds(checker, "A colleague built the Kafka part of the pipelines.", evidence)


# --- what holds of every rule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "She has run Kafka for 5 years, but never in production.",
        "French: basic; she prefers Postgres over Mongo.",
        "Costs fell by 12.5 %, by 30k dollars, within three months.",
        "A colleague built it; she is not an expert.",
    ],
)
def test_a_sentence_never_differs_from_itself(checker: GroundingChecker, text: str) -> None:
    assert kinds(checker, text, text) <= {"agent"}


def test_without_evidence_there_is_nothing_to_differ_from(checker: GroundingChecker) -> None:
    assert kinds(checker, "She has run Kafka for 5 years.") == set()
