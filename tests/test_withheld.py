"""A served profile over documents full of contact details: no way out tells one of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.command_line import Run
from tests.ingestion.files import docx_of, paragraph, pdf_of

from profile_rag.config import Settings
from profile_rag.errors import CorpusError
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.question_log import QuestionLog
from profile_rag.ui.conversation import Desk, messages_of, sources_of, stream_reply
from profile_rag.ui.document import document_html
from profile_rag.ui.events import FORMATS, ask_as_tool
from profile_rag.ui.skills_view import skills_html

CHANNEL = "https://ada.example/write-to-me"
SECRETS = (
    "ada@lovelace.example",
    "ada.l (at) mail",
    "lovelace [at] post",
    "ada@page.example",
    "ada@json.example",
    "ada@yaml.example",
    "ada@docx.example",
    "ada@pdf.example",
    "555 0100",
    "7946",
    "6543210",
    "8901234",
    "St James",
    "Square, London",
    "SW1Y",
    "Broadway",
    "94115",
)
MARKDOWN = """# Ada Lovelace

Ada Lovelace | ada@lovelace.example | +44 20 7946 0958 | London

She lives in London. Write to ada.l (at) mail dot example or to lovelace [at] post.example.
She has run Kafka since 2015.

## Contact

- Address: 12 St James Square, London SW1Y 4JH
- Phone: 0228 6543210
- LinkedIn: ada-lovelace

## Skills

- Kafka, used daily
- Python 3.11, ISO 27001
"""
PAGE = """<html><body><h1>Ada</h1><p>Mail: <a href="mailto:ada@page.example">ada@page.example</a>,
<a href="tel:+492288901234">call me</a> or <a href="tel:+492288901234">+49 228 8901234</a>.</p>
<p>She wrote a parser in Haskell.</p></body></html>"""
RESUME = {
    "basics": {
        "name": "Ada Lovelace",
        "email": "ada@json.example",
        "phone": "(912) 555 0100",
        "location": {"address": "2712 Broadway St", "postalCode": "CA 94115", "city": "San Francisco"},
    },
    "skills": [{"name": "Terraform", "level": "Master"}],
}
RENDERCV = """cv:
  name: Ada Lovelace
  email: ada@yaml.example
  phone: tel:+49-228-8901234
  sections:
    skills:
      - label: Clouds
        details: AWS, Azure
"""
QUESTIONS = (
    "How can I contact her?",
    "What is her e-mail address?",
    "What's her phone number?",
    "her mobile?",
    "What is her postal address?",
    "Where does she live?",
    "Who is she?",
    "Why should we hire her?",
    "ada@lovelace.example?",
    "Is her mail ada@json.example?",
    "ada@lovelace.exampel",
    "0228 6543210?",
    "Does she live on Broadway?",
    "Which numbers are in the documents?",
    "What stands in the contact section?",
    "Can she do Kafka?",
    "Haskell?",
    "is she on LinkedIn?",
    "Tell me everything about her mail, phone and street.",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("ada")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "profile.md").write_text(MARKDOWN, encoding="utf-8")
    (corpus / "page.html").write_text(PAGE, encoding="utf-8")
    (corpus / "resume.json").write_text(json.dumps(RESUME), encoding="utf-8")
    (corpus / "cv.yaml").write_text(RENDERCV, encoding="utf-8")
    (corpus / "cv.docx").write_bytes(
        docx_of(paragraph("Ada Lovelace") + paragraph("ada@docx.example, London") + paragraph("She likes Rust."))
    )
    (corpus / "cv.pdf").write_bytes(pdf_of(["Ada Lovelace", "ada@pdf.example", "", "She has used Elm."]))
    ingest(corpus, folder / ".profile_rag" / "corpus", embedder)
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Profile]:
    with Profile(Settings(corpus=folder / "corpus", contact=CHANNEL), is_served=True) as profile:
        yield profile


def assert_tells_nothing(text: str, *, asked: str = "") -> None:
    told = text.replace(asked, "") if asked else text
    for secret in SECRETS:
        assert secret.lower() not in told.lower() or secret.lower() in asked.lower(), secret


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_of_a_served_profile_holds_a_contact_detail(
    served: Profile, question: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    log = QuestionLog(tmp_path / "log.sqlite", days=1)
    desk = Desk(served, log)
    steps = list(stream_reply(desk, question, ()))
    conversation = (steps[-1].exchange,)
    answer = served.ask(question)
    said = [
        json.dumps(answer.to_dict(), ensure_ascii=False),
        ask_as_tool(desk)(question),
        sources_of(conversation),
        json.dumps(messages_of(conversation, desk.next_questions(conversation))),
        *(step.message for step in steps),
        *(render([answer], served.person) for _, _, render in FORMATS.values()),
        json.dumps([item.to_dict() for item in log.unanswered(with_answered=True)]),
        caplog.text,
    ]
    for text in said:
        assert_tells_nothing(text, asked=question)


def test_no_view_of_a_served_profile_holds_a_contact_detail(served: Profile) -> None:
    sources = ("profile.md", "page.html", "resume.json", "cv.yaml", "cv.docx", "cv.pdf")
    for source in sources:
        chunks = served.document(source)
        assert chunks
        assert_tells_nothing(json.dumps([asdict(chunk) for chunk in chunks], ensure_ascii=False))
        assert_tells_nothing(document_html(chunks, None))
    assert_tells_nothing(skills_html(served.skills(), served.person))
    assert_tells_nothing(" ".join(served.example_questions()))
    for found in served.retrieve("mail phone address", top_k=50):
        assert_tells_nothing(found.chunk.embedding_text)


def test_a_served_profile_names_the_channel_of_the_owner_instead(served: Profile) -> None:
    answer = served.ask("What is her e-mail address?")
    assert answer.abstained
    assert f"Ask her through {CHANNEL}" in answer.answer
    general = served.ask("How can I contact her?")
    assert CHANNEL in general.answer
    assert [citation.quote for citation in general.citations] == ["LinkedIn: ada-lovelace"]


def test_withholding_takes_no_more_than_the_contact_details(served: Profile) -> None:
    assert served.person.name == "Ada Lovelace"
    for question in ("Can she do Kafka?", "Haskell?", "Terraform?", "Azure?", "Rust?", "Elm?", "Python?"):
        assert served.ask(question).verdict == "yes", question
    assert "London" in served.ask("Where does she live?").answer


def test_the_owner_is_told_and_may_let_strangers_be_told(folder: Path) -> None:
    with Profile(Settings(corpus=folder / "corpus")) as owner:
        assert "ada@page.example" in owner.ask("What is her e-mail address?").answer
        assert "6543210" in owner.ask("What's her phone number?").answer
        assert "St James Square" in owner.ask("What is her postal address?").answer
    with Profile(Settings(corpus=folder / "corpus", withhold_contact=False), is_served=True) as open_to_all:
        assert "ada@page.example" in open_to_all.ask("What is her e-mail address?").answer


def test_a_profile_of_contact_details_alone_is_not_served(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "card.txt").write_text("ada@lovelace.example\n")
    ingest(tmp_path / "corpus", tmp_path / ".profile_rag" / "corpus", embedder)
    with pytest.raises(CorpusError, match="nothing but contact details"):
        Profile(Settings(corpus=tmp_path / "corpus"), is_served=True)


def test_a_channel_with_control_characters_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "profile_rag.toml").write_text('contact = "a\\u001b[31m"\n')
    outcome = run(tmp_path, "doctor")
    assert outcome.code == 2
    assert "contact" in outcome.err
