"""Runs cases: asks, times and scores each; one that makes the engine fail is a row, not the end of the run."""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter

from profile_rag import __version__
from profile_rag.config import Settings
from profile_rag.errors import CorpusError, ProfileRagError
from profile_rag.evaluation.attribution import Checker
from profile_rag.evaluation.dataset import Case
from profile_rag.evaluation.documents import Documents, hash_documents
from profile_rag.evaluation.engines import Engine, Retriever, open_engine
from profile_rag.evaluation.metrics import gold_quotes, score_answer
from profile_rag.evaluation.results import Evaluation, Result, Skipped
from profile_rag.evaluation.retrieved import DEPTH
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.models import Embedder
from profile_rag.schema import Answer

_logger = logging.getLogger(__name__)

Ask = Callable[..., Answer]
"""`ask(question, history=[…])` gives an `Answer`."""
OnProgress = Callable[[str, int, int], None]


def evaluate(
    cases: Iterable[Case],
    ask: Engine | Ask,
    *,
    corpus: Path | None = None,
    checker: Checker | None = None,
) -> Evaluation:
    """Ask every case and hold the answers against what is expected.

    Args:
        cases: All about the same documents; see `load_cases`.
        ask: A `Profile`, anything else with `ask`, or a function `ask(question, history=[…])`; it gives an `Answer`. If
            it has `retrieve(question, top_k=…)`, too, retrieval gets figures.
        corpus: The folder of documents, where quotes are read again; without it their validity is unknown.
        checker: Tells what a citation supports; without it two figures are null, and claims count as they are marked.

    Returns:
        The results, with `figures()` over all cases or over some.
    """
    quotes = QuoteReader(corpus) if corpus else None
    started = perf_counter()
    results = [_run(case, ask, quotes, checker) for case in cases]
    engine = next((result.score.answer.engine for result in results if result.score), "")
    return Evaluation(engine, _ordered(results), seconds=perf_counter() - started)


def evaluate_all(
    cases: Sequence[Case],
    documents: Documents,
    *,
    engine: str,
    stores: Path,
    settings: Settings,
    embedder: Embedder,
    checker: Checker | None = None,
    on_progress: OnProgress = lambda stage, done, total: None,
) -> Evaluation:
    """Run cases about many people, corpus by corpus, with one embedder for all.

    Args:
        cases: About any documents.
        documents: Finds them.
        engine: Its name.
        stores: Where indexes are kept, so that the next run embeds nothing.
        settings: Of every profile that is opened.
        embedder: Loaded once.
        checker: As for `evaluate`.
        on_progress: Told how many cases are done.

    Raises:
        StoreError: An index cannot be written.
    """
    by_corpus: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_corpus[case.corpus].append(case)
    results: list[Result] = []
    skipped: list[Skipped] = []
    facts = {"version": __version__, "embed_model": embedder.name, "embed_sha256": embedder.sha256}
    seconds = ingest_seconds = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for corpus, chosen in sorted(by_corpus.items()):
            folder = documents.find(corpus, Path(scratch))
            started = perf_counter()
            if folder is None:
                skipped += [Skipped(case, f"no documents: {corpus or 'the case names no corpus'}") for case in chosen]
                continue
            store = stores / (corpus or folder.name)
            try:
                with open_engine(engine, folder, store, settings=settings, embedder=embedder) as opened:
                    facts[f"documents {corpus}"] = hash_documents(folder)
                    ingest_seconds += perf_counter() - started
                    started = perf_counter()
                    quotes = QuoteReader(folder)
                    for case in chosen:
                        results.append(_run(case, opened, quotes, checker))
                        on_progress("ask", len(results) + len(skipped), len(cases))
                    seconds += perf_counter() - started
            except CorpusError as error:  # nothing in it can be read
                skipped += [Skipped(case, error.problem) for case in chosen]
    ordered = tuple(sorted(skipped, key=lambda item: item.case.id))
    return Evaluation(engine, _ordered(results), ordered, facts, seconds, ingest_seconds)


def _run(case: Case, engine: Engine | Ask, quotes: QuoteReader | None, checker: Checker | None) -> Result:
    ask: Ask = engine.ask if isinstance(engine, Engine) else engine
    started = perf_counter()
    try:
        answer = ask(case.question, history=case.history)
        milliseconds = (perf_counter() - started) * 1000
        retrieved = None
        if isinstance(engine, Retriever) and gold_quotes(case):
            retrieved = [item.chunk for item in engine.retrieve(answer.understood_as, top_k=DEPTH)]
        score = score_answer(case, answer, quotes=quotes, checker=checker, retrieved=retrieved)
    except Exception as error:  # the row of the report that a person sees
        if not isinstance(error, ProfileRagError):
            _logger.warning("case %s: %s", case.id, type(error).__name__, exc_info=True)
        return Result(case, None, f"{type(error).__name__}: {error}", (perf_counter() - started) * 1000)
    return Result(case, score, "", milliseconds)


def _ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    return tuple(sorted(results, key=lambda result: result.case.id))
