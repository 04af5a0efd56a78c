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


RERANK_FEATURES = ("score", "logit")
"""Of one sentence: its rank score, and the log odds that a reranker gives it."""
REANSWER_FEATURES = ("chance", "logit", "best_logit", "second_logit", "others")
"""Its log odds of answering without the reranker, those with it, and how the best of the others stand."""


def reanswer_features(chances: NDArray[np.float64], logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row of `REANSWER_FEATURES` for each of the sentences that a reranker has read."""
    ordered = np.sort(logits)[::-1]
    second = ordered[1] if len(ordered) > 1 else ordered[0]
    shared = [ordered[0], second, float(np.log1p(np.exp(np.minimum(logits, 30.0)).sum()))]
    return np.column_stack([chances, logits, np.tile(shared, (len(logits), 1))])


@dataclass(frozen=True, slots=True)
class RelevanceModel:
    """Which sentence answers best, and whether it does: two regressions over what words have in common, and two that
    weigh a reranker's reading of the best of them with that."""

    ranks: Linear
    answers: Linear
    reranks: Linear
    reanswers: Linear

    def judge(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each sentence its rank score and the log odds that it answers, by words alone."""
        if not len(rows):
            return np.zeros(0), np.zeros(0)
        scores = self.ranks.log_odds(rows)
        return scores, self.answers.log_odds(answer_features(rows, scores))

    def judge_again(
        self, scores: NDArray[np.float64], chances: NDArray[np.float64], logits: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same of the sentences that a reranker gave these log odds."""
        return (
            self.reranks.log_odds(np.column_stack([scores, logits])),
            self.reanswers.log_odds(reanswer_features(chances, logits)),
        )


@cache
def load_model(form: Form) -> RelevanceModel:
    """The fitted model that comes with the package."""
    ranks, answers = load_regression(form, "ranks", FEATURES), load_regression(form, "answers", ANSWER_FEATURES)
    again = load_regression(form, "reranks", RERANK_FEATURES), load_regression(form, "reanswers", REANSWER_FEATURES)
    return RelevanceModel(ranks, answers, *again)


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
