"""The benchmarks there are, by the names the command line takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from profile_rag.errors import DatasetError
from profile_rag.evaluation.benchmarks import cacm, canard, ragtruth, squad2, wice
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Progress
from profile_rag.models import Embedder


class Benchmark(Protocol):
    """Reads a benchmark's data, runs the program on it and scores what comes out."""

    def __call__(self, data: Path, embedder: Embedder, /, *, on_progress: Progress) -> BenchmarkResult:
        """Raises `DatasetError` where the data is absent or of another format."""
        ...


BENCHMARKS: Mapping[str, Benchmark] = {
    "ragtruth": ragtruth.run,
    "wice": wice.run,
    "squad2": squad2.run,
    "canard": canard.run,
    "cacm": cacm.run,
}


def run_benchmark(
    name: str, data: Path, *, open_embedder: Callable[[], Embedder], on_progress: Progress
) -> BenchmarkResult:
    """Run a benchmark by its name.

    Args:
        name: One of `BENCHMARKS`.
        data: Its file or folder.
        open_embedder: Gives the model, once it is known that there is something to read.
        on_progress: Told how far it is.

    Raises:
        DatasetError: There is no such benchmark, or the data is absent or of another format.
    """
    if name not in BENCHMARKS:
        raise DatasetError(name, "no such benchmark", f"There are {', '.join(BENCHMARKS)}.")
    if not data.exists():
        raise DatasetError(data, "no such file or folder", "Give the benchmark's data as --data.")
    return BENCHMARKS[name](data, open_embedder(), on_progress=on_progress)
