"""What is known about an index without opening it: its manifest, its fingerprint, the command that mends it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from profile_rag.config import DEFAULT_CORPUS, OWNERS_SUFFIX, Settings
from profile_rag.errors import IndexDamagedError, IndexForeignError

INDEX_SCHEMA = 3
"""Raised whenever the layout of a generation changes: an older index is then foreign."""

CURRENT = "CURRENT"
_GENERATION = re.compile(r"gen-(\d{6,})")
_CURRENT_LINE = re.compile(r"gen-\d{6,} [0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an index was built with; two that differ cannot be mixed."""

    embed_model: str
    embed_sha256: str
    dimensions: int
    chunker: int
    distance: str = "cosine"
    schema: int = INDEX_SCHEMA
    includes_private: bool = False
    """Whether what is marked private is in it: such an index is the owner's alone."""

    def differences(self, other: Fingerprint) -> tuple[str, ...]:
        """What differs, as clauses like "was built with embedder A, now B"."""
        found = []
        if (self.embed_model, self.embed_sha256) != (other.embed_model, other.embed_sha256):
            names = [self.embed_model, other.embed_model]
            if names[0] == names[1]:  # then only the weights tell them apart
                names = [f"{each.embed_model} ({each.embed_sha256[:8]}…)" for each in (self, other)]
            found.append(f"was built with embedder {names[0]}, now {names[1]}")
        for name in ("dimensions", "distance", "chunker", "schema"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                found.append(f"was built with {name} {mine}, now {theirs}")
        if self.includes_private != other.includes_private:
            found.append("holds what is marked private" if self.includes_private else "lacks what is marked private")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as it stood when it was indexed."""

    source: str
    sha256: str
    size: int
    mtime_ns: int
    chunk_count: int
    repaired: int
    """Damaged characters that were repaired before indexing."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and what it was built with."""

    fingerprint: Fingerprint
    corpus: str
    """The corpus folder, resolved."""
    documents: tuple[IndexedDocument, ...]
    chunk_count: int
    generation: int = 0
    """0 until it is written."""
    content_sha256: str = ""
    """Of all rows of the collection, so that damage inside the database is noticed."""
    files: tuple[tuple[str, str], ...] = ()
    """Chroma's vector files and their digests: it crashes the process on one that was cut short or overwritten."""

    def to_json(self) -> str:
        """The manifest as it stands in `manifest.json`."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest back.

        Raises:
            ValueError: The text is no manifest of this schema.
        """
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("not an object")
        return _from_values(
            cls,
            values
            | {
                "fingerprint": _from_values(Fingerprint, values.get("fingerprint")),
                "documents": tuple(_from_values(IndexedDocument, each) for each in _list(values.get("documents"))),
                "files": tuple((str(name), str(digest)) for name, digest in _list(values.get("files"))),
            },
        )


def read_manifest(store: Path) -> Manifest | None:
    """The current generation's manifest without opening its collection; None when there is no index.

    Raises:
        IndexForeignError: Another version of this program wrote it.
        IndexDamagedError: It is unreadable.
    """
    generation = read_current(store, corpus=None)
    return read_manifest_of(store, generation, corpus=None) if generation else None


def ingest_command(store: Path, corpus: Path | None) -> str:
    """The command that builds this index, with the arguments that are not the defaults."""
    folder = corpus if corpus is not None else DEFAULT_CORPUS
    words = ["profile-rag", "ingest"]
    if store.name.endswith(OWNERS_SUFFIX):
        words.append("--include-private")
        store = store.with_name(store.name.removesuffix(OWNERS_SUFFIX))
    if folder.resolve() != DEFAULT_CORPUS.resolve():
        words.append(str(folder))
    if (
        store.resolve()
        != Settings.model_construct(corpus=folder, store=None, include_private=False).store_folder.resolve()
    ):
        words += ["--store", str(store)]
    return shlex.join(words)


_Record = TypeVar("_Record", Fingerprint, IndexedDocument, Manifest)


def _from_values(kind: type[_Record], values: object) -> _Record:
    if not isinstance(values, Mapping):
        raise ValueError(f"no {kind.__name__}")
    for field in fields(kind):
        value = values.get(field.name)
        if value is None or (field.type in {"int", "str"} and type(value).__name__ != field.type):
            raise ValueError(f"{kind.__name__}.{field.name} is {value!r}")
    return kind(**{field.name: values[field.name] for field in fields(kind)})


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"not a list: {value!r}")
    return value


def next_step(store: Path, corpus: Path | None) -> str:
    """What an error about this index tells to do."""
    return f"Run `{ingest_command(store, corpus)}`."


def read_current(store: Path, *, corpus: Path | None) -> str | None:
    """The name of the current generation; None when there is none.

    Raises:
        IndexDamagedError: It cannot be read.
    """
    line = read_current_line(store, corpus=corpus)
    return line.split(" ")[0] if line is not None else None


def read_current_line(store: Path, *, corpus: Path | None) -> str | None:
    """The name of the current generation with the beginning of its content's hash.

    The name alone does not tell two generations apart: a store that was emptied counts from one again.

    Raises:
        IndexDamagedError: It cannot be read.
    """
    try:
        text = (store / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(store / CURRENT, f"cannot be read ({error})", next_step(store, corpus)) from error
    if not _CURRENT_LINE.fullmatch(text):
        raise IndexDamagedError(store / CURRENT, "names no generation", next_step(store, corpus))
    return text


def read_manifest_of(store: Path, generation: str, *, corpus: Path | None) -> Manifest:
    """The manifest of one generation.

    Raises:
        IndexForeignError: Another version of this program wrote it.
        IndexDamagedError: It is unreadable.
    """
    path = store / generation / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text)
        schema = values["fingerprint"]["schema"]
        if schema != INDEX_SCHEMA:  # its other fields may mean anything, so they are not looked at
            problem = f"the index was built with schema {schema}, now {INDEX_SCHEMA}"
            raise IndexForeignError(store, problem, next_step(store, corpus))
        return Manifest.from_json(text)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise IndexDamagedError(path, f"cannot be read ({error})", next_step(store, corpus)) from error


def check_fingerprint(store: Path, manifest: Manifest, *, fingerprint: Fingerprint, corpus: Path | None) -> None:
    """Refuse an index that was built with something else or from another corpus.

    Raises:
        IndexForeignError: It was.
    """
    step = next_step(store, corpus or Path(manifest.corpus))
    differences = manifest.fingerprint.differences(fingerprint)
    if differences:
        raise IndexForeignError(store, f"the index {' and '.join(differences)}", step)
    if corpus is not None and str(corpus.resolve()) != manifest.corpus:
        raise IndexForeignError(store, f"the index was built from {manifest.corpus}, now {corpus.resolve()}", step)


def generation_name(number: int) -> str:
    """The folder of a generation."""
    return f"gen-{number:06d}"


def generation_number(path: Path) -> int:
    """The number of a generation's folder; 0 for any other folder."""
    match = _GENERATION.fullmatch(path.name)
    return int(match.group(1)) if match else 0


def current_line(manifest: Manifest) -> str:
    """What CURRENT says while this is the generation to read."""
    return f"{generation_name(manifest.generation)} {manifest.content_sha256[:16]}"
