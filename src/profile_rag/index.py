"""The Chroma collection, its manifest and the swap from one generation to the next.

    STORE/CURRENT                    name of the generation to read
    STORE/writer.lock                held while a generation is written
    STORE/gen-000007/manifest.json   what was indexed, by what
    STORE/gen-000007/chroma/         the collection

A generation is built in `STORE/.building-000008`, renamed when it is whole, and only then named in
CURRENT. A reader that opened the generation before goes on with it until it asks `is_current`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from profile_rag.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexUnavailableError,
    ProfileRagError,
    StoreError,
)
from profile_rag.manifest import (
    CURRENT,
    Fingerprint,
    Manifest,
    check_fingerprint,
    current_line,
    generation_name,
    generation_number,
    next_step,
    read_current,
    read_current_line,
    read_manifest_of,
)
from profile_rag.offline import forbid_calling_home
from profile_rag.schema import Chunk, SourceMap

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_COLLECTION = "chunks"
_DIGEST_LETTERS = 32
# What hnswlib writes of an index first: version, offset, rows there is room for, rows, bytes a row, two offsets.
_VECTOR_HEADER = struct.Struct("<i6Q")
_VECTORS_WRITTEN = "index_metadata.pickle"  # Chroma's own, and written last
_ROOM_TO_OPEN = 1_000_000  # bytes; what Chroma notes in the database when it opens it is less
_SIMILARITY_DIGITS = 6  # float32 noise starts at the seventh; rounding makes ties of what differs by it only

# Chroma keeps one system per path in the process, unguarded while it is opened or closed.
_chroma_lock = threading.Lock()


# --- reading ----------------------------------------------------------------------------------------


class Index:
    """One generation, open for reading; safe to share between threads."""

    def __init__(self, store: Path, manifest: Manifest, client: Client) -> None:
        self.manifest = manifest
        self._store = store
        self._resources = ExitStack()
        collection = client.get_collection(_COLLECTION, embedding_function=None)
        self._collection = collection
        self._lock = threading.Lock()  # `close` must not pull the collection from under a search
        self._is_open = True
        rows = collection.get(include=["documents", "metadatas"])
        self.chunks: tuple[Chunk, ...] = _chunks_from_rows(
            rows["ids"], rows["documents"] or [], [dict(metadata) for metadata in rows["metadatas"] or []]
        )

    @classmethod
    def open(cls, store: Path, *, fingerprint: Fingerprint, corpus: Path | None) -> Index:
        """Open the current generation.

        Args:
            store: The index's folder.
            fingerprint: What the index must have been built with.
            corpus: The folder it must have been built from; None takes any.

        Raises:
            IndexMissingError: Nothing has been ingested yet.
            IndexForeignError: It was built with something else or from another corpus.
            IndexDamagedError: Its files are unreadable.
            StoreError: Neither its folder nor the one for temporary files has room for what Chroma writes to read.
        """
        while True:
            generation = read_current(store, corpus=corpus)
            if generation is None:
                raise IndexMissingError(store, "nothing has been ingested yet", next_step(store, corpus))
            try:
                return cls._open_generation(store, generation, fingerprint=fingerprint, corpus=corpus)
            except IndexUnavailableError:
                # Writers may have moved on twice since CURRENT was read, and cleared this generation away.
                if read_current(store, corpus=corpus) == generation:
                    raise

    @classmethod
    def _open_generation(cls, store: Path, generation: str, *, fingerprint: Fingerprint, corpus: Path | None) -> Index:
        manifest = read_manifest_of(store, generation, corpus=corpus)
        check_fingerprint(store, manifest, fingerprint=fingerprint, corpus=corpus)
        step = next_step(store, corpus or Path(manifest.corpus))
        folder = store / generation / "chroma"
        with _chroma_lock, _faults_as_damage(folder, step), ExitStack() as opened:
            if not _is_writable(folder):
                folder = _copy(folder, opened)
            _check_files(folder, manifest, step)
            client = _open_client(folder)
            opened.callback(client.close)
            index = cls(store, manifest, client)
            index._check_content(step)
            index._resources = opened.pop_all()
        return index

    def _check_content(self, step: str) -> None:
        found, expected = len(self.chunks), self.manifest.chunk_count
        if found != expected:
            raise IndexDamagedError(self._store, f"the index holds {found} chunks instead of {expected}", step)
        if _hash_content(self.chunks) != self.manifest.content_sha256:
            raise IndexDamagedError(self._store, "the index's text is not what was written", step)

    def search(self, embedding: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The ids of the k nearest chunks with their cosine similarity, best first; ties go by id."""
        if k < 1:
            raise ValueError(f"k is at least 1, not {k}")
        query: Any = np.asarray(embedding, dtype=np.float32).reshape(1, -1)
        if query.shape[1] != self.manifest.fingerprint.dimensions:
            raise ValueError(f"the embedding has {query.shape[1]} dimensions")
        with self._reading() as collection:
            found = collection.query(query_embeddings=query, n_results=min(k, len(self.chunks)), include=["distances"])
        distances = found["distances"] or [[]]
        scored = [
            (node_id, round(1.0 - distance, _SIMILARITY_DIGITS))
            for node_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def embeddings(self) -> dict[str, NDArray[np.float32]]:
        """Every chunk's embedding, by the text that was embedded."""
        with self._reading() as collection:
            rows = collection.get(include=["embeddings"])
        stored = rows["embeddings"] if rows["embeddings"] is not None else []
        by_id = {node_id: np.asarray(row, dtype=np.float32) for node_id, row in zip(rows["ids"], stored, strict=True)}
        return {chunk.embedding_text: by_id[chunk.id] for chunk in self.chunks}

    def is_current(self) -> bool:
        """Whether this generation is open and still the one to read; False says: open the index again."""
        with suppress(IndexDamagedError):
            return self._is_open and read_current_line(self._store, corpus=None) == current_line(self.manifest)
        return False

    def close(self) -> None:
        """Release the files; a second call does nothing."""
        with self._lock, _chroma_lock:
            if self._is_open:
                self._is_open = False
                self._resources.close()

    @contextmanager
    def _reading(self) -> Iterator[Collection]:
        with self._lock:
            if not self._is_open:
                step = next_step(self._store, Path(self.manifest.corpus))
                raise IndexUnavailableError(self._store, "this generation of the index was closed", step)
            with _faults_as_damage(self._store, next_step(self._store, Path(self.manifest.corpus))):
                yield self._collection


def check_files(store: Path, manifest: Manifest) -> None:
    """Look at the files of the generation that a manifest names, without opening the collection.

    Raises:
        IndexDamagedError: One of them is missing or is not as it was written.
    """
    folder, step = store / generation_name(manifest.generation) / "chroma", next_step(store, Path(manifest.corpus))
    with _faults_as_damage(folder, step):
        _check_files(folder, manifest, step)


def _check_files(folder: Path, manifest: Manifest, step: str) -> None:
    """Refuse what Chroma would create anew or crash on."""
    if not (folder / "chroma.sqlite3").is_file():
        raise IndexDamagedError(folder, "the collection is missing", step)
    if _vector_files(folder) != manifest.files:
        raise IndexDamagedError(folder, "a vector file is missing or is not as it was written", step)
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as database:
        verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        count = database.execute("SELECT count(*) FROM embeddings").fetchone()[0] if verdict == "ok" else 0
    if verdict != "ok":
        raise IndexDamagedError(folder, f"the database is damaged ({verdict})", step)
    if count != manifest.chunk_count:
        raise IndexDamagedError(folder, f"the index holds {count} chunks instead of {manifest.chunk_count}", step)


def _is_writable(folder: Path) -> bool:
    """Whether Chroma can write into a collection's folder, as it does even to read."""
    paths = [path for path in (folder, folder / "chroma.sqlite3") if path.exists()]
    return all(os.access(path, os.W_OK) and shutil.disk_usage(path).free > _ROOM_TO_OPEN for path in paths)


def _copy(folder: Path, opened: ExitStack) -> Path:
    """The collection in a folder that can be written, which goes with the stack."""
    try:
        into = Path(opened.enter_context(TemporaryDirectory(prefix="profile-rag-")))
        for path in sorted(folder.rglob("*")):  # not copytree, which would make the copy read-only as well
            target = into / path.relative_to(folder)
            if path.is_dir():
                target.mkdir()
            else:
                shutil.copyfile(path, target)
    except OSError as error:
        problem = f"read-only or full, and there is no room for a copy to read from ({error.strerror})"
        raise StoreError(folder, problem, "Free some space, or name a folder that has it as TMPDIR.") from error
    return into


def _vector_files(folder: Path) -> tuple[tuple[str, str], ...]:
    """Chroma's vector files, which it writes once, each with the digest of its content."""
    paths = sorted(path for path in folder.glob("*/*") if path.is_file())
    return tuple((path.relative_to(folder).as_posix(), _digest(path)) for path in paths)


def _wipe_unused(folder: Path) -> None:
    """Overwrite what Chroma's vector files hold beyond their rows.

    It reserves room for more rows than there are, and of a small index writes that out as it finds it, which is
    whatever this process had in memory before: the text of a private document, for one.

    Raises:
        StoreError: The files are not laid out as those of the Chroma this was written for.
    """
    for header in folder.glob("*/header.bin"):
        _, _, room, rows, row_size, *_ = _VECTOR_HEADER.unpack(header.read_bytes()[: _VECTOR_HEADER.size])
        for name, size in (("data_level0.bin", row_size), ("length.bin", 4)):
            file = header.with_name(name)
            unused = file.stat().st_size - rows * size
            if not 0 <= unused <= (room - rows) * size:
                step = "Install the versions in constraints.txt."
                raise StoreError(file, "laid out in a way that this version does not know", step)
            with file.open("r+b") as opened:
                opened.seek(rows * size)
                opened.write(bytes(unused))


def _digest(path: Path) -> str:
    if not (path.parent / _VECTORS_WRITTEN).exists():
        # A single row stays in the database; its vector files hold nothing, and are filled anew at each opening.
        return f"{path.stat().st_size} bytes"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:_DIGEST_LETTERS]


