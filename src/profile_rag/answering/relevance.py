"""How likely a sentence answers a question: regressions over what the two have in common."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.features import FEATURES
from profile_rag.answering.regression import Linear, to_linear

Form = Literal["question", "phrase"]
"""A whole question, or the thing that a yes-or-no question asks about, over a profile."""
Fitted = Form | Literal["passage"]
"""Of one given passage the regressions are asked one by one, see `passage.py`."""

_POOLED = ("held", "best", "least", "near", "least_around", "similarity", "in_heading", "sequence")
RANK_SCORES = ("first_score", "second_score", "third_score", "all_scores")
ANSWER_FEATURES = (*FEATURES, *RANK_SCORES, *(f"best_{name}_of_all" for name in _POOLED))
"""What decides whether a question is answered: the sentence's own row, how it stands among the others, their best."""


def answer_features(rows: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row of `ANSWER_FEATURES` for each sentence, from the rows of all and their rank scores (log odds)."""
    chances = 1 / (1 + np.exp(-scores))
    ordered = np.sort(chances)[::-1]
    second, third = (ordered[n] if len(ordered) > n else 0.0 for n in (1, 2))
    pooled = rows[:, [FEATURES.index(name) for name in _POOLED]].max(axis=0)
    stack = [
        np.array([math.log(chance + 1e-4), *(math.log(value + 1e-4) for value in (second, third, chances.sum()))])
        for chance in chances
    ]
    return np.hstack([rows, np.stack(stack), np.tile(pooled, (len(rows), 1))])


@dataclass(frozen=True, slots=True)
class RelevanceModel:
    """Two regressions: which sentence answers best, and whether it does."""

    ranks: Linear
    answers: Linear

    def judge(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each sentence its rank score and the probability that it answers."""
        if not len(rows):
            return np.zeros(0), np.zeros(0)
        scores = self.ranks.log_odds(rows)
        return scores, 1 / (1 + np.exp(-self.answers.log_odds(answer_features(rows, scores))))


@cache
def load_model(form: Form) -> RelevanceModel:
    """The fitted model that comes with the package."""
    ranks, answers = load_regression(form, "ranks", FEATURES), load_regression(form, "answers", ANSWER_FEATURES)
    return RelevanceModel(ranks, answers)


@cache
def load_regression(form: Fitted, part: str, names: tuple[str, ...]) -> Linear:
    """One regression of a form, over features in the order of their names."""
    return to_linear(_parameters()["models"][form][part], names)


def load_threshold(form: Fitted) -> float:
    """The probability from which a question counts as answered: the best F1 of abstention over held-out profiles."""
    return float(_parameters()["models"][form]["threshold"])


@cache
def _parameters() -> Mapping[str, Any]:
    values: Mapping[str, Any] = json.loads(
        (files("profile_rag") / "data" / "relevance.json").read_text(encoding="utf-8")
    )
    return values
