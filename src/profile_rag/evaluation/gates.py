"""Gates: the least, or the most, that a figure may be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profile_rag.errors import DatasetError
from profile_rag.evaluation.figures import FIGURES

_FIELDS = frozenset({"figure", "over", "minimum", "maximum", "why"})
_STEP = "See eval/gates.toml for the format."


@dataclass(frozen=True, slots=True)
class Gate:
    """One bound on one figure."""

    figure: str
    over: str
    """All cases (`all`), or those of a group, kind or corpus."""
    minimum: float | None
    maximum: float | None
    why: str

    @property
    def bound(self) -> str:
        """The bound in signs."""
        bounds = (("≥", self.minimum), ("≤", self.maximum))
        return " and ".join(f"{sign} {value:g}" for sign, value in bounds if value is not None)


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate and what the run gave."""

    gate: Gate
    value: float | None
    """None where no case is scored; such a gate stands open."""

    @property
    def is_open(self) -> bool:
        """Whether the figure lies within its bounds."""
        if self.value is None:
            return True
        # A share of 0.95 may come out as 0.9499999.
        least, most = self.gate.minimum, self.gate.maximum
        return (least is None or self.value >= least - 1e-9) and (most is None or self.value <= most + 1e-9)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        gate = self.gate
        bounds = {"minimum": gate.minimum, "maximum": gate.maximum}
        return {"figure": gate.figure, "over": gate.over} | bounds | {"value": self.value, "open": self.is_open}


def load_gates(path: Path) -> tuple[Gate, ...]:
    """The gates of a TOML file.

    Raises:
        DatasetError: It is missing or no TOML, or a gate is not as it should be.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(path, f"cannot be read ({error})", "Give a TOML file of gates.") from error
    items = values.get("gate")
    if not isinstance(items, list) or set(values) != {"gate"}:
        raise DatasetError(path, "is no list of [[gate]]", _STEP)
    return tuple(_parse(path, number, item) for number, item in enumerate(items, start=1))


def check_gates(gates: Sequence[Gate], figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[GateResult]:
    """Hold the figures of a report, by what they are over, against gates."""
    return [GateResult(gate, figures.get(gate.over, {}).get(gate.figure, {}).get("value")) for gate in gates]


def _parse(path: Path, number: int, item: object) -> Gate:
    def refuse(problem: str) -> DatasetError:
        return DatasetError(path, f"gate {number}: {problem}", _STEP)

    if not isinstance(item, Mapping):
        raise refuse("is no table")
    if unknown := sorted(set(item) - _FIELDS):
        raise refuse(f"unknown field {unknown[0]}")
    if item.get("figure") not in {figure.name for figure in FIGURES}:
        raise refuse(f"unknown figure {item.get('figure')}")
    bounds = [item.get("minimum"), item.get("maximum")]
    if bounds == [None, None] or not all(bound is None or type(bound) in {int, float} for bound in bounds):
        raise refuse("needs a number as minimum or maximum")
    return Gate(item["figure"], str(item.get("over", "all")), bounds[0], bounds[1], str(item.get("why", "")))
