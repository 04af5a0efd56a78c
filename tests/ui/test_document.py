import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.ui.scripted_profile import ScriptedProfile, document
from tests.ui.test_render import ATTACKS

from profile_rag import Profile
from profile_rag.config import Settings
from profile_rag.factory import refresh_index
from profile_rag.models import Embedder
from profile_rag.schema import Answer
from profile_rag.ui.conversation import AskableProfile, Desk
from profile_rag.ui.document import add_documents, document_html, link_to

QUESTIONS = (
    "Can he do Kafka?",
    "Who is he?",
    "Which databases does he know?",
    "How does he work?",
    "Is he good at SQL?",
)
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "main", "p", "div", "span", "br", "strong", "mark"} | {
    f"h{level}" for level in range(1, 7)
}


class Reader(HTMLParser):
    """The elements of a page, and the text within its mark."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.marked = self.text = ""
        self.ids: list[str] = []
        self._depth = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self._depth += tag == "mark"
        if tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._depth:
            self.marked += data


def client(profile: AskableProfile) -> TestClient:
    app = FastAPI()
    add_documents(app, Desk(profile))
    return TestClient(app)


@pytest.fixture(scope="module")
def answers(profile: Profile) -> Iterator[list[Answer]]:
    yield [profile.ask(question) for question in QUESTIONS]


def test_the_marked_words_are_the_quote(profile: Profile, answers: list[Answer]) -> None:
    citations = [citation for answer in answers for citation in answer.citations]
    assert len(citations) > 5
    for citation in citations:
        page = Reader(document_html(profile.document(citation.source), (citation.start_char, citation.end_char)))
        assert page.marked == citation.quote
        assert page.ids.count("quote") == 1


def test_all_that_the_index_holds_of_a_document_is_on_its_page(profile: Profile, answers: list[Answer]) -> None:
    for source in {citation.source for answer in answers for citation in answer.citations}:
        chunks = profile.document(source)
        text = Reader(document_html(chunks)).text
        for chunk in chunks:
            assert chunk.text in text
            assert all(heading in text for heading in chunk.heading)


def test_a_link_leads_to_the_quote(profile: Profile, answers: list[Answer]) -> None:
    citation = answers[0].citations[0]
    response = client(profile).get("/" + link_to(citation).removesuffix("#quote"))
    assert response.status_code == 200
    assert Reader(response.text).marked == citation.quote


@pytest.mark.parametrize(
    "query", ["", "?source=", "?source=gone.md", "?source=../pyproject.toml", "?source=/etc/passwd", "?source=%00"]
)
def test_what_the_index_does_not_hold_is_not_found(query: str) -> None:
    response = client(ScriptedProfile()).get(f"/document{query}")
    assert (response.status_code, response.text) == (404, "There is no such document.\n")


def test_while_the_index_is_gone_documents_are_out_of_reach(
    tmp_path: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "notes.md").write_text("She knows Kafka.\n", encoding="utf-8")
    settings = Settings(corpus=tmp_path / "corpus", store=tmp_path / "store")
    refresh_index(settings, embedder)
    with Profile(settings, embedder=embedder) as profile:
        shutil.rmtree(tmp_path / "store")
        response = client(profile).get("/document?source=notes.md")
    assert response.status_code == 503
    assert response.text.count("\n") == 1
    assert str(tmp_path) not in response.text
    assert str(tmp_path) in caplog.text


@pytest.mark.parametrize(
    "span", ["start=x&end=y", "start=-5&end=-1", "start=9999&end=99999", "start=50&end=40", "end=4"]
)
def test_a_span_that_holds_nothing_marks_nothing(span: str) -> None:
    response = client(ScriptedProfile()).get(f"/document?source=notes.md&{span}")
    assert response.status_code == 200
    assert "mark" not in Reader(response.text).elements


def test_markup_of_a_document_is_text_on_its_page() -> None:
    (chunk, *_) = document("notes.md")
    for attack in ATTACKS:
        page = document_html(
            [replace(chunk, text=attack + chunk.text[len(attack) :], heading=(attack,), source=attack)]
        )
        assert set(Reader(page).elements) <= ELEMENTS, attack


def test_the_pages_of_a_pdf_are_told_apart() -> None:
    first, second, *_ = document("notes.md")
    page = document_html([replace(first, page=1), replace(second, page=2)])
    assert page.index("Page 1") < page.index("She leads") < page.index("Page 2") < page.index("Haven&#x27;t run")
