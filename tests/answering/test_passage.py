"""Questions on one given passage: whether it answers them, and with which words."""

from __future__ import annotations

import numpy as np
import pytest

from profile_rag.answering.features import FEATURES
from profile_rag.answering.passage import PASSAGE_FEATURES, PassageReader, decisive_row
from profile_rag.answering.reading import read_texts
from profile_rag.answering.relevance import ANSWER_FEATURES, load_regression, load_threshold
from profile_rag.answering.spans import SPAN_FEATURES, SpanJudge, candidates_of, span_of
from profile_rag.models import Embedder

PASSAGE = (
    "Oldwick is a harbour town in the county of Marrowshire. The lighthouse was built in 1871 by Ada Fenwick."
    " Ferries leave for the islands every morning."
)


@pytest.fixture(scope="module")
def reader(embedder: Embedder) -> PassageReader:
    return PassageReader(embedder, [PASSAGE])


def decisive(reader: PassageReader, embedder: Embedder, question: str) -> dict[str, float]:
    """What decides, by name; the best sentence is the one nearest to the question."""
    sentences = [place.sentence for place in reader.places_of(PASSAGE)]
    asked = read_texts([question], embedder)[0]
    rows = reader.relevance.features(asked, sentences)
    row = decisive_row(reader.relevance, asked, sentences, rows, rows[:, FEATURES.index("similarity")])
    return dict(zip((*ANSWER_FEATURES, *PASSAGE_FEATURES), row, strict=True))


@pytest.mark.parametrize(
    ("question", "answer"),
    [("When was the lighthouse built?", "1871"), ("Who built the lighthouse?", "Ada Fenwick")],
)
def test_the_answer_is_the_shortest_run_of_words_of_the_kind_asked_for(
    reader: PassageReader, question: str, answer: str
) -> None:
    found = reader.answer([question], PASSAGE)[0]
    assert PASSAGE[found.start : found.end] == answer
    assert found.probability >= load_threshold("passage")


def test_a_question_on_something_else_is_less_probable_than_one_that_is_answered(reader: PassageReader) -> None:
    right, wrong = reader.answer(["When was the lighthouse built?", "When was the castle not sold?"], PASSAGE)
    assert right.probability > load_threshold("passage") > wrong.probability


@pytest.mark.parametrize("passage", ["", " \n ", "…"], ids=["nothing", "blanks", "no words"])
def test_a_passage_without_words_answers_nothing(reader: PassageReader, passage: str) -> None:
    assert reader.answer(["Who?"], passage)[0].probability == 0.0


def test_a_passage_longer_than_the_model_reads_is_answered_to_its_end(embedder: Embedder) -> None:
    long = "The ferry was painted again that spring. " * 60 + "The lighthouse was built in 1871."
    found = PassageReader(embedder, [long]).answer(["When was the lighthouse built?"], long)[0]
    assert long[found.start : found.end] == "1871"


def test_another_name_in_the_place_of_the_one_asked_about_is_noticed(reader: PassageReader, embedder: Embedder) -> None:
    row = decisive(reader, embedder, "In which year was the lighthouse built by Robin Vale?")
    assert (row["name_replaced"], row["names_held"], row["opens_asking"]) == (1.0, 0.0, 0.0)
    assert decisive(reader, embedder, "What was built by Ada Fenwick?")["name_replaced"] == 0.0
    assert decisive(reader, embedder, "What was built in 1925?")["number_replaced"] == 1.0


def test_words_that_stand_in_another_sentence_are_lost_in_the_best_one(
    reader: PassageReader, embedder: Embedder
) -> None:
    row = decisive(reader, embedder, "Which lighthouse was built on the islands?")
    assert row["held_by_all"] > row["most_held"]
    assert row["held_by_two"] >= row["most_held"]


def test_the_models_have_a_weight_for_every_feature() -> None:
    for part, names in {
        "ranks": FEATURES,
        "answers": (*ANSWER_FEATURES, *PASSAGE_FEATURES),
        "spans": SPAN_FEATURES,
    }.items():
        weights = load_regression("passage", part, names).weights
        assert len(weights) == len(set(names)) == len(names)
        assert np.isfinite(weights).all()


def test_a_candidate_crosses_no_mark_and_begins_and_ends_with_a_word_of_weight(embedder: Embedder) -> None:
    text = "Built in 1871 (by Ada Fenwick), the lighthouse of Oldwick fell."
    place = PassageReader(embedder, [text]).places_of(text)[0]
    candidates = candidates_of(place.sentence)
    spans = {text[start:end] for start, end in (span_of(place.sentence, each) for each in candidates)}
    assert {"1871", "Ada Fenwick", "lighthouse of Oldwick"} <= spans
    assert not any("(" in span or "," in span or span.startswith(("in ", "the ", "of ")) for span in spans)
    question = read_texts(["Who built it?"], embedder)[0]
    assert SpanJudge(question).features(place.sentence, candidates).shape == (len(candidates), len(SPAN_FEATURES))
