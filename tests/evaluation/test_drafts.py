"""Drafts of cases: made from the documents, read by the dataset, counted only once confirmed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from profile_rag.cli import app
from profile_rag.config import Settings
from profile_rag.errors import DatasetError
from profile_rag.evaluation.dataset import Case, count_drafts, load_cases
from profile_rag.evaluation.drafts import draft_cases, render_cases
from profile_rag.profile import Profile
from profile_rag.schema import Chunk, Person


@pytest.fixture(scope="module")
def robin_chunks(robin_home: Path) -> tuple[tuple[Chunk, ...], Person]:
    """The chunks of Robin's index, and Robin."""
    with Profile(Settings(corpus=robin_home / "corpus")) as profile:
        return tuple(profile._current().index.chunks), profile.person


@pytest.fixture(scope="module")
def drafts(robin_chunks: tuple[tuple[Chunk, ...], Person]) -> list[dict[str, Any]]:
    return draft_cases(*robin_chunks)


@pytest.fixture
def confirmed(drafts: list[dict[str, Any]], tmp_path: Path) -> dict[str, Case]:
    """The drafts as if somebody had confirmed every one."""
    file = tmp_path / "confirmed.yaml"
    text = render_cases(drafts, corpus="robin")
    file.write_text(re.sub(r"(?m)^    draft: true\n", "", text), encoding="utf-8")
    return {case.id: case for case in load_cases(file)}


def test_a_skill_gets_a_question_that_the_documents_affirm(confirmed: dict[str, Case]) -> None:
    case = confirmed["draft-skill-terraform"]
    assert (case.corpus, case.kind, case.question) == ("robin", "capability", "Has she used Terraform?")
    assert case.verdicts == ("yes",)
    assert "provisioning (Terraform, Pulumi)" in case.any_quotes[0].text


def test_what_is_limited_gets_the_sentence_that_limits_it(confirmed: dict[str, Case]) -> None:
    case = confirmed["draft-limit-kafka"]
    assert case.verdicts == ("partly", "no")
    assert case.any_quotes[0].text.startswith("Haven't run Kafka in production")
    assert "draft-skill-kafka" not in confirmed


def test_near_misses_and_false_premises_name_what_no_document_holds(
    confirmed: dict[str, Case], robin_chunks: tuple[tuple[Chunk, ...], Person]
) -> None:
    text = " ".join(chunk.embedding_text for chunk in robin_chunks[0]).lower()
    absent = {id_: case for id_, case in confirmed.items() if "unanswerable" in case.tags}
    assert {"near_miss", "false_premise"} <= {tag for case in absent.values() for tag in case.tags}
    for case in absent.values():
        name = re.sub(
            r"^(?:Can she do|Has she used|How many years of|What did she build with) | does she have\?$|\?$",
            "",
            case.question,
        )
        assert case.verdicts == ("not_stated",)
        assert name.lower() not in text


def test_every_quote_stands_in_its_document(
    confirmed: dict[str, Case], robin_chunks: tuple[tuple[Chunk, ...], Person]
) -> None:
    texts: dict[str, str] = {}
    for chunk in robin_chunks[0]:
        texts[chunk.source] = texts.get(chunk.source, "") + " " + " ".join(chunk.text.split())
    quotes = [quote for case in confirmed.values() for quote in (*case.quotes, *case.any_quotes)]
    assert quotes
    for quote in quotes:
        assert quote.text in texts[quote.source]


def test_the_same_index_gives_the_same_drafts_whatever_the_order_of_its_chunks(
    robin_chunks: tuple[tuple[Chunk, ...], Person], drafts: list[dict[str, Any]]
) -> None:
    chunks, person = robin_chunks
    assert draft_cases(chunks[::-1], person) == drafts


def test_no_chunks_give_no_drafts(robin_chunks: tuple[tuple[Chunk, ...], Person]) -> None:
    assert draft_cases([], robin_chunks[1]) == []


def test_drafts_are_not_counted_until_they_are_confirmed(drafts: list[dict[str, Any]], tmp_path: Path) -> None:
    file = tmp_path / "drafts.yaml"
    text = render_cases(drafts, corpus="robin")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"holds {len(drafts)} drafts and no confirmed case"):
        load_cases(file)
    file.write_text(text.replace("    draft: true\n", "", 1), encoding="utf-8")
    assert len(load_cases(file)) == 1
    assert count_drafts(file) == len(drafts) - 1


def test_the_command_writes_a_new_file_and_nothing_private(
    robin_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(robin_home)
    out = tmp_path / "drafts.yaml"
    written = CliRunner().invoke(app, ["cases", "draft", "--out", str(out)])
    assert written.exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert count_drafts(out) > 10
    assert "payroll" not in text
    assert "COBOL" not in text
    again = CliRunner().invoke(app, ["cases", "draft", "--out", str(out)])
    assert again.exit_code == 2
    assert out.read_text(encoding="utf-8") == text
    printed = CliRunner().invoke(app, ["cases", "draft"])
    assert printed.output == text
