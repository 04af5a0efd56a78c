"""Questions as JSON lines in, answers as JSON values out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from profile_rag.errors import ProfileRagError
from profile_rag.schema import Answer, Turn

ERROR_SCHEMA = "profile-rag/error/1"


class AskableProfile(Protocol):
    """What a batch needs of a profile."""

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        """Answer a question."""
        ...


def answer_lines(lines: Iterable[bytes], profile: AskableProfile) -> Iterator[dict[str, Any]]:
    """One value for each line that is not blank: an Answer, or an error object that names the line.

    Args:
        lines: Each `{"id": …, "question": "…", "history": ["…"]}`; `id` and `history` may be missing.
        profile: Who answers.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        identifier = None
        try:
            item = _parse(line)
            identifier = item.get("id") if _is_identifier(item.get("id")) else None
            _check(item)
            answer = profile.ask(item["question"], history=item.get("history") or [])
        except (ValueError, ProfileRagError) as error:
            head = {} if identifier is None else {"id": identifier}
            yield {"schema": ERROR_SCHEMA, **head, "line": number, "error": str(error)}
        else:
            yield replace(answer, id=identifier).to_dict()


def _parse(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(item, dict):
        raise ValueError('not an object with a "question" text')
    return item


def _is_identifier(value: object) -> bool:
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def _check(item: dict[str, Any]) -> None:
    if not isinstance(item.get("question"), str):
        raise ValueError('not an object with a "question" text')
    if not isinstance(item.get("history") or [], list):
        raise ValueError('"history" is not a list of questions')
    if not _is_identifier(item.get("id")):
        raise ValueError('"id" is neither text nor a whole number')
