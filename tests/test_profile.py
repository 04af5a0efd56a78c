"""The Python face: opening, asking, conversing, sharing between threads, following a re-ingest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import profile_rag
from profile_rag import Answer, Profile
from profile_rag.config import Settings
from profile_rag.errors import CorpusError, IndexDamagedError, IndexMissingError, QuestionError
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import Embedder
from profile_rag.schema import Timings, Turn

PROGRAM = Path(sys.executable).with_name("profile-rag")
ROBIN = Path(__file__).parent / "data" / "robin"


def same(answer: Answer) -> Answer:
    """An answer without its clock."""
    return replace(answer, timings_ms=Timings())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A copy of Robin's documents that the test may change; nothing is indexed."""
    return Path(shutil.copytree(ROBIN, tmp_path / "documents"))


@pytest.fixture
def robin(corpus: Path, embedder: Embedder) -> Iterator[Profile]:
    """Robin's profile over documents that the test may change."""
    ingest(corpus, corpus.parent / ".profile_rag" / "documents", embedder)
    with Profile(Settings(corpus=corpus)) as opened:
        yield opened


def test_opening_builds_the_index_and_opening_again_refreshes_it(corpus: Path) -> None:
    with Profile.open(corpus) as first:
        assert first.ask("Haskell?").abstained
        assert not first.changed_sources()
    assert (corpus.parent / ".profile_rag" / "documents" / "CURRENT").is_file()
    (corpus / "more.md").write_text("- Haskell: wrote a parser with it\n")
    with Profile.open(str(corpus)) as second:
        assert second.ask("Haskell?").verdict == "yes"


def test_opening_without_a_refresh_takes_the_index_as_it_is(corpus: Path, robin: Profile) -> None:
    (corpus / "more.md").write_text("- Haskell\n")
    with Profile.open(corpus, refresh=False) as opened:
        assert opened.ask("Haskell?").abstained
        assert opened.changed_sources() == ("more.md",)


def test_opening_without_a_refresh_needs_an_index(corpus: Path) -> None:
    with pytest.raises(IndexMissingError, match="nothing has been ingested yet"):
        Profile.open(corpus, refresh=False)


def test_opening_a_folder_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such folder"):
        Profile.open(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


def test_the_store_can_be_elsewhere(corpus: Path, tmp_path: Path) -> None:
    with Profile.open(corpus, store=tmp_path / "index") as opened:
        assert opened.ingest_command == f"profile-rag ingest {corpus} --store {tmp_path / 'index'}"
    assert (tmp_path / "index" / "CURRENT").is_file()
    assert not (tmp_path / ".profile_rag").exists()


def test_the_person_is_the_one_the_documents_name(profile: Profile) -> None:
    assert (profile.person.name, profile.person.subject) == ("Hassan Al-Farsi", "he")


def test_the_example_questions_can_be_answered(profile: Profile) -> None:
    examples = profile.example_questions()
    assert examples
    for question in examples:
        assert not profile.ask(question).abstained, question


def test_every_quote_stands_in_its_file(profile: Profile, home: Path) -> None:
    for citation in profile.ask("can he do Kafka?").citations:
        lines = (home / "corpus" / citation.source).read_text(encoding="utf-8").splitlines()
        assert citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])


def test_a_question_is_answered_the_same_each_time(profile: Profile) -> None:
    assert same(profile.ask("How does he work?")) == same(profile.ask("How does he work?"))


@pytest.mark.parametrize("question", ["", "  \n", "?!", "x" * 2001], ids=["empty", "blank", "no word", "too long"])
def test_a_question_that_is_none_is_refused(profile: Profile, question: str) -> None:
    with pytest.raises(QuestionError):
        profile.ask(question)


def test_a_history_may_be_questions_turns_or_messages(profile: Profile) -> None:
    question = "can he do Kafka?"
    histories: list[list[str | Turn | dict[str, str]]] = [
        [question],
        [Turn(question)],
        [{"role": "user", "content": question}, {"role": "assistant", "content": "Can he do Python?"}],
    ]
    for history in histories:
        assert profile.ask("and Flink?", history=history).understood_as == "Can he do Flink?"


def test_a_conversation_remembers_what_was_asked(profile: Profile) -> None:
    conversation = profile.chat()
    conversation.ask("can he do Kafka?")
    with pytest.raises(QuestionError):
        conversation.ask("")
    assert conversation.ask("and Flink?").understood_as == "Can he do Flink?"
    assert [turn.question for turn in conversation.turns] == ["can he do Kafka?", "and Flink?"]
    assert profile.chat().ask("and Flink?").understood_as == "and Flink?"


def test_two_threads_get_the_answers_one_gets(profile: Profile) -> None:
    questions = ["can he do Kafka?", "How does he work?", "Which vector databases does he know?", "Terraform?"]
    expected = [same(profile.ask(question)) for question in questions]
    found: dict[int, list[Answer]] = {}

    def work(number: int) -> None:
        found[number] = [same(profile.ask(question)) for _ in range(3) for question in questions]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {0: expected * 3, 1: expected * 3}


