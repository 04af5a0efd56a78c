"""`profile-rag ground`: any text checked sentence by sentence, what is unsupported marked, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.command_line import Run

from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import Embedder

TRUE = "Robin built the billing platform of a freight company in Python."
FALSE = "She has run Kafka in production for nine years."
CONTEXT = "She built services in Rust for 5 years, at Acme in Bonn."
RAGAS = {"user_input": "Rust?", "response": "She built services in Rust.", "retrieved_contexts": [CONTEXT]}
DEEPEVAL = {"input": "Rust?", "actual_output": "She built services in Zig.", "retrieval_context": [CONTEXT]}


def test_a_text_is_checked_against_the_corpus_and_its_evidence_named(run: Run, robin_home: Path) -> None:
    result = run(robin_home, "ground", "--text", TRUE)
    assert (result.code, result.err) == (0, "")
    claim, evidence, count = result.out.splitlines()
    assert claim.startswith("supported   ")
    assert claim.endswith(TRUE)
    assert evidence.split(maxsplit=1) == ["profile.md:15", f"“{TRUE[:-1]} and ran it for four years.”"]
    assert count == "1 of 1 sentence supported."


def test_what_nothing_supports_is_marked_and_ends_with_one(run: Run, robin_home: Path) -> None:
    result = run(robin_home, "ground", "--text", f"{TRUE} {FALSE}")
    assert (result.code, result.err) == (1, "")
    assert "for [nine?] years. (" in result.out
    assert "nearest: notes.md:6" in result.out
    assert result.out.endswith("1 of 2 sentences supported.\n")


def test_evidence_of_the_corpus_stands_to_the_letter_on_its_line(run: Run, robin_home: Path) -> None:
    text = "She provisions with Terraform. She understands the architecture of Kafka. She knows pods."
    result = run(robin_home, "ground", "--text", text, "--json")
    found = [item for claim in json.loads(result.out)["claims"] for item in claim["evidence"]]
    assert len(found) >= 3
    for item in found:
        source, line = item["source"].split(":")
        lines = (robin_home / "corpus" / source).read_text().splitlines()
        assert item["quote"] in lines[int(line) - 1]


def test_a_file_and_standard_input_say_the_same_as_the_text_itself(run: Run, robin_home: Path, tmp_path: Path) -> None:
    text = f"{TRUE}\n{FALSE}\n"
    (tmp_path / "letter.txt").write_text(text)
    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    expected = run(robin_home, "ground", "--text", text)
    assert run(robin_home, "ground", str(tmp_path / "letter.txt")) == expected
    assert run(robin_home, "ground", str(tmp_path / "windows.txt")) == expected
    assert run(robin_home, "ground", "-", stdin=text.encode()) == expected


def test_rows_of_other_tools_are_held_against_their_own_contexts(run: Run, tmp_path: Path) -> None:
    lines = f"{json.dumps(RAGAS)}\n\n{json.dumps(DEEPEVAL)}\n"
    result = run(tmp_path, "ground", "-", stdin=lines.encode())  # nothing is ingested here
    assert (result.code, result.err) == (1, "")
    assert result.out.count("Rust?\n") == 2
    assert "context 1  “She built services in Rust for 5 years, at Acme in Bonn.”" in result.out
    assert "She built services in [Zig?]." in result.out


def test_each_answer_is_one_line_of_json(run: Run, tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"id": place, **row}) for place, row in enumerate((RAGAS, DEEPEVAL)))
    result = run(tmp_path, "ground", "-", "--json", stdin=rows.encode())
    assert result.code == 1
    sound, faulty = (json.loads(line) for line in result.out.splitlines())
    assert set(sound) == {"schema", "id", "question", "answer", "supported", "score", "claims"}
    assert (sound["schema"], sound["id"], sound["supported"]) == ("profile-rag/grounding/1", 0, True)
    [claim] = faulty["claims"]
    assert (faulty["supported"], claim["support"], claim["unsupported"]) == (False, "unsupported", ["Zig"])
    assert "name" in claim["reasons"]
    assert faulty["answer"][claim["start"] : claim["end"]] == claim["text"]
    assert claim["evidence"] == [{"source": "context 1", "quote": CONTEXT}]


@pytest.mark.parametrize("question", ["Can she do Kafka?", "Which databases does she know?", "Haskell?"])
def test_an_answer_of_ours_passes_as_it_is_printed(run: Run, robin_home: Path, question: str) -> None:
    answer = run(robin_home, "ask", question, "--json").out
    result = run(robin_home, "ground", "-", stdin=answer.encode())
    assert (result.code, result.err) == (0, ""), result.out


def test_the_answers_of_a_batch_pass_line_by_line(run: Run, home: Path) -> None:
    questions = ["can he do Kafka?", "Which vector databases does he know?", "Does he know COBOL?"]
    batch = "\n".join(json.dumps({"question": question}) for question in questions)
    answers = run(home, "ask", "--batch", "-", stdin=batch.encode()).out
    result = run(home, "ground", "-", "--json", stdin=answers.encode())
    assert (result.code, result.err) == (0, ""), result.out
    assert [row["question"] for row in result.answers()] == questions


def test_an_answer_of_ours_that_was_changed_does_not_pass(run: Run, robin_home: Path) -> None:
    answer = run(robin_home, "ask", "Which databases does she know?", "--json").out
    result = run(robin_home, "ground", "-", stdin=answer.replace('"answer": "PostgreSQL', '"answer": "Oracle').encode())
    assert result.code == 1
    assert "[Oracle?]" in result.out


def test_an_empty_answer_of_a_row_claims_nothing(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "-", stdin=b'{"answer": "", "contexts": []}')
    assert (result.code, result.out) == (0, "0 of 0 sentences supported.\n")


# --- what cannot be checked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "there is no text to check"),
        (b" \n\t\n", "there is no text to check"),
        (b"He likes Z\xfcrich.", "is no UTF-8 text (byte 10)"),
        (b"\x7fELF\x00\x00", "is no text (byte 4 is zero)"),
    ],
    ids=["empty", "blank", "latin", "binary"],
)
def test_a_file_without_text_is_named(run: Run, tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "letter"
    file.write_bytes(content)
    result = run(tmp_path, "ground", str(file))
    assert (result.code, result.out) == (2, "")
    assert f"{file}: {complaint}" in result.err
    assert result.err.count("\n") == 1


def test_a_file_that_is_missing_or_a_folder_is_named(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", tmp_path):
        result = run(tmp_path, "ground", str(path))
        assert (result.code, result.out) == (2, "")
        assert f"{path}: no such file" in result.err


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no such file here")
def test_a_file_that_fails_while_it_is_read_is_named(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "/proc/self/mem")
    assert result.code == 2
    assert "/proc/self/mem: " in result.err


@pytest.mark.parametrize("arguments", [[], ["letter.txt", "--text", "He knows Kafka."]], ids=["nothing", "both"])
def test_either_a_file_or_a_text_is_wanted(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path, "ground", *arguments)
    assert result.code == 2
    assert "give a FILE or --text TEXT" in result.err


def test_an_empty_text_is_refused(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "--text", " ")
    assert result.code == 2
    assert "--text: there is no text to check" in result.err


@pytest.mark.parametrize("line", ["{bad", '{"question": "Kafka?"}', "[1]", '{"answer": "a", "citations": [{}]}'])
def test_a_bad_line_is_named_after_those_before_it(run: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(RAGAS)}\n{line}\n")
    result = run(tmp_path, "ground", "rows.jsonl")
    assert result.code == 2
    assert result.out.endswith("1 of 1 sentence supported.\n")
    assert result.err.startswith("profile-rag: rows.jsonl:2: is no row to check")


def test_rows_that_begin_with_a_bad_one_are_not_taken_for_prose(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "-", stdin=b'{"answer": "cut off\n')
    assert result.code == 2
    assert "-:1: is no row to check" in result.err


def test_without_an_index_a_text_cannot_be_checked(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "--text", TRUE)
    assert (result.code, result.out) == (3, "")
    assert "nothing has been ingested yet" in result.err


# --- hostile text --------------------------------------------------------------------------------------

STEERING = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202e"


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["table", "json"])
def test_control_characters_never_reach_the_terminal(
    run: Run, tmp_path: Path, embedder: Embedder, how: list[str]
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "pro\x1b[31mfile.md").write_text(f"# Robin\n\nBuilt services{STEERING} in Rust.\n")
    ingest(tmp_path / "corpus", tmp_path / ".profile_rag" / "corpus", embedder)
    row = {"question": f"Rust{STEERING}?", "answer": f"Robin{STEERING} built services in Zig{STEERING}."}
    result = run(tmp_path, "ground", "-", *how, stdin=json.dumps(row).encode())
    assert result.code == 1
    assert not set("\x1b\x07\x9b\u202e") & set(result.out + result.err)


def test_the_name_of_a_missing_file_is_printed_without_what_steers_a_terminal(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "ground", "a\x1b[2Jb")
    assert result.code == 2
    assert "\x1b" not in result.err


def test_half_a_surrogate_pair_is_text_like_any_other(run: Run, tmp_path: Path) -> None:
    row = rb'{"answer": "She built services \ud83e in Rust.", "contexts": ["She built services in Rust \ud83e"]}'
    assert run(tmp_path, "ground", "-", stdin=row).code == 0
    assert run(tmp_path, "ground", "-", "--json", stdin=row).code == 0
