"""A real browser on a real server of the scripted profile."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

PROGRAM = Path(__file__).with_name("scripted_profile.py")
WIDE, PHONE = (1280, 800), (390, 844)
LOGIN = "owner:pass:wörd"


@pytest.fixture(scope="session")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "questions.db"


def start(
    host: str = "127.0.0.1", *, port: int = 0, login: str = "", log: Path | str = "", **door: bool | float
) -> tuple[subprocess.Popen[str], str]:
    """A server of its own, and its URL."""
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), host, str(port), login, str(log), json.dumps(door)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.startswith("http://"), process.communicate(timeout=10)
    return process, url


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=10)


@pytest.fixture(scope="session")
def url(log_file: Path) -> Iterator[str]:
    process, url = start(log=log_file)
    yield url
    end(process)


@pytest.fixture(scope="session")
def locked() -> Iterator[str]:
    """A server that asks for a login."""
    process, url = start(login=LOGIN)
    yield url
    end(process)


@pytest.fixture(scope="module")  # while it is open, no test can run an event loop of its own
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("PROFILE_RAG_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """A browser of its own, with what went wrong in it and whom it called."""

    page: Page
    origin: str
    path: str = "/"
    troubles: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._called)
        self.page.goto(self.origin + self.path)
        self.page.locator("#question textarea").wait_for()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(message.text)

    def _called(self, request: Request) -> None:
        scheme, netloc = urlsplit(request.url)[:2]
        if scheme not in ("data", "blob") and netloc != urlsplit(self.origin).netloc:
            self.strangers.append(request.url)

    def ask(self, question: str) -> None:
        box = self.page.locator("#question textarea")
        box.fill(question)
        box.press("Enter")

    @property
    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    visitors = []

    def open_page(size: tuple[int, int] = WIDE, scheme: str = "light", path: str = "/") -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        visitors.append(Visitor(context.new_page(), url, path))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        troubles = list(visitor.troubles)  # Gradio complains of the streams that closing cuts off
        visitor.page.context.close()
        assert troubles == []
        assert visitor.strangers == []
