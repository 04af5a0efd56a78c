"""A language model held to limits: of time, tokens, answers at once, and of how often a dead one is tried."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from profile_rag.errors import LanguageModelError

_logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 0.2
"""How often a reader that waits gets control back, so as to be able to leave."""
_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.25  # doubled with each attempt
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 15.0, 300.0
_SLOT_SECONDS = 2.0
_CHARACTERS_PER_TOKEN = 4  # of English; for the budget an estimate will do
_MOST_CHARACTERS_PER_TOKEN = 8
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a model did not answer, in words that hold nothing of its own."""

    problem: str
    is_passing: bool = False
    """Whether it may be gone in a moment."""
    is_of_question: bool = False
    """Whether other questions may fare better."""
    retry_after: float | None = None
    """Seconds that the server asks for."""


class ChatModel(Protocol):
    """A model as its library gives it."""

    def load(self) -> None:
        """Import and load what it needs, which takes seconds."""
        ...

    def __call__(self, system: str, prompt: str) -> Generator[str, None, None]:
        """Its words as they come."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one model may cost."""

    timeout_seconds: float = 20.0
    max_tokens: int = 400
    daily_tokens: int = 0
    """0 means any number."""
    concurrency: int = 2


class _Failed(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class LanguageModel:
    """Asks a model within its limits. Safe to use from several threads.

    A failure is remembered for a while, longer each time, in which the model is not tried.
    """

    def __init__(
        self,
        name: str,
        chat_model: ChatModel,
        limits: Limits,
        *,
        describe_fault: Callable[[BaseException], Fault],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the parts.

        Args:
            name: How answers and logs call it.
            chat_model: Asks it.
            limits: What it may cost.
            describe_fault: What an error means.
            clock: Seconds; tells days and pauses.
        """
        self.name = name
        self._chat_model = chat_model
        self._limits = limits
        self._describe_fault = describe_fault
        self._clock = clock
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        self._lock = threading.Lock()
        self._failures = 0
        self._paused_until = 0.0
        self._day, self._spent = 0, 0

    def load(self) -> None:
        """Import and load what the model needs now rather than at the first question; nobody is called."""
        try:
            self._chat_model.load()
        except Exception as error:  # noqa: BLE001  each library raises what it likes; the reader gets a sentence
            raise self._fail(self._describe_fault(error)) from None  # the cause may hold the key

    def stream(self, system: str, prompt: str) -> Generator[str, None, None]:
        """The model's words as they come, and an empty text now and then while it is waited for.

        Closing the iterator ends the request.

        Raises:
            LanguageModelError: It did not answer, or not within the time limit.
        """
        if self._clock() < self._paused_until:
            raise self._error("it failed a moment ago", is_known=True)
        self.load()  # which is no slowness of the model's
        ends = time.monotonic() + self._limits.timeout_seconds
        reserved = self._reserve(len(system) + len(prompt))
        said = 0
        try:
            for text in self._stream(system, prompt, ends):
                said += len(text)
                yield text
        except _Failed as failed:
            raise self._fail(failed.fault) from None  # the cause may hold the key
        finally:
            with self._lock:
                unused = max(0, self._limits.max_tokens - said // _CHARACTERS_PER_TOKEN)
                self._spent = max(0, self._spent - unused) if reserved else 0
        with self._lock:
            self._failures = 0

    def _stream(self, system: str, prompt: str, ends: float) -> Iterator[str]:
        if not self._slots.acquire(timeout=min(_SLOT_SECONDS, self._limits.timeout_seconds)):
            raise _Failed(Fault("it is busy with other answers", is_of_question=True))
        arrived: queue.SimpleQueue[str | Fault | None] = queue.SimpleQueue()
        is_gone = threading.Event()

        def read() -> None:
            try:
                for text in self._attempts(system, prompt, ends, is_gone):
                    arrived.put(text)
                arrived.put(None)
            except _Failed as failed:
                arrived.put(failed.fault)
            finally:
                self._slots.release()

        # A thread of its own: a read that blocks can be left, whichever library it blocks in.
        threading.Thread(target=read, name="language-model", daemon=True).start()
        try:
            yield from self._arriving(arrived, ends)
        finally:
            is_gone.set()

    def _arriving(self, arrived: queue.SimpleQueue[str | Fault | None], ends: float) -> Iterator[str]:
        tokens = characters = 0
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                raise _Failed(Fault(f"it took longer than {self._limits.timeout_seconds:g} s"))
            try:
                item = arrived.get(timeout=min(HEARTBEAT_SECONDS, left))
            except queue.Empty:
                yield ""
                continue
            if isinstance(item, Fault):
                raise _Failed(item)
            if item is None:
                if not characters:
                    raise _Failed(Fault("it said nothing"))
                return
            yield item
            tokens, characters = tokens + 1, characters + len(item)
            most = self._limits.max_tokens
            if tokens >= most or characters >= most * _MOST_CHARACTERS_PER_TOKEN:
                _logger.info("the language model %s was stopped at its limit of %d tokens", self.name, most)
                return

    def _attempts(self, system: str, prompt: str, ends: float, is_gone: threading.Event) -> Iterator[str]:
        """Ask, and ask again after a failure that may pass, as long as nothing was said."""
        for attempt in range(_ATTEMPTS):
            has_spoken = False
            try:
                with closing(self._chat_model(system, prompt)) as texts:
                    for text in texts:
                        if is_gone.is_set():
                            return
                        if text:
                            has_spoken = True
                            yield text
                return
            except Exception as error:  # noqa: BLE001  as above
                fault = self._describe_fault(error)
            wait = max(fault.retry_after or 0.0, _BACKOFF_SECONDS * 2**attempt)
            is_last = attempt == _ATTEMPTS - 1 or time.monotonic() + wait >= ends
            if has_spoken or is_last or not fault.is_passing or is_gone.wait(wait):
                raise _Failed(fault)

    def _reserve(self, characters: int) -> int:
        if not self._limits.daily_tokens:
            return 0
        wanted = characters // _CHARACTERS_PER_TOKEN + self._limits.max_tokens
        with self._lock:
            day = int(self._clock() // _SECONDS_PER_DAY)
            if day != self._day:
                self._day, self._spent = day, 0
            if self._spent + wanted > self._limits.daily_tokens:
                raise self._error("its tokens of today are spent")
            self._spent += wanted
        return wanted

    def _fail(self, fault: Fault) -> LanguageModelError:
        """Remember a failure; the error that tells of it."""
        if not fault.is_of_question:
            with self._lock:
                pause = min(_FIRST_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
                self._failures += 1
                self._paused_until = self._clock() + max(pause, fault.retry_after or 0.0)
        return self._error(fault.problem)

    def _error(self, problem: str, *, is_known: bool = False) -> LanguageModelError:
        _logger.log(logging.DEBUG if is_known else logging.WARNING, "the language model %s: %s", self.name, problem)
        return LanguageModelError(self.name, problem, "Run `profile-rag doctor`.")
