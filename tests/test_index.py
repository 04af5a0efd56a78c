"""The index on disk: what is written comes back, a kill leaves it whole, a stranger's is refused."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from profile_rag.errors import (
    IndexDamagedError,
    IndexForeignError,
    IndexMissingError,
    IndexUnavailableError,
    StoreError,
)
from profile_rag.index import Index, _wipe_unused, check_files, rewrite_manifest, write_generation, writer_lock
from profile_rag.manifest import INDEX_SCHEMA, Fingerprint, IndexedDocument, Manifest, ingest_command, read_manifest
from profile_rag.schema import Chunk, SourceMap

DIMENSIONS = 8
FINGERPRINT = Fingerprint(embed_model="toy", embed_sha256="0" * 64, dimensions=DIMENSIONS, chunker=1)


def make_chunk(number: int, text: str | None = None, *, source: str = "a.md") -> Chunk:
    text = text if text is not None else f"Chunk number {number}."
    return Chunk(
        id=f"node-{number:04d}",
        source=source,
        document_sha256="f" * 64,
        heading=("Skills", f"Part {number % 3}"),
        title="",
        text=text,
        kind="paragraph",
        markup="markdown",
        start_char=number * 100,
        end_char=number * 100 + len(text),
        start_line=number + 1,
        end_line=number + 1,
        source_map=SourceMap(((0, len(text), number * 100, len(text)),), (), (number * 100,), number + 1),
    )


def make_chunks(count: int) -> list[Chunk]:
    return [make_chunk(number) for number in range(count)]


def make_embeddings(count: int, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    rows = np.random.default_rng(7).normal(size=(count, dimensions))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def make_manifest(corpus: Path, *, fingerprint: Fingerprint = FINGERPRINT) -> Manifest:
    document = IndexedDocument("a.md", "f" * 64, size=10, mtime_ns=1, chunk_count=1, repaired=0)
    return Manifest(fingerprint, str(corpus.resolve()), (document,), chunk_count=0)


def write(store: Path, chunks: list[Chunk]) -> Manifest:
    with writer_lock(store, 5):
        return write_generation(store, make_manifest(store.parent), chunks, make_embeddings(len(chunks)))


@contextmanager
def opened(store: Path, *, fingerprint: Fingerprint = FINGERPRINT, corpus: Path | None = None) -> Iterator[Index]:
    with closing(Index.open(store, fingerprint=fingerprint, corpus=corpus)) as index:
        yield index


def names_in(store: Path) -> set[str]:
    return {path.name for path in store.iterdir()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


# --- round trip -------------------------------------------------------------------------------------


def test_every_field_of_a_chunk_comes_back_equal(store: Path) -> None:
    odd = Chunk(
        id="node-odd",
        source="sub folder/Lebenslauf 日本.md",
        document_sha256="0" * 64,
        heading=('Who "He" Is', "Ü > 🧠", ""),
        title="Kubernetes (basics)",
        text='Kubernetes (basics)\r\nsaid "it\'s é́ 🧠\u2028\u00a0fine"\tand\x00 so on ',
        kind="table_row",
        markup="html",
        start_char=3,
        end_char=90,
        start_line=2,
        end_line=4,
        source_map=SourceMap(((0, 5, 3, 5), (5, 1, 8, 6)), ((0, 5), (2, 4)), (0, 7, 30), 2),
        page=12,
    )
    chunks = [make_chunk(0), odd]
    write(store, chunks)
    with opened(store) as index:
        assert index.chunks == tuple(chunks)


def test_chunks_come_in_the_order_of_the_documents(store: Path) -> None:
    chunks = [make_chunk(number, source=source) for number, source in enumerate(["b.md", "a.md", "b.md", "a.md"])]
    write(store, list(reversed(chunks)))
    with opened(store) as index:
        assert [(chunk.source, chunk.start_char) for chunk in index.chunks] == [
            ("a.md", 100),
            ("a.md", 300),
            ("b.md", 0),
            ("b.md", 200),
        ]


@pytest.mark.parametrize("count", [1, 2, 3, 99, 1100], ids=str)
def test_an_index_of_any_size_can_be_opened_again_and_again(count: int, store: Path) -> None:
    chunks = make_chunks(count)
    assert write(store, chunks).chunk_count == count
    for _ in range(3):
        with opened(store) as index:
            assert len(index.chunks) == count
            assert len(index.search(make_embeddings(1)[0], 5)) == min(5, count)


def test_a_manifest_survives_json(tmp_path: Path) -> None:
    manifest = replace(make_manifest(tmp_path), generation=3, content_sha256="a", files=(("x/y.bin", "5f"),))
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_the_manifest_on_disk_is_the_one_returned(store: Path) -> None:
    assert read_manifest(store) is None
    written = write(store, make_chunks(3))
    assert read_manifest(store) == written
    assert written.generation == 1


def test_a_rewritten_manifest_leaves_the_chunks_alone(store: Path) -> None:
    moved = replace(write(store, make_chunks(3)), corpus="elsewhere")
    rewrite_manifest(store, moved)
    with opened(store) as index:
        assert index.manifest == moved
        assert len(index.chunks) == 3
        assert index.is_current()


# --- search -----------------------------------------------------------------------------------------


def test_search_finds_what_exact_cosine_finds_in_the_same_order(store: Path) -> None:
    count, dimensions = 900, 384
    embeddings = make_embeddings(count, dimensions)
    fingerprint = replace(FINGERPRINT, dimensions=dimensions)
    with writer_lock(store, 5):
        write_generation(store, make_manifest(store, fingerprint=fingerprint), make_chunks(count), embeddings)
    queries = make_embeddings(20, dimensions)[::-1] * np.float32(-1)
    with opened(store, fingerprint=fingerprint) as index:
        for query in queries:
            exact = np.argsort(-(embeddings @ query), kind="stable")[:24]
            assert [node_id for node_id, _ in index.search(query, 24)] == [f"node-{number:04d}" for number in exact]


def test_similarity_is_one_for_the_chunk_itself_and_never_rises(store: Path) -> None:
    write(store, make_chunks(20))
    with opened(store) as index:
        found = index.search(make_embeddings(20)[4], 20)
    similarities = [similarity for _, similarity in found]
    assert found[0] == ("node-0004", 1.0)
    assert similarities == sorted(similarities, reverse=True)
    assert all(-1 <= similarity <= 1 for similarity in similarities)


def test_ties_go_by_id(store: Path) -> None:
    same = np.repeat(make_embeddings(1), 5, axis=0)
    with writer_lock(store, 5):
        write_generation(store, make_manifest(store), make_chunks(5)[::-1], same)
    with opened(store) as index:
        assert [node_id for node_id, _ in index.search(same[0], 5)] == [f"node-{number:04d}" for number in range(5)]


def test_asking_for_more_than_there_is_gives_all(store: Path) -> None:
    write(store, make_chunks(3))
    with opened(store) as index:
        assert len(index.search(make_embeddings(1)[0], 100)) == 3


def test_a_bad_question_to_the_index_is_a_value_error(store: Path) -> None:
    write(store, make_chunks(3))
    with opened(store) as index:
        with pytest.raises(ValueError, match="k is at least 1"):
            index.search(make_embeddings(1)[0], 0)
        with pytest.raises(ValueError, match="3 dimensions"):
            index.search(np.ones(3, dtype=np.float32), 1)


def test_embeddings_come_back_by_the_text_that_was_embedded(store: Path) -> None:
    chunks = make_chunks(12)
    write(store, chunks)
    with opened(store) as index:
        stored = index.embeddings()
    assert stored.keys() == {chunk.embedding_text for chunk in chunks}
    for chunk, row in zip(chunks, make_embeddings(12), strict=True):
        np.testing.assert_allclose(stored[chunk.embedding_text], row, atol=1e-6)


def test_a_closed_index_says_so(store: Path) -> None:
    write(store, make_chunks(3))
    index = Index.open(store, fingerprint=FINGERPRINT, corpus=None)
    index.close()
    index.close()
    assert not index.is_current()
    with pytest.raises(IndexUnavailableError, match="closed"):
        index.search(make_embeddings(1)[0], 1)


def test_two_readers_of_one_generation_do_not_close_each_other(store: Path) -> None:
    write(store, make_chunks(3))
    with opened(store) as first:
        with opened(store) as second:
            assert second.search(make_embeddings(1)[0], 1) == first.search(make_embeddings(1)[0], 1)
        assert len(first.search(make_embeddings(1)[0], 3)) == 3


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files through /proc")
def test_opening_and_closing_leaks_no_file_and_no_thread(store: Path) -> None:
    def in_use() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) + len(list(Path("/proc/self/task").iterdir()))

    write(store, make_chunks(3))
    counts = []
    for _ in range(25):
        with opened(store) as index:
            index.search(make_embeddings(1)[0], 1)
        time.sleep(0.01)  # Chroma's threads take a moment to end
        counts.append(in_use())
    assert counts[-1] <= max(counts[:5]) + 3


# --- the swap ---------------------------------------------------------------------------------------


def test_a_reader_goes_on_with_its_generation_and_learns_that_there_is_a_newer(store: Path) -> None:
    write(store, make_chunks(3))
    with opened(store) as reader:
        assert reader.is_current()
        write(store, make_chunks(5))
        assert not reader.is_current()
        assert len(reader.search(make_embeddings(1)[0], 10)) == 3
        with opened(store) as newer:
            assert newer.is_current()
            assert len(newer.search(make_embeddings(1)[0], 10)) == 5


def test_the_store_holds_two_generations_at_most(store: Path) -> None:
    sizes = []
    for _ in range(10):
        write(store, make_chunks(20))
        sizes.append(sum(path.stat().st_size for path in store.rglob("*") if path.is_file()))
    assert names_in(store) == {"CURRENT", "writer.lock", "gen-000009", "gen-000010"}
    assert max(sizes[1:]) <= 1.1 * min(sizes[1:])


def test_what_a_killed_writer_left_is_cleared_away(store: Path) -> None:
    write(store, make_chunks(3))
    for leftover in (".building-000002", "gen-000004"):
        (store / leftover / "chroma").mkdir(parents=True)
    assert write(store, make_chunks(4)).generation == 5
    assert names_in(store) == {"CURRENT", "writer.lock", "gen-000001", "gen-000005"}


@pytest.mark.parametrize(
    ("chunks", "rows", "message"),
    [
        ([], 0, "at least one chunk"),
        (make_chunks(3), 2, "shape"),
        ([make_chunk(1), make_chunk(1)], 2, "same id"),
    ],
    ids=["none", "too few embeddings", "same id twice"],
)
def test_rows_that_cannot_be_an_index_are_refused(chunks: list[Chunk], rows: int, message: str, store: Path) -> None:
    write(store, make_chunks(3))
    with writer_lock(store, 5), pytest.raises(ValueError, match=message):
        write_generation(store, make_manifest(store), chunks, make_embeddings(rows))
    with opened(store) as index:
        assert len(index.chunks) == 3


def test_progress_ends_at_the_number_of_chunks(store: Path) -> None:
    seen: list[tuple[int, int]] = []
    with writer_lock(store, 5):
        write_generation(
            store,
            make_manifest(store),
            make_chunks(1500),
            make_embeddings(1500),
            on_progress=lambda done, total: seen.append((done, total)),
        )
    assert seen == [(1000, 1500), (1500, 1500)]


def test_an_interrupted_writer_leaves_the_index_as_it_was(store: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    write(store, make_chunks(3))
    with writer_lock(store, 5), pytest.raises(KeyboardInterrupt):
        write_generation(store, make_manifest(store), make_chunks(5), make_embeddings(5), on_progress=interrupt)
    assert names_in(store) == {"CURRENT", "writer.lock", "gen-000001"}
    with opened(store) as index:
        assert len(index.chunks) == 3


CHILD = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_index import make_chunks, write
store = Path(sys.argv[1])
write(store.parent / "elsewhere", make_chunks(2))  # everything is imported from here on
print("ready", flush=True)
sys.stdin.readline()
"""


