"""What an answer has to offer, by the question's form."""

from __future__ import annotations

import pytest
from tests.answering.test_parts import chunks_of

from profile_rag.answering.abstention import misfortune_in
from profile_rag.answering.asked_types import answer_type
from profile_rag.answering.evidence import Passage


def passage_of(sentence: str) -> Passage:
    chunk = next(chunk for chunk in chunks_of(f"# Ann Lee\n\n## About\n\n{sentence}\n") if chunk.kind != "heading")
    return Passage(chunk, 0, len(chunk.text))


def is_offered(question: str, sentence: str) -> bool:
    wanted = answer_type(question, known=("ann", "lee"))
    assert wanted is not None
    return wanted.is_offered_by(passage_of(sentence))


def is_met(question: str, sentence: str) -> bool:
    wanted = answer_type(question, known=("ann", "lee"))
    assert wanted is not None
    return wanted.is_met_by(passage_of(sentence))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which bakery company did she audit?", "She audited the ovens of a bakery."),
        ("At which university did she study botany?", "Ann studied botany and then drew maps."),
        ("What is the shipping firm called?", "She led a shipping firm through a merger."),
        ("For which newspaper did she write?", "She wrote about the CEO of a bank."),
        ("Which town's archive did she catalogue?", "She catalogued an archive of deeds."),
        ("Where did she study botany?", "She studied botany and worked in forestry."),
        ("Whose letters did she translate?", "She translated letters full of sorrow."),
    ],
)
def test_a_sentence_about_the_topic_offers_no_name_that_it_does_not_give(question: str, sentence: str) -> None:
    assert not is_offered(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which bakery company did she audit?", "She audited the ovens for Corwell Bread."),
        ("At which university did she study botany?", "She studied botany at Leyden."),
        ("In which city did she take her degree?", "She took her degree in Porto."),
        ("Where did she study botany?", "She studied botany at a small college."),
        ("Whose letters did she translate?", "She translated the letters of patients."),
    ],
)
def test_a_name_of_the_kind_asked_for_is_offered(question: str, sentence: str) -> None:
    assert is_offered(question, sentence)


def test_a_number_is_offered_where_it_counts_what_is_asked_about() -> None:
    assert is_met("How many sheep did she keep on the farm?", "She kept forty sheep on the farm.")
    assert not is_offered("How many sheepdogs did she train?", "She trained sheepdogs on 12 farms.")


def test_a_number_told_of_the_reader_is_none_of_the_person() -> None:
    assert not is_offered("To how many seconds did she cut the delay?", "She knows why your call has a 5-second delay.")


def test_a_span_of_time_beside_the_words_asked_about_answers_how_soon() -> None:
    assert is_met("How soon does she call a new client?", "Calls each new client within two days.")
    assert not is_offered("How long did she tend the orchard?", "She tended 300 trees in the orchard.")


def test_a_salary_is_no_other_number() -> None:
    assert not is_offered("What is her salary?", "Teacher at Leyden since 2014, now with 3 classes.")
    assert is_offered("What is her salary?", "Expects a salary of 60,000 euros.")


def test_several_of_a_kind_and_open_questions_ask_for_no_single_name() -> None:
    assert answer_type("Which companies did she audit?") is None
    assert answer_type("What sort of companies did she audit?") is None
    assert answer_type("How does she audit?") is None


def test_a_misfortune_is_asked_about_only_where_a_reason_is_wanted() -> None:
    assert "sack" in misfortune_in("Why was she sacked?")
    assert not misfortune_in("Was she sacked?")
    assert not misfortune_in("Why did she move?")
