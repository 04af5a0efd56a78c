"""Quotes that somebody took away are held against the documents as they are now."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.command_line import Run

from profile_rag.errors import TranscriptError
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.schema import Answer, Citation, Person
from profile_rag.ui.transcript import to_html, to_json, to_markdown
from profile_rag.verification import read_quotes, verify

PROFILE = """# Robin Example

## Work

Bakes rye bread every morning -- even <b>on</b> Sundays.

Repaired four bicycles for the town hall.

## Music

Sings alto in the choir of the old chapel.
"""
NOBODY = Person("Robin Example", "", "they", "them", "their")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "robin.md").write_text(PROFILE, encoding="utf-8")
    return tmp_path / "corpus"


def answers_quoting(folder: Path, *beginnings: str) -> list[Answer]:
    """One answer that quotes the paragraphs that begin so."""
    citations: list[Citation] = []
    for document in load_corpus(folder).documents:
        for chunk in chunk_document(document, count_tokens=len, max_tokens=10_000).chunks:
            if chunk.text.startswith(beginnings) and chunk.kind == "paragraph":
                quote = chunk.quote(0, len(chunk.text))
                citations.append(
                    Citation(
                        len(citations) + 1,
                        chunk.source,
                        chunk.heading,
                        quote.start_line,
                        quote.end_line,
                        None,
                        quote.start_char,
                        quote.end_char,
                        quote.text,
                        chunk.document_sha256,
                        chunk.id,
                    )
                )
    assert len(citations) == len(beginnings)
    return [
        Answer(
            "What does Robin do?", "What does Robin do?", "This. [1]", None, False, "open", citations=tuple(citations)
        )
    ]


@pytest.mark.parametrize("export", [to_json, to_markdown, to_html])
def test_every_export_brings_its_quotes_back_word_for_word(folder: Path, export: object) -> None:
    answers = answers_quoting(folder, "Bakes", "Sings")
    text = {to_json: to_json, to_markdown: to_markdown, to_html: to_html}[export](answers, NOBODY)  # type: ignore[index]
    assert [citation for _, citation in read_quotes(text, name="export")] == list(answers[0].citations)


def test_what_ask_prints_can_be_verified_one_answer_or_many(folder: Path) -> None:
    (answer,) = answers_quoting(folder, "Bakes", "Sings")
    one = json.dumps(answer.to_dict(), indent=2)
    assert len(read_quotes(one, name="one")) == 2
    assert len(read_quotes(f"{json.dumps(answer.to_dict())}\n" * 3, name="lines")) == 6


def test_quotes_of_unchanged_documents_are_valid(folder: Path) -> None:
    (answer,) = answers_quoting(folder, "Bakes", "Repaired", "Sings")
    verified = verify([("q", citation) for citation in answer.citations], folder)
    assert [item.status for item in verified] == ["valid"] * 3


def test_a_quote_is_followed_to_its_new_line_and_to_another_file(folder: Path) -> None:
    (answer,) = answers_quoting(folder, "Bakes", "Sings")
    text = PROFILE.replace("## Work", "## About\n\nLives by the sea.\n\n## Work").replace(
        "Sings alto in the choir of the old chapel.", ""
    )
    (folder / "robin.md").write_text(text, encoding="utf-8")
    (folder / "music.md").write_text("# Music\n\nSings alto\nin the choir of the old chapel.\n", encoding="utf-8")
    bread, choir = verify([("q", citation) for citation in answer.citations], folder)
    assert (bread.status, bread.source, bread.line) == ("moved", "robin.md", 9)
    assert (choir.status, choir.source, choir.line) == ("moved", "music.md", 3)


def test_a_changed_quote_is_shown_as_it_stands_now_and_a_deleted_one_is_gone(folder: Path) -> None:
    (answer,) = answers_quoting(folder, "Repaired", "Sings")
    text = PROFILE.replace("Repaired four bicycles", "Repaired nine bicycles").split("## Music")[0]
    (folder / "robin.md").write_text(text, encoding="utf-8")
    bicycles, choir = verify([("q", citation) for citation in answer.citations], folder)
    assert (bicycles.status, bicycles.line) == ("changed", 7)
    assert bicycles.words == "Repaired nine bicycles for the town hall."
    assert choir.status == "gone"


def test_a_document_made_private_since_gives_nothing_away(folder: Path) -> None:
    (answer,) = answers_quoting(folder, "Sings")
    (folder / "other.md").write_text("# Other\n\nNothing of note.\n", encoding="utf-8")
    (folder / "robin.md").write_text(f"---\nvisibility: private\n---\n{PROFILE}", encoding="utf-8")
    (verified,) = verify([("q", answer.citations[0])], folder)
    assert (verified.status, verified.source, verified.words) == ("gone", "", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A letter.", "holds no answers"),
        ("", "holds no answers"),
        ('{"schema": "profile-rag/answer/1"', "JSON is damaged"),
        ('{"schema": "another/1"}', "holds no answers"),
        ('{"schema": "profile-rag/answer/1", "question": "q"}', "not as it should be"),
        ('{"schema": "profile-rag/answer/1", "question": "q", "citations": [{"id": "1"}]}', "not as it should be"),
        ('{"schema": "profile-rag/transcript/1", "answers": 3}', "not as it should be"),
    ],
)
def test_a_file_of_something_else_is_named(text: str, problem: str) -> None:
    with pytest.raises(TranscriptError, match=problem):
        read_quotes(text, name="FILE")


def test_the_command_prints_each_quote_and_fails_when_one_is_gone(folder: Path, run: Run) -> None:
    answers = answers_quoting(folder, "Repaired", "Sings")
    (folder.parent / "talk.md").write_text(to_markdown(answers, NOBODY), encoding="utf-8")
    outcome = run(folder.parent, "verify", "talk.md")
    assert outcome.code == 0
    assert "2 quotes: 2 valid." in outcome.out
    (folder / "robin.md").write_text(PROFILE.split("## Music")[0], encoding="utf-8")
    outcome = run(folder.parent, "verify", "talk.md", "--json")
    assert outcome.code == 1
    assert [json.loads(line)["status"] for line in outcome.out.splitlines()] == ["valid", "gone"]


def test_the_command_names_a_missing_file(folder: Path, run: Run) -> None:
    outcome = run(folder.parent, "verify", "nowhere.md")
    assert outcome.code == 2
    assert "nowhere.md: no such file" in outcome.err


def test_an_export_cannot_be_broken_out_of(folder: Path) -> None:
    hostile = "--> </script><script>alert(1)</script> <!-- [x](http://evil.invalid)"
    (answer,) = answers_quoting(folder, "Sings")
    citation = Citation(**(asdict(answer.citations[0]) | {"quote": hostile}))
    answers = [Answer(hostile, hostile, "This. [1]", None, False, "open", citations=(citation,))]
    page = to_html(answers, NOBODY)
    assert page.count("<script") == page.count("</script>") == 1
    markdown = to_markdown(answers, NOBODY)
    assert markdown.count("-->") == 1
    assert "<script" not in markdown.split("<!--")[0]
    for text in (page, markdown):
        assert read_quotes(text, name="export")[0][1].quote == hostile
