"""The command line: what a person sees, what goes wrong in one line, and the exit code of each."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Outcome, Run
from tests.ingestion.files import pdf_of

from profile_rag import __version__, cli
from profile_rag.doctor import PACKAGES
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import PACKAGED_SHA256, Embedder

PROGRAM = Path(sys.executable).with_name("profile-rag")
ROBIN = Path(__file__).parent / "data" / "robin"
STORE = Path(".profile_rag") / "corpus"

KAFKA = """\
Partly. She understands it, with limits: “Haven't run Kafka in production; I've mostly consumed topics others built.” \
[1] Elsewhere the documents list it as a strength: “Streaming: event pipelines (Kafka, Flink)” [2]. \
The two places disagree; it is worth asking about. [1][2]

  [1] notes.md:6     What I Don't Use (But Understand) › Kafka
  [2] profile.md:10  What She's Good At
"""


@pytest.fixture
def robin(tmp_path: Path, embedder: Embedder) -> Path:
    """A folder with Robin's profile, ingested, that the test may change."""
    shutil.copytree(ROBIN, tmp_path / "corpus")
    ingest(tmp_path / "corpus", tmp_path / STORE, embedder)
    return tmp_path


def start(
    folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    # A shell lets what it starts in the background ignore Ctrl-C, and that is inherited.
    ours = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, ours)


def run_program(folder: Path, *arguments: str) -> Outcome:
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, out.decode(), err.decode())


def manifest_of(folder: Path) -> str:
    generation = (folder / STORE / "CURRENT").read_text().split()[0]
    return (folder / STORE / generation / "manifest.json").read_text()


def edit_fingerprint(folder: Path, **changes: object) -> None:
    generation = (folder / STORE / "CURRENT").read_text().split()[0]
    path = folder / STORE / generation / "manifest.json"
    values = json.loads(path.read_text())
    values["fingerprint"].update(changes)
    path.write_text(json.dumps(values))


# --- what a person sees --------------------------------------------------------------------------------


def test_an_answer_is_a_paragraph_and_the_places_it_stands_at(robin_home: Path) -> None:
    assert run_program(robin_home, "ask", "Can she do Kafka?") == Outcome(0, KAFKA, "")


def test_an_answer_to_a_follow_up_says_how_it_was_understood(run: Run, robin_home: Path) -> None:
    result = run(robin_home, "ask", "and Flink?", "--history", "Can she do Kafka?")
    first, second, *_ = result.out.splitlines()
    assert first == "Understood as: Can she do Flink?"
    assert second.startswith("Yes.")


def test_what_the_documents_do_not_say_is_not_stated(run: Run, robin_home: Path) -> None:
    nearest = "\nThe closest they come:\n  profile.md:11  “Languages: Python, Rust”\n"
    expected = f"Not stated. The documents don't mention Haskell.\n{nearest}"
    assert run(robin_home, "ask", "Haskell?") == Outcome(0, expected, "")


