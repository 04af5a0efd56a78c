"""Misspelt words of a question are mended; words that are right are left alone."""

from __future__ import annotations

import pytest

from profile_rag.answering.spelling import SpellingCorrector
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document
from profile_rag.models import Embedder

NOTES = "Kotlin, TensorFlow and Express. Working in Leeds, with an analysis of video footage."


@pytest.fixture(scope="module")
def corrector(embedder: Embedder) -> SpellingCorrector:
    document = Document("x.md", NOTES, "0" * 64, len(NOTES), 0)
    chunks = chunk_document(document, count_tokens=len, max_tokens=10_000).chunks
    return SpellingCorrector(chunks, embedder.knows_word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("koltin", "Kotlin"),
        ("is she good at Koltin?", "is she good at Kotlin?"),
        ("tensorflwo experiance", "TensorFlow experience"),
    ],
)
def test_a_slip_is_mended(corrector: SpellingCorrector, typed: str, meant: str) -> None:
    assert corrector.correct(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "can she get the wording off a slip?",  # and not "Working"
        "analysing video footage",  # and not "analysis"
        "ui tests in Espresso",  # and not "express"
    ],
)
def test_a_word_that_is_right_stays(corrector: SpellingCorrector, typed: str) -> None:
    assert corrector.correct(typed) == typed