def start_child(store: Path, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + code, str(store), str(Path(__file__).parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def let_go(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "ready\n"
    child.stdin.write("go\n")
    child.stdin.flush()


def test_a_kill_at_any_moment_leaves_the_old_index_or_the_new_one_whole(tmp_path: Path) -> None:
    endless = "while True:\n    write(store, make_chunks(30))\n    write(store, make_chunks(50))\n"
    moments = random.Random(20261121)  # noqa: S311 — seeded, so that a failure can be repeated
    for round_number in range(2):
        stores = [tmp_path / f"{round_number}-{number}" / "store" for number in range(3)]
        for started in stores[1:]:  # the first store is empty, so its first write can be hit as well
            write(started, make_chunks(30))
        children = [start_child(each, endless) for each in stores]
        for killed, child in zip(stores, children, strict=True):
            let_go(child)
            time.sleep(moments.uniform(0, 0.3))
            child.send_signal(signal.SIGKILL)
            child.communicate()
            if (killed / "CURRENT").exists():
                with opened(killed) as index:
                    assert len(index.chunks) in {30, 50}
                    assert len(index.search(make_embeddings(1)[0], 100)) == len(index.chunks)
            else:
                assert killed == stores[0]
            write(killed, make_chunks(4))
            with opened(killed) as index:
                assert len(index.chunks) == 4
            assert not list(killed.glob(".building-*"))
            assert len(list(killed.glob("gen-*"))) <= 2


def test_a_full_disk_is_a_store_error_and_leaves_the_index_as_it_was(store: Path) -> None:
    write(store, make_chunks(3))
    code = """
import resource, signal
from profile_rag.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write(store, make_chunks(2000))
except StoreError as error:
    print("refused:", error)
"""
    child = start_child(store, code)
    let_go(child)
    output, errors = child.communicate(timeout=60)
    assert output.startswith("refused: "), errors
    assert "not writable" in output
    assert names_in(store) == {"CURRENT", "writer.lock", "gen-000001"}
    with opened(store) as index:
        assert len(index.chunks) == 3


def mount(folder: Path, *options: str) -> None:
    """Mount something of this test's own, where that is allowed."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here ({done.stderr.strip()})")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    if shutil.which("mount") is None:
        pytest.skip("there is no mount here")
    disk = tmp_path / "disk"
    mount(disk, "-t", "tmpfs", "-o", "size=1m", "tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("kilobytes", [0, 8, 60, 200, 350], ids="{} kB left".format)
def test_a_disk_that_runs_full_is_a_store_error_at_whatever_moment(kilobytes: int, small_disk: Path) -> None:
    store = small_disk / "store"
    write(store, make_chunks(3))
    status = os.statvfs(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (status.f_bavail * status.f_frsize - kilobytes * 1024))
    with pytest.raises(StoreError, match="not writable"):
        write(store, make_chunks(900))
    assert names_in(store) == {"CURRENT", "writer.lock", "gen-000001"}
    with opened(store) as index:
        assert len(index.search(make_embeddings(1)[0], 9)) == 3
    ballast.unlink()
    write(store, make_chunks(4))
    with opened(store) as index:
        assert len(index.chunks) == 4


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A store with three chunks that nobody may write, root neither."""
    written, store = tmp_path / "written", tmp_path / "store"
    write(written, make_chunks(3))
    if os.geteuid() == 0:
        mount(store, "--bind", str(written))
        subprocess.run(["mount", "-o", "remount,bind,ro", str(store)], check=True)
        yield store
        subprocess.run(["umount", "-l", str(store)], check=True)
    else:
        written.rename(store)
        paths = [store, *store.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield store
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_read_only_index_answers_and_leaves_no_copy_behind(
    read_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    with opened(read_only) as index:
        assert len(index.search(make_embeddings(1)[0], 9)) == 3
        assert len(names_in(copies)) == 1
    assert names_in(copies) == set()


def test_an_index_on_a_full_disk_is_told_where_there_is_no_room_for_a_copy(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = small_disk / "store"
    write(store, make_chunks(3))
    status = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(b"\0" * (status.f_bavail * status.f_frsize - 40_000))
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    with pytest.raises(StoreError, match="Free some space"):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)
    assert not list(small_disk.glob("profile-rag-*"))
    (small_disk / "ballast").unlink()
    with opened(store) as index:
        assert len(index.chunks) == 3


def test_a_read_only_store_takes_no_writer(read_only: Path) -> None:
    with pytest.raises(StoreError, match="not writable"):
        write(read_only, make_chunks(4))
    with opened(read_only) as index:
        assert len(index.chunks) == 3


# --- the lock ---------------------------------------------------------------------------------------


def test_a_second_writer_is_told_that_another_is_writing(store: Path) -> None:
    with (
        writer_lock(store, 1),
        pytest.raises(StoreError, match="another ingest is writing here"),
        writer_lock(store, 0.05),
    ):
        pass


def test_a_second_writer_waits_for_the_first(store: Path) -> None:
    order = []

    def second() -> None:
        with writer_lock(store, 20):
            order.append("second")

    with writer_lock(store, 1):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_the_lock_is_free_again_after_an_error(store: Path) -> None:
    with pytest.raises(KeyError), writer_lock(store, 1):
        raise KeyError
    with writer_lock(store, 0.05):
        pass


def test_a_store_that_cannot_be_made_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for impossible in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(StoreError, match="not writable"), writer_lock(impossible, 1):
            pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_store_is_not_writable(store: Path) -> None:
    store.mkdir()
    store.chmod(0o500)
    with pytest.raises(StoreError, match="not writable"), writer_lock(store, 1):
        pass


def test_a_store_whose_parent_is_a_file_holds_no_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert read_manifest(tmp_path / "file" / "store") is None


# --- refusals ---------------------------------------------------------------------------------------


def test_an_empty_store_holds_no_index(store: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"Run `profile-rag ingest .*`\."):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)
    assert not store.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"embed_model": "other"}, "was built with embedder toy, now other"),
        ({"embed_sha256": "1" * 64}, r"was built with embedder toy \(00000000…\), now toy \(11111111…\)"),
        ({"dimensions": 9}, "was built with dimensions 8, now 9"),
        ({"chunker": 2}, "was built with chunker 1, now 2"),
        ({"distance": "l2"}, "was built with distance cosine, now l2"),
    ],
    ids=["model", "weights", "dimensions", "chunker", "distance"],
)
def test_an_index_built_with_something_else_is_foreign(
    changes: dict[str, str | int], message: str, store: Path
) -> None:
    write(store, make_chunks(3))
    with pytest.raises(IndexForeignError, match=message) as caught:
        Index.open(store, fingerprint=replace(FINGERPRINT, **changes), corpus=None)  # type: ignore[arg-type]
    assert "profile-rag ingest" in caught.value.next_step


