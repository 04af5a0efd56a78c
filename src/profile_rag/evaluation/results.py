"""What a run of the cases gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from profile_rag.evaluation.dataset import Case
from profile_rag.evaluation.figures import FIGURES, Figure
from profile_rag.evaluation.metrics import Score
from profile_rag.evaluation.statistics import Estimate, estimate_median, estimate_ratio


@dataclass(frozen=True, slots=True)
class Result:
    """One case as it was run."""

    case: Case
    score: Score | None
    """None where the engine failed."""
    error: str = ""
    latency_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that could not be run, and why."""

    case: Case
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every case that was run, and those that were not."""

    engine: str
    results: tuple[Result, ...]
    """By id, so that the order in which the cases came changes no figure."""
    skipped: tuple[Skipped, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    """What the run was made with: version, model, hashes of the documents."""
    seconds: float = 0.0
    """From the first case to the last, opening and ingesting left out."""
    ingest_seconds: float = 0.0

    @property
    def scores(self) -> tuple[Score, ...]:
        """Those of the cases that were scored."""
        return tuple(result.score for result in self.results if result.score is not None)

    def figures(self, is_chosen: Callable[[Case], bool] = lambda case: True) -> dict[str, Estimate]:
        """Every figure over the chosen cases."""
        chosen = [result.score for result in self.results if is_chosen(result.case)]
        return {figure.name: _estimate(figure, chosen) for figure in FIGURES}

    def latency(self) -> tuple[float | None, float | None]:
        """The 50th and the 95th percentile of the milliseconds an answer took."""
        times = sorted(result.latency_ms for result in self.results if result.score is not None)
        if not times:
            return None, None
        return times[(len(times) - 1) // 2], times[-(-95 * len(times) // 100) - 1]


def _estimate(figure: Figure, scores: list[Score | None]) -> Estimate:
    parts = [figure.part(score) for score in scores]
    return estimate_median([part and part[0] for part in parts]) if figure.is_median else estimate_ratio(parts)
