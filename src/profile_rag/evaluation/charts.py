"""Charts as inline SVG, drawn for a width of 360: readable on a phone, and in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 350, 22, 190  # the field of a chart with two axes
_ROW = 24  # height of a row of bars
_LABELS = 96  # width kept for what stands before a bar


def draw_confusion(names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Expected verdicts as rows, given ones as columns; what is off the diagonal is wrong."""
    left, top, width, height = 74, 36, 56, 30
    parts = [_text(left + 2.5 * width, 10, "given", "middle", "quiet"), _text(0, top - 6, "expected", css="quiet")]
    for row, expected in enumerate(names):
        whole = sum(counts[row])
        y = top + row * height
        parts += [
            _text(left + (row + 0.5) * width - 1, 28, expected, "middle", "small"),
            _text(left - 6, y + 19, expected, "end"),
        ]
        for column, count in enumerate(counts[row]):
            css = "empty" if not count else "cell" if row == column else "wrong"
            shade = f' fill-opacity="{0.15 + 0.45 * count / whole:.2f}"' if count else ""
            x = left + column * width
            parts.append(f'<rect x="{x}" y="{y}" width="{width - 2}" height="{height - 2}" class="{css}"{shade}/>')
            parts.append(_text(x + width / 2 - 1, y + 18, str(count) if count else "·", "middle"))
    return _svg(top + len(names) * height, "Confusion of verdicts", parts)


def draw_bars(rows: Iterable[tuple[str, Mapping[str, Any]]], label: str) -> str:
    """Shares from 0 to 1, each a bar with its interval."""
    shown = list(rows)
    length = WIDTH - _LABELS - 44
    parts = []
    for number, (name, cell) in enumerate(shown):
        y = number * _ROW
        parts.append(_text(_LABELS - 6, y + 16, name, "end"))
        parts.append(_rect(_LABELS, y + 5, length, 14, "empty"))
        if cell["value"] is None:
            parts.append(_text(_LABELS + length + 6, y + 16, "–"))
            continue
        low, high = (_LABELS + length * cell[end] for end in ("low", "high"))
        parts.append(_rect(_LABELS, y + 5, length * cell["value"], 14, "bar"))
        parts.append(_path(f"M{low:.1f} {y + 12}H{high:.1f}M{low:.1f} {y + 8}v8M{high:.1f} {y + 8}v8", "whisker"))
        parts.append(_text(_LABELS + length + 6, y + 16, f"{cell['value']:.2f}"))
    return _svg(len(shown) * _ROW, label, parts)


def draw_risk(points: Sequence[Mapping[str, float]]) -> str:
    """How many answers are wrong, against how many are given."""
    most = max(0.1, max(point["risk"] for point in points) * 1.15)
    placed = [(_x(point["coverage"]), _y(point["risk"] / most)) for point in points]
    steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    parts = [*_axes("share of cases answered", "wrong", most), _path(f"M{steps}", "line")]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="dot"/>' for x, y in (placed[0], placed[-1])]
    return _svg(_BOTTOM + 34, "Risk against coverage", parts)


def draw_calibration(bins: Sequence[Mapping[str, float]]) -> str:
    """Share of claims on gold words against their score; on the dashed line the score is true."""
    most = max(point["claims"] for point in bins)
    parts = [*_axes("score of the claim", "on gold", 1.0), _path(f"M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}", "guide")]
    for point in bins:
        radius = 3 + 7 * (point["claims"] / most) ** 0.5
        where = f'cx="{_x(point["score"]):.1f}" cy="{_y(point["supported"]):.1f}"'
        title = f"<title>{point['claims']} claims, score {point['score']:.2f}: {point['supported']:.2f}</title>"
        parts.append(f'<circle {where} r="{radius:.1f}" class="bar">{title}</circle>')
    return _svg(_BOTTOM + 34, "Calibration", parts)


def draw_latencies(milliseconds: Sequence[float]) -> str:
    """How many answers took how long; the last bar holds the slowest hundredth."""
    ordered = sorted(milliseconds)
    end = max(1.0, ordered[-(-99 * len(ordered) // 100) - 1])
    counts = [0] * 24
    for value in ordered:
        counts[min(23, int(24 * value / end))] += 1
    most = max(counts)
    parts = _axes("", "answers", float(most), last=f"{end:.0f} ms or more", decimals=0)
    width = (_RIGHT - _LEFT) / 24
    for number, count in enumerate(counts):
        height = (_BOTTOM - _TOP) * count / most
        parts.append(_rect(_LEFT + number * width, _BOTTOM - height, width - 1, height, "bar"))
    return _svg(_BOTTOM + 34, "Latency", parts)


def _axes(below: str, beside: str, most: float, *, last: str = "1", decimals: int = 2) -> list[str]:
    return [
        _path(f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}", "axis"),
        _text(_LEFT - 5, _BOTTOM + 4, "0", "end", "quiet"),
        _text(_LEFT - 5, _TOP + 8, f"{most:.{decimals}f}", "end", "quiet"),
        _text(_LEFT, _TOP - 9, beside, css="quiet"),
        _text(_LEFT, _BOTTOM + 15, "0", "middle", "quiet"),
        _text(_RIGHT, _BOTTOM + 15, last, "end", "quiet"),
        _text((_LEFT + _RIGHT) / 2, _BOTTOM + 28, below, "middle", "quiet"),
    ]


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _rect(x: float, y: float, width: float, height: float, css: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" class="{css}"/>'


def _path(drawn: str, css: str) -> str:
    return f'<path d="{drawn}" class="{css}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", css: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'


def _svg(height: float, label: str, parts: Iterable[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height + 4:.0f}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
