"""Confusion of verdicts, risk against coverage, and calibration: the figures that are shown as charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from profile_rag.evaluation.metrics import Score, covers, gold_quotes, verdict_of

VERDICT_ORDER = ("yes", "partly", "no", "not_stated", "none")
BINS = 10


def confusion(scores: Sequence[Score]) -> list[list[int]]:
    """Counts of expected (rows) by given verdict (columns), in `VERDICT_ORDER`.

    Where several verdicts are acceptable, the expected is the one given, if it is among them, else the first.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for score in scores:
        given = verdict_of(score.answer)
        counts[given if given in score.case.verdicts else score.case.verdicts[0], given] += 1
    return [[counts[expected, given] for given in VERDICT_ORDER] for expected in VERDICT_ORDER]


def risk_by_coverage(scores: Sequence[Score]) -> list[dict[str, float]]:
    """Of the cases answered with at least so much confidence: their share of all, and how many of them are wrong."""
    answered = [(score.confidence, score.is_right) for score in scores if score.confidence is not None]
    points = []
    for threshold in sorted({confidence for confidence, _ in answered}, reverse=True):
        kept = [is_right for confidence, is_right in answered if confidence >= threshold]
        risk = 1 - sum(kept) / len(kept)
        points.append(
            {"threshold": round(threshold, 4), "coverage": round(len(kept) / len(scores), 6), "risk": round(risk, 6)}
        )
    return points


def calibration(scores: Sequence[Score]) -> dict[str, Any]:
    """Claims by their score, and the share of them that cite gold words; with the expected calibration error.

    Only claims of answers whose case has gold quotes; the error is the mean distance of the two, weighted by claims
    (Naeini et al. 2015).
    """
    claims = []
    for score in scores:
        golds = gold_quotes(score.case)
        if not golds or score.answer.abstained:
            continue
        of_gold = {item.id for item in score.answer.citations if any(covers(item, gold) for gold in golds)}
        claims += [(claim.score, bool(of_gold & set(claim.citations))) for claim in score.answer.claims]
    rows = []
    for number in range(BINS):
        chosen = [item for item in claims if min(BINS - 1, int(item[0] * BINS)) == number]
        if chosen:
            mean = sum(value for value, _ in chosen) / len(chosen)
            share = sum(is_gold for _, is_gold in chosen) / len(chosen)
            rows.append({"bin": number, "claims": len(chosen), "score": round(mean, 6), "supported": round(share, 6)})
    error = sum(row["claims"] * abs(row["score"] - row["supported"]) for row in rows) / len(claims) if claims else None
    return {"bins": rows, "error": None if error is None else round(error, 6)}
