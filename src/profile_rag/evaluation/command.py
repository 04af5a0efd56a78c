"""One run of `profile-rag eval`: from what was asked for to the report and whether it passes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from profile_rag.answering.grounding import GroundingChecker
from profile_rag.config import Settings
from profile_rag.errors import DatasetError, StoreError
from profile_rag.evaluation.baseline import compare, load_report
from profile_rag.evaluation.dataset import Case, load_cases
from profile_rag.evaluation.documents import Documents
from profile_rag.evaluation.gates import load_gates
from profile_rag.evaluation.junit import render_junit
from profile_rag.evaluation.page import render_page
from profile_rag.evaluation.report import Report, add_baseline, add_beside, add_gates, make_report
from profile_rag.evaluation.runner import OnProgress, evaluate_all
from profile_rag.factory import open_embedder

DEFAULT_CASES = Path("eval") / "cases"
DEFAULT_ENGINE = "extractive"


@dataclass(frozen=True, slots=True)
class Order:
    """What to evaluate, and against what."""

    cases: Path
    engine: str = DEFAULT_ENGINE
    held: bool | None = False
    """Only the cases set aside, only the others, or (None) all."""
    only: str = ""
    """How the corpus of a case has to begin."""
    corpus: Path | None = None
    pool: Path | None = None
    stores: Path | None = None
    baseline: Path | None = None
    gates: Path | None = None


def run_evaluation(order: Order, settings: Settings, *, on_progress: OnProgress) -> tuple[Report, bool]:
    """Run the cases; give the report, and whether every gate is open and nothing fell.

    Raises:
        DatasetError: Cases, gates or baseline cannot be read, or no case is chosen.
        StoreError: An index cannot be written.
        ModelUnavailableError: The embedder cannot be loaded.
    """
    # What can be wrong is read before the run, which takes a while.
    cases = _choose(load_cases(order.cases), order)
    documents = Documents.beside(order.cases, corpus=order.corpus, pool=order.pool)
    # The gates beside the cases are those of our own engine.
    own_gates = documents.root / "gates.toml"
    given = order.gates or (own_gates if order.engine == DEFAULT_ENGINE and own_gates.is_file() else None)
    gates = load_gates(given) if given else ()
    before = load_report(order.baseline) if order.baseline else None
    embedder = open_embedder(settings)
    embedder.embed(["warm up"])  # loading the weights is no answer's latency
    checker = GroundingChecker(embedder)

    def run(engine: str) -> Report:
        evaluation = evaluate_all(
            cases,
            documents,
            engine=engine,
            stores=order.stores or documents.root / ".profile_rag" / "eval",
            settings=settings,
            embedder=embedder,
            checker=checker,
            on_progress=on_progress,
        )
        return make_report(evaluation)

    report = run(order.engine)
    if order.engine == "generative":
        add_beside(report, run(DEFAULT_ENGINE))
    passes = add_gates(report, gates)
    if before is not None:
        passes = add_baseline(report, compare(before, report)) and passes
    return report, passes


def write_report(report: Report, folder: Path) -> None:
    """Write `report.html`, `report.json` and `junit.xml`.

    Raises:
        StoreError: The folder cannot be written.
    """
    texts = {"report.json": to_json(report), "report.html": render_page(report), "junit.xml": render_junit(report)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            # What a question may hold of half a surrogate pair has no place in UTF-8.
            (folder / name).write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        step = "Give --report a folder that can be written."
        raise StoreError(folder, f"not writable ({error.strerror})", step) from error


def to_json(report: Report) -> str:
    """The report as a JSON text; the order of its keys is fixed."""
    return json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _choose(cases: Sequence[Case], order: Order) -> list[Case]:
    chosen = [case for case in cases if order.held in {None, case.is_held} and case.corpus.startswith(order.only)]
    if not chosen:
        raise DatasetError(order.cases, "holds no case that was chosen", "Leave out --held or --only.")
    return chosen
