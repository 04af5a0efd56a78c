"""How well a sentence answers a question: what the two have in common, and what the fitted model makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.answering.test_parts import chunks_of

from profile_rag.answering.abstention import answering_passages, is_about_the_same
from profile_rag.answering.features import FEATURES, Relevance
from profile_rag.answering.opposites import contraries, otherwise_prefixed
from profile_rag.answering.question_parser import parse_question
from profile_rag.answering.ranking import RankedPassage, SentenceRanker
from profile_rag.answering.reading import Sentence, read_texts
from profile_rag.answering.relevance import ANSWER_FEATURES, Form, answer_features, load_model, load_threshold
from profile_rag.models import Embedder, load_reranker
from profile_rag.schema import Person
from profile_rag.sentences import split_sentences
from profile_rag.words import stems

FORMS: tuple[Form, ...] = ("question", "phrase")
PERSON = Person(name="Mira Tolvanen", role="", subject="she", object="her", possessive="her")
PROFILE = """\
# Mira Tolvanen

## How she works

- Writes the test before the code
- Never works without a checklist

## Experience

Mira repaired harbour cranes in Oldwick for six years. She joined Fenwick Parcels in 2019 because the ships went away.
She has increased the throughput of the sorting hall.

## Hobbies

She plays the cello in an amateur orchestra.
"""


def features(embedder: Embedder, question: str, text: str, *, heading: str = "", known: str = "") -> dict[str, float]:
    """What a question and one sentence have in common, where there is no other text."""
    whole = f"{heading}\n{text}" if heading else text
    before = len(whole) - len(text)
    asked, reading = read_texts([question, whole], embedder)
    sentence = Sentence(reading, before, len(whole), heading_length=before)
    relevance = Relevance([set(stems(whole))], known=stems(known))
    return dict(zip(FEATURES, relevance.features(asked, [sentence])[0], strict=True))


@pytest.fixture(scope="module")
def ranker(embedder: Embedder) -> SentenceRanker:
    return SentenceRanker(chunks_of(PROFILE), embedder, load_reranker(), known=stems(PERSON.name))


def ranked(ranker: SentenceRanker, question: str) -> list[RankedPassage]:
    return ranker.rank(parse_question(question, PERSON), ())


def answers(ranker: SentenceRanker, question: str) -> list[str]:
    asked = parse_question(question, PERSON)
    return [item.passage.text for item in answering_passages(asked, ranker.rank(asked, ()))]


# --- what question and sentence have in common ------------------------------------------------------


def test_a_name_that_is_absent_is_counted_and_one_that_is_there_is_not(embedder: Embedder) -> None:
    question = "Did she work at Fenwick?"
    there = features(embedder, question, "She worked at Fenwick for a year.")
    absent = features(embedder, question, "She worked at a dairy for a year.")
    assert (there["names"], there["names_missing"], there["names_missing_anywhere"]) == (1, 0, 0)
    assert (absent["names"], absent["names_missing"], absent["names_missing_anywhere"]) == (1, 1, 1)


def test_the_persons_own_name_asks_for_nothing(embedder: Embedder) -> None:
    found = features(embedder, "Where did Mira train?", "She trained in Oldwick.", known="Mira Tolvanen")
    assert (found["names"], found["asked_words"]) == (0, 1)


def test_a_number_that_the_sentence_lacks_is_counted(embedder: Embedder) -> None:
    question = "What happened in 2019?"
    assert features(embedder, question, "She moved in 2019.")["numbers_missing"] == 0
    assert features(embedder, question, "She moved in 2021.")["numbers_missing"] == 1


@pytest.mark.parametrize(
    ("question", "text", "differs"),
    [
        ("Does she work at night?", "She doesn't work at night.", 1),
        ("Does she work at night?", "She works at night.", 0),
        ("What does she not do?", "She never works at night.", 0),
        ("What does she not do?", "She works at night.", 1),
    ],
)
def test_it_is_seen_when_only_one_of_the_two_denies(
    embedder: Embedder, question: str, text: str, differs: float
) -> None:
    assert features(embedder, question, text)["negation_differs"] == differs


def test_the_contrary_of_what_is_asked_is_seen(embedder: Embedder) -> None:
    assert features(embedder, "Did she increase the cost?", "She decreased the cost.")["contrary"] == 1
    assert features(embedder, "Did she increase the cost?", "She increased the cost.")["contrary"] == 0
    assert features(embedder, "Is the work paid?", "The work was unpaid.")["prefixed"] == 1


def test_words_of_the_heading_count_apart_from_the_sentences_own(embedder: Embedder) -> None:
    under = features(embedder, "Does she have hobbies?", "Plays the cello.", heading="Hobbies")
    outside = features(embedder, "Does she have hobbies?", "Plays the cello.", heading="Education")
    assert (under["under_heading"], under["in_heading"], under["held"]) == (1, 1, 0)
    assert (outside["under_heading"], outside["in_heading"]) == (0, 0)
    assert under["held_around"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("question", "offering", "lacking"),
    [
        ("How many cranes did she repair?", "She repaired forty cranes.", "She repaired cranes."),
        ("When did she join?", "She joined in 2019.", "She joined gladly."),
        ("How often does she report?", "She reports weekly.", "She reports gladly."),
        ("Where does she live?", "She lives in Oldwick.", "She lives quietly."),
        ("Why did she leave?", "She left because the ships went away.", "She left."),
        ("Who trained her?", "She was trained by Otto Brandl.", "She was trained well."),
    ],
)
def test_a_sentence_offers_what_the_questions_form_asks_for_or_lacks_it(
    embedder: Embedder, question: str, offering: str, lacking: str
) -> None:
    there, missing = (features(embedder, question, text) for text in (offering, lacking))
    assert (there["offers"], there["lacks"]) == (1, 0)
    assert (missing["offers"], missing["lacks"]) == (0, 1)


def test_a_number_that_the_question_already_gives_is_no_answer_to_how_many(embedder: Embedder) -> None:
    assert features(embedder, "How many cranes did she repair in 2019?", "She repaired cranes in 2019.")["lacks_amount"]


def test_another_spelling_of_a_word_is_the_word(embedder: Embedder) -> None:
    assert features(embedder, "k8s", "Runs Kubernetes clusters.")["held"] == pytest.approx(1)


def test_words_in_the_questions_order_count_more_than_out_of_it(embedder: Embedder) -> None:
    same = features(embedder, "test before code", "Writes the test before the code.")
    turned = features(embedder, "test before code", "Writes the code and then the test.")
    assert same["sequence"] > turned["sequence"]


def test_a_sentence_without_words_shares_nothing(embedder: Embedder) -> None:
    found = features(embedder, "Where does she live?", "—!")
    assert (found["held"], found["near"], found["words"]) == (0, 0, 0)


def test_words_that_exclude_one_another_do_so_both_ways() -> None:
    for word, others in contraries().items():
        assert word not in others
        assert all(word in contraries()[other] for other in others)


def test_a_prefix_of_negation_is_put_on_and_taken_off() -> None:
    assert stems("paid")[0] in otherwise_prefixed("unpaid")
    assert stems("unpaid")[0] in otherwise_prefixed("paid")


# --- any text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", ""),
        ("", "She paints."),
        ("Does she paint?", ""),
        ("🦊🦊🦊", "🎻 plays the cello 🎻"),
        ("?!", "…"),
        ("where " * 2000, "She paints in oil. " * 2000),
        ("the of and", "the of and"),
        ("\x00\ufeff\u202e", "\x00 a"),
        ("她会画画吗?", "她会画画。"),
    ],
    ids=["nothing", "no question", "no text", "emoji", "signs", "very long", "no content", "controls", "Chinese"],
)
def test_odd_texts_have_finite_features_and_a_probability(embedder: Embedder, question: str, text: str) -> None:
    check_finite(embedder, question, text)


@given(st.text(max_size=60), st.text(max_size=120))
@settings(max_examples=25)
def test_any_texts_have_finite_features_and_a_probability(embedder: Embedder, question: str, text: str) -> None:
    check_finite(embedder, question, text)


def check_finite(embedder: Embedder, question: str, text: str) -> None:
    asked, reading = read_texts([question, text], embedder)
    sentences = [Sentence(reading, start, end) for start, end in split_sentences(text)] or [Sentence(reading, 0, 0)]
    rows = Relevance([set(stems(text))]).features(asked, sentences)
    assert rows.shape == (len(sentences), len(FEATURES))
    assert np.isfinite(rows).all()
    for form in FORMS:
        scores, chances = load_model(form).judge(rows)
        assert np.isfinite([*scores, *chances, *np.ravel(load_model(form).judge_again(scores, chances, scores))]).all()


def test_what_the_model_cannot_read_of_a_long_text_is_left_out(embedder: Embedder) -> None:
    text = "She paints in oil. " * 200
    (reading,) = read_texts([text], embedder)
    assert 0 < len(reading.words) < 800
    assert all(text[word.start : word.end] == word.text for word in reading.words)
    assert not Sentence(reading, len(text) - 19, len(text)).words


# --- the fitted model ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_model_has_a_weight_for_every_feature_and_a_threshold(form: Form) -> None:
    model = load_model(form)
    assert len(model.ranks.weights) == len(FEATURES) == len(set(FEATURES))
    assert len(model.answers.weights) == len(ANSWER_FEATURES) == len(set(ANSWER_FEATURES))
    assert 0 < load_threshold(form) < 1


@pytest.mark.parametrize("form", FORMS)
def test_of_no_sentences_nothing_is_judged(form: Form) -> None:
    scores, probabilities = load_model(form).judge(np.zeros((0, len(FEATURES))))
    assert (len(scores), len(probabilities)) == (0, 0)


def test_a_sentence_is_judged_beside_the_best_of_the_others() -> None:
    rows = np.zeros((2, len(FEATURES)))
    rows[0, FEATURES.index("held")] = 0.75
    found = answer_features(rows, np.array([1.0, -1.0]))
    assert found.shape == (2, len(ANSWER_FEATURES))
    assert found[:, ANSWER_FEATURES.index("best_held_of_all")].tolist() == [0.75, 0.75]
    first, other = found[:, ANSWER_FEATURES.index("first_score")]
    assert first > other


# --- ranking and abstaining ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Where did she repair cranes?", "Mira repaired harbour cranes in Oldwick for six years."),
        ("When did she join Fenwick Parcels?", "She joined Fenwick Parcels in 2019 because the ships went away."),
        ("Which instrument does she play?", "She plays the cello in an amateur orchestra."),
    ],
)
def test_the_sentence_that_answers_ranks_first(ranker: SentenceRanker, question: str, best: str) -> None:
    assert ranked(ranker, question)[0].passage.text == best
    assert answers(ranker, question)[0] == best


def test_sentences_are_ranked_by_their_scores_and_probabilities_are_such(ranker: SentenceRanker) -> None:
    found = ranked(ranker, "When did she join Fenwick Parcels?")
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert all(0 <= item.probability <= 1 for item in found)
    assert len({item.passage for item in found}) == len(found)


def test_the_section_that_a_question_names_comes_first_in_its_own_order(ranker: SentenceRanker) -> None:
    found = ranked(ranker, "How does she work?")
    headed = [item.passage.text for item in found if item.is_under_heading]
    assert headed == ["Writes the test before the code", "Never works without a checklist"]
    assert [item.passage.text for item in found[:2]] == headed
    assert answers(ranker, "How does she work?") == headed


def test_where_she_works_is_not_how_she_works(ranker: SentenceRanker) -> None:
    assert not any(item.is_under_heading for item in ranked(ranker, "Where does she work?"))


@pytest.mark.parametrize(
    "question",
    ["How many children does she have?", "What is her salary?", "Who is her favourite painter?", "What did Otto say?"],
)
def test_what_no_sentence_answers_is_not_answered(ranker: SentenceRanker, question: str) -> None:
    assert answers(ranker, question) == []


def test_how_many_is_not_answered_without_an_amount(ranker: SentenceRanker) -> None:
    found = ranked(ranker, "How many cellos does she play in an orchestra?")
    cello = next(item for item in found if "cello" in item.passage.text)
    assert cello.lacks_amount
    asked = parse_question("How many cellos does she play in an orchestra?", PERSON)
    assert answering_passages(asked, [replace(cello, probability=1.0)]) == []


def test_the_threshold_decides_and_the_rest_is_held_against_the_first(ranker: SentenceRanker) -> None:
    asked = parse_question("Which instrument does she play?", PERSON)
    first, second = ranker.rank(asked, ())[:2]
    threshold = load_threshold("question")
    assert answering_passages(asked, []) == []
    assert answering_passages(asked, [replace(first, probability=threshold - 0.01)]) == []
    pair = [replace(first, probability=1.0), replace(second, probability=0.1)]
    assert answering_passages(asked, pair) == pair[:1]
    alike = [replace(first, probability=0.95), replace(second, probability=0.94)]
    assert answering_passages(asked, alike) == alike


def test_a_single_word_is_never_taken_to_be_said_in_other_words(ranker: SentenceRanker) -> None:
    first = replace(ranked(ranker, "Which instrument does she play?")[0], probability=1.0)
    assert not is_about_the_same(parse_question("cello", PERSON), first)
    assert is_about_the_same(parse_question("making music with others", PERSON), first)
    unlike = replace(first, probability=load_threshold("phrase") - 0.01)
    assert not is_about_the_same(parse_question("making music with others", PERSON), unlike)


def test_the_same_question_is_ranked_the_same_by_another_ranker(ranker: SentenceRanker, embedder: Embedder) -> None:
    other = SentenceRanker(chunks_of(PROFILE), embedder, load_reranker(), known=stems(PERSON.name))
    ranked(other, "How does she work?")  # what was asked before leaves no trace
    question = "When did she join Fenwick Parcels?"
    assert ranked(ranker, question) == ranked(ranker, question) == ranked(other, question)


def test_nothing_is_ranked_for_a_profile_without_sentences(embedder: Embedder) -> None:
    assert ranked(SentenceRanker((), embedder, load_reranker()), "How does she work?") == []
