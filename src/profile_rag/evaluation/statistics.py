"""Intervals by bootstrap over cases: 95 %, percentile, the same seed each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20230114
PERCENTILES = (2.5, 97.5)

Part = tuple[float, float]
"""What one case adds to the numerator and the denominator of a figure."""
_Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; all three are None where no case was scored."""

    value: float | None
    low: float | None
    high: float | None
    scored: int
    """Cases that count."""

    def to_dict(self) -> dict[str, float | int | None]:
        """As JSON, rounded to six places."""
        values = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {name: None if value is None else round(value, 6) for name, value in values.items()}
        return rounded | {"scored": self.scored}


def estimate_ratio(parts: Sequence[Part | None]) -> Estimate:
    """The sum of the numerators over that of the denominators: a mean, a rate, an F1.

    Args:
        parts: One of each case, in an order that does not depend on how the cases came; None for one not scored.
    """
    known = [part for part in parts if part is not None and part[1] > 0]
    if not known:
        return Estimate(None, None, None, 0)
    values = np.array(known)
    resampled = _counts(len(known)) @ values
    return _interval(values[:, 0].sum() / values[:, 1].sum(), resampled[:, 0] / resampled[:, 1], len(known))


def estimate_median(values: Sequence[float | None]) -> Estimate:
    """The median of the values that are known."""
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return Estimate(None, None, None, 0)
    return _interval(float(np.median(known)), np.median(known[_draws(len(known))], axis=1), len(known))


def estimate_difference(before: Sequence[Part | None], after: Sequence[Part | None]) -> Estimate:
    """How much a ratio rose from one run to another; a resample takes the same cases of both."""
    pairs = [
        (one, other) for one, other in zip(before, after, strict=True) if (one or (0, 0))[1] + (other or (0, 0))[1]
    ]
    sums = np.array([(*(one or (0.0, 0.0)), *(other or (0.0, 0.0))) for one, other in pairs]).reshape(-1, 4)
    totals = sums.sum(axis=0)
    if not (totals[1] and totals[3]):
        return Estimate(None, None, None, 0)
    resampled = _counts(len(pairs)) @ sums
    whole = (resampled[:, 1] > 0) & (resampled[:, 3] > 0)  # a resample without any denominator says nothing
    chosen = resampled[whole]
    differences = chosen[:, 2] / chosen[:, 3] - chosen[:, 0] / chosen[:, 1]
    return _interval(totals[2] / totals[3] - totals[0] / totals[1], differences, len(pairs))


def _interval(value: float, resampled: _Matrix, scored: int) -> Estimate:
    low, high = np.percentile(resampled, PERCENTILES)
    # A very skewed figure may lie beyond the percentiles of its own resamples; rounding may put it there, too.
    return Estimate(float(value), float(min(low, value)), float(max(high, value)), scored)


@lru_cache(maxsize=4)
def _draws(count: int) -> NDArray[np.intp]:
    """Which cases each resample draws."""
    return np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))


@lru_cache(maxsize=4)
def _counts(count: int) -> _Matrix:
    """How often each resample draws each case."""
    rows = np.arange(RESAMPLES)[:, np.newaxis] * count
    found = np.bincount((_draws(count) + rows).ravel(), minlength=RESAMPLES * count)
    return found.reshape(RESAMPLES, count).astype(np.float64)
