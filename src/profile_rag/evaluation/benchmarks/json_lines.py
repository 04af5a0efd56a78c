"""Benchmarks that come as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from profile_rag.errors import DatasetError

T = TypeVar("T")


def read_json_lines(file: Path, parse: Callable[[dict[str, Any]], T], *, benchmark: str, step: str) -> tuple[T, ...]:
    """The items of a file, at least one.

    Args:
        file: One JSON object a line; empty lines are skipped.
        parse: Makes an item of an object; `KeyError`, `TypeError` and `ValueError` mean another format.
        benchmark: Whose format it is.
        step: What to give instead.

    Raises:
        DatasetError: The file is missing, empty or of another format.
    """
    if not file.is_file():
        raise DatasetError(file, "no such file", step)
    try:
        with file.open(encoding="utf-8") as lines:
            items = tuple(parse(json.loads(line)) for line in lines if line.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(file, f"is not of {benchmark}'s format", step) from error
    if not items:
        raise DatasetError(file, "holds nothing", step)
    return items
