"""What a benchmark found, beside what is trivial and what others published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

BENCHMARK_SCHEMA = "profile-rag/benchmark/1"

Figures = Mapping[str, float | None]
"""By name; None where there was nothing to divide by."""


class Progress(Protocol):
    """Told how far a stage has come."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """So many of so many are done."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """Figures that stand beside ours, or those of a part of the data."""

    name: str
    figures: Figures
    source: str = ""
    """Of published figures: whose they are, and on which data."""


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The figures of one run."""

    name: str
    title: str
    data: Path
    counts: Mapping[str, int]
    figures: Figures
    trivial: tuple[Line, ...] = ()
    """What a program that understands nothing reaches on the same data."""
    published: tuple[Line, ...] = ()
    """What others reached; a figure they don't give is left out."""
    parts: tuple[Line, ...] = ()
    """Ours again, by article, writer or the like."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, rounded to four places."""
        return {
            "schema": BENCHMARK_SCHEMA,
            "name": self.name,
            "data": str(self.data),
            "counts": dict(self.counts),
            "figures": _rounded(self.figures),
            **{name: [_plain(line) for line in getattr(self, name)] for name in ("trivial", "published", "parts")},
        }

    def render(self) -> str:
        """A plain table: ours, the trivial lines, the published ones, ours by part."""
        columns = list(dict.fromkeys(name for line in (Line("", self.figures), *self.trivial) for name in line.figures))
        groups = [("", (Line("profile-rag", self.figures),)), ("trivial", self.trivial)]
        for source in dict.fromkeys(line.source for line in self.published):
            groups.append((f"published: {source}", tuple(line for line in self.published if line.source == source)))
        groups.append(("by part", self.parts))
        width = max(len(line.name) for _, lines in groups for line in lines) + 2
        widths = [max(len(name), 5) for name in columns]
        counts = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        head = " " * width + "  ".join(name.rjust(size) for name, size in zip(columns, widths, strict=True))
        text = [f"{self.title}: {counts}", "", head]
        for group, lines in groups:
            if group and lines:
                text += ["", group]
            text += [f"{line.name:<{width}}{_cells(line.figures, columns, widths)}".rstrip() for line in lines]
        return "\n".join(text)


def _cells(figures: Figures, columns: Iterable[str], widths: Iterable[int]) -> str:
    values = [(figures.get(name), size) for name, size in zip(columns, widths, strict=True)]
    return "  ".join(("-" if value is None else f"{value:.3f}").rjust(size) for value, size in values)


def _plain(line: Line) -> dict[str, Any]:
    values: dict[str, Any] = {"name": line.name, "figures": _rounded(line.figures)}
    return values | ({"source": line.source} if line.source else {})


def _rounded(figures: Figures) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in figures.items()}
