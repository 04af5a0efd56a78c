"""Settings in, live objects out: the only module that knows all parts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from profile_rag.answering.contact import Reach
from profile_rag.answering.contact_details import withhold_contact_details
from profile_rag.answering.dates import month_of
from profile_rag.answering.generative import GenerativeSynthesizer
from profile_rag.answering.query_engine import QueryEngine
from profile_rag.config import Settings
from profile_rag.errors import CorpusError
from profile_rag.index import Index
from profile_rag.ingestion.pipeline import IngestReport, Progress, fingerprint_of, ingest
from profile_rag.language_model import LanguageModel, Limits
from profile_rag.llms import describe_fault, open_llm, parse_llm
from profile_rag.manifest import Fingerprint, read_manifest
from profile_rag.models import Embedder, load_embedder, load_reranker
from profile_rag.retrieval.hybrid import HybridRetriever
from profile_rag.schema import Chunk


@dataclass(frozen=True, slots=True)
class Engine:
    """One open generation of the index and everything that answers from it."""

    index: Index
    chunks: tuple[Chunk, ...]
    """What may be told of the index."""
    retriever: HybridRetriever
    query_engine: QueryEngine
    synthesizer: GenerativeSynthesizer | None = None
    """Words what the query engine finds, if there is a language model."""


def open_engine(
    settings: Settings, embedder: Embedder, llm: LanguageModel | None = None, *, is_served: bool = False
) -> Engine:
    """Open the index of these settings and put an engine on it.

    Args:
        settings: Which index.
        embedder: What it was built with.
        is_served: Whether strangers ask: then contact details are left out, unless the settings say otherwise.

    Raises:
        IndexUnavailableError: There is no index, or it is foreign or damaged; the message names the mending command.
        CorpusError: Nothing is left to be served.
    """
    index = Index.open(settings.store_folder, fingerprint=_fingerprint(settings, embedder), corpus=settings.corpus)
    is_withheld = is_served and settings.withhold_contact
    chunks = withhold_contact_details(index.chunks) if is_withheld else index.chunks
    if not chunks:
        index.close()
        step = "Write something else into it, or set withhold_contact = false."
        raise CorpusError(Path(index.manifest.corpus), "holds nothing but contact details, which are withheld", step)
    retriever = HybridRetriever(chunks, index, embedder)
    query_engine = QueryEngine(
        chunks,
        retriever,
        embedder,
        load_reranker(),
        top_k=settings.top_k,
        max_question_characters=settings.max_question_characters,
        reach=Reach(is_withheld, settings.contact),
        as_of=month_of(settings.as_of),
    )
    synthesizer = GenerativeSynthesizer(llm, query_engine.checker, query_engine.person) if llm is not None else None
    return Engine(index, chunks, retriever, query_engine, synthesizer)


def open_language_model(settings: Settings) -> LanguageModel | None:
    """The language model of these settings, if they name one; it is loaded or called at the first question.

    Raises:
        LanguageModelError: It is named wrongly, its extra is not installed, or its key is missing.
    """
    if not settings.llm:
        return None
    choice = parse_llm(settings.llm)
    limits = Limits(settings.llm_timeout, settings.llm_max_tokens, settings.llm_daily_tokens, settings.llm_concurrency)
    stream = open_llm(choice, timeout_seconds=limits.timeout_seconds, max_tokens=limits.max_tokens)
    return LanguageModel(choice.shown, stream, limits, describe_fault=describe_fault)


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of these settings; its weights load at the first text.

    Raises:
        ModelUnavailableError: Its files are missing or not the published ones.
    """
    return load_embedder(settings.embed_model)


def read_chunks(settings: Settings, embedder: Embedder) -> tuple[Chunk, ...]:
    """Everything that the index of these settings holds.

    Raises:
        IndexUnavailableError: There is no index, or it is foreign or damaged; the message names the mending command.
    """
    fingerprint = _fingerprint(settings, embedder)
    with closing(Index.open(settings.store_folder, fingerprint=fingerprint, corpus=settings.corpus)) as index:
        return tuple(index.chunks)


def refresh_index(settings: Settings, embedder: Embedder, *, on_progress: Progress | None = None) -> IngestReport:
    """Ingest the corpus of these settings.

    Raises:
        CorpusError: The corpus is missing or empty; the index is left alone.
        StoreError: The store cannot be written, or another ingest is writing there.
    """
    report = ingest(
        _corpus(settings),
        settings.store_folder,
        embedder,
        include_private=settings.include_private,
        on_progress=on_progress,
    )
    if report.embedded:
        load_reranker().load()  # on a new machine this takes seconds, which the first question should not
    return report


def _fingerprint(settings: Settings, embedder: Embedder) -> Fingerprint:
    return fingerprint_of(embedder, include_private=settings.include_private)


def _corpus(settings: Settings) -> Path:
    """The corpus to ingest: the one given, else the one the store was built from, else the default."""
    if settings.corpus is None and settings.store is not None:
        manifest = read_manifest(settings.store_folder)
        if manifest is not None:
            return Path(manifest.corpus)
    return settings.corpus_folder
