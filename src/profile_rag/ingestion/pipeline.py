"""From a corpus folder to an index: read, compare with what is indexed, embed what is new, swap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from profile_rag.errors import CorpusError, IndexMissingError, IndexUnavailableError
from profile_rag.index import Index, clear_leftovers, rewrite_manifest, withdraw, write_generation, writer_lock
from profile_rag.ingestion.chunking import CHUNKER_VERSION, DocumentChunks, chunk_document
from profile_rag.ingestion.cleaning import holds_private_block
from profile_rag.ingestion.corpus import Corpus, Document, SkippedFile, load_corpus
from profile_rag.manifest import Fingerprint, IndexedDocument, Manifest, read_manifest
from profile_rag.models import Embedder
from profile_rag.schema import Chunk

Progress = Callable[[str, int, int], None]
"""Called with the stage ("read", "embed" or "write"), how much of it is done, and of how much."""

LOCK_TIMEOUT_SECONDS = 10.0  # a profile is ingested in less, so a second ingest usually just waits its turn


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest found and did."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Pairs of old and new source whose bytes are the same; counted as neither added nor removed."""
    skipped: tuple[SkippedFile, ...]
    kept: tuple[str, ...]
    """Documents that cannot be read now, of which the index keeps what it held."""
    private: tuple[str, ...]
    """Documents withheld as a whole."""
    empty: tuple[str, ...]
    """Documents that hold no text to index."""
    repaired: int
    """Damaged characters repaired in all documents indexed now."""
    chunk_count: int
    embedded: int
    reused: int
    """Chunks whose embedding was taken from the generation before."""
    rebuilt_because: str | None
    """Why the index before could not be built upon."""
    generation: int

    @property
    def is_unchanged(self) -> bool:
        """Whether the index already held all of this."""
        return not (self.added or self.changed or self.removed or self.renamed or self.rebuilt_because)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner of the documents may want to mend, a line each."""
        kept = "; what was indexed of it before is kept: delete it or name it in .profileignore to take that away"
        skipped = tuple(
            f"{file.source}: skipped, {file.reason}{kept if any(_is_below(each, file) for each in self.kept) else ''}"
            for file in self.skipped
        )
        return skipped + tuple(f"{source}: holds no text to index" for source in self.empty)


@dataclass(frozen=True, slots=True)
class _Previous:
    """What the store holds before the ingest; `index` only where it can be built upon."""

    index: Index | None = None
    manifest: Manifest | None = None
    rebuilt_because: str | None = None


@dataclass(frozen=True, slots=True)
class _Changes:
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def are_none(self) -> bool:
        return not (self.added or self.changed or self.removed or self.renamed)


def fingerprint_of(embedder: Embedder, *, include_private: bool = False) -> Fingerprint:
    """What an index built now with this embedder bears, with what is marked private or without."""
    return Fingerprint(
        embed_model=embedder.name,
        embed_sha256=embedder.sha256,
        dimensions=embedder.dimensions,
        chunker=CHUNKER_VERSION,
        includes_private=include_private,
    )


def ingest(
    corpus: Path,
    store: Path,
    embedder: Embedder,
    *,
    include_private: bool = False,
    on_progress: Progress | None = None,
    lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
) -> IngestReport:
    """Build the index of a corpus, or bring it up to date.

    An index that is foreign or damaged is built anew.

    Args:
        corpus: The folder of documents.
        store: The folder of the index; the owner's has one of its own.
        embedder: What to embed with.
        include_private: Whether to build the owner's index, which holds what is marked private, too.
        on_progress: Told how far it is.
        lock_timeout_seconds: How long to wait for another ingest to finish.

    Raises:
        CorpusError: There is nothing to index; the index is left as it was, unless every document is private now.
        StoreError: The store cannot be written, or another ingest is writing it; the index is left as it was.
        ModelUnavailableError: The embedder's weights do not load; the index is left as it was.
    """
    if not store.exists():
        load_corpus(corpus, include_private=include_private)  # a mistyped folder must leave no store behind
    report = on_progress if on_progress is not None else _ignore
    fingerprint = fingerprint_of(embedder, include_private=include_private)
    # Read under the lock as well: of two ingests the later one must not write the older text.
    with writer_lock(store, lock_timeout_seconds), _open_previous(store, fingerprint) as previous:
        loaded = load_corpus(corpus, include_private=include_private)
        before = previous.manifest.documents if previous.manifest else ()
        kept = _unreadable_now(before, loaded) if previous.index is not None else ()
        if not loaded.documents and not kept:
            # What was public yesterday must not be served today: here, and only here, an ingest that fails removes.
            withdraw(store)
            step = "Remove `visibility: private` from what may be asked about."
            raise CorpusError(corpus, "all its documents are private; the index was removed", step)
        changes = _compare([document for document in before if document not in kept], loaded.documents)
        if changes.are_none and previous.index is not None:
            clear_leftovers(store)
            manifest = _refresh_manifest(store, previous.index.manifest, corpus, loaded.documents)
            return _report(loaded, kept, changes, manifest, embedded=0, rebuilt_because=None)
        pieces = _chunk_all(loaded.documents, embedder, report)
        chunks = [chunk for piece in pieces for chunk in piece.chunks]
        if previous.index is not None:
            sources = {document.source for document in kept}
            chunks += [chunk for chunk in previous.index.chunks if chunk.source in sources]
        if not chunks and (loaded.private or any(holds_private_block(document.raw) for document in loaded.documents)):
            withdraw(store)
            step = "Leave something in them that may be asked about."
            raise CorpusError(corpus, "all its text is private; the index was removed", step)
        if not chunks:
            raise CorpusError(corpus, "its documents hold no text to index", "Write something into one of them.")
        known = previous.index.embeddings() if previous.index is not None else {}
        embeddings, embedded = _embed_new(chunks, known, embedder, report)
        manifest = write_generation(
            store,
            Manifest(
                fingerprint=fingerprint,
                corpus=str(corpus.resolve()),
                documents=(*map(_indexed, loaded.documents, pieces), *kept),
                chunk_count=len(chunks),
            ),
            chunks,
            embeddings,
            keep_previous=not (changes.changed or changes.removed),
            on_progress=lambda done, total: report("write", done, total),
        )
        return _report(loaded, kept, changes, manifest, embedded=embedded, rebuilt_because=previous.rebuilt_because)


def find_changes(manifest: Manifest, corpus: Path) -> tuple[str, ...]:
    """Sources that were added, changed or removed since the index was built; empty when it is up to date.

    Raises:
        CorpusError: The corpus is missing or holds no document.
    """
    loaded = load_corpus(corpus, include_private=manifest.fingerprint.includes_private)
    kept = _unreadable_now(manifest.documents, loaded)
    changes = _compare([document for document in manifest.documents if document not in kept], loaded.documents)
    renamed = (source for pair in changes.renamed for source in pair)
    return tuple(sorted({*changes.added, *changes.changed, *changes.removed, *renamed}))


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def _open_previous(store: Path, fingerprint: Fingerprint) -> Iterator[_Previous]:
    try:
        index = Index.open(store, fingerprint=fingerprint, corpus=None)
    except IndexMissingError:
        yield _Previous()
    except IndexUnavailableError as error:
        yield _Previous(manifest=_salvage_manifest(store), rebuilt_because=error.problem)
    else:
        try:
            yield _Previous(index, index.manifest)
        finally:
            index.close()


def _salvage_manifest(store: Path) -> Manifest | None:
    """The manifest of an index that cannot be opened, to tell what changed since."""
    try:
        return read_manifest(store)
    except IndexUnavailableError:
        return None


def _unreadable_now(before: Sequence[IndexedDocument], loaded: Corpus) -> tuple[IndexedDocument, ...]:
    """Indexed documents that are still there and cannot be read: a fault must not take away what stood."""
    known = {document.source for document in loaded.documents} | set(loaded.private)
    unreadable = [file for file in loaded.skipped if file.is_unreadable]
    return tuple(
        document
        for document in before
        if document.source not in known and any(_is_below(document.source, file) for file in unreadable)
    )


def _is_below(source: str, file: SkippedFile) -> bool:
    """Whether a document is this file, or stands in this folder or zip."""
    return source == file.source or source.startswith(f"{file.source}/")


def _compare(before: Sequence[IndexedDocument], now: Sequence[Document]) -> _Changes:
    old = {document.source: document.sha256 for document in before}
    new = {document.source: document.sha256 for document in now}
    removed = [source for source in old if source not in new]
    added = [source for source in new if source not in old]
    renamed = []
    for source in list(removed):
        target = next((each for each in added if new[each] == old[source]), None)
        if target is not None:
            renamed.append((source, target))
            removed.remove(source)
            added.remove(target)
    kept = [source for source in new if source in old]
    return _Changes(
        added=tuple(added),
        changed=tuple(source for source in kept if new[source] != old[source]),
        removed=tuple(removed),
        unchanged=tuple(source for source in kept if new[source] == old[source]),
        renamed=tuple(renamed),
    )


def _refresh_manifest(store: Path, manifest: Manifest, corpus: Path, documents: Sequence[Document]) -> Manifest:
    """Note where the corpus is and when its files were written; the chunks are the same."""
    times = {document.source: document.mtime_ns for document in documents}
    refreshed = replace(
        manifest,
        corpus=str(corpus.resolve()),
        documents=tuple(
            replace(document, mtime_ns=times.get(document.source, document.mtime_ns)) for document in manifest.documents
        ),
    )
    if refreshed != manifest:
        rewrite_manifest(store, refreshed)
    return refreshed


def _chunk_all(documents: Sequence[Document], embedder: Embedder, report: Progress) -> list[DocumentChunks]:
    pieces = []
    for done, document in enumerate(documents, start=1):
        piece = chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
        pieces.append(piece)
        report("read", done, len(documents))
    return pieces


def _embed_new(
    chunks: Sequence[Chunk], known: Mapping[str, NDArray[np.float32]], embedder: Embedder, report: Progress
) -> tuple[NDArray[np.float32], int]:
    """A row for each chunk, and how many of them had to be embedded."""
    new = [index for index, chunk in enumerate(chunks) if chunk.embedding_text not in known]
    done = 0

    def count(batch: int) -> None:
        nonlocal done
        done += batch
        report("embed", done, len(new))

    embeddings = np.empty((len(chunks), embedder.dimensions), dtype=np.float32)
    if new:
        embeddings[new] = embedder.embed([chunks[index].embedding_text for index in new], on_progress=count)
    for index, chunk in enumerate(chunks):
        if chunk.embedding_text in known:
            embeddings[index] = known[chunk.embedding_text]
    return embeddings, len(new)


def _indexed(document: Document, piece: DocumentChunks) -> IndexedDocument:
    return IndexedDocument(
        source=document.source,
        sha256=document.sha256,
        size=document.size,
        mtime_ns=document.mtime_ns,
        chunk_count=len(piece.chunks),
        repaired=piece.repaired,
    )


def _report(
    loaded: Corpus,
    kept: Sequence[IndexedDocument],
    changes: _Changes,
    manifest: Manifest,
    *,
    embedded: int,
    rebuilt_because: str | None,
) -> IngestReport:
    return IngestReport(
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        unchanged=changes.unchanged,
        renamed=changes.renamed,
        skipped=loaded.skipped,
        kept=tuple(document.source for document in kept),
        private=loaded.private,
        empty=tuple(document.source for document in manifest.documents if document.chunk_count == 0),
        repaired=sum(document.repaired for document in manifest.documents),
        chunk_count=manifest.chunk_count,
        embedded=embedded,
        reused=manifest.chunk_count - embedded,
        rebuilt_because=rebuilt_because,
        generation=manifest.generation,
    )