@contextmanager
def _faults_as_damage(thing: Path, next_step: str) -> Iterator[None]:
    try:
        yield
    except (ProfileRagError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # Chroma is Rust inside: its panics are no Exceptions
        raise IndexDamagedError(thing, f"the index cannot be read ({error})", next_step) from error


# --- Chroma -----------------------------------------------------------------------------------------


def _open_client(folder: Path) -> Client:
    forbid_calling_home()
    # Inside the function: importing chromadb takes 1.4 s, which `--help` must not pay.
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings as ChromaSettings

    path = str(folder.resolve())
    try:
        client = chromadb.PersistentClient(path, settings=ChromaSettings(anonymized_telemetry=False))
        return cast("Client", client)
    except BaseException:
        # A system that failed to start stays in the cache and would be handed to the next caller.
        SharedSystemClient._identifier_to_system.pop(path, None)
        raise


def _metadata_of(chunk: Chunk) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {
        "source": chunk.source,
        "document_sha256": chunk.document_sha256,
        "heading": json.dumps(chunk.heading),
        "title": chunk.title,
        "kind": chunk.kind,
        "markup": chunk.markup,
        "start_char": chunk.start_char,
        "end_char": chunk.end_char,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "source_map": json.dumps(asdict(chunk.source_map), separators=(",", ":")),
    }
    return metadata if chunk.page is None else metadata | {"page": chunk.page}


def _chunk_from_row(node_id: str, text: str, metadata: Mapping[str, Any]) -> Chunk:
    source_map = json.loads(metadata["source_map"])
    segments = tuple((a, b, c, d) for a, b, c, d in source_map["segments"])
    elements = tuple((start, end) for start, end in source_map["elements"])
    return Chunk(
        id=node_id,
        source=metadata["source"],
        document_sha256=metadata["document_sha256"],
        heading=tuple(json.loads(metadata["heading"])),
        title=metadata["title"],
        text=text,
        kind=metadata["kind"],
        markup=metadata["markup"],
        start_char=metadata["start_char"],
        end_char=metadata["end_char"],
        start_line=metadata["start_line"],
        end_line=metadata["end_line"],
        source_map=SourceMap(segments, elements, tuple(source_map["line_starts"]), source_map["first_line"]),
        page=metadata.get("page"),
    )


def _chunks_from_rows(
    ids: Iterable[str], texts: Iterable[str], metadatas: Iterable[Mapping[str, Any]]
) -> tuple[Chunk, ...]:
    chunks = (_chunk_from_row(*row) for row in zip(ids, texts, metadatas, strict=True))
    return tuple(sorted(chunks, key=_place))


def _place(chunk: Chunk) -> tuple[str, int, int, str]:
    return chunk.source, chunk.start_char, chunk.end_char, chunk.id


def _hash_content(chunks: Iterable[Chunk]) -> str:
    content = hashlib.sha256()
    for chunk in sorted(chunks, key=_place):
        content.update(json.dumps([chunk.id, chunk.text, _metadata_of(chunk)], sort_keys=True).encode())
    return content.hexdigest()


# --- writing ----------------------------------------------------------------------------------------


@contextmanager
def writer_lock(store: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the store against other writers; readers are not held up.

    Raises:
        StoreError: Another writer holds it for longer than the timeout, or the folder cannot be written.
    """
    lock = FileLock(store / "writer.lock", timeout=timeout_seconds)
    try:
        store.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        step = "Wait until it has finished, then run it again."
        raise StoreError(store, "another ingest is writing here", step) from error
    except (OSError, NotImplementedError) as error:
        raise _not_writable(store, error) from error
    try:
        yield
    finally:
        lock.release()


def write_generation(
    store: Path,
    manifest: Manifest,
    chunks: Sequence[Chunk],
    embeddings: NDArray[np.float32],
    *,
    keep_previous: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """Build a generation beside the current one and swap it in; the caller holds `writer_lock`.

    Args:
        store: The index's folder.
        manifest: What is written; its generation, hash and files are filled in.
        chunks: At least one, with ids of their own.
        embeddings: One row of unit length per chunk.
        keep_previous: Whether the generation before stays on disk for readers in the middle of a question; not when
            it holds text that has been taken away.
        on_progress: Told (chunks written, chunks in all).

    Raises:
        StoreError: The folder cannot be written; the current generation is untouched.
    """
    _check_rows(manifest, chunks, embeddings)
    building: Path | None = None
    try:
        _clear(store.glob(".building-*"))
        number = 1 + max((generation_number(path) for path in store.glob("gen-*")), default=0)
        building = store / f".building-{number:06d}"
        building.mkdir()
        _write_collection(building / "chroma", chunks, embeddings, on_progress)
        _wipe_unused(building / "chroma")
        manifest = replace(
            manifest,
            chunk_count=len(chunks),
            generation=number,
            content_sha256=_hash_content(chunks),
            files=_vector_files(building / "chroma"),
        )
        _write_text(building / "manifest.json", manifest.to_json())
        _swap(store, building, manifest, keep_previous=keep_previous)
    except BaseException as error:
        if building is not None:
            _clear([building])
        # Chroma reports a full disk as an error of its own, or panics, which is no Exception.
        if isinstance(error, ProfileRagError | MemoryError | KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise _not_writable(store, error) from error
    return manifest


def rewrite_manifest(store: Path, manifest: Manifest) -> None:
    """Replace the manifest of the generation it names, whose chunks stay; the caller holds `writer_lock`.

    Raises:
        StoreError: The folder cannot be written.
    """
    try:
        _write_text(store / generation_name(manifest.generation) / "manifest.json", manifest.to_json())
    except OSError as error:
        raise _not_writable(store, error) from error


def clear_leftovers(store: Path) -> None:
    """Remove all but the current generation, as a killed writer may have left them; the caller holds `writer_lock`."""
    current = read_current(store, corpus=None)
    _clear([*store.glob(".building-*"), *(path for path in store.glob("gen-*") if path.name != current)])


def withdraw(store: Path) -> None:
    """Leave no index behind; the caller holds `writer_lock`. A server that reads it notices at the next question.

    Raises:
        StoreError: The folder cannot be written.
    """
    try:
        (store / CURRENT).unlink(missing_ok=True)
        for generation in store.glob("gen-*"):
            shutil.rmtree(generation)
    except OSError as error:
        raise _not_writable(store, error) from error


def _check_rows(manifest: Manifest, chunks: Sequence[Chunk], embeddings: NDArray[np.float32]) -> None:
    if not chunks:
        raise ValueError("an index holds at least one chunk")
    if len({chunk.id for chunk in chunks}) != len(chunks):
        raise ValueError("two chunks have the same id")
    expected = (len(chunks), manifest.fingerprint.dimensions)
    if embeddings.shape != expected:
        raise ValueError(f"embeddings have the shape {embeddings.shape}, not {expected}")


def _write_collection(
    folder: Path,
    chunks: Sequence[Chunk],
    embeddings: NDArray[np.float32],
    on_progress: Callable[[int, int], None] | None,
) -> None:
    with _chroma_lock:
        client = _open_client(folder)
    try:
        configuration: Any = {"hnsw": _graph_settings(len(chunks))}
        collection = client.create_collection(_COLLECTION, embedding_function=None, configuration=configuration)
        step = min(client.get_max_batch_size(), 1000)  # small enough that progress moves
        for start in range(0, len(chunks), step):
            rows = chunks[start : start + step]
            collection.add(
                ids=[chunk.id for chunk in rows],
                embeddings=embeddings[start : start + step],
                documents=[chunk.text for chunk in rows],
                metadatas=[_metadata_of(chunk) for chunk in rows],
            )
            if on_progress is not None:
                on_progress(start + len(rows), len(chunks))
        if collection.count() != len(chunks):
            raise OSError(f"the collection holds {collection.count()} of {len(chunks)} chunks")
    finally:
        with _chroma_lock:
            client.close()


def _graph_settings(count: int) -> dict[str, Any]:
    # Chroma's defaults look at 100 candidates and build the graph anew, in another order, whenever a
    # collection of under 1,000 rows is opened: over 900 vectors that found 90 % of the 24 nearest, and
    # other ones each time. Looking at all of them costs about 1.5 ms per 1,000 rows and is the same
    # each time; written early, the graph is the same for every reader.
    return {"space": "cosine", "ef_search": max(100, count), "max_neighbors": 32, "sync_threshold": 2}


def _swap(store: Path, building: Path, manifest: Manifest, *, keep_previous: bool) -> None:
    name = generation_name(manifest.generation)
    before = None
    with suppress(IndexDamagedError):
        before = read_current(store, corpus=None)
    _flush_folder(building)
    building.rename(store / name)
    _write_text(store / CURRENT, current_line(manifest) + "\n")
    # A reader may be in the middle of a question: the generation before stays until the next swap.
    kept = {name, before} if keep_previous else {name}
    _clear(path for path in store.glob("gen-*") if path.name not in kept)


def _write_text(path: Path, text: str) -> None:
    """Write a small file so that a crash leaves the old text or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _flush(path.parent)


def _flush_folder(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _flush(path)


def _flush(path: Path) -> None:
    with suppress(OSError):  # some systems cannot flush a folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clear(folders: Iterable[Path]) -> None:
    for folder in list(folders):
        shutil.rmtree(folder, ignore_errors=True)


def _not_writable(store: Path, error: BaseException) -> StoreError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    step = "Check its permissions and free space, or give another folder with --store."
    return StoreError(store, f"not writable ({reason})", step)
