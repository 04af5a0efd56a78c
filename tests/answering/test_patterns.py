"""Patterns that run over documents, on what would make a careless one take minutes."""

from __future__ import annotations

import re

import pytest

from profile_rag.answering import cues, person_names

_RUNS = (" " * 20_000, "finds" + " " * 20_000, "a over" + " " * 20_000 + "b", "Ada's " + "\u00a0" * 20_000)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", [cues.PREFERS, person_names._CUE_BEHIND], ids=["prefers", "cue behind a name"])
def test_a_long_run_of_blanks_is_read_at_once(pattern: re.Pattern[str]) -> None:
    assert [pattern.search(text) for text in _RUNS] == [None] * len(_RUNS)
