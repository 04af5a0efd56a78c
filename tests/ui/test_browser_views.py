"""What surrounds an answer: quotes at their marks, documents, skills, questions to go on with, opinions."""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, expect
from tests.ui.conftest import PHONE, WIDE, Visit, Visitor, end, start
from tests.ui.scripted_profile import LINES
from tests.ui.test_render import ATTACKS, BLNS

from profile_rag.ui.conversation import RESTARTED, STOPPED

pytestmark = pytest.mark.browser

QUOTE = LINES[1]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def ask(visitor: Visitor, question: str, end: str = "worth asking her") -> Locator:
    """The newest answer, once it is complete."""
    visitor.ask(question)
    answer = visitor.page.locator("#chat [data-testid=bot]").last
    expect(answer).to_contain_text(end)
    expect(visitor.page.locator("#question .stop-button")).to_have_count(0)
    return answer


# --- quotes and documents ----------------------------------------------------------------------------


def test_a_mark_shows_its_quote_while_it_is_pointed_at(visit: Visit) -> None:
    visitor = visit()
    answer = ask(visitor, "Kafka?")
    tip = visitor.page.get_by_role("tooltip")
    answer.locator("sup.mark a").first.hover()
    expect(tip).to_have_text(f"{QUOTE}notes.md:12")
    visitor.page.locator("#question textarea").hover()
    expect(tip).to_be_hidden()


