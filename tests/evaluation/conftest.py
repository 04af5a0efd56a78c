"""Fixtures of the evaluation's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from profile_rag.config import Settings
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.schema import Answer


@pytest.fixture(scope="session")
def robin_profile(robin_home: Path, embedder: Embedder) -> Iterator[Profile]:
    """Robin's profile, to ask only."""
    with Profile(Settings(corpus=robin_home / "corpus"), embedder=embedder) as opened:
        yield opened


@pytest.fixture
def robin_kafka(robin_profile: Profile) -> Answer:
    """An answer that tells of two places that disagree."""
    return robin_profile.ask("Can she do Kafka?")
