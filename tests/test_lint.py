"""What an owner may want to mend is told with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command_line import Run

from profile_rag.config import Settings
from profile_rag.factory import refresh_index
from profile_rag.lint import RULES, LintFinding, Place, lint, to_sarif
from profile_rag.models import Embedder
from profile_rag.profile import Profile

CORPUS = Path(__file__).parents[1] / "corpus"
DOCUMENTS = {
    "cv.md": "# Robin Vale\n\nRobin Vale is a platform engineer (she/her), based in Leeds.\n\n## Skills\n\n"
    "- Platforms: Kafka, Terraform, Nomad\n\nShe used Terraform for three payment platforms in 2019.\n",
    "notes.md": "## What I don't use\n\n**Kafka**\nNever built anything on it.\n\nA caf\u00c3\u00a9 owner, too.\n",
}


def found_in(folder: Path, store: Path, embedder: Embedder, *, as_of: int | None = None) -> list[LintFinding]:
    settings = Settings(corpus=folder, store=store)
    refresh_index(settings, embedder)
    with Profile(settings, embedder=embedder) as profile:
        return lint(profile, folder, as_of=as_of)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "corpus").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    yield tmp_path / "corpus"


def test_each_fault_is_told_with_its_line(folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    found = found_in(folder, tmp_path / "store", embedder, as_of=2026)
    by_rule = {rule: [item for item in found if item.rule == rule] for rule in RULES}
    (contradiction,) = by_rule["contradiction"]
    assert contradiction.message.startswith("Kafka ")
    assert {Place("cv.md", 7), Place("notes.md", 4)} <= set(contradiction.places)
    assert [item.places for item in by_rule["encoding"]] == [(Place("notes.md", 6),)]
    assert [item.places[0].source for item in by_rule["unreadable"]] == ["scan.pdf"]
    assert [item.message.split()[0] for item in by_rule["unevidenced"]] == ["Nomad"]
    assert [item.places for item in by_rule["stale"]] == [(Place("cv.md", 9),)]
    silent = " ".join(item.message for item in by_rule["silent"])
    assert "when she could start" in silent
    assert "where she is based" not in silent
    assert [item.severity for item in found] == sorted(
        (item.severity for item in found), key=["error", "warning", "note"].index
    )


def test_without_a_year_nothing_is_stale(folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    assert not [item for item in found_in(folder, tmp_path / "store", embedder) if item.rule == "stale"]


def test_the_faults_of_the_projects_own_corpus_are_found(tmp_path: Path, embedder: Embedder) -> None:
    found = found_in(CORPUS, tmp_path / "store", embedder)
    grave = [item.message for item in found if item.severity == "error"]
    assert any("Hassan Al-Farsi" in message and "Kofi" in message for message in grave)
    assert any(message.startswith("Kafka ") for message in grave)
    assert any(message.startswith("TensorFlow ") for message in grave)
    assert any(item.rule == "encoding" for item in found)


def test_sarif_has_every_finding_at_its_line(folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    found = found_in(folder, tmp_path / "store", embedder)
    sarif = json.loads(json.dumps(to_sarif(found)))
    (run,) = sarif["runs"]
    assert sarif["version"] == "2.1.0"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(RULES)
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places] == [
        (item.places[0].source, item.places[0].line) for item in found
    ]


@pytest.mark.parametrize(("arguments", "code"), [((), 1), (("--fail-on", "error"), 1), (("--json",), 1)])
def test_the_command_tells_by_its_exit_code(run: Run, folder: Path, arguments: tuple[str, ...], code: int) -> None:
    result = run(folder.parent, "lint", "corpus", *arguments)
    assert result.code == code
    assert "Kafka" in result.out


def test_notes_alone_are_no_failure_unless_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "cv.md").write_text("# Robin Vale\n\nShe knows Go.\n", encoding="utf-8")
    assert run(tmp_path, "lint").code == 0
    assert run(tmp_path, "lint", "--fail-on", "note").code == 1
