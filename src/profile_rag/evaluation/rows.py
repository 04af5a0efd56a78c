"""Answers to be checked, whoever wrote them: plain text, our own Answers, or rows as ragas and DeepEval keep them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profile_rag.errors import DatasetError

_QUESTION = ("question", "user_input", "input", "query")
_ANSWER = ("answer", "response", "actual_output", "output")
_CONTEXTS = ("contexts", "retrieved_contexts", "retrieval_context", "context")
_STEP = 'Give JSON lines of {"question", "answer", "contexts"}; without contexts, the corpus is the evidence.'
_MAX_LINE = 2_000_000  # characters


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


def read_rows(lines: Iterable[str], *, name: str) -> Iterator[AnswerRow]:
    """The rows of JSON lines.

    Args:
        lines: One JSON object each; empty lines are skipped.
        name: What they are called in an error.

    Raises:
        DatasetError: A line is no JSON object, or has no answer; the message names the line.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            if len(line) > _MAX_LINE:
                raise ValueError(f"is longer than {_MAX_LINE:,} characters")
            yield _to_row(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{name}:{number}", f"is no row to check ({error})", _STEP) from error


def is_row(text: str) -> bool:
    """Whether a text begins like JSON lines of answers."""
    try:
        return isinstance(json.loads(text.strip().split("\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False


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
        heading = [str(part) for part in citation.get("heading") or ()]
        texts.append(": ".join(filter(None, (" > ".join(heading), citation["quote"]))))
        cited[int(citation.get("id", place + 1))] = place
    return tuple(texts), cited


def _first(item: Mapping[str, Any], names: Sequence[str]) -> object:
    return next((item[name] for name in names if item.get(name) is not None), None)
