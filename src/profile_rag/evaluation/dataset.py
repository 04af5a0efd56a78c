"""Evaluation cases: what a careful reader of the documents would answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from profile_rag.errors import DatasetError

KINDS = frozenset({"capability", "fact", "list", "comparison", "open", "identity", "follow_up", "off_subject"})
VERDICTS = frozenset({"yes", "partly", "no", "not_stated", "none"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where the library has it
_FIELDS = frozenset(
    "id kind question history verdicts quotes any_quotes members must_say must_not_say conflict understood_as tags held"
    " corpus draft".split()
)


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """Words of a document that an answer needs."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is acceptable as its answer."""

    id: str
    corpus: str
    """`corpus`, `people/NAME` or `pool/FILE`: whose documents it is about."""
    kind: str
    question: str
    verdicts: tuple[str, ...]
    """Every acceptable verdict; "none" where the question asks for no yes or no."""
    history: tuple[str, ...] = ()
    quotes: tuple[GoldQuote, ...] = ()
    """Evidence, all of which has to be cited."""
    any_quotes: tuple[GoldQuote, ...] = ()
    """Evidence that serves equally: one of it has to be cited."""
    members: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    conflict: str = ""
    understood_as: str = ""
    tags: tuple[str, ...] = ()
    is_held: bool = False
    """Whether it is set aside: never looked at while the engine is tuned."""
    is_draft: bool = False
    """Whether nobody has confirmed it yet."""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents answer it."""
        return self.verdicts != ("not_stated",)

    @property
    def may_abstain(self) -> bool:
        """Whether an abstention is among what is acceptable."""
        return "not_stated" in self.verdicts

    @property
    def group(self) -> str:
        """The sort of corpus it is about: what stands before the slash."""
        return self.corpus.partition("/")[0]


def load_cases(path: Path) -> tuple[Case, ...]:
    """The confirmed cases of a YAML file, or of all those in a folder.

    Raises:
        DatasetError: A file is missing or no YAML, or a case is not as it should be; the message names file and case.
    """
    cases = _load(path)
    confirmed = tuple(case for case in cases if not case.is_draft)
    if not confirmed:
        problem = f"holds {len(cases)} drafts and no confirmed case" if cases else "holds no cases"
        step = "Take `draft: true` from those that are right." if cases else "Give a folder of YAML files."
        raise DatasetError(path, problem, step)
    return confirmed


def count_drafts(path: Path) -> int:
    """How many cases of a file or folder wait for somebody to confirm them.

    Raises:
        DatasetError: As `load_cases`.
    """
    return sum(case.is_draft for case in _load(path))


def _load(path: Path) -> list[Case]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    cases = [case for file in files for case in _load_file(file)]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise DatasetError(path, f"case {case.id} stands there twice", "Give each case an id of its own.")
        seen.add(case.id)
    return cases


def _load_file(file: Path) -> list[Case]:
    try:
        values = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  both are the safe one
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise DatasetError(file, f"cannot be read ({problem})", "Give a file of YAML cases.") from error
    if not isinstance(values, dict) or not isinstance(values.get("cases"), list):
        raise DatasetError(file, "has no list of cases", "See eval/README.md for the format.")
    corpus = values.get("corpus", "")
    return [_parse(file, number, item, corpus) for number, item in enumerate(values["cases"], start=1)]


def _parse(file: Path, number: int, item: object, corpus: str) -> Case:
    name = item.get("id", f"number {number}") if isinstance(item, Mapping) else f"number {number}"
    try:
        if not isinstance(item, Mapping):
            raise ValueError("is no mapping")
        return _to_case(item, corpus)
    except (KeyError, TypeError, ValueError) as error:
        problem = f"misses {error}" if isinstance(error, KeyError) else str(error)
        raise DatasetError(file, f"case {name}: {problem}", "Mend the case.") from error


def _to_case(item: Mapping[str, Any], corpus: str) -> Case:
    if unknown := sorted(set(item) - _FIELDS):
        raise ValueError(f"unknown field {unknown[0]}")
    # YAML reads a bare yes or no as true or false.
    verdicts = tuple({True: "yes", False: "no"}.get(verdict, verdict) for verdict in item["verdicts"])
    if not verdicts or not set(verdicts) <= VERDICTS:
        raise ValueError(f"verdicts are of {', '.join(sorted(VERDICTS))}, not {list(verdicts)}")
    if item["kind"] not in KINDS:
        raise ValueError(f"unknown kind {item['kind']}")
    return Case(
        id=str(item["id"]),
        corpus=str(item.get("corpus", corpus)),
        kind=item["kind"],
        question=str(item["question"]),
        verdicts=verdicts,
        history=tuple(item.get("history") or ()),
        quotes=_quotes(item.get("quotes")),
        any_quotes=_quotes(item.get("any_quotes")),
        members=tuple(map(str, item.get("members") or ())),
        must_say=tuple(map(str, item.get("must_say") or ())),
        must_not_say=tuple(map(str, item.get("must_not_say") or ())),
        conflict=str(item.get("conflict") or ""),
        understood_as=str(item.get("understood_as") or ""),
        tags=tuple(item.get("tags") or ()),
        is_held=bool(item.get("held", False)),
        is_draft=bool(item.get("draft", False)),
    )


def _quotes(items: list[dict[str, str]] | None) -> tuple[GoldQuote, ...]:
    return tuple(GoldQuote(item["source"], " ".join(item["text"].split())) for item in items or ())
