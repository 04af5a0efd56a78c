"""Language models by name, each through its llama-index class, which is imported when its kind is chosen."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from profile_rag.errors import LanguageModelError
from profile_rag.language_model import ChatModel, Fault
from profile_rag.offline import forbid_calling_home

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.base import BaseLLM

KEY_VARIABLE = "PROFILE_RAG_LLM_API_KEY"
"""The key of an `openai-like` server; `openai` takes OPENAI_API_KEY, too, which goes to nobody else."""
CONTEXT_TOKENS = 8192
"""Told to Ollama, which would else be asked for it at each start; instructions, evidence and answer take a third."""
_MAX_RESPONSE_BYTES = 4_000_000  # 8,192 tokens, each in an event of its own, are two million
_SPEC = re.compile(r"(?P<kind>ollama|openai|openai-like|hf)/(?P<name>[^\s@]\S*?)(?:@(?P<url>https?://\S+))?")
_FORMS = "ollama/NAME, openai/NAME, openai-like/NAME@URL or hf/FOLDER"
_MODULES = {
    "ollama": "llama_index.llms.ollama",
    "openai": "llama_index.llms.openai",
    "openai-like": "llama_index.llms.openai_like",
    "hf": "llama_index.llms.huggingface",
}


@dataclass(frozen=True, slots=True)
class LLMChoice:
    """Which language model, and where it is."""

    kind: str
    name: str
    url: str = ""

    @property
    def shown(self) -> str:
        """How answers and logs call it: without its address, and of a folder the last part only."""
        return f"{self.kind}/{Path(self.name).name if self.kind == 'hf' else self.name}"


def parse_llm(spec: str) -> LLMChoice:
    """Read what the setting `llm` says.

    Raises:
        LanguageModelError: It is none of the forms there are. The message repeats no address with a login in it.
    """
    found = _SPEC.fullmatch(spec.strip())
    if found is None:
        shown = spec if len(spec) <= 80 and "://" not in spec else "llm"
        raise LanguageModelError(shown, "names no language model", f"Give {_FORMS}.")
    kind, name, url = found["kind"], found["name"], found["url"] or ""
    if "@" in url or "@" in name:
        step = f"Put the key into the environment as {KEY_VARIABLE}."
        raise LanguageModelError(f"{kind}/…", "its address holds a login", step)
    if bool(url) != (kind == "openai-like") and kind != "ollama":
        problem = "needs an address" if kind == "openai-like" else "takes no address"
        raise LanguageModelError(f"{kind}/{name}", problem, f"Give {_FORMS}.")
    return LLMChoice(kind, name, url)


def open_llm(choice: LLMChoice, *, timeout_seconds: float, max_tokens: int) -> ChatModel:
    """What asks the model and gives its words as they come; nothing is imported or loaded before the first question.

    Raises:
        LanguageModelError: Its extra is not installed, its folder or its key is missing.
    """
    if find_spec(_MODULES[choice.kind]) is None:
        step = f"Install it: pip install 'profile-rag[{choice.kind}]'."
        raise LanguageModelError(choice.shown, "its package is not installed", step)
    if choice.kind == "hf" and not (Path(choice.name) / "config.json").is_file():
        raise LanguageModelError(choice.shown, "no such folder with a model", "Give hf/ and a folder on this machine.")
    if choice.kind == "openai" and not _openai_key():
        raise LanguageModelError(choice.shown, "has no key", "Put it into the environment as OPENAI_API_KEY.")
    return _ChatModel(choice, timeout_seconds=timeout_seconds, max_tokens=max_tokens)


class _ChatModel:
    def __init__(self, choice: LLMChoice, *, timeout_seconds: float, max_tokens: int) -> None:
        self._choice = choice
        self._timeout_seconds = timeout_seconds
        self._max_tokens = max_tokens
        self._bound = _Bound(timeout_seconds)
        self._lock = threading.Lock()
        self._llm: BaseLLM | None = None

    def load(self) -> None:
        self._loaded()

    def __call__(self, system: str, prompt: str) -> Generator[str, None, None]:
        llm = self._loaded()
        from llama_index.core.base.llms.types import ChatMessage, MessageRole  # takes seconds to import

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=prompt),
        ]
        try:
            for part in llm.stream_chat(messages):
                yield part.delta or ""
        finally:
            self._bound.close()

    def _loaded(self) -> BaseLLM:
        with self._lock:
            if self._llm is None:
                self._llm = _construct(
                    self._choice, self._bound, timeout_seconds=self._timeout_seconds, max_tokens=self._max_tokens
                )
            return self._llm


def _construct(choice: LLMChoice, bound: _Bound, *, timeout_seconds: float, max_tokens: int) -> BaseLLM:
    forbid_calling_home()
    if choice.kind == "hf":
        from llama_index.llms.huggingface import HuggingFaceLLM

        local: BaseLLM = HuggingFaceLLM(
            model_name=choice.name,
            tokenizer_name=choice.name,
            device_map="auto",
            max_new_tokens=max_tokens,
            is_chat_model=True,
            generate_kwargs={"do_sample": False},
            # a pickle runs whatever code it holds, and so does a model's own
            model_kwargs={"use_safetensors": True, "local_files_only": True, "trust_remote_code": False},
            tokenizer_kwargs={"local_files_only": True, "trust_remote_code": False},
        )
        return local
    client_values: dict[str, Any] = {
        "timeout": timeout_seconds,
        "follow_redirects": False,  # to another host: nothing goes there that is meant for this one
        "event_hooks": {"response": [bound]},
    }
    if choice.kind == "ollama":
        from llama_index.llms.ollama import Ollama
        from ollama import Client

        host = choice.url or os.environ.get("OLLAMA_HOST") or "http://127.0.0.1:11434"
        ollama: BaseLLM = Ollama(
            model=choice.name,
            base_url=host,
            temperature=0.0,
            context_window=CONTEXT_TOKENS,
            request_timeout=timeout_seconds,
            additional_kwargs={"num_predict": max_tokens},
            client=Client(host=host, **client_values),
        )
        return ollama
    import httpx
    import openai.resources.chat.completions  # noqa: F401  which the first request would import, in a second of its own

    shared: dict[str, Any] = {
        "model": choice.name,
        "temperature": 0.0,
        "max_tokens": max_tokens,
        "timeout": timeout_seconds,
        "max_retries": 0,  # language_model tries again itself, within the answer's time
        "http_client": httpx.Client(**client_values),
    }
    if choice.kind == "openai":
        from llama_index.llms.openai import OpenAI

        hosted: BaseLLM = OpenAI(api_key=_openai_key(), **shared)
        return hosted
    from llama_index.llms.openai_like import OpenAILike

    key = os.environ.get(KEY_VARIABLE) or "none"
    like: BaseLLM = OpenAILike(
        api_base=choice.url, api_key=key, is_chat_model=True, context_window=CONTEXT_TOKENS, **shared
    )
    return like


def _openai_key() -> str:
    return os.environ.get(KEY_VARIABLE) or os.environ.get("OPENAI_API_KEY") or ""


class _Bound:
    """Ends a response that goes on for too long, even one that holds no whole event and so tells nobody of itself."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open = threading.local()

    def close(self) -> None:
        """End this thread's response: the libraries leave theirs open, or read it to its end, when they are left."""
        response: httpx.Response | None = getattr(self._open, "response", None)
        if response is not None:
            response.close()

    def __call__(self, response: httpx.Response) -> None:
        import httpx

        class Bounded(httpx.SyncByteStream):
            def __init__(self, stream: Any, ends: float) -> None:  # noqa: ANN401  httpx declares a union for async, too
                self._stream, self._ends = stream, ends

            def __iter__(self) -> Iterator[bytes]:
                left = _MAX_RESPONSE_BYTES
                for part in self._stream:
                    left -= len(part)
                    if left < 0 or monotonic() > self._ends:
                        raise httpx.ReadError("the response does not end")
                    yield part

            def close(self) -> None:
                self._stream.close()

        self._open.response = response
        response.stream = Bounded(response.stream, monotonic() + self._seconds)


