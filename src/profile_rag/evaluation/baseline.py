"""What got better and worse since an earlier report, case by case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profile_rag.errors import DatasetError
from profile_rag.evaluation.figures import FIGURES, Figure
from profile_rag.evaluation.statistics import Estimate, Part, estimate_difference

SCHEMA = "profile-rag/evaluation/1"


@dataclass(frozen=True, slots=True)
class Change:
    """How one figure changed over the cases that both runs scored."""

    figure: Figure
    difference: Estimate

    @property
    def is_fall(self) -> bool:
        """Whether it got worse by more than chance: the whole interval lies on the bad side."""
        low, high = self.difference.low, self.difference.high
        if low is None or high is None:
            return False
        return high < 0 if self.figure.better == "higher" else low > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the cases they share."""

    changes: tuple[Change, ...]
    better: tuple[str, ...]
    """Ids of the cases that became right."""
    worse: tuple[str, ...]
    """Ids of those that were right."""
    shared: int
    only_now: int
    only_before: int

    @property
    def falls(self) -> tuple[Change, ...]:
        """What got worse by more than chance."""
        return tuple(change for change in self.changes if change.is_fall)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "shared": self.shared,
            "only_now": self.only_now,
            "only_before": self.only_before,
            "better": list(self.better),
            "worse": list(self.worse),
            "figures": {
                change.figure.name: change.difference.to_dict() | {"fall": change.is_fall} for change in self.changes
            },
        }


def load_report(path: Path) -> dict[str, Any]:
    """An earlier report.json.

    Raises:
        DatasetError: It is missing or no such report.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(path, f"cannot be read ({error})", "Give the report.json of an earlier run.") from error
    is_report = isinstance(values, dict) and values.get("schema") == SCHEMA and isinstance(values.get("results"), list)
    if not is_report:
        raise DatasetError(path, f"is no report of schema {SCHEMA}", "Give the report.json of an earlier run.")
    return dict(values)


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> Comparison:
    """Hold a report against an earlier one."""
    old, new = ({result["id"]: result for result in report["results"]} for report in (before, now))
    shared = sorted(old.keys() & new.keys())

    def parts(results: Mapping[str, Any], name: str) -> list[Part | None]:
        found = [results[identifier]["parts"].get(name) for identifier in shared]
        return [None if part is None else (part[0], part[1]) for part in found]

    return Comparison(
        changes=tuple(
            Change(figure, estimate_difference(parts(old, figure.name), parts(new, figure.name)))
            for figure in FIGURES
            if not figure.is_median
        ),
        better=tuple(item for item in shared if new[item]["right"] and not old[item]["right"]),
        worse=tuple(item for item in shared if old[item]["right"] and not new[item]["right"]),
        shared=len(shared),
        only_now=len(new.keys() - old.keys()),
        only_before=len(old.keys() - new.keys()),
    )
