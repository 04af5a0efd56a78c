"""Claims with evidence, sound ones and twins with one fault each, for the grounding check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from profile_rag.errors import DatasetError


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """A sentence and the quotes it cites."""

    id: str
    corpus: str
    text: str
    evidence: tuple[str, ...]
    fault: str = ""
    """What is wrong with it, such as `number` or `negation`; empty for a sound one."""
    wrong: tuple[str, ...] = ()
    """The words that the evidence does not support."""
    is_held: bool = False
    """Whether it is set aside: never looked at while the check is tuned."""


def load_claims(path: Path) -> tuple[ClaimCase, ...]:
    """The claims of a YAML file, or of all those in a folder, each followed by its faulty twins.

    Raises:
        DatasetError: A file is missing or no YAML, or a claim is not as it should be.
    """
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise DatasetError(path, "holds no claims", "Give a folder of YAML files.")
    return tuple(case for file in files for case in _load_file(file))


def _load_file(file: Path) -> list[ClaimCase]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        return [case for item in values["claims"] for case in _cases(item, values.get("corpus", ""))]
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        problem = f"cannot be read ({' '.join(str(error).split())})"
        raise DatasetError(file, problem, "Give a file of YAML claims; see eval/README.md.") from error


def _cases(item: Mapping[str, Any], corpus: str) -> list[ClaimCase]:
    evidence = tuple(" ".join(quote["text"].split()) for quote in item["evidence"])
    whose, is_held = str(item.get("corpus", corpus)), bool(item.get("held", False))
    sound = ClaimCase(str(item["id"]), whose, item["text"], evidence, is_held=is_held)
    return [
        sound,
        *(
            ClaimCase(
                f"{item['id']}-{number}", whose, twin["text"], evidence, twin["fault"], tuple(twin["wrong"]), is_held
            )
            for number, twin in enumerate(item["faulty"], start=1)
        ),
    ]