# --- what went wrong --------------------------------------------------------------------------------


def describe_fault(error: BaseException) -> Fault:
    """What an error of a client library means, in our own words: its message may hold the key."""
    status, retry_after = _status_of(error)
    if status is not None:
        return _describe_status(status, retry_after, error)
    import httpx

    for cause in _causes(error):
        if isinstance(cause, httpx.TimeoutException | TimeoutError):
            return Fault("it did not answer in time")
        if isinstance(cause, httpx.ConnectError | ConnectionError):
            return Fault("it cannot be reached", is_passing=True)
        if isinstance(cause, httpx.TransportError):
            return Fault("the connection broke off", is_passing=True)
    if isinstance(error, ImportError):
        return Fault("a package that it needs cannot be imported")
    return Fault(f"its response makes no sense ({type(error).__name__})")


def _describe_status(status: int, retry_after: float | None, error: BaseException) -> Fault:
    if status in {400, 413, 422} and re.search(
        r"context|too (?:long|large|many)|exceed|maximum", str(error), re.IGNORECASE
    ):
        return Fault("the evidence is too long for its context window", is_of_question=True)
    meaning = {
        401: "it refuses the key",
        403: "it refuses access",
        404: "there is no such model or address",
        429: "it is asked too often",
    }.get(status, "it failed" if status >= 500 else "it refuses the request")
    return Fault(
        f"{meaning} (HTTP {status})", is_passing=status in {408, 409, 429} or status >= 500, retry_after=retry_after
    )


def _status_of(error: BaseException) -> tuple[int | None, float | None]:
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if not isinstance(status, int) or status < 300:  # ollama says -1 where there was no response
        return None, None
    given = getattr(response, "headers", {}).get("retry-after", "")
    return status, float(given) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", given) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(8):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__
