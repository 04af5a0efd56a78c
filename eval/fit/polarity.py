"""Fit the yes-or-no model of answering/polarity.py: `python eval/fit/polarity.py [--write]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from relevance import CASES, is_in, open_profiles
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from profile_rag import Profile
from profile_rag.answering.chat import stand_alone
from profile_rag.answering.evidence import sentences_of
from profile_rag.answering.polarity import polarity_features, without_shared_denials
from profile_rag.answering.question_parser import parse_question
from profile_rag.answering.ranking import text_for_reranker
from profile_rag.evaluation.dataset import Case
from profile_rag.evaluation.documents import Documents
from profile_rag.models import load_reranker

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "src" / "profile_rag" / "data" / "polarity.json"
STRENGTH = 0.3  # inverse of the L2 penalty; 0.1 to 1 differ by a few cases
QUOTES = 2  # of a case


def main() -> None:
    """Fit on every case that may be looked at and is answered by yes or no; print figures by held-out profile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, help="folder of the profile pool")
    parser.add_argument("--write", action="store_true", help="write the parameters to the package")
    arguments = parser.parse_args()
    rows = list(read_cases(Documents.beside(CASES, pool=arguments.pool)))
    names = list(rows[0][3])
    x = np.array([[features[name] for name in names] for *_, features in rows])
    y = np.array([is_yes for _, is_yes, _, _ in rows], dtype=int)
    habit = np.array([is_habit for _, _, is_habit, _ in rows])
    groups = np.array([corpus for corpus, *_ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    predicted = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(10), method="predict_proba")[:, 1]
    right = (predicted > 0.5) == y
    read = (x[:, names.index("reads_yes")] > 0) == y
    figures = {
        "rows": len(y),
        "yes": int(y.sum()),
        "accuracy": round(float(right.mean()), 3),
        "accuracy_habits": round(float(right[habit].mean()), 3),
        "no_found": round(float(right[y == 0].mean()), 3),
        "yes_found": round(float(right[y == 1].mean()), 3),
        "accuracy_of_reranker_alone": round(float(read.mean()), 3),
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


def read_cases(documents: Documents) -> Iterator[tuple[str, bool, bool, dict[str, float]]]:
    """For each gold sentence of a case: its corpus, whether the answer is yes, whether a habit is asked, features."""

    def is_yes_or_no(case: Case) -> bool:
        return case.kind in {"capability", "follow-up"} and _is_yes(case) is not None

    for profile, cases in open_profiles(documents, wanted=is_yes_or_no):
        yield from _rows_of(profile, cases)


def _is_yes(case: Case) -> bool | None:
    verdicts = set(case.verdicts) - ({"partly"} if "no" in case.verdicts else set())
    return verdicts == {"yes"} if verdicts in ({"yes"}, {"no"}) else None


def _rows_of(profile: Profile, cases: Sequence[Case]) -> Iterator[tuple[str, bool, bool, dict[str, float]]]:
    chunks = [chunk for chunk in profile._current().index.chunks if chunk.kind != "heading"]
    passages = [passage for chunk in chunks for passage in sentences_of(chunk)]
    for case in cases:
        understood = case.understood_as or stand_alone(case.question, list(case.history), profile.person)
        question = parse_question(understood, profile.person)
        gold = (*case.quotes, *case.any_quotes)[:QUOTES]
        found = [item for item in passages if any(is_in(item.chunk, item.start, item.end, quote) for quote in gold)]
        says = load_reranker().read(question.text, [text_for_reranker(item) for item in found]).says.tolist()
        for passage, each in zip(found[:QUOTES], says, strict=False):
            features = polarity_features(*without_shared_denials(question.text, passage.text), each)
            yield case.corpus, bool(_is_yes(case)), question.is_habit, features


if __name__ == "__main__":
    main()
