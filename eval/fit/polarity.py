"""Fit the yes-or-no model of answering/polarity.py: `python eval/fit/polarity.py [--write]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from profile_rag.answering.polarity import polarity_features
from profile_rag.evaluation.dataset import load_cases

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "src" / "profile_rag" / "data" / "polarity.json"
STRENGTH = 1.0  # inverse of the L2 penalty; 0.3 to 3 differ by less than a case


def main() -> None:
    """Fit on every case that may be looked at and is answered by yes or no; print figures by held-out profile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the parameters to the package")
    arguments = parser.parse_args()
    rows = []
    for case in load_cases(ROOT / "eval" / "cases"):
        verdicts = set(case.verdicts) - {"partly"} if "no" in case.verdicts else set(case.verdicts)
        if case.is_held or case.kind != "capability" or verdicts not in ({"yes"}, {"no"}):
            continue
        for quote in (*case.quotes, *case.any_quotes)[:2]:
            is_habit = "habit" in case.tags
            rows.append((case.corpus, verdicts == {"yes"}, is_habit, polarity_features(case.question, quote.text)))
    names = list(rows[0][3])
    x = np.array([[features[name] for name in names] for *_, features in rows])
    y = np.array([is_yes for _, is_yes, _, _ in rows], dtype=int)
    habit = np.array([is_habit for _, _, is_habit, _ in rows])
    groups = np.array([corpus for corpus, *_ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    predicted = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(10), method="predict_proba")[:, 1]
    right = (predicted > 0.5) == y
    figures = {
        "rows": len(y),
        "yes": int(y.sum()),
        "accuracy": round(float(right.mean()), 3),
        "accuracy_habits": round(float(right[habit].mean()), 3),
        "no_found": round(float(right[y == 0].mean()), 3),
        "yes_found": round(float(right[y == 1].mean()), 3),
    }
    model.fit(x, y)
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    print(json.dumps(figures | {"weights": weights}, indent=2))
    if arguments.write:
        values = {
            "provenance": "eval/fit/polarity.py over eval/cases, cases set aside left out; figures by held-out profile",
            "cross_validated": figures,
            "intercept": round(float(model.intercept_[0]), 3),
            "weights": weights,
        }
        TARGET.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
