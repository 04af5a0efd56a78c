"""What both fits of this folder share: a logistic regression that is expressed in the raw features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Regression:
    """A logistic regression over the raw features."""

    intercept: float
    weights: Rows

    def log_odds(self, rows: Rows) -> Rows:
        """One value per row."""
        return np.asarray(rows @ self.weights + self.intercept)

    def named(self, names: Sequence[str], *, digits: int = 4) -> dict[str, float]:
        """As it is stored, rounded."""
        weights = {name: round(float(weight), digits) for name, weight in zip(names, self.weights, strict=True)}
        return {"intercept": round(self.intercept, digits)} | weights


def regress(rows: Rows, labels: NDArray[np.bool_], *, strength: float, weights: Rows | None = None) -> Regression:
    """Fit over standardized features, and express the result in the raw ones."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    model = LogisticRegression(C=strength, max_iter=5000)
    model.fit((rows - mean) / deviation, labels, sample_weight=weights)
    raw = model.coef_[0] / deviation
    return Regression(float(model.intercept_[0] - raw @ mean), raw)
