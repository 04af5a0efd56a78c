"""Profiles of invented people, ingested for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.answering.people import ADA, SAM

from profile_rag.profile import Profile

CORPUS = Path(__file__).parents[2] / "corpus"


def open_profile(folder: Path, documents: Mapping[str, str]) -> Profile:
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in documents.items():
        (corpus / name).write_text(text, encoding="utf-8")
    return Profile.open(corpus)


@pytest.fixture(scope="session")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("ada"), ADA) as profile:
        yield profile


@pytest.fixture(scope="session")
def sam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with open_profile(tmp_path_factory.mktemp("sam"), SAM) as profile:
        yield profile


@pytest.fixture(scope="session")
def project_profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """The profile in corpus/."""
    with Profile.open(CORPUS, store=tmp_path_factory.mktemp("store")) as profile:
        yield profile
