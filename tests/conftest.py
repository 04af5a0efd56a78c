"""Fixtures that more than one test module uses."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.command_line import Outcome, Run

from profile_rag import cli
from profile_rag.config import Settings
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import PACKAGED_MODEL, Embedder, load_embedder
from profile_rag.profile import Profile

ROOT = Path(__file__).parent.parent

# The same examples in every run, and no clock: a slow machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real model; its weights load once per session, at the first text."""
    return load_embedder(PACKAGED_MODEL)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A folder with an ingested copy of `corpus/`, to read from only."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    ingest(folder / "corpus", folder / ".profile_rag" / "corpus", embedder)
    return folder


@pytest.fixture(scope="session")
def profile(home: Path) -> Iterator[Profile]:
    """The profile in `corpus/`, to ask only."""
    with Profile(Settings(corpus=home / "corpus")) as opened:
        yield opened


@pytest.fixture(scope="session")
def robin_home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A folder with the tiny profile of `tests/data/robin`, ingested; copy it to change it."""
    folder = tmp_path_factory.mktemp("robin")
    shutil.copytree(ROOT / "tests" / "data" / "robin", folder / "corpus")
    ingest(folder / "corpus", folder / ".profile_rag" / "corpus", embedder)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `profile_rag.cli.main` here, in a folder, with these arguments."""
    for name in [name for name in os.environ if name.startswith("PROFILE_RAG_")]:
        monkeypatch.delenv(name)

    def run_main(folder: Path, *arguments: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["profile-rag", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run_main
