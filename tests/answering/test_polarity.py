"""A passage that bears on a yes-or-no question says yes or no to it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.polarity import polarity_features, probability_of_yes, without_shared_denials
from profile_rag.models import load_reranker

UNSURE = (math.log(1 / 3),) * 3


def read(question: str, passage: str) -> list[float]:
    """What the real reranker reads of the two together."""
    says: list[float] = load_reranker().read(question, [passage]).says[0].tolist()
    return says


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Can she bake bread?", "Bakes sourdough and rye every weekend."),
        ("Has he led a choir?", "Led the town's choir for six years."),
        ("Could they repair a clock?", "Restored three tower clocks, from the gears to the dial."),
    ],
)
def test_a_deed_told_plainly_is_a_yes(question: str, passage: str) -> None:
    assert probability_of_yes(question, passage, read(question, passage)) > 0.5


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Would she serve bread without tasting it?", "Tastes every loaf before it leaves the oven room."),
        ("Does he only rehearse the solos?", "Rehearses every voice, not just the solos."),
        ("Would they skip the safety check?", "Never starts a machine before the safety check."),
        ("Can she bake cakes?", "She doesn't bake cakes."),
        ("Would he buy the newest oven just because it is new?", "Replaces an oven only when it cannot be mended."),
    ],
)
def test_neglect_and_denial_are_a_no(question: str, passage: str) -> None:
    assert probability_of_yes(question, passage, read(question, passage)) < 0.5


def test_what_follows_not_counts_as_negated() -> None:
    features = polarity_features("Does she paint portraits?", "Paints landscapes, not portraits.", UNSURE)
    assert features["only_negated"] == 1


def test_not_just_negates_nothing() -> None:
    features = polarity_features("Does she paint portraits?", "Paints not just portraits.", UNSURE)
    assert features["nearest_negated"] == 0


@given(question=st.text(max_size=80), passage=st.text(max_size=200))
def test_features_stay_between_0_and_1_whatever_the_text(question: str, passage: str) -> None:
    features = polarity_features(question, passage, UNSURE)
    assert all(0 <= value <= 1 for value in features.values())
    assert 0 <= probability_of_yes(question, passage, UNSURE) <= 1


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("when the docs aren't enough?", "reads it when docs aren't enough", ("docs are enough?", "docs are enough")),
        ("does he never ship it?", "Never ships it", ("does he ship it?", "ships it")),
        ("would he ship without tests?", "never ships untested code", ("without tests?", "never ships")),
        ("can she cook?", "She doesn't cook", ("can she cook?", "She doesn't cook")),
    ],
)
def test_denials_that_both_share_cancel_out(question: str, passage: str, expected: tuple[str, str]) -> None:
    found = without_shared_denials(question, passage)
    assert all(part in text for part, text in zip(expected, found, strict=True))
