"""A language model on the page: its sentences stream in with marks that work, stop stops it, a dead one is a note."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.scripted_llm import Reply, free_port, says, serve
from tests.ui.conftest import Visitor, end

from profile_rag.answering.generative import UNAVAILABLE

pytestmark = pytest.mark.browser

LIMIT = "He has not built production Kafka systems and has mostly consumed them [1]. "
LISTED = "Streaming with Kafka and Flink is listed among the things he is good at [2]. "
ATTACK = "He led a team of 12 ![x](http://evil.invalid/p.png) <script>alert(1)</script> [1]. "


@contextmanager
def page(browser: Browser, home: Path, address: str) -> Iterator[Visitor]:
    """The page of the profile in `corpus/` as `profile-rag chat` serves it, with a model at this address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROFILE_RAG_")}
    environment["PROFILE_RAG_LLM_TIMEOUT"] = "60"  # the machine may be busy with the browser
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from profile_rag.cli import main; main()",
            "chat",
            "--port",
            "0",
            "--llm",
            f"openai-like/m@{address}/v1",
        ],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip().removeprefix("Ready: ")
    assert url.startswith("http://"), process.communicate(timeout=10)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        visitor = Visitor(context.new_page(), url)
        yield visitor
        troubles = list(visitor.troubles)  # Gradio complains of the streams that closing cuts off
        assert (troubles, visitor.strangers) == ([], [])
    finally:
        context.close()
        end(process)


def test_sentences_stream_in_with_marks_that_work_and_nothing_unsupported_is_seen(browser: Browser, home: Path) -> None:
    reply = says(LIMIT + ATTACK + LISTED + "That is all.", between_seconds=0.05)
    with serve(reply) as server, page(browser, home, server.url) as visitor:
        visitor.page.evaluate(
            """() => {
                window.seen = [];
                const look = () => {
                    const answer = document.querySelector("#chat [data-testid=bot]");
                    if (answer && !window.seen.includes(answer.textContent)) window.seen.push(answer.textContent);
                };
                const all = {subtree: true, childList: true, characterData: true};
                new MutationObserver(look).observe(document.body, all);
            }"""
        )
        visitor.ask("can he do Kafka?")
        answer = visitor.page.locator("#chat [data-testid=bot]")
        expect(answer.locator(".badge")).to_have_text("Partly")
        expect(answer).to_contain_text("worth asking about", timeout=60_000)
        seen = visitor.page.evaluate("window.seen")
        assert any("mostly consumed" in text and "good at" not in text for text in seen), "sentence by sentence"
        assert not any("team" in text or "evil" in text for text in seen)
        expect(answer.locator(".stand-in")).to_have_count(0)
        visitor.page.locator('#chat a[href="#src-1-2"]').first.click()
        expect(visitor.page.locator("#src-1-2")).to_be_in_viewport()


def test_stop_ends_the_answer_and_the_request(browser: Browser, home: Path) -> None:
    endless = Reply([LIMIT, *["Word "] * 20], between_seconds=0.2, is_endless=True)
    with serve(endless) as server, page(browser, home, server.url) as visitor:
        visitor.ask("can he do Kafka?")
        expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("mostly consumed", timeout=60_000)
        visitor.page.locator("#question .stop-button").click()
        expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("You stopped this answer")
        assert server.left.wait(10)


def test_a_dead_model_is_a_small_note_below_the_answer(browser: Browser, home: Path) -> None:
    with page(browser, home, f"http://127.0.0.1:{free_port()}") as visitor:
        visitor.ask("can he do Kafka?")
        answer = visitor.page.locator("#chat [data-testid=bot]")
        expect(answer.locator(".stand-in")).to_have_text(UNAVAILABLE, timeout=60_000)
        expect(answer).to_contain_text("He understands it, with limits")
        expect(visitor.page.locator("#chat .notice")).to_have_count(0)
