"""Answers to be checked, whoever wrote them: plain text, our own Answers, or rows as ragas and DeepEval keep them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profile_rag.answering.citations import evidence_of
from profile_rag.errors import DatasetError

_QUESTION = ("question", "user_input", "input", "query")
_ANSWER = ("answer", "response", "actual_output", "output")
_CONTEXTS = ("contexts", "retrieved_contexts", "retrieval_context", "context")
_STEP = 'Give JSON lines of {"question", "answer", "contexts"}; without contexts, the corpus is the evidence.'
_OBJECT = re.compile(r"\s*\{\s*[\"}]")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with what it was given."""

    answer: str
    question: str = ""
    contexts: tuple[str, ...] | None = None
    """The evidence; None where the corpus is."""
    cited: Mapping[int, int] | None = None
    """Which context each mark in the answer stands for."""
    id: str | int | None = None


def read_rows(text: str, *, name: str) -> Iterator[AnswerRow]:
    """The rows of JSON lines, or of JSON objects that take several lines each.

    Args:
        text: One object after the other.
        name: What the text is called in an error.

    Raises:
        DatasetError: Something is no JSON object, or has no answer; the message names its first line.
    """
    decoder = json.JSONDecoder()
    at = _skip_space(text, 0)
    while at < len(text):
        try:
            item, end = decoder.raw_decode(text, at)
            row = _to_row(item)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, at) + 1
            raise DatasetError(f"{name}:{line}", f"is no row to check ({error})", _STEP) from error
        yield row
        at = _skip_space(text, end)


def begins_with_row(text: str) -> bool:
    """Whether a text begins like a JSON object, sound or not, as no prose does."""
    return _OBJECT.match(text) is not None


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _to_row(item: object) -> AnswerRow:
    if not isinstance(item, dict):
        raise ValueError("it is no object")
    answer = _first(item, _ANSWER)
    if not isinstance(answer, str):
        raise ValueError(f"it has no text under {', '.join(_ANSWER)}")
    question = _first(item, _QUESTION)
    identifier = item.get("id")
    contexts, cited = _contexts(item)
    return AnswerRow(
        answer,
        question if isinstance(question, str) else "",
        contexts,
        cited,
        identifier if isinstance(identifier, str | int) else None,
    )


def _contexts(item: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, Mapping[int, int] | None]:
    if isinstance(citations := item.get("citations"), list):
        return _cited(citations)
    given = _first(item, _CONTEXTS)
    if given is None:
        return None, None
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{' or '.join(_CONTEXTS)} is no list of texts")
    # Marks count the contexts from 1, as prompts number them.
    return tuple(texts), {number: number - 1 for number in range(1, len(texts) + 1)}


def _cited(citations: Sequence[Any]) -> tuple[tuple[str, ...], Mapping[int, int]]:
    """The quotes of one of our own Answers, each with its heading."""
    texts, cited = [], {}
    for place, citation in enumerate(citations):
        if not isinstance(citation, dict) or not isinstance(citation.get("quote"), str):
            raise ValueError("a citation has no quote")
        heading, mark = citation.get("heading", ()), citation.get("id", place + 1)
        if not isinstance(heading, list | tuple) or not isinstance(mark, int):
            raise ValueError("a citation's heading is no list, or its id no whole number")
        texts.append(evidence_of(citation["quote"], [str(part) for part in heading]))
        cited[mark] = place
    return tuple(texts), cited


def _first(item: Mapping[str, Any], names: Sequence[str]) -> object:
    return next((item[name] for name in names if item.get(name) is not None), None)
