"""Language models by name, and what is made of each way in which one can fail; a real server on loopback plays them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import pytest
from tests.scripted_llm import KEY, Reply, free_port, says, serve, wait_until

from profile_rag.config import Settings
from profile_rag.errors import LanguageModelError
from profile_rag.factory import open_language_model
from profile_rag.language_model import LanguageModel, Limits
from profile_rag.llms import describe_fault, parse_llm

SECONDS = 1.5


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE_RAG_LLM_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def model(spec: str, **settings: object) -> LanguageModel:
    values: dict[str, object] = {"llm": spec, "llm_timeout": SECONDS, **settings}
    opened = open_language_model(Settings.model_validate(values))
    assert opened is not None
    opened.load()
    return opened


def ask(llm: LanguageModel) -> str:
    return "".join(llm.stream("Be short.", "Say something."))


KINDS = {"openai-like": "openai-like/m@{}/v1", "ollama": "ollama/m@{}"}


@pytest.mark.parametrize("form", KINDS.values(), ids=KINDS)
def test_a_model_says_its_words_as_they_come(form: str) -> None:
    with serve(says("He knows Go. [1]")) as server:
        llm = model(form.format(server.url))
        words = [word for word in llm.stream("Be short.", "Does he know Go?") if word]
    assert len(words) > 4
    assert "".join(words) == "He knows Go. [1]"
    request = server.requests[0]
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["stream"] is True
    assert 400 in (request.get("max_tokens"), request.get("options", {}).get("num_predict"))


def test_openai_itself_is_asked_with_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(says("Ready.")) as server:
        monkeypatch.delenv("PROFILE_RAG_LLM_API_KEY")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
        monkeypatch.setenv("OPENAI_API_BASE", f"{server.url}/v1")
        assert ask(model("openai/gpt-4o-mini")) == "Ready."
    assert server.authorizations == ["Bearer sk-own"]


def test_the_key_of_openai_goes_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROFILE_RAG_LLM_API_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
    with serve(says("Ready.")) as server:
        ask(model(KINDS["openai-like"].format(server.url)))
    assert server.authorizations == ["Bearer none"]


@pytest.mark.parametrize(
    "spec",
    [
        "gpt",
        "ollama/",
        "mistral/x",
        "openai-like/m",
        "openai/m@http://127.0.0.1",
        "hf/m@http://127.0.0.1",
        "openai-like/m@ftp://x",
        f"openai-like/m@http://user:{KEY}@127.0.0.1/v1",
        f"openai-like/{KEY}@x@http://127.0.0.1/v1",
    ],
)
def test_a_name_that_says_nothing_is_refused_and_no_login_repeated(spec: str) -> None:
    with pytest.raises(LanguageModelError) as refused:
        parse_llm(spec)
    assert refused.value.exit_code == 4
    assert KEY not in str(refused.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="no such folder with a model"):
        model(f"hf/{tmp_path}")


def test_openai_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROFILE_RAG_LLM_API_KEY")
    with pytest.raises(LanguageModelError, match="has no key"):
        model("openai/gpt-4o-mini")


# --- faults -----------------------------------------------------------------------------------------

HTML = "<!DOCTYPE html><html><body>Welcome to nginx</body></html>"
CONTEXT = (
    '{"error": {"message": "This model\'s maximum context length is 2048 tokens.", "type": "invalid_request_error"}}'
)
FAULTS: dict[str, tuple[Reply, str]] = {
    "the first word comes after 60 s": (says("Late.", before_seconds=60), "in time|longer than"),
    "a token a second": (Reply(["word "] * 90, between_seconds=0.5), "it took longer than"),
    "empty": (Reply(), "said nothing"),
    "empty body": (Reply(body=""), "said nothing|makes no sense"),
    "HTML": (Reply(body=HTML, headers=(("Content-Type", "text/html"),)), "said nothing|makes no sense"),
    "malformed JSON": (Reply(body='data: {"choices": [{"delta"\n\n'), "makes no sense"),
    "broken off": (says("He knows Go. He kn", breaks_off=True), "broke off"),
    "refused key": (
        Reply(status=401, body=f'{{"error": {{"message": "Incorrect API key: {KEY}"}}}}'),
        "refuses the key",
    ),
    "no such model": (Reply(status=404, body='{"error": "model not found"}'), "no such model"),
    "too often": (Reply(status=429, body="{}", headers=(("Retry-After", "600"),)), "too often"),
    "server error": (Reply(status=500, body="{}"), "HTTP 500"),
    "context overflow": (Reply(status=400, body=CONTEXT), "context window"),
    "redirect": (Reply(status=302, body="", headers=(("Location", "http://127.0.0.1:1/"),)), "HTTP 302|makes no sense"),
}


@pytest.mark.parametrize("form", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("reply", "problem"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told_in_time_and_in_our_own_words(
    form: str, reply: Reply, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(reply) as server:
        llm = model(form.format(server.url))
        started = time.monotonic()
        with pytest.raises(LanguageModelError, match=problem) as failed:
            ask(llm)
        spent = time.monotonic() - started
    assert spent < SECONDS + 5  # the bound is the limit; what is above it is a busy machine's
    assert KEY not in f"{failed.value!s}{failed.value!r}{failed.value.__cause__!r}"
    assert KEY not in caplog.text
    assert [record.levelname for record in caplog.records if record.name == "profile_rag.language_model"] == ["WARNING"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_down_is_told_of(kind: str) -> None:
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        ask(model(KINDS[kind].format(f"http://127.0.0.1:{free_port()}")))


def test_output_without_end_is_cut_at_the_limit_of_tokens() -> None:
    with serve(Reply(["word "] * 50, is_endless=True)) as server:
        assert ask(model(KINDS["openai-like"].format(server.url), llm_max_tokens=100, llm_timeout=20)) == "word " * 100
        assert server.left.wait(10)


def test_a_line_without_end_is_cut_too() -> None:
    """No event ever ends, so that the client library never gets to say anything."""
    with serve(Reply(body="data: " + "x" * 5_000_000)) as server:
        llm = model(KINDS["openai-like"].format(server.url), llm_timeout=20)
        with pytest.raises(LanguageModelError, match=r"broke off|makes no sense"):
            ask(llm)


def test_a_failure_that_passes_is_tried_again() -> None:
    with serve(Reply(status=503, body="{}"), Reply(status=429, body="{}"), says("Ready.")) as server:
        assert ask(model(KINDS["openai-like"].format(server.url), llm_timeout=20)) == "Ready."
    assert len(server.requests) == 3


def test_what_will_not_pass_is_not_tried_again() -> None:
    with serve(Reply(status=401, body="{}")) as server, pytest.raises(LanguageModelError):
        ask(model(KINDS["openai-like"].format(server.url)))
    assert len(server.requests) == 1


def test_a_reader_that_leaves_ends_the_request() -> None:
    with serve(Reply(["word "], between_seconds=0.05, is_endless=True)) as server:
        with closing(model(KINDS["openai-like"].format(server.url), llm_timeout=20).stream("a", "b")) as words:
            assert any(words)
        assert server.left.wait(10)


# --- limits, on a model without a server ------------------------------------------------------------


class Local:
    """A model in this process."""

    def __init__(self, say: Callable[[], list[str]]) -> None:
        self.say = say
        self.asked = 0

    def load(self) -> None:
        pass

    def __call__(self, system: str, prompt: str) -> Generator[str, None, None]:
        self.asked += 1
        yield from self.say()


def limited(local: Local, limits: Limits, clock: Callable[[], float] = lambda: 0.0) -> LanguageModel:
    return LanguageModel("local/m", local, limits, describe_fault=describe_fault, clock=clock)


def fail() -> list[str]:
    raise ConnectionRefusedError


def test_a_failure_is_remembered_for_a_while_and_longer_each_time() -> None:
    now = [1000.0]
    local = Local(fail)
    llm = limited(local, Limits(), lambda: now[0])
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        ask(llm)
    tried = local.asked
    with pytest.raises(LanguageModelError, match="a moment ago"):
        ask(llm)
    assert local.asked == tried
    now[0] += 16
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        ask(llm)
    now[0] += 16
    with pytest.raises(LanguageModelError, match="a moment ago"):
        ask(llm)
    now[0] += 16
    local.say = lambda: ["Ready."]
    assert ask(llm) == "Ready."
    local.say = fail
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        ask(llm)
    now[0] += 16
    local.say = lambda: ["Ready."]
    assert ask(llm) == "Ready.", "after a success the pause is the first again"


def test_a_day_has_a_budget_of_tokens() -> None:
    now = [0.0]
    llm = limited(Local(lambda: ["word "] * 10), Limits(max_tokens=100, daily_tokens=150), lambda: now[0])
    for _ in range(3):  # each spends 5 tokens of question and 12 of answer, of the 105 put aside for it
        assert ask(llm) == "word " * 10
    with pytest.raises(LanguageModelError, match="today"):
        ask(llm)
    now[0] += 86_400
    assert ask(llm) == "word " * 10


def test_no_more_answers_at_once_than_allowed() -> None:
    goes_on = threading.Event()

    def wait() -> list[str]:
        goes_on.wait(20)
        return ["Ready."]

    llm = limited(Local(wait), Limits(concurrency=1, timeout_seconds=20))
    first = llm.stream("a", "b")
    assert next(first) == ""
    with pytest.raises(LanguageModelError, match="busy"):
        ask(llm)
    goes_on.set()
    assert "".join(first) == "Ready."
    assert wait_until(lambda: "Ready." in ask(llm))


def test_a_model_in_a_folder_is_loaded_and_asked(tmp_path: Path) -> None:
    from tests.tiny_models import write_transformers_model

    write_transformers_model(tmp_path / "tiny")
    llm = model(f"hf/{tmp_path / 'tiny'}", llm_timeout=120, llm_max_tokens=16)
    assert llm.name == "hf/tiny"
    assert ask(llm)