def test_an_index_of_another_corpus_is_foreign_where_the_corpus_is_given(store: Path, tmp_path: Path) -> None:
    write(store, make_chunks(3))
    with pytest.raises(IndexForeignError, match="was built from") as caught:
        Index.open(store, fingerprint=FINGERPRINT, corpus=tmp_path / "other")
    assert caught.value.next_step == f"Run `profile-rag ingest {tmp_path / 'other'} --store {store}`."
    with opened(store, corpus=store.parent) as index:
        assert index.manifest.corpus == str(store.parent.resolve())


def test_an_index_of_another_schema_is_foreign_whatever_else_its_manifest_says(store: Path) -> None:
    write(store, make_chunks(3))
    path = store / "gen-000001" / "manifest.json"
    path.write_text(f'{{"fingerprint": {{"schema": {INDEX_SCHEMA + 1}}}, "all": "else"}}')
    with pytest.raises(IndexForeignError, match="built with schema"):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)
    with pytest.raises(IndexForeignError, match="built with schema"):
        read_manifest(store)


def test_the_mending_command_names_only_what_is_not_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    default, other = Path(".profile_rag/corpus"), Path("my docs")
    assert ingest_command(default, Path("corpus")) == "profile-rag ingest"
    assert ingest_command(default, None) == "profile-rag ingest"
    assert ingest_command(Path(".profile_rag/my docs"), other) == "profile-rag ingest 'my docs'"
    assert ingest_command(Path("elsewhere"), None) == "profile-rag ingest --store elsewhere"
    assert ingest_command(Path("elsewhere"), other) == "profile-rag ingest 'my docs' --store elsewhere"


