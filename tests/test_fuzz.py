"""A small share of what `eval/bench/fuzz.py` does: hostile inputs break nothing that always holds."""

from __future__ import annotations

from eval.bench.fuzz import PIECES, fuzz, make_inputs

from profile_rag.profile import Profile


def test_no_input_crashes_a_stage_or_breaks_what_always_holds() -> None:
    tally = fuzz(seed=20261201, count=150, seconds=float("inf"), ask_every=3, also=PIECES)
    assert not tally.failures
    assert tally.inputs == 150


def test_a_seed_gives_the_same_inputs() -> None:
    assert list(make_inputs(7, 50, ())) == list(make_inputs(7, 50, ()))
    assert list(make_inputs(7, 50, ())) != list(make_inputs(8, 50, ()))


def test_long_white_space_in_an_earlier_question_is_folded_like_that_of_the_question(profile: Profile) -> None:
    blank = f"is he{' ' * 1900}x"
    folded = profile.ask("and Flink?", history=["is he x"])
    assert profile.ask("and Flink?", history=[blank]).understood_as == folded.understood_as
