"""Fixtures that more than one test module uses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

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