# --- damage -----------------------------------------------------------------------------------------


def chroma_file(store: Path, pattern: str) -> Path:
    return next((store / "gen-000001" / "chroma").glob(pattern))


def test_a_damaged_index_is_refused_and_can_be_written_again(store: Path) -> None:
    write(store, make_chunks(40))
    chroma_file(store, "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    for _ in range(2):  # the second time nothing half open may be left over from the first
        with pytest.raises(IndexDamagedError, match="profile-rag ingest"):
            Index.open(store, fingerprint=FINGERPRINT, corpus=None)
    write(store, make_chunks(3))
    with opened(store) as index:
        assert len(index.chunks) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"fingerprint": 3}',
        f'{{"fingerprint": {{"schema": {INDEX_SCHEMA}}}}}',
        "\udcff",
        "[" * 100_000,
    ],
    ids=["empty", "cut", "list", "object", "number", "half", "not utf-8", "deep"],
)
def test_a_manifest_that_does_not_parse_is_damage(text: str, store: Path) -> None:
    write(store, make_chunks(3))
    (store / "gen-000001" / "manifest.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(IndexDamagedError, match=r"manifest\.json.*profile-rag ingest"):
        read_manifest(store)
    with pytest.raises(IndexDamagedError):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)


@pytest.mark.parametrize("field", ["corpus", "chunk_count", "files", "documents", "generation", "content_sha256"])
def test_a_manifest_with_a_field_of_another_kind_is_damage(field: str, store: Path) -> None:
    write(store, make_chunks(3))
    path = store / "gen-000001" / "manifest.json"
    path.write_text(path.read_text().replace(f'"{field}": ', f'"{field}": true, "was_{field}": '))
    with pytest.raises(IndexDamagedError):
        read_manifest(store)


