"""A report as tables for a terminal, and its failing cases as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

from profile_rag.evaluation.figures import FIGURES, Figure
from profile_rag.evaluation.report import answered_by

_BY_KIND = ("right", "verdict_accuracy", "evidence_recall", "abstention_f1", "list_coverage")


def figures_table(report: Mapping[str, Any], *, is_plain: bool) -> Table:
    """Every figure over all cases, with its interval, and over each group."""
    groups = report["groups"] if len(report["groups"]) > 1 else []
    table = _table(is_plain, "", "all", "95 %", *groups, "unscored")
    for figure in FIGURES:
        cell = report["figures"]["all"][figure.name]
        others = [_number(figure, report["figures"][group][figure.name]["value"]) for group in groups]
        whole = _number(figure, cell["value"])
        table.add_row(figure.title, whole, _interval(figure, cell), *others, str(cell["unscored"] or ""))
    timings = report["timings"]
    for name, title in (("p50_ms", "Latency, median"), ("p95_ms", "Latency, 95th percentile")):
        shown = "–" if timings[name] is None else f"{timings[name]:.0f} ms"
        table.add_row(title, shown, *[""] * (len(groups) + 2))
    return table


def beside_table(report: Mapping[str, Any], *, is_plain: bool) -> Table:
    """The figures of two engines over the same cases, side by side."""
    other = report["beside"]
    table = _table(is_plain, "", report["engine"], other["engine"])
    for figure in FIGURES:
        mine, theirs = report["figures"]["all"][figure.name], other["figures"][figure.name]
        table.add_row(figure.title, _number(figure, mine["value"]), _number(figure, theirs["value"]))
    for name, title in (("p50_ms", "Latency, median"), ("p95_ms", "Latency, 95th percentile")):
        table.add_row(title, *(f"{timings[name]:.0f} ms" for timings in (report["timings"], other["timings"])))
    return table


def kinds_table(report: Mapping[str, Any], *, is_plain: bool) -> Table:
    """The main figures by kind of question."""
    chosen = [figure for figure in FIGURES if figure.name in _BY_KIND]
    table = _table(is_plain, "kind", "cases", *(figure.title for figure in chosen))
    for kind in report["kinds"]:
        figures = report["figures"][kind]
        cells = [_number(figure, figures[figure.name]["value"]) for figure in chosen]
        table.add_row(kind.replace("_", "-"), str(figures["failed"]["scored"]), *cells)
    return table


def changes_table(report: Mapping[str, Any], *, is_plain: bool) -> Table:
    """The figures that changed since the baseline."""
    table = _table(is_plain, "since the baseline", "change", "95 %", "")
    for figure in FIGURES:
        cell = report["baseline"]["figures"].get(figure.name)
        if cell and cell["value"]:
            low, high = f"{cell['low']:+.3f}", f"{cell['high']:+.3f}"
            table.add_row(figure.title, f"{cell['value']:+.3f}", f"{low} to {high}", "worse" if cell["fall"] else "")
    return table


def notes(report: Mapping[str, Any]) -> Iterator[str]:
    """What a table does not hold: cases left out, gates, cases that changed."""
    yield f"{report['engine']}: {report['cases']} cases, {report['failed']} of them failed to run."
    if "beside" in report:
        counts = ", ".join(f"{count} by {engine}" for engine, count in answered_by(report).items())
        withheld = sum(len(result["answer"]["withheld"]) for result in report["results"] if result["answer"])
        yield f"Answers: {counts}. Sentences withheld: {withheld}."
    for item in report["skipped"]:
        yield f"Skipped {item['cases']} of {item['corpus'] or '(no corpus)'}: {item['reason']}."
    for gate in report["gates"]:
        if not gate["open"]:
            bounds = [f"{name} {gate[name]:g}" for name in ("minimum", "maximum") if gate[name] is not None]
            yield f"Gate shut: {gate['figure']} over {gate['over']} is {gate['value']:.3f}, {', '.join(bounds)}."
    open_gates = sum(gate["open"] and gate["value"] is not None for gate in report["gates"])
    unscored = sum(gate["value"] is None for gate in report["gates"])
    if report["gates"]:
        yield f"Gates: {open_gates} of {len(report['gates'])} open" + (f", {unscored} not scored." if unscored else ".")
    if report["baseline"]:
        change = report["baseline"]
        if not any(cell["value"] for cell in change["figures"].values()):
            yield "No figure changed since the baseline."
        yield f"Of {change['shared']} shared cases, {len(change['better'])} got better, {len(change['worse'])} worse."
        yield from (f"  better {identifier}" for identifier in change["better"])
        yield from (f"  worse  {identifier}" for identifier in change["worse"])


def failures(report: Mapping[str, Any]) -> Iterator[str]:
    """The cases that miss something, with what was said and why it will not do."""
    for result in report["results"]:
        if result["right"]:
            continue
        yield f"{result['id']} [{result['kind']}] {' | '.join([*result['history'], result['question']])}"
        answer = result["answer"]
        if answer and answer["understood_as"] != answer["question"]:
            yield f"   understood as: {answer['understood_as']}"
        if answer:
            yield f"   {result['verdict']}: {' '.join(answer['answer'].split())[:300]}"
        yield from (f"   - {why}" for why in result["why"])
        yield ""


def _table(is_plain: bool, *columns: str) -> Table:
    table = Table(box=None if is_plain else box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=is_plain)
    return table


def _number(figure: Figure, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if figure.unit == "share" else f"{value:.0f}"


def _interval(figure: Figure, cell: Mapping[str, Any]) -> str:
    ends: Sequence[float | None] = (cell["low"], cell["high"])
    return "" if None in ends else "–".join(_number(figure, end) for end in ends)
