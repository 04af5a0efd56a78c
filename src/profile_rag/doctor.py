"""What is installed, indexed and stale, and how to mend it; looks at files, and calls a language model that is set."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from profile_rag.config import Settings
from profile_rag.errors import CorpusError, IndexMissingError, LanguageModelError, ProfileRagError
from profile_rag.factory import open_embedder, open_language_model
from profile_rag.index import check_files
from profile_rag.ingestion.pipeline import find_changes, fingerprint_of
from profile_rag.manifest import check_fingerprint, ingest_command, read_manifest
from profile_rag.models import Embedder

PACKAGES = ("profile-rag", "llama-index-core", "chromadb", "sentence-transformers", "torch", "gradio", "bm25s")
_START_IT = "Start its server, and look at its name, its address and the key in the environment."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    is_well: bool
    finding: str
    mend: str = ""
    """What to do about it; empty when all is well."""
    exit_code: int = 0


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything, in the order in which it is needed."""
    yield Check("python", True, platform.python_version())
    yield from (_package(name) for name in PACKAGES)
    try:
        embedder = open_embedder(settings)
    except ProfileRagError as error:
        yield Check("model", False, f"{error.thing}: {error.problem}", error.next_step, error.exit_code)
        return
    yield Check("model", True, f"{embedder.name}, {embedder.dimensions} dimensions, sha256 {embedder.sha256[:12]}…")
    yield from _index(settings, embedder)
    if settings.llm:
        yield _language_model(settings)


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed", f"Install it: pip install {name}.", exit_code=4)


def _index(settings: Settings, embedder: Embedder) -> Iterator[Check]:
    store = settings.store_folder
    command = ingest_command(store, settings.corpus)
    try:
        manifest = read_manifest(store)
        if manifest is None:
            raise IndexMissingError(store, "no index", f"Run `{command}`.")
        fingerprint = fingerprint_of(embedder, include_private=settings.include_private)
        check_fingerprint(store, manifest, fingerprint=fingerprint, corpus=settings.corpus)
        check_files(store, manifest)
    except ProfileRagError as error:
        yield Check("index", False, f"{error.thing}: {error.problem}", error.next_step, error.exit_code)
        if not settings.corpus_folder.is_dir():
            step = "Give the folder with the profile's documents as --corpus."
            yield Check("corpus", False, f"{settings.corpus_folder}: no such folder", step, CorpusError.exit_code)
        return
    counts = f"{len(manifest.documents)} documents, {manifest.chunk_count} chunks"
    whose = ", with what is marked private" if manifest.fingerprint.includes_private else ""
    yield Check("index", True, f"{store}: generation {manifest.generation}, {counts}{whose}")
    try:
        changed = find_changes(manifest, Path(manifest.corpus))
    except CorpusError as error:
        yield Check("corpus", False, f"{error.thing}: {error.problem}", error.next_step)
        return
    if changed:
        yield Check("corpus", False, f"changed since it was indexed: {', '.join(changed)}", f"Run `{command}`.")
    else:
        yield Check("corpus", True, f"{manifest.corpus}: as indexed")


def _language_model(settings: Settings) -> Check:
    """Whether the model answers one short call."""
    try:
        llm = open_language_model(settings)
        words = llm.stream("You answer with one word.", "Say: ready.") if llm is not None else ()
        for word in words:
            if word:
                return Check("language model", True, f"{llm.name if llm is not None else ''} answers")
    except LanguageModelError as error:
        step = error.next_step if "doctor" not in error.next_step else _START_IT
        return Check("language model", False, f"{error.thing}: {error.problem}", step, error.exit_code)
    return Check("language model", False, "says nothing", _START_IT, LanguageModelError.exit_code)
