"""Intervals: they hold the figure, forget the order of cases, and know nothing where there is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.evaluation.statistics import estimate_difference, estimate_median, estimate_ratio

SHARES = st.floats(0, 1, allow_nan=False, width=32)
PARTS = st.none() | st.tuples(SHARES, st.sampled_from([0.0, 1.0, 2.0]))


@given(st.lists(PARTS, max_size=30))
def test_an_interval_holds_its_figure(parts: list[tuple[float, float] | None]) -> None:
    found = estimate_ratio(parts)
    if found.value is None:
        assert (found.low, found.high, found.scored) == (None, None, 0)
        assert not any(part and part[1] for part in parts)
    else:
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
        assert found.scored == sum(bool(part and part[1]) for part in parts)


@given(st.lists(st.none() | SHARES, max_size=30))
def test_the_interval_of_a_median_holds_it(values: list[float | None]) -> None:
    found = estimate_median(values)
    if found.value is None:
        assert set(values) <= {None}
    else:
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high


@given(st.lists(PARTS, max_size=30))
def test_against_itself_nothing_changed(parts: list[tuple[float, float] | None]) -> None:
    found = estimate_difference(parts, parts)
    assert found.value in {None, 0.0}
    assert (found.low, found.high) in {(None, None), (0.0, 0.0)}


def test_what_is_always_the_same_has_no_width() -> None:
    found = estimate_ratio([(1.0, 1.0)] * 20)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_more_cases_make_a_narrower_interval() -> None:
    few, many = (estimate_ratio([(float(i % 2), 1.0) for i in range(count)]) for count in (20, 2000))
    assert many.low is not None
    assert few.low is not None
    assert many.low > few.low
    # The textbook: 0.5 ± 1.96 · √(0.25 / 2000)
    assert many.low == pytest.approx(0.478, abs=0.003)


def test_a_fall_of_every_case_is_beyond_its_interval() -> None:
    found = estimate_difference([(1.0, 1.0)] * 10, [(0.5, 1.0)] * 10)
    assert (found.value, found.low, found.high) == (-0.5, -0.5, -0.5)


def test_a_difference_needs_cases_that_both_runs_scored() -> None:
    assert estimate_difference([(1.0, 1.0), None], [None, None]).value is None
    assert estimate_difference([], []).value is None
