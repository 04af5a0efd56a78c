"""`profile-rag eval`: what it prints and writes, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.evaluation.robin import CASES, write_cases

from profile_rag import cli
from profile_rag.config import Settings
from profile_rag.evaluation.dataset import load_cases
from profile_rag.evaluation.documents import Documents
from profile_rag.evaluation.runner import evaluate_all
from profile_rag.models import Embedder


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Robin's documents and cases about them; the indexes of one test serve the next."""
    return write_cases(tmp_path_factory.mktemp("checkout"))


class Runner:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys

    def __call__(self, *arguments: str) -> Outcome:
        self._monkeypatch.chdir(self._folder)
        self._monkeypatch.setattr(sys, "argv", ["profile-rag", "eval", *arguments])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = self._capsys.readouterr()
        return Outcome(int(end.value.code or 0), captured.out, captured.err)


@pytest.fixture
def run(checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(checkout, monkeypatch, capsys)


def figure(outcome: Outcome, title: str) -> list[str]:
    line = next(line for line in outcome.out.splitlines() if line.startswith(title))
    return line.removeprefix(title).split()


def test_the_cases_are_run_and_the_figures_printed(run: Runner) -> None:
    outcome = run("--cases", "cases")
    assert (outcome.code, outcome.err) == (0, "")
    assert figure(outcome, "All that a case asks for")[:2] == ["1.000", "1.000–1.000"]
    assert figure(outcome, "Citation precision, by check")[0] == "1.000"
    assert "extractive: 4 cases, 0 of them failed to run." in outcome.out
    assert "…" not in outcome.out


def test_the_cases_set_aside_are_run_when_asked_for(run: Runner) -> None:
    assert "extractive: 1 cases" in run("--cases", "cases", "--held").out
    assert "extractive: 5 cases" in run("--cases", "cases", "--all").out


def test_the_report_is_three_files_and_the_same_twice(run: Runner, tmp_path: Path) -> None:
    assert run("--cases", "cases", "--report", str(tmp_path / "a" / "b")).code == 0
    printed = run("--cases", "cases/robin.yaml", "--json")
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == {"report.html", "report.json", "junit.xml"}
    first, second = json.loads((tmp_path / "a" / "b" / "report.json").read_text()), json.loads(printed.out)
    assert first.pop("timings").keys() == second.pop("timings").keys()
    assert first == second


def test_the_starter_can_be_run_on_the_same_cases(run: Runner) -> None:
    outcome = run("--cases", "cases", "--engine", "starter", "--json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["engine"]) == (0, "starter")
    figures = {name: cell["value"] for name, cell in report["figures"]["all"].items()}
    assert figures["quote_validity"] == 1.0
    assert figures["cited_characters"] > 500
    assert figures["conflict_recall"] == 0.0


def test_a_shut_gate_is_exit_code_1(run: Runner, tmp_path: Path) -> None:
    gates = tmp_path / "gates.toml"
    gates.write_text("[[gate]]\nfigure = 'cited_characters'\nmaximum = 10\nwhy = 'a test'\n")
    outcome = run("--cases", "cases", "--gates", str(gates))
    assert outcome.code == 1
    assert "Gate shut: cited_characters over all is" in outcome.out


def test_gates_beside_the_cases_are_those_of_the_own_engine(run: Runner, checkout: Path) -> None:
    gates = checkout / "gates.toml"
    gates.write_text("[[gate]]\nfigure = 'conflict_recall'\nminimum = 1\nwhy = 'a test'\n")
    try:
        assert "Gates: 1 of 1 open." in run("--cases", "cases").out
        assert run("--cases", "cases", "--engine", "starter").code == 0
        assert run("--cases", "cases", "--engine", "starter", "--gates", "gates.toml").code == 1
    finally:
        gates.unlink()


def test_a_fall_since_the_baseline_is_exit_code_1_and_a_rise_is_none(run: Runner, tmp_path: Path) -> None:
    ours, theirs = str(tmp_path / "ours"), str(tmp_path / "theirs")
    assert run("--cases", "cases", "--report", ours).code == 0
    assert run("--cases", "cases", "--report", theirs, "--engine", "starter").code == 0
    same = run("--cases", "cases", "--baseline", f"{ours}/report.json")
    assert (same.code, "0 got better, 0 worse" in same.out) == (0, True)
    assert run("--cases", "cases", "--baseline", f"{theirs}/report.json").code == 0
    worse = run("--cases", "cases", "--engine", "starter", "--baseline", f"{ours}/report.json")
    assert worse.code == 1
    assert "  worse  kafka" in worse.out


def test_failing_cases_are_printed_when_asked_for(run: Runner) -> None:
    outcome = run("--cases", "cases", "--engine", "starter", "--failures")
    assert "kafka [capability] Can she do Kafka?" in outcome.out
    assert "   - It does not tell that the documents disagree: notes say she has not run it" in outcome.out


def test_cases_whose_documents_are_absent_are_counted_and_told(run: Runner, checkout: Path) -> None:
    (checkout / "cases" / "absent.yaml").write_text(
        CASES.replace("corpus: corpus", "corpus: pool/nobody.md").replace("id: ", "id: absent-")
    )
    try:
        outcome = run("--cases", "cases")
    finally:
        (checkout / "cases" / "absent.yaml").unlink()
    assert "Skipped 4 of pool/nobody.md: no documents: pool/nobody.md." in outcome.out
    assert outcome.code == 0


def test_other_documents_can_stand_in_for_the_corpus(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "me").mkdir()
    (tmp_path / "me" / "me.md").write_text("# Sam Field\n\nSam knows Haskell well.\n")
    outcome = run("--cases", "cases", "--corpus", str(tmp_path / "me"), "--store", str(tmp_path / "store"))
    assert figure(outcome, "Abstention recall")[0] == "0.000"
    assert (tmp_path / "store" / "corpus" / "CURRENT").is_file()


WRONG = {
    "no cases": (["--cases", "nowhere"], "nowhere: cannot be read"),
    "nothing chosen": (["--cases", "cases", "--only", "people/"], "holds no case that was chosen"),
    "no baseline": (["--cases", "cases", "--baseline", "nowhere.json"], "nowhere.json: cannot be read"),
    "no gates": (["--cases", "cases", "--gates", "nowhere.toml"], "nowhere.toml: cannot be read"),
    "no such engine": (["--cases", "cases", "--engine", "magic"], "magic: no such engine"),
    "held and all": (["--cases", "cases", "--held", "--all"], "give --held or --all, not both"),
    "report into a file": (["--cases", "cases", "--report", "cases/robin.yaml"], "cases/robin.yaml: not writable"),
}


@pytest.mark.parametrize(("arguments", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_one_line_and_exit_code_2(run: Runner, arguments: list[str], complaint: str) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_corpus_that_cannot_be_read_skips_its_cases(tmp_path: Path, embedder: Embedder) -> None:
    folder = write_cases(tmp_path)
    for path in (folder / "corpus").iterdir():
        path.write_text("---\nvisibility: private\n---\n\nNobody's business.\n")
    evaluation = evaluate_all(
        load_cases(folder / "cases"),
        Documents.beside(folder / "cases"),
        engine="extractive",
        stores=tmp_path / "stores",
        settings=Settings(),
        embedder=embedder,
    )
    assert (len(evaluation.results), len(evaluation.skipped)) == (0, 5)
    assert "private" in evaluation.skipped[0].reason


def test_a_library_user_gets_the_names_without_the_stack() -> None:
    code = """
import sys
from profile_rag.evaluation import Case, load_cases
assert not {"torch", "chromadb", "numpy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
