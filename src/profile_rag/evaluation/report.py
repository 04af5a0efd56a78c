"""The report of a run as JSON: every figure and every case, the same each time but for `timings`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from profile_rag.evaluation.baseline import SCHEMA, Comparison
from profile_rag.evaluation.curves import VERDICT_ORDER, calibration, confusion, risk_by_coverage
from profile_rag.evaluation.failures import explain
from profile_rag.evaluation.figures import FIGURES
from profile_rag.evaluation.gates import Gate, check_gates
from profile_rag.evaluation.metrics import verdict_of
from profile_rag.evaluation.results import Evaluation, Result
from profile_rag.evaluation.statistics import RESAMPLES, SEED

Report = dict[str, Any]


def make_report(evaluation: Evaluation) -> Report:
    """All that is known of a run, as plain JSON values."""
    cases = [result.case for result in evaluation.results]
    p50, p95 = evaluation.latency()
    return {
        "schema": SCHEMA,
        "engine": evaluation.engine,
        "facts": evaluation.facts,
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "interval": 0.95},
        "cases": len(cases),
        "failed": sum(result.score is None for result in evaluation.results),
        "skipped": _skipped(evaluation),
        "figures": _figures(evaluation),
        "groups": sorted({case.group for case in cases}),
        "kinds": sorted({case.kind for case in cases}),
        "corpora": sorted({case.corpus for case in cases}),
        "verdicts": {"order": list(VERDICT_ORDER), "counts": confusion(evaluation.scores)},
        "risk_by_coverage": risk_by_coverage(evaluation.scores),
        "calibration": calibration(evaluation.scores),
        "gates": [],
        "baseline": None,
        "results": [_result(result) for result in evaluation.results],
        "timings": {
            "p50_ms": p50,
            "p95_ms": p95,
            "ask_seconds": evaluation.seconds,
            "ingest_seconds": evaluation.ingest_seconds,
            "cases_ms": {result.case.id: round(result.latency_ms, 3) for result in evaluation.results},
        },
    }


def add_gates(report: Report, gates: Sequence[Gate]) -> bool:
    """Note in a report how it stands to gates; tell whether all are open."""
    results = check_gates(gates, report["figures"])
    report["gates"] = [result.to_dict() for result in results]
    return all(result.is_open for result in results)


def add_baseline(report: Report, comparison: Comparison) -> bool:
    """Note in a report how it stands to an earlier one; tell whether nothing fell."""
    report["baseline"] = comparison.to_dict()
    return not comparison.falls


def add_beside(report: Report, other: Report) -> None:
    """Put the figures of another engine over the same cases into a report."""
    report["beside"] = {"engine": other["engine"], "figures": other["figures"]["all"], "timings": other["timings"]}


def answered_by(report: Mapping[str, Any]) -> dict[str, int]:
    """How many answers each engine gave: a language model's are its own only where they are supported."""
    answers = [result["answer"] for result in report["results"] if result["answer"]]
    return dict(sorted(Counter(answer["engine"] for answer in answers).items()))


def _skipped(evaluation: Evaluation) -> list[dict[str, Any]]:
    counts = Counter((item.case.corpus, item.reason) for item in evaluation.skipped)
    return [{"corpus": corpus, "reason": reason, "cases": count} for (corpus, reason), count in sorted(counts.items())]


def _figures(evaluation: Evaluation) -> dict[str, dict[str, dict[str, Any]]]:
    """Every figure over all cases, and by group, kind and corpus."""
    over: dict[str, set[str]] = defaultdict(set)
    for result in evaluation.results:
        case = result.case
        for name in ("all", case.group, case.kind, case.corpus):
            over[name].add(case.id)
    return {name: _figures_over(evaluation, ids) for name, ids in sorted({"all": set(), **over}.items())}


def _figures_over(evaluation: Evaluation, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    figures = evaluation.figures(lambda case: case.id in ids)
    return {name: value.to_dict() | {"unscored": len(ids) - value.scored} for name, value in figures.items()}


def _result(result: Result) -> dict[str, Any]:
    case, score = result.case, result.score
    values: dict[str, Any] = {
        "id": case.id,
        "corpus": case.corpus,
        "kind": case.kind,
        "question": case.question,
        "history": list(case.history),
        "tags": list(case.tags),
        "expected": {
            "verdicts": list(case.verdicts),
            "quotes": [{"source": gold.source, "text": gold.text} for gold in case.quotes],
            "any_quotes": [{"source": gold.source, "text": gold.text} for gold in case.any_quotes],
            "members": list(case.members),
            "must_say": list(case.must_say),
            "must_not_say": list(case.must_not_say),
            "conflict": case.conflict,
            "understood_as": case.understood_as,
        },
        "right": score is not None and score.is_right,
        "error": result.error,
        "why": list(explain(result)),
        "parts": {figure.name: list(part) for figure in FIGURES if (part := figure.part(score)) is not None},
        "verdict": None if score is None else verdict_of(score.answer),
        "answer": None,
    }
    if score is not None:
        answer = score.answer.to_dict()
        del answer["timings_ms"]  # they differ from run to run
        values["answer"] = answer
    return values
