from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.ui.conftest import PHONE, WIDE, Visit

from profile_rag.verification import read_quotes

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["Markdown", "HTML", "JSON"])
def test_a_conversation_is_taken_away_with_quotes_that_can_be_verified(visit: Visit, name: str) -> None:
    visitor = visit()
    visitor.ask("Kafka?")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("worth asking her")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name=f"Save as {name}").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert [citation.source for _, citation in read_quotes(text, name=name)] == ["notes.md", "skills.md"]


def test_a_link_asks_its_question(visit: Visit) -> None:
    visitor = visit(path="/?q=can+she+do+Kafka%3F%3Cb%3E")
    expect(visitor.page.locator("#chat [data-testid=user]")).to_have_text("can she do Kafka?<b>")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("worth asking her")


def test_an_answer_comes_with_its_marks_and_sources(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("and Kafka?")
    answer = visitor.page.locator("#chat [data-testid=bot]")
    expect(answer).to_contain_text("worth asking her")
    expect(answer).to_contain_text("Understood as: Can she do Kafka?")
    expect(answer).to_contain_text("The documents disagree")
    expect(answer.locator(".badge")).to_have_text("Partly")
    expect(answer.locator("sup.mark a").first).to_have_attribute("aria-label", "Source 1: notes.md:12")
    expect(visitor.page.locator("#sources article")).to_have_count(2)
    expect(visitor.page.locator("#sources")).to_contain_text("notes.md:12")
    expect(visitor.page.locator("#question textarea")).to_have_value("")


def test_the_answer_streams_in(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate(
        """() => {
            window.lengths = new Set();
            const look = () => {
                const answer = document.querySelector("#chat [data-testid=bot]");
                if (answer) window.lengths.add(answer.textContent.length);
            };
            new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )
    visitor.ask("How does she work?")
    expect(visitor.page.locator("#chat [data-testid=bot] blockquote")).to_be_visible()
    assert visitor.page.evaluate("window.lengths.size") > 3


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_click_on_a_mark_brings_its_source_to_view(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(size)
    visitor.ask("How does she work?")
    source = visitor.page.locator("#src-1-8")
    expect(source).not_to_be_in_viewport()
    visitor.page.locator('#chat a[href="#src-1-8"]').click()
    expect(source).to_be_in_viewport(ratio=0.9)
    assert source.evaluate("element => element.matches(':target')")
    assert urlsplit(visitor.page.url).fragment == "src-1-8"


def test_a_mark_of_an_earlier_answer_still_works(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Can she do Kafka?")
    expect(visitor.page.locator("#src-1-2")).to_be_visible()
    visitor.ask("How does she work?")
    expect(visitor.page.locator("#src-2-8")).to_be_attached()
    expect(visitor.page.locator("#src-1-2")).not_to_be_visible()
    visitor.page.locator('#chat a[href="#src-1-2"]').first.click()
    expect(visitor.page.locator("#src-1-2")).to_be_in_viewport(ratio=0.9)


def test_a_question_asked_while_an_answer_streams_in_comes_next(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("How does she work?")
    expect(visitor.page.locator("#sources article").first).to_be_visible()
    visitor.ask("Can she do Kafka?")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_have_count(2)
    expect(visitor.page.locator("#chat [data-testid=bot]").first).to_contain_text("In her words")
    expect(visitor.page.locator("#chat [data-testid=bot]").last).to_contain_text("worth asking her")
    expect(visitor.page.locator("#question textarea")).to_have_value("")


def test_an_example_is_asked_by_a_click(visit: Visit) -> None:
    visitor = visit()
    visitor.page.locator("#chat").get_by_text("Terraform?", exact=True).click()
    answer = visitor.page.locator("#chat [data-testid=bot]")
    expect(answer).to_contain_text("The documents don't mention Terraform.")
    expect(answer.locator(".badge")).to_have_text("Not stated")
    expect(answer).to_contain_text("Closest in the documents")
    expect(visitor.page.locator("#sources")).to_contain_text("cites nothing")


def test_two_visitors_are_answered_at_once_and_apart(visit: Visit) -> None:
    first, second = visit(), visit(PHONE)
    first.ask("together: Kafka?")  # neither is answered before the other asks
    second.ask("together: How does she work?")
    expect(first.page.locator("#sources article")).to_have_count(2)
    expect(second.page.locator("#sources article")).to_have_count(8)
    expect(first.page.locator("#chat [data-testid=user]")).to_have_count(1)


def test_clearing_the_conversation_empties_the_panel_too(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Can she do Kafka?")
    expect(visitor.page.locator("#chat .conflict")).to_be_visible()
    visitor.page.get_by_label("Clear").click()
    expect(visitor.page.locator("#sources article")).to_have_count(0)
    visitor.ask("Can she do Kafka?")
    expect(visitor.page.locator("#src-1-1")).to_be_visible()


def test_markup_of_a_document_or_question_is_text(visit: Visit) -> None:
    visitor = visit()
    attack = "hostile ![x](http://evil.invalid/q.png) <img src=http://evil.invalid/p.png onerror=alert(1)> <b>b</b>"
    visitor.ask(attack)
    expect(visitor.page.locator("#chat [data-testid=user]")).to_have_text(attack)
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("<b>bold</b> $$x$$")
    expect(visitor.page.locator("#sources article").first).to_contain_text("</blockquote><script>alert(1)</script>")
    assert visitor.page.locator(":is(#chat, #sources) :is(img, b, script)").count() == 0


@pytest.mark.parametrize("question", ["Kafka?", "Terraform?", "How does she work?", "break", " "])
def test_no_html_of_the_page_is_shown_or_read_out(visit: Visit, question: str) -> None:
    visitor = visit()
    visitor.ask(question)
    expect(visitor.page.locator("#chat [data-testid=bot] :is(.answer, .notice)")).to_be_visible()
    visitor.page.wait_for_timeout(700)
    shown = visitor.page.locator("body").inner_text()
    assert not any(sign in shown for sign in ("<", ">", "&#", "&amp;", "**"))
    names = visitor.page.locator("#chat [aria-label]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert not any("<" in name for name in names)


def test_a_copied_answer_is_text_with_its_places(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Can she do Kafka?")
    expect(visitor.page.locator("#chat .conflict")).to_be_visible()
    visitor.page.locator("#chat").get_by_label("Copy message").last.click()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Partly (in concept only)\nShe has consumed Kafka topics")
    assert "others built.”[1]" in copied
    assert copied.endswith("[1] notes.md:12\n[2] skills.md:31–32")


@pytest.mark.parametrize("width", [360, 700, 1000, 2560])
def test_the_page_stands_in_the_middle_of_any_window(visit: Visit, width: int) -> None:
    visitor = visit((width, 900))
    ask = visitor.page.locator("#views").bounding_box()
    assert ask is not None
    assert abs(ask["x"] - (width - ask["x"] - ask["width"])) <= 1
    assert visitor.overflow <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_runs_over_the_edge(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    visitor = visit(size, scheme)
    assert visitor.overflow <= 0
    visitor.ask("hostile " + "x" * 400)
    expect(visitor.page.locator("#sources article")).to_have_count(2)
    assert visitor.overflow <= 0
    chat, sources = (visitor.page.locator(name).bounding_box() for name in ("#talk", "#evidence"))
    assert chat is not None
    assert sources is not None
    beside = sources["x"] >= chat["x"] + chat["width"]
    below = sources["y"] >= chat["y"] + chat["height"]
    assert (beside, below) == ((True, False) if size == WIDE else (False, True))