@pytest.mark.parametrize(
    "text", ["", "gen-000099", "../../elsewhere", "\udcff"], ids=["empty", "gone", "path", "bytes"]
)
def test_a_current_file_that_names_no_generation_is_damage(text: str, store: Path) -> None:
    write(store, make_chunks(3))
    with opened(store) as index:
        (store / "CURRENT").write_text(text, encoding="utf-8", errors="surrogateescape")
        assert not index.is_current()
    with pytest.raises(IndexDamagedError):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)


@pytest.mark.parametrize("pattern", ["chroma.sqlite3", "*/data_level0.bin", "*/index_metadata.pickle"])
@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "overwritten", "one bit"])
def test_a_missing_shortened_or_changed_file_of_chroma_is_damage(pattern: str, harm: str, store: Path) -> None:
    write(store, make_chunks(40))
    path = chroma_file(store, pattern)
    if harm == "one bit" and pattern == "chroma.sqlite3":
        pytest.skip("the database may hold pages that nothing uses; what counts in it is compared by content")
    if harm == "missing":
        path.unlink()
    elif harm == "overwritten":
        path.write_bytes(b"\xff" * path.stat().st_size)  # of the size it had
    elif harm == "one bit":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if harm == "cut" else b"")
    for look in (
        lambda manifest: check_files(store, manifest),
        lambda _: Index.open(store, fingerprint=FINGERPRINT, corpus=None),
    ):
        with pytest.raises(IndexDamagedError, match="profile-rag ingest"):
            look(read_manifest(store))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM embeddings WHERE id = (SELECT max(id) FROM embeddings)", "instead of 40|cannot be read"),
        ("UPDATE embedding_metadata SET string_value = 'Knows COBOL.' WHERE key = 'chroma:document'", "not what was"),
        ("UPDATE embedding_metadata SET string_value = '{' WHERE key = 'source_map'", "cannot be read"),
        ("DELETE FROM embedding_metadata WHERE key = 'heading'", "cannot be read"),
        ("DELETE FROM collections", "cannot be read"),
        ("DROP TABLE collections", "cannot be read"),
    ],
    ids=["row gone", "text changed", "map changed", "field gone", "collection gone", "table gone"],
)
def test_a_database_with_other_rows_than_were_written_is_damage(statement: str, message: str, store: Path) -> None:
    write(store, make_chunks(40))
    with closing(sqlite3.connect(chroma_file(store, "chroma.sqlite3"))) as database:
        database.execute(statement)
        database.commit()
    with pytest.raises(IndexDamagedError, match=message):
        Index.open(store, fingerprint=FINGERPRINT, corpus=None)


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_in_the_database_never_take_the_process_down(seed: int, store: Path) -> None:
    write(store, make_chunks(40))
    path = chroma_file(store, "chroma.sqlite3")
    noise = random.Random(seed)  # noqa: S311 — seeded, so that a failure can be repeated
    data = bytearray(path.read_bytes())
    for _ in range(10**seed * 2):
        data[noise.randrange(100, len(data))] ^= 0xFF
    path.write_bytes(data)
    try:
        with opened(store) as index:  # the noise may have hit nothing that counts
            assert index.chunks == tuple(make_chunks(40))
    except IndexUnavailableError as error:
        assert "profile-rag ingest" in str(error)


@pytest.mark.parametrize("count", [1, 2, 43, 99])
def test_what_lay_in_memory_is_wiped_from_vector_files(
    count: int, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    litter = b"a secret left in memory"

    def wipe_littered(folder: Path) -> None:
        for file in folder.rglob("data_level0.bin"):
            with file.open("r+b") as opened_file:
                opened_file.seek(-len(litter), os.SEEK_END)
                opened_file.write(litter)
        _wipe_unused(folder)

    monkeypatch.setattr("profile_rag.index._wipe_unused", wipe_littered)
    write(store, make_chunks(count))
    (file,) = store.rglob("data_level0.bin")
    assert litter not in file.read_bytes()
    with opened(store) as index:
        assert [node_id for node_id, _ in index.search(make_embeddings(count)[0], 1)] == [make_chunk(0).id]