def test_a_mark_shows_its_quote_to_the_keyboard_until_escape(visit: Visit) -> None:
    visitor = visit()
    mark = ask(visitor, "Kafka?").locator("sup.mark a").first
    mark.focus()
    expect(visitor.page.get_by_role("tooltip")).to_be_visible()
    assert mark.get_attribute("aria-describedby") == "quote-tip"
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("tooltip")).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_document_opens_at_the_quote(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(size)
    ask(visitor, "Kafka?")
    visitor.page.locator("#src-1-1").get_by_role("link", name="Open document").click()
    quote = visitor.page.frame_locator("#reader iframe").locator("mark")
    expect(quote).to_have_text(QUOTE)
    expect(quote).to_be_in_viewport()
    visitor.page.get_by_role("button", name="Close").click()
    expect(visitor.page.locator("#reader")).to_be_hidden()


def test_a_documents_page_stands_alone(visit: Visit) -> None:
    visitor = visit()
    ask(visitor, "Kafka?")
    address = visitor.page.locator("#src-1-1 .open a").get_attribute("href")
    visitor.page.goto(f"{visitor.origin}/{address}")
    expect(visitor.page.locator("#quote")).to_have_text(QUOTE)
    assert visitor.page.locator("script").count() == 0


def test_the_sources_of_all_answers_are_shown_on_request(visit: Visit) -> None:
    visitor = visit()
    ask(visitor, "Kafka?")
    ask(visitor, "How does she work?", "In her words")
    expect(visitor.page.locator("#src-1-1")).to_be_hidden()
    choice = visitor.page.get_by_role("button", name="All answers")
    choice.click()
    expect(visitor.page.locator("#src-1-1")).to_be_visible()
    expect(choice).to_have_attribute("aria-pressed", "true")
    visitor.page.get_by_role("button", name="This answer").click()
    expect(visitor.page.locator("#src-1-1")).to_be_hidden()


# --- going on ----------------------------------------------------------------------------------------


def test_a_question_offered_next_is_asked_by_a_click(visit: Visit) -> None:
    visitor = visit()
    ask(visitor, "Kafka?")
    visitor.page.locator("#chat").get_by_role("button", name="Terraform?").click()
    answers = visitor.page.locator("#chat [data-testid=bot]")
    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("don't mention Terraform")


def test_an_answer_can_be_stopped_and_the_next_question_asked(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("think long: Kafka?")
    answer = visitor.page.locator("#chat [data-testid=bot]")
    visitor.page.locator("#question .stop-button").click()
    expect(answer).to_have_text(STOPPED)
    visitor.page.wait_for_timeout(2000)  # nothing comes after it
    expect(answer).to_have_text(STOPPED)
    ask(visitor, "Kafka?")


def test_a_question_can_be_asked_again(visit: Visit) -> None:
    visitor = visit()
    ask(visitor, "Kafka?")
    ask(visitor, "How does she work?", "In her words")
    visitor.page.locator("#chat").get_by_label("Retry").last.click()
    expect(visitor.page.locator("#question .stop-button")).to_have_count(1)
    expect(visitor.page.locator("#question .stop-button")).to_have_count(0)
    expect(visitor.page.locator("#chat [data-testid=user]")).to_have_text(["Kafka?", "How does she work?"])
    expect(visitor.page.locator("#chat [data-testid=bot]").last).to_contain_text("In her words")


def test_a_question_can_be_edited(visit: Visit) -> None:
    visitor = visit()
    ask(visitor, "Kafka?")
    ask(visitor, "How does <b>she</b> work?", "In her words")
    visitor.page.locator("#chat").get_by_label("Edit the question").last.click()
    expect(visitor.page.locator("#question textarea")).to_have_value("How does <b>she</b> work?")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_have_count(1)
    expect(visitor.page.locator("#sources article")).to_have_count(2)


def test_the_keyboard_alone_will_do(visit: Visit) -> None:
    visitor = visit()
    keyboard, page = visitor.page.keyboard, visitor.page
    expect(page.locator("#question textarea")).to_be_focused()
    keyboard.type("Kafka?")
    keyboard.press("Enter")
    expect(page.locator("#chat [data-testid=bot]")).to_contain_text("worth asking her")
    reached = []
    for _ in range(40):
        keyboard.press("Shift+Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
        if reached[-1].startswith("Source 1"):
            break
    assert reached[-1].startswith("Source 1: notes.md:12"), reached
    keyboard.press("Enter")
    expect(page.locator("#src-1-1")).to_be_focused()
    keyboard.press("Tab")
    expect(page.locator("#src-1-1 .open a")).to_be_focused()
    keyboard.press("Enter")
    expect(page.frame_locator("#reader iframe").locator("mark")).to_have_text(QUOTE)
    keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#src-1-1 .open a")).to_be_focused()


# --- skills ------------------------------------------------------------------------------------------


def names(page: Page) -> list[str]:
    return page.locator("#skills tbody tr:not([hidden]) th").all_inner_texts()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_skills_can_be_searched_filtered_and_sorted(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(size)
    page = visitor.page
    page.get_by_role("tab", name="Skills").click()
    expect(page.locator("#skills tbody tr")).to_have_count(4)
    assert visitor.overflow <= 0
    page.locator("#skill-filter").fill("lang")
    assert names(page) == ["Python", "<b>PHP</b>"]
    expect(page.locator("#skill-count")).to_have_text("2 shown")
    page.locator("#skill-filter").fill("")
    page.locator("#skill-verdict").select_option("disputed")
    assert names(page) == ["Kafka"]
    page.locator("#skill-verdict").select_option("")
    page.locator("thead").get_by_role("button", name="Verdict").click()
    assert names(page)[-1] == "<b>PHP</b>"
    page.locator("thead").get_by_role("button", name="Verdict").click()
    assert names(page)[0] == "<b>PHP</b>"
    expect(page.locator("thead th").nth(2)).to_have_attribute("aria-sort", "descending")


def test_a_click_on_a_skill_asks_about_it(visit: Visit) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Skills").click()
    visitor.page.locator("#skills tbody").get_by_role("button", name="Kafka").click()
    expect(visitor.page.locator("#chat [data-testid=user]")).to_have_text("Can she do Kafka?")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("worth asking her")


# --- elsewhere ---------------------------------------------------------------------------------------


def test_an_embedded_page_is_the_conversation_alone(visit: Visit) -> None:
    visitor = visit(path="/?embed&q=Kafka%3F")
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("worth asking her")
    expect(visitor.page.locator("#masthead")).to_be_hidden()
    expect(visitor.page.get_by_role("tab", name="Skills")).to_be_hidden()
    expect(visitor.page.locator("#keep")).to_be_hidden()


def test_a_thumb_and_its_word_are_kept(visit: Visit, log_file: Path) -> None:
    visitor = visit()
    ask(visitor, "Kafka, thumbs down?")
    visitor.page.locator("#chat").get_by_label(re.compile("dislike", re.IGNORECASE)).click()
    word = visitor.page.locator("#remark textarea, #remark input")
    expect(word).to_be_visible()
    word.fill("No dates.")
    word.press("Enter")
    expect(word).to_be_hidden()
    with sqlite3.connect(log_file) as connection:
        kept = connection.execute("SELECT thumb, word FROM questions WHERE question LIKE '%thumbs down%'").fetchall()
    assert kept == [(0, "No dates.")]


def test_a_restarted_server_takes_the_conversation_up_again(browser: Browser) -> None:
    process, url = start()
    page = browser.new_context().new_page()
    visitor = Visitor(page, url)
    ask(visitor, "Kafka?")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    process, _ = start(port=urlsplit(url).port or 0)
    visitor.ask("How does she work?")
    expect(page.locator("#chat [data-testid=bot]").last).to_contain_text("In her words", timeout=20000)
    expect(page.locator("#chat [data-testid=bot]").first).to_have_text(RESTARTED)
    page.context.close()
    end(process)


def test_the_page_works_behind_a_login(browser: Browser) -> None:
    process, locked = start(login="owner:secret")
    outside = browser.new_context()
    assert outside.request.get(locked).status == 401
    outside.close()
    context = browser.new_context(http_credentials={"username": "owner", "password": "secret"})
    visitor = Visitor(context.new_page(), locked)
    ask(visitor, "Kafka?")
    visitor.page.locator("#sources .open a").first.click()
    expect(visitor.page.frame_locator("#reader iframe").locator("mark")).to_have_text(QUOTE)
    context.close()
    end(process)


# --- attacks and obstacles ---------------------------------------------------------------------------


def batches() -> Iterator[str]:
    """Fifty attacks and more, ten to a question."""
    naughty = json.loads(BLNS.read_text(encoding="utf-8")) if BLNS.is_file() else []
    chosen = [*ATTACKS, *(text for text in naughty if "<" in text or "://" in text)][:60]
    for first in range(0, len(chosen), 10):
        yield " ".join(" ".join(chosen[first : first + 10]).split())


@pytest.mark.parametrize("attack", list(batches()))
def test_markup_runs_nothing_and_loads_nothing(visit: Visit, attack: str) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate("() => { window.alert = () => { window.attacked = true; }; }")
    answer = ask(visitor, f"hostile {attack}", "evil.invalid")
    answer.locator("sup.mark a").last.focus()
    forbidden = ":is(img, svg, script, iframe, object, embed, video, audio, form, style, link, details)"
    assert page.locator(f":is(#chat [data-testid], #sources, #quote-tip) {forbidden}").count() == 0
    for link in page.locator(":is(#chat [data-testid], #sources) a").all():
        assert (link.get_attribute("href") or "").startswith(("#src-", "document?source="))
    page.get_by_role("tab", name="Skills").click()
    expect(page.locator("#skills tbody tr")).to_have_count(4)
    assert page.evaluate("window.attacked") is None


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_view_can_be_used_by_everybody(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    visitor = visit(size, scheme)
    page = visitor.page
    found = {"start": violations(page)}
    ask(visitor, "Kafka?")
    found["answer"] = violations(page)
    ask(visitor, "Terraform?", "Closest")
    page.get_by_role("button", name="All answers").click()
    found["abstention"] = violations(page)
    ask(visitor, "break", "Something went wrong")
    found["notice"] = violations(page)
    page.locator("#src-1-1 .open a").click()
    expect(page.frame_locator("#reader iframe").locator("mark")).to_be_visible()
    found["document"] = violations(page)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("tab", name="Skills").click()
    expect(page.locator("#skills tbody tr")).to_have_count(4)
    found["skills"] = violations(page)
    page.goto(f"{visitor.origin}/api")
    found["api"] = violations(page)
    assert {view: each for view, each in found.items() if each} == {}
