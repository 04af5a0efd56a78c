"""A language model that says what it is told, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from profile_rag.answering.generative import GenerativeSynthesizer
from profile_rag.answering.query_engine import QueryEngine
from profile_rag.errors import LanguageModelError
from profile_rag.schema import Answer


class ScriptedLLM:
    """Says one text, a character at a time; fails behind it if told to."""

    name = "scripted/m"

    def __init__(self, text: str = "", *, fails: bool = False) -> None:
        self._text = text
        self._fails = fails
        self.prompts: list[tuple[str, str]] = []
        self.is_closed = False

    def stream(self, system: str, prompt: str) -> Generator[str, None, None]:
        self.prompts.append((system, prompt))
        try:
            yield ""
            yield from self._text
            if self._fails:
                raise LanguageModelError(self.name, "broke off", "Try again.")
        finally:
            self.is_closed = True


def word(engine: QueryEngine, grounded: Answer, text: str | Sequence[str], *, fails: bool = False) -> Answer:
    """The answer that comes of what a model says to a grounded one."""
    llm = ScriptedLLM(text if isinstance(text, str) else " ".join(text), fails=fails)
    *_, answer = GenerativeSynthesizer(llm, engine.checker, engine.person).stream(grounded)
    return answer