def test_an_ingest_reports_what_it_added_changed_and_removed(run: Run, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(ROBIN, corpus)
    index = f"Index: {tmp_path / STORE}\n"
    added = "  added     notes.md\n  added     profile.md\nDocuments: 2 added, 0 changed, 0 removed, 0 unchanged.\n"
    assert run(tmp_path, "ingest") == Outcome(0, f"{added}Chunks: 11, 11 embedded, 0 reused.\n{index}", "")
    again = "Documents: 0 added, 0 changed, 0 removed, 2 unchanged.\nChunks: 11, 0 embedded, 11 reused.\n"
    assert run(tmp_path, "ingest") == Outcome(0, again + index, "")
    (corpus / "profile.md").write_text((corpus / "profile.md").read_text().replace("Rust", "Zig"))
    (corpus / "notes.md").unlink()
    (corpus / "diary.md").write_text("---\nvisibility: private\n---\n\nNobody's business.\n")
    changed = "  changed   profile.md\n  removed   notes.md\n  private   diary.md (withheld)\n"
    counts = "Documents: 0 added, 1 changed, 1 removed, 0 unchanged.\nChunks: 8, 1 embedded, 7 reused.\n"
    assert run(tmp_path, "ingest") == Outcome(0, changed + counts + index, "")


def test_the_doctor_lists_what_is_installed_and_indexed(run: Run, robin_home: Path) -> None:
    looked_at = {
        "python": sys.version.split()[0],
        **{name: version(name) for name in PACKAGES},
        "model": f"all-MiniLM-L6-v2, 384 dimensions, sha256 {PACKAGED_SHA256[:12]}…",
        "index": f"{robin_home / STORE}: generation 1, 2 documents, 11 chunks",
        "corpus": f"{robin_home / 'corpus'}: as indexed",
    }
    expected = "".join(f"ok   {name:<22} {finding}\n" for name, finding in looked_at.items())
    assert run(robin_home, "doctor") == Outcome(0, expected, "")


def test_the_doctor_tells_how_to_mend_what_is_missing(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "doctor")
    assert result.code == 3
    assert f"mend index                  {tmp_path / STORE}: no index\n" in result.out
    assert " Run `profile-rag ingest`.\n" in result.out
    assert "mend corpus                 corpus: no such folder\n" in result.out


def test_the_doctor_and_an_answer_tell_what_changed_since_it_was_indexed(run: Run, robin: Path) -> None:
    with (robin / "corpus" / "notes.md").open("a") as notes:
        notes.write("\nMore.\n")
    assert "mend corpus                 changed since it was indexed: notes.md\n" in run(robin, "doctor").out
    answered = run(robin, "ask", "Can she do Kafka?")
    assert (answered.code, answered.out) == (0, KAFKA)
    expected = "profile-rag: warning: changed since it was indexed: notes.md. Run `profile-rag ingest`.\n"
    assert answered.err == expected


@pytest.mark.parametrize("command", ["ingest", "ask", "chat", "eval", "doctor"])
def test_every_command_explains_itself_and_takes_the_common_options(run: Run, tmp_path: Path, command: str) -> None:
    result = run(tmp_path, command, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: profile-rag {command} [OPTIONS]")
    for option in ("--corpus FOLDER", "--store FOLDER", "--config FILE", "--help"):
        assert option in result.out


def test_the_version_is_told(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "--version") == Outcome(0, f"profile-rag {__version__}\n", "")


def test_no_command_shows_the_help_and_is_wrong(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.code, result.out) == (2, run(tmp_path, "--help").out)


def test_a_terminal_that_lacks_a_character_gets_a_question_mark(robin_home: Path) -> None:
    result = subprocess.run(
        [PROGRAM, "ask", "Rust?"],
        cwd=robin_home,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert b"?Languages: Python, Rust? [1]" in result.stdout


# --- what goes wrong -----------------------------------------------------------------------------------

WRONG: dict[str, tuple[Sequence[str], int, str]] = {
    "no such command": (["frobnicate"], 2, "No such command 'frobnicate'. See `profile-rag --help`."),
    "no such option": (["ask", "--loud", "Kafka?"], 2, "No such option: --loud"),
    "two questions": (["ask", "Kafka?", "Flink?"], 2, "(Flink?). See `profile-rag --help`."),
    "no question": (["ask"], 2, "give a QUESTION or --batch FILE"),
    "question and batch": (["ask", "Kafka?", "--batch", "-"], 2, "give a QUESTION or --batch FILE"),
    "empty question": (["ask", ""], 2, "question: it is empty."),
    "blank question": (["ask", " \t\u200b?! "], 2, "question: it is empty."),
    "long question": (["ask", "x" * 2001], 2, "question: 2001 characters are more than the 2000 allowed."),
    "no such corpus": (["ingest", "nowhere"], 2, "nowhere: no such folder. Give the folder"),
    "a file for a corpus": (["ingest", "corpus/notes.md"], 2, "corpus/notes.md: not a folder."),
    "two corpora": (["ingest", "corpus", "--corpus", "other"], 2, "give the corpus once"),
    "empty corpus": (["ingest", "empty"], 2, "empty: holds no document. Put at least one of these into it"),
    "store below a file": (["ingest", "--store", "corpus/notes.md/index"], 2, "corpus/notes.md/index: not writable"),
    "no index": (["ask", "Kafka?", "--corpus", "empty"], 3, "Run `profile-rag ingest empty`."),
    "index of another corpus": (
        ["ask", "Kafka?", "--corpus", "empty", "--store", str(STORE)],
        3,
        "Run `profile-rag ingest empty --store .profile_rag/corpus`.",
    ),
    "no such batch": (["ask", "--batch", "nowhere.jsonl"], 2, "nowhere.jsonl: no such file"),
    "a folder for a batch": (["ask", "--batch", "corpus"], 2, "corpus: no such file"),
    "no such configuration": (["ask", "Kafka?", "--config", "no.toml"], 2, "no.toml: no such file. Give --config"),
    "no cases": (["eval", "--cases", "nowhere"], 2, "nowhere: cannot be read"),
    "no such benchmark": (["bench", "glue", "--data", "corpus"], 2, "glue: no such benchmark. There are ragtruth, "),
    "no such data": (["bench", "squad2", "--data", "nowhere"], 2, "nowhere: no such file or folder. Give the"),
    "data of another format": (["bench", "canard", "--data", "corpus/notes.md"], 2, "is not of CANARD's format."),
    "drafts over a file": (["cases", "draft", "--out", "corpus/notes.md"], 2, "corpus/notes.md is there already"),
    "drafts of no index": (["cases", "draft", "--corpus", "empty"], 3, "Run `profile-rag ingest empty`."),
    "port that is no number": (["chat", "--port", "http"], 2, "Invalid value for '--port'"),
    "port beyond the last": (["chat", "--port", "65536"], 2, "port: input should be less than or equal to 65535."),
}


@pytest.mark.parametrize(("arguments", "code", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_told_in_one_line_and_loses_nothing(
    run: Run, robin_home: Path, arguments: Sequence[str], code: int, complaint: str
) -> None:
    (robin_home / "empty").mkdir(exist_ok=True)
    before = manifest_of(robin_home)
    result = run(robin_home, *arguments)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("profile-rag: ")
    assert complaint in result.err
    assert result.err.count("\n") == 1
    assert manifest_of(robin_home) == before


FOREIGN: dict[str, tuple[dict[str, object], str]] = {
    "embedder": ({"embed_model": "other"}, "was built with embedder other, now all-MiniLM-L6-v2."),
    "weights": ({"embed_sha256": "0" * 64}, "was built with embedder all-MiniLM-L6-v2 (00000000…), now all-MiniLM"),
    "chunker": ({"chunker": 0}, "was built with chunker 0, now "),
    "schema": ({"schema": 99}, "was built with schema 99, now "),
}


@pytest.mark.parametrize(("changes", "complaint"), FOREIGN.values(), ids=FOREIGN.keys())
def test_a_strangers_index_is_refused_with_the_command_that_mends_it(
    run: Run, robin: Path, changes: dict[str, object], complaint: str
) -> None:
    edit_fingerprint(robin, **changes)
    result = run(robin, "ask", "Can she do Kafka?")
    assert (result.code, result.out) == (3, "")
    assert complaint in result.err
    assert result.err.endswith(" Run `profile-rag ingest`.\n")


def test_the_command_that_mends_a_strangers_index_does(run: Run, robin: Path) -> None:
    edit_fingerprint(robin, chunker=0)
    assert "\nBuilt anew: " in run(robin, "ingest").out
    assert run(robin, "ask", "Can she do Kafka?").out == KAFKA


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("temperature = 1\n", "temperature: no such setting. Known settings: corpus, store, "),
        ('top_k = "many"\n', "top_k: input should be a valid integer"),
        ("top_k = \n", "profile_rag.toml: not valid TOML ("),
    ],
    ids=["unknown", "impossible", "no toml"],
)
def test_a_bad_settings_file_is_named(run: Run, tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "profile_rag.toml").write_text(text)
    result = run(tmp_path, "doctor")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"profile-rag: {complaint}")


def test_a_bad_value_in_the_environment_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE_RAG_PORT", "http")
    result = run(tmp_path, "doctor")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("profile-rag: port: input should be a valid integer")


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    run: Run, robin_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store_in_use(*arguments: str) -> str:
        result = run(tmp_path, "ask", "Kafka?", *arguments)
        assert result.code == 3
        return result.err.split(": ")[1]

    (tmp_path / "profile_rag.toml").write_text('store = "from-file"\n')
    assert store_in_use() == "from-file"
    monkeypatch.setenv("PROFILE_RAG_STORE", "from-environment")
    assert store_in_use() == "from-environment"
    assert store_in_use("--store", "from-command") == "from-command"


def test_a_model_that_is_not_here_is_not_fetched(run: Run, robin_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE_RAG_EMBED_MODEL", "BAAI/bge-small-en-v1.5")
    result = run(robin_home, "ask", "Kafka?")
    assert (result.code, result.out) == (4, "")
    assert "models are not fetched by name" in result.err


def test_a_file_that_gives_no_text_is_named_and_the_rest_ingested(run: Run, robin: Path) -> None:
    (robin / "corpus" / "scan.pdf").write_bytes(pdf_of(()))
    (robin / "corpus" / "more.md").write_text("Wrote a parser in Haskell.\n")
    result = run(robin, "ingest")
    assert result.code == 0
    assert "  added     more.md\n" in result.out
    first, second = result.err.splitlines()
    assert first.startswith("profile-rag: warning: scan.pdf: skipped, a PDF without text, such as a scan")
    assert second == "profile-rag: 1 warning; the rest was ingested."


def test_a_port_that_is_taken_is_told_in_one_line(run: Run, robin_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(robin_home, "chat", "--port", str(port))
    assert (result.code, result.out) == (2, "")
    assert f"profile-rag: 127.0.0.1:{port}: the port is taken." in result.err


@pytest.mark.parametrize(
    ("arguments", "warns"),
    [
        (["--host", "192.0.2.1"], True),
        (["--host", "192.0.2.1", "--auth", "owner:word"], False),
        (["--host", "no-such-host.invalid"], True),
        (["--host", "localhost"], False),
        ([], False),
    ],
    ids=["elsewhere", "with a login", "by name", "localhost", "by default"],
)
def test_an_address_that_others_reach_without_a_login_is_warned_about(
    arguments: list[str], warns: bool, run: Run, robin_home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that none of them is served in earnest
        result = run(robin_home, "chat", *arguments, "--port", str(taken.getsockname()[1]))
    warning = f"profile-rag: warning: everyone who can reach {''.join(arguments[1:2])} can ask. PROFILE_RAG_AUTH="
    assert result.code == 2
    assert result.err.startswith(warning) == warns


def test_the_doctor_looks_at_the_files_of_the_index(run: Run, robin: Path) -> None:
    (vectors,) = (robin / STORE).glob("gen-*/chroma/*/data_level0.bin")
    os.truncate(vectors, vectors.stat().st_size // 2)
    result = run(robin, "doctor")
    assert result.code == 3
    assert "a vector file is missing or is not as it was written" in result.out
    assert "Run `profile-rag ingest`." in result.out
    assert run(robin, "ingest").out.count("Built anew: a vector file is missing") == 1
    assert run(robin, "doctor").code == 0


# --- what visitors asked -----------------------------------------------------------------------------


def ask_over_http(url: str, question: str) -> dict[str, Any]:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/api/ask", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310  our own server
        answer: dict[str, Any] = json.load(response)
    return answer


def test_what_a_served_page_could_not_answer_is_listed_for_the_owner(robin: Path, run: Run) -> None:
    process = start(robin, "chat", "--port", "0", "--log", "asked.db")
    assert process.stdout is not None
    url = process.stdout.readline().decode().removeprefix("Ready: ").strip()
    for question in ("Can she do Kafka?", "Does she sing?", "Does she sing?", "Has she a boat?"):
        ask_over_http(url, question)
    process.terminate()
    process.communicate(timeout=20)
    listed = run(robin, "questions", "--log", "asked.db", "--json")
    assert [(item["question"], item["times"]) for item in map(json.loads, listed.out.splitlines())] == [
        ("Does she sing?", 2),
        ("Has she a boat?", 1),
    ]
    assert "Does she sing?" in run(robin, "questions", "--log", "asked.db").out
    assert "Can she do Kafka?" in run(robin, "questions", "--log", "asked.db", "--all").out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "give --log FILE, the one that `profile-rag chat --log FILE` keeps"),
        (["--log", "gone.db"], "gone.db: no such file"),
        (["--log", "corpus/notes.md"], "corpus/notes.md: the log cannot be used"),
    ],
)
def test_a_log_that_is_none_is_told(run: Run, robin_home: Path, arguments: list[str], problem: str) -> None:
    result = run(robin_home, "questions", *arguments)
    assert result.code == 2
    assert problem in " ".join(result.err.split())


class BurningInput(io.BytesIO):
    def __next__(self) -> bytes:
        raise RuntimeError("the disk is on fire")


def test_an_error_nobody_foresaw_is_one_line_and_a_code_of_its_own(
    robin_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(robin_home)
    monkeypatch.setattr(sys, "argv", ["profile-rag", "ask", "--batch", "-"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(BurningInput()))
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 70
    unforeseen = "profile-rag: unexpected error: RuntimeError: the disk is on fire. Please report it; "
    assert capsys.readouterr().err == f"{unforeseen}PROFILE_RAG_DEBUG=1 shows where it happened.\n"
    monkeypatch.setenv("PROFILE_RAG_DEBUG", "1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(BurningInput()))
    with pytest.raises(RuntimeError, match="on fire"):
        cli.main()


# --- batches -------------------------------------------------------------------------------------------

BATCH = b"""\
{"id": "first", "question": "Can she do Kafka?"}

not JSON
{"id": 2, "question": ""}
  \t
{"id": 3, "question": "Rust?", "history": [7]}
{"id": {}, "question": "Rust?"}
["question"]
{"question": "and Flink?", "history": ["Can she do Kafka?"]}
{"id": "half", "question": "Rust \\ud83e?"}
{"id": "last", "question": "Rust?"}"""


def test_a_batch_is_answered_in_order_and_a_bad_line_leaves_an_error_in_its_place(run: Run, robin_home: Path) -> None:
    result = run(robin_home, "ask", "--batch", "-", "--json", stdin=BATCH)
    answers = result.answers()
    found = [
        (answer.get("id"), answer.get("line"), str(answer.get("verdict", answer.get("error"))).split(" (")[0])
        for answer in answers
    ]
    assert found == [
        ("first", None, "partly"),
        (None, 3, "not JSON"),
        (2, 4, "question: it is empty. Ask something, such as: what is the profile's strongest skill?"),
        (3, 6, "a history item is a question or a message, not int"),
        (None, 7, '"id" is neither text nor a whole number'),
        (None, 8, 'not an object with a "question" text'),
        (None, None, "yes"),
        ("half", None, "yes"),
        ("last", None, "yes"),
    ]
    assert answers[6]["understood_as"] == "Can she do Flink?"
    assert answers[7]["question"] == "Rust \ud83e?"
    assert result.code == 2
    assert result.err == "profile-rag: -: 5 lines could not be answered; each has an error in its place.\n"


def test_a_batch_from_a_file_says_the_same_as_from_standard_input(run: Run, robin_home: Path, tmp_path: Path) -> None:
    def without_timings(result: Outcome) -> list[dict[str, object]]:
        return [{name: value for name, value in each.items() if name != "timings_ms"} for each in result.answers()]

    (tmp_path / "batch.jsonl").write_bytes(BATCH)
    from_file = run(robin_home, "ask", "--batch", str(tmp_path / "batch.jsonl"))
    assert from_file.code == 2
    assert without_timings(from_file) == without_timings(run(robin_home, "ask", "--batch", "-", stdin=BATCH))


@pytest.mark.parametrize("lines", [b"", b"\n \n\t\n"], ids=["nothing", "blank lines"])
def test_a_batch_of_nothing_answers_nothing(run: Run, robin_home: Path, lines: bytes) -> None:
    assert run(robin_home, "ask", "--batch", "-", stdin=lines) == Outcome(0, "", "")


def test_the_same_question_gives_the_same_json(run: Run, robin_home: Path) -> None:
    def asked() -> str:
        return re.sub(r'"timings_ms": \{[^}]*\}', "", run(robin_home, "ask", "Can she do Kafka?", "--json").out)

    assert asked() == asked()


# --- terminals, pipes, signals --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A profile whose text and file name try to steer the terminal."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    text = "# Robin\n\nBuilt \x1b[2J\x1b]0;owned\x07 services in Rust \x9b31m\u202e for years.\n\n- Rust\x1b[8m, Zig\n"
    (folder / "corpus" / "pro\x1b[31mfile\n.md").write_text(text)
    ingest(folder / "corpus", folder / STORE, embedder)
    return folder


STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    "arguments",
    [["ask", "Rust?"], ["ask", "Rust?", "--json"], ["ask", "Haskell \x1b[31m?"], ["ingest"], ["doctor"]],
    ids=["answer", "json", "question", "ingest", "doctor"],
)
def test_control_characters_of_a_document_never_reach_the_terminal(
    run: Run, hostile: Path, arguments: Sequence[str]
) -> None:
    if arguments == ["ingest"]:
        (hostile / "corpus" / "new\x1b[31m.md").write_text("Zig.\n")
    result = run(hostile, *arguments)
    assert result.code == 0
    assert not STEERING.search(result.out + result.err)


def test_a_terminal_gets_colour_and_nothing_else_that_steers_it(hostile: Path) -> None:
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "ask", "Rust?"],
        cwd=hostile,
        env=os.environ | {"TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    _, err = process.communicate(timeout=60)
    os.close(writer)
    seen = os.read(reader, 100_000).decode().replace("\r\n", "\n")
    os.close(reader)
    assert (process.returncode, err) == (0, b"")
    assert "\x1b[1mYes.\x1b[0m" in seen
    assert not STEERING.search(re.sub(r"\x1b\[\d+m", "", seen))


def test_a_reader_that_goes_away_ends_a_batch_quietly(robin_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"question": "Can she do Kafka?"}\n' * 500)
    process = start(robin_home, "ask", "--batch", str(batch))
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["verdict"] == "partly"
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize(
    "arguments", [["ask", "Rust?"], ["ground", "--text", "She knows Rust."], ["doctor"], ["--help"]], ids=" ".join
)
def test_a_reader_that_never_came_ends_a_command_quietly(robin_home: Path, arguments: Sequence[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(robin_home, *arguments, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_ctrl_c_ends_a_batch_quietly(robin_home: Path) -> None:
    process = start(robin_home, "ask", "--batch", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"question": "Rust?"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["verdict"] == "yes"
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)  # with its input still open: closing that would end it as well
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