def test_an_ingest_by_another_process_is_taken_up_at_the_next_question(corpus: Path, robin: Profile) -> None:
    assert robin.ask("Haskell?").abstained
    (corpus / "more.md").write_text("- Haskell: wrote a parser with it\n")
    assert robin.ask("Haskell?").abstained
    subprocess.run([PROGRAM, "ingest", str(corpus)], cwd=corpus.parent, capture_output=True, check=True, timeout=60)
    answer = robin.ask("Haskell?")
    assert (answer.verdict, answer.citations[0].source) == ("yes", "more.md")
    assert not robin.changed_sources()


def test_a_profile_whose_index_was_withdrawn_answers_no_more(corpus: Path, robin: Profile, embedder: Embedder) -> None:
    for document in corpus.iterdir():
        document.write_text(f"---\nvisibility: private\n---\n\n{document.read_text()}")
    with pytest.raises(CorpusError, match="private"):
        ingest(corpus, corpus.parent / ".profile_rag" / "documents", embedder)
    with pytest.raises(IndexMissingError):
        robin.ask("can she do Kafka?")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files through /proc")
def test_following_re_ingests_takes_no_more_files_and_threads(corpus: Path, robin: Profile, embedder: Embedder) -> None:
    counts = []
    for number in range(8):
        (corpus / "more.md").write_text(f"- Haskell: wrote {number} parsers with it\n")
        ingest(corpus, corpus.parent / ".profile_rag" / "documents", embedder)
        assert f"wrote {number} parsers" in robin.ask("Haskell?").citations[0].quote
        time.sleep(0.05)  # Chroma's threads take a moment to end
        counts.append(sum(len(list(Path("/proc/self", name).iterdir())) for name in ("fd", "task")))
    assert counts[-1] <= max(counts[:3]) + 4  # eight generations left open would be 130 more


@pytest.mark.parametrize("text", ["- Haskell: wrote a parser with it\n", None], ids=["other documents", "the same"])
def test_a_store_removed_and_built_again_under_an_open_profile_answers(
    text: str | None, corpus: Path, robin: Profile, embedder: Embedder
) -> None:
    store = corpus.parent / ".profile_rag" / "documents"
    shutil.rmtree(store)
    with pytest.raises(IndexMissingError, match="profile-rag ingest"):
        robin.ask("Haskell?")
    if text:
        (corpus / "more.md").write_text(text)
    assert ingest(corpus, store, embedder).generation == 1
    assert robin.ask("Haskell?").verdict == ("yes" if text else "not_stated")
    assert robin.ask("Rust?").verdict == "yes"


@pytest.mark.parametrize("harm", ["zero", "cut", "other"])
def test_a_database_damaged_under_an_open_profile_is_told_and_mended_by_an_ingest(
    harm: str, corpus: Path, robin: Profile, embedder: Embedder
) -> None:
    store = corpus.parent / ".profile_rag" / "documents"
    (path,) = store.glob("gen-*/chroma/chroma.sqlite3")
    size = path.stat().st_size
    if harm == "cut":
        os.truncate(path, size // 2)
    else:
        path.write_bytes(b"\0" * size if harm == "zero" else b"something else " * 9000)
    for _ in range(2):
        with pytest.raises(IndexDamagedError, match="profile-rag ingest"):
            robin.retrieve("Rust")
    assert ingest(corpus, store, embedder).rebuilt_because is not None
    assert "Rust" in robin.retrieve("Rust")[0].chunk.text


def test_questions_in_the_middle_of_ingests_are_all_answered(corpus: Path, robin: Profile, embedder: Embedder) -> None:
    store = corpus.parent / ".profile_rag" / "documents"
    found: list[str | Exception] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                found.append(str(robin.ask("Rust?").verdict))
            except Exception as error:  # noqa: BLE001  any would be a failure
                found.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        (corpus / "more.md").write_text(f"- Haskell: wrote {number} parsers with it\n")
        ingest(corpus, store, embedder)
    is_over.set()
    for thread in threads:
        thread.join()
    assert len(found) > 6
    assert set(found) == {"yes"}


def test_what_is_private_is_not_said(robin: Profile) -> None:
    answer = robin.ask("COBOL?")
    assert answer.abstained
    assert "payroll" not in str(answer.to_dict())


def test_closing_twice_is_closing(corpus: Path, robin: Profile) -> None:
    with Profile.open(corpus) as opened:
        opened.close()
    opened.close()
    assert robin.ask("Rust?").verdict == "yes"


def test_the_package_loads_its_names_when_they_are_used() -> None:
    for name in profile_rag.__all__:
        assert getattr(profile_rag, name)
    with pytest.raises(AttributeError, match="no attribute 'Resume'"):
        profile_rag.Resume  # noqa: B018  # the access is what is tested
