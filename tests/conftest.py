"""Fixtures that more than one test module uses."""

from __future__ import annotations

import pytest

from profile_rag.models import PACKAGED_MODEL, Embedder, load_embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real model; its weights load once per session, at the first text."""
    return load_embedder(PACKAGED_MODEL)
