"""A report as one HTML file that calls nobody: figures, charts, and every case to open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from profile_rag.evaluation.charts import (
    draw_bars,
    draw_calibration,
    draw_confusion,
    draw_latencies,
    draw_risk,
)
from profile_rag.evaluation.failures import VERDICT_NAMES
from profile_rag.evaluation.figures import FIGURES, Figure

# Should text ever get through as markup, the browser is told to load and run nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MANY = 12  # rows; a longer table is folded
_TILES = (
    "right",
    "verdict_accuracy",
    "evidence_recall",
    "quote_validity",
    "grounded_rate",
    "abstention_f1",
    "conflict_recall",
    "cited_characters",
)

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation: {engine}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def render_page(report: Mapping[str, Any]) -> str:
    """The whole page."""
    style = (files("profile_rag.evaluation") / "page.css").read_text(encoding="utf-8")
    sections = (_head, _gates, _baseline, _charts, _figures, _corpora, _cases)
    body = "\n".join(part for section in sections if (part := section(report)))
    return _PAGE.format(policy=_POLICY, engine=escape(report["engine"]), style=style, body=body)


def _head(report: Mapping[str, Any]) -> str:
    facts = report["facts"]
    made_with = [
        f"{name} {facts[key]}" for key, name in (("version", "profile-rag"), ("embed_model", "with")) if key in facts
    ]
    skipped = [
        f"{item['cases']} cases of {item['corpus'] or '(no corpus)'} skipped: {item['reason']}"
        for item in report["skipped"]
    ]
    cells = report["figures"]["all"]
    tiles = "".join(_tile(figure, cells[figure.name]) for figure in FIGURES if figure.name in _TILES)
    wrong = sum(not result["right"] for result in report["results"])
    counts = f"{report['cases']} cases over {len(report['corpora'])} corpora, {wrong} of them miss something"
    failed = f", {report['failed']} failed to run" if report["failed"] else ""
    return (
        f"<h1>Evaluation of the {escape(report['engine'])} engine</h1>"
        f'<p class="quiet">{escape(counts + failed)}. {escape(", ".join(made_with))}</p>'
        f'{_list(skipped, "quiet")}<div class="tiles">{tiles}</div>'
    )


def _tile(figure: Figure, cell: Mapping[str, Any]) -> str:
    interval = _interval(figure, cell) or "not scored"
    return f'<div class="tile">{figure.title}<b>{_number(figure, cell["value"])}</b><span>{interval}</span></div>'


def _gates(report: Mapping[str, Any]) -> str:
    if not report["gates"]:
        return ""
    rows = []
    for gate in report["gates"]:
        bounds = [
            f"{sign} {gate[name]:g}" for sign, name in (("≥", "minimum"), ("≤", "maximum")) if gate[name] is not None
        ]
        state = "not scored" if gate["value"] is None else "open" if gate["open"] else "shut"
        css = {"open": "good", "shut": "bad"}.get(state, "quiet")
        figure = next(figure for figure in FIGURES if figure.name == gate["figure"])
        shown = (figure.title, escape(gate["over"]), " ".join(bounds), _number(figure, gate["value"]))
        rows.append((*shown, f'<span class="{css}">{state}</span>'))
    return f"<h2>Gates</h2>{_table(('figure', 'over', 'bound', 'value', ''), rows)}"


def _baseline(report: Mapping[str, Any]) -> str:
    change = report["baseline"]
    if not change:
        return ""
    rows = []
    for figure in FIGURES:
        cell = change["figures"].get(figure.name)
        if cell and cell["value"]:
            fall = '<span class="bad">worse</span>' if cell["fall"] else ""
            rows.append((figure.title, f"{cell['value']:+.3f}", f"{cell['low']:+.3f} to {cell['high']:+.3f}", fall))
    counts = (
        f"{len(change['better'])} cases got better, {len(change['worse'])} worse, of {change['shared']} in both runs."
    )
    lists = "".join(
        f"<details><summary>{name} ({len(change[key])})</summary>"
        f'<div class="body">{_list([f"{identifier}" for identifier in change[key]])}</div></details>'
        for key, name in (("better", "Got better"), ("worse", "Got worse"))
        if change[key]
    )
    table = _table(("figure", "change", "95 %", ""), rows) if rows else '<p class="quiet">No figure changed.</p>'
    return f"<h2>Since the baseline</h2><p>{counts}</p>{lists}{table}"


def _charts(report: Mapping[str, Any]) -> str:
    verdicts = [VERDICT_NAMES[name] for name in report["verdicts"]["order"]]
    figures = report["figures"]
    by_kind = [(kind.replace("_", "-"), figures[kind]["right"]) for kind in report["kinds"]]
    charts = [
        ("Verdicts", draw_confusion(verdicts, report["verdicts"]["counts"]), "Red is wrong; the more, the fuller."),
        ("Right, by kind", draw_bars(by_kind, "Score by kind"), "All that the case asks for, with 95 % intervals."),
    ]
    if points := report["risk_by_coverage"]:
        note = "Answers by the score of their weakest claim: how many are wrong if only the surest are given."
        if len(points) == 1:
            note = "All answers bear the same score, so there is one point: none is known to be surer than another."
        charts.append(("Risk against coverage", draw_risk(points), note))
    if bins := report["calibration"]["bins"]:
        note = f"Claims that cite gold words, by their score. Expected error {report['calibration']['error']:.3f}."
        charts.append(("Calibration", draw_calibration(bins), note))
    if times := list(report["timings"]["cases_ms"].values()):
        timings = report["timings"]
        middle = (
            ""
            if timings["p50_ms"] is None
            else f"Median {timings['p50_ms']:.0f} ms, 95th percentile {timings['p95_ms']:.0f} ms."
        )
        charts.append(("Latency", draw_latencies(times), middle))
    drawn = "".join(
        f"<figure><h3>{title}</h3>{svg}<figcaption>{escape(note)}</figcaption></figure>" for title, svg, note in charts
    )
    return f'<h2>At a look</h2><div class="charts">{drawn}</div>'


def _figures(report: Mapping[str, Any]) -> str:
    groups = report["groups"] if len(report["groups"]) > 1 else []
    rows = []
    for figure in FIGURES:
        cell = report["figures"]["all"][figure.name]
        others = [_number(figure, report["figures"][group][figure.name]["value"]) for group in groups]
        counts = (str(cell["scored"]), str(cell["unscored"]))
        rows.append((figure.title, _number(figure, cell["value"]), _interval(figure, cell), *counts, *others))
    head = ("figure", "all", "95 %", "scored", "unscored", *groups)
    note = "Intervals by bootstrap over cases. An unscored case is one that the figure asks nothing of."
    return f'<h2>Figures</h2>{_table(head, rows)}<p class="quiet">{note}</p>'


def _corpora(report: Mapping[str, Any]) -> str:
    by_kind, by_corpus = (_rates(report, report[key], name) for key, name in (("kinds", "kind"), ("corpora", "corpus")))
    count = len(report["corpora"])
    folded = f"<details><summary>By corpus ({count})</summary>{by_corpus}</details>"
    return f"<h2>By kind and by corpus</h2>{by_kind}{folded if count > _MANY else f'<p></p>{by_corpus}'}"


def _rates(report: Mapping[str, Any], names: Sequence[str], head: str) -> str:
    chosen = [figure for figure in FIGURES if figure.name in _TILES]
    rows = [
        (
            escape(name.replace("_", "-") if head == "kind" else name),
            str(report["figures"][name]["failed"]["scored"]),
            *(_number(figure, report["figures"][name][figure.name]["value"]) for figure in chosen),
        )
        for name in names
    ]
    return _table((head, "cases", *(figure.title for figure in chosen)), rows)


def _cases(report: Mapping[str, Any]) -> str:
    filters = (
        '<div class="filter"><label><input type="radio" name="show" id="only-failing" checked>'
        ' Those that miss something</label><label><input type="radio" name="show"> All</label></div>'
    )
    return f"<h2>Cases</h2>{filters}{''.join(map(_case, report['results']))}"


def _case(result: Mapping[str, Any]) -> str:
    answer = result["answer"]
    state, mark = (
        ("right", '<span class="mark good">✓</span>') if result["right"] else ("", '<span class="mark bad">✗</span>')
    )
    place = f"<small>{escape(result['id'])} · {escape(result['corpus'])} · {escape(result['kind'])}</small>"
    expected = result["expected"]
    rows: list[tuple[str, str]] = [("Why it misses", _list(result["why"], "bad"))] if result["why"] else []
    if result["history"]:
        rows.append(("Asked before", _list(result["history"])))
    if answer:
        if answer["understood_as"] != answer["question"]:
            rows.append(("Understood as", escape(answer["understood_as"])))
        rows.append(("Verdict", escape(VERDICT_NAMES[result["verdict"]])))
        rows.append(("Answer", _markdown(answer["answer"])))
        rows.append(("Evidence", "".join(_citation(item) for item in answer["citations"]) or "none cited"))
        if answer["conflicts"]:
            rows.append(("Conflict told", _list(item["explanation"] for item in answer["conflicts"])))
    rows.append(("Expected", escape(" or ".join(VERDICT_NAMES[verdict] for verdict in expected["verdicts"]))))
    gold = [_gold(item, "") for item in expected["quotes"]] + [_gold(item, "any: ") for item in expected["any_quotes"]]
    if gold:
        rows.append(("Has to cite", "".join(gold)))
    for key, name in (("members", "Has to name"), ("must_say", "Has to say"), ("must_not_say", "Must not say")):
        if expected[key]:
            rows.append((name, escape(", ".join(expected[key]))))
    if expected["conflict"]:
        rows.append(("Conflict", escape(expected["conflict"])))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    summary = f"<summary>{mark}{escape(result['question'])} {place}</summary>"
    return f'<details class="case {state}">{summary}<div class="body"><dl>{listed}</dl></div></details>\n'


def _markdown(text: str) -> str:
    """The small Markdown of an answer: **bold**, and backslashes before what is none."""
    bold = re.sub(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"\\([\[\]*\\])", r"\1", bold)


def _citation(item: Mapping[str, Any]) -> str:
    place = escape(" › ".join([f"{item['source']}:{item['start_line']}", *item["heading"]]))
    return f'<blockquote>[{item["id"]}] {escape(item["quote"])}<br><span class="quiet">{place}</span></blockquote>'


def _gold(item: Mapping[str, str], before: str) -> str:
    where = f'<span class="quiet">{before}{escape(item["source"])}</span>'
    return f'<blockquote class="gold">{escape(item["text"])}<br>{where}</blockquote>'


def _list(items: Iterable[str], css: str = "") -> str:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<ul class="plain {css}">{listed}</ul>' if listed else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table></div>'


def _number(figure: Figure, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if figure.unit == "share" else f"{value:.0f}"


def _interval(figure: Figure, cell: Mapping[str, Any]) -> str:
    return "" if cell["value"] is None else f"{_number(figure, cell['low'])}–{_number(figure, cell['high'])}"
