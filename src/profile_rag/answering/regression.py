"""Fitted logistic regressions, as the data files hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression."""

    intercept: float
    weights: NDArray[np.float64]

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """One value per row."""
        return np.asarray(rows @ self.weights + self.intercept)


def to_linear(values: Mapping[str, float], names: Sequence[str]) -> Linear:
    """The regression that stands in a data file under the names of its features."""
    return Linear(values["intercept"], np.array([values[name] for name in names]))
