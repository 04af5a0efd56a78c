"""The files of a corpus folder, read as documents."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from profile_rag.errors import CorpusError

SUFFIXES = frozenset({".md", ".markdown", ".txt"})

_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*(?:\r\n?|\n)(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)", re.DOTALL
)
# A document may also open with a rule; front matter opens with a field, a comment or a brace, or holds nothing.
_FIRST_FIELD = re.compile(r"\s*(?:#|[{?]|[\"']?\w[\w \t-]*[\"']?[ \t]*:(?:\s|\Z)|\Z)")
_FIRST_LINES = re.compile(r"\A\ufeff?\s*---[ \t]*(?:\r\n?|\n)((?:[^\r\n]+(?:\r\n?|\n|\Z))*)")
_PRIVATE_LINE = re.compile(r"(?:\A|[\r\n])[\"']?visibility[\"']?\s*:\s*[\"']?private\b", re.IGNORECASE)
_MAX_YAML_CHARACTERS = 50_000  # more takes seconds to parse and is no front matter
_TEMPORARY = re.compile(r"~$|\.(?:tmp|swp|swo|bak|part)$|^#.*#$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it stands on disk."""

    source: str
    """Path below the corpus folder, with forward slashes."""
    raw: str
    """The file decoded from UTF-8, byte-order mark and line ends untouched."""
    sha256: str
    size: int
    mtime_ns: int

    @property
    def front_matter_end(self) -> int:
        """Raw offset behind the front matter; 0 when there is none."""
        match = self._front_matter()
        return match.end() if match else 0

    @property
    def is_private(self) -> bool:
        """Whether the front matter withholds the whole document; one that never closes may do so, too."""
        match = self._front_matter() or _FIRST_LINES.match(self.raw)
        return match is not None and (bool(_PRIVATE_LINE.search(match.group(1))) or _says_private(match.group(1)))

    def _front_matter(self) -> re.Match[str] | None:
        match = _FRONT_MATTER.match(self.raw)
        return match if match and _FIRST_FIELD.match(match.group(1)) else None


def _says_private(front_matter: str) -> bool:
    if len(front_matter) > _MAX_YAML_CHARACTERS:
        return False
    try:
        fields = yaml.load(front_matter, Loader=yaml.BaseLoader)  # noqa: S506  # makes nothing but strings, lists, dicts
    except (yaml.YAMLError, RecursionError):
        return False  # front matter that does not parse is judged by its text alone
    stated = fields.items() if isinstance(fields, dict) else ()
    return any(
        str(key).strip().lower() == "visibility" and isinstance(value, str) and value.strip().lower() == "private"
        for key, value in stated
    )


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a corpus folder holds, in order of path."""

    documents: tuple[Document, ...]
    skipped: tuple[SkippedFile, ...]
    private: tuple[str, ...]
    """Sources withheld by `visibility: private`; their text is not kept."""


def load_corpus(folder: Path) -> Corpus:
    """Read every document below a folder; a file that fails is named and never stops the others.

    Hidden and temporary files are ignored; a symbolic link is followed only inside the folder.

    Raises:
        CorpusError: The folder is missing or unreadable, or no document in it can be read. A corpus whose documents
            are all private is no error here.
    """
    if not folder.exists():
        step = "Give the folder with the profile's documents: profile-rag ingest FOLDER."
        raise CorpusError(folder, "no such folder", step)
    if not folder.is_dir():
        raise CorpusError(folder, "not a folder", "Give the folder that holds the document, not the document.")
    documents: list[Document] = []
    skipped: list[SkippedFile] = []
    private: list[str] = []
    for path, problem in _files(folder, root=folder.resolve()):
        # A name that is not UTF-8 could be neither printed nor stored.
        source = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace").replace(os.sep, "/")
        outcome = SkippedFile(source, problem) if problem else _read(path, source)
        if isinstance(outcome, SkippedFile):
            skipped.append(outcome)
        elif outcome.is_private:
            private.append(source)
        else:
            documents.append(outcome)
    if not documents and not private:
        kinds = ", ".join(sorted(SUFFIXES))
        reasons = "; ".join(f"{file.source}: {file.reason}" for file in skipped[:3])
        problem = f"holds no document that can be read ({reasons})" if skipped else "holds no document"
        raise CorpusError(folder, problem, f"Put at least one of these into it: {kinds}.")
    return Corpus(tuple(documents), tuple(skipped), tuple(private))


def _files(folder: Path, *, root: Path) -> Iterator[tuple[Path, str]]:
    """Every file that might be a document, and why it cannot be read if that shows already."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        if folder.resolve() == root:
            raise CorpusError(folder, f"cannot be listed ({error.strerror})", "Check its permissions.") from error
        yield folder, f"cannot be listed ({error.strerror})"
        return
    for entry in entries:
        if entry.name.startswith(".") or _TEMPORARY.search(entry.name):
            continue
        if entry.is_symlink():
            yield from _linked(entry, root)
        elif entry.is_dir():
            yield from _files(entry, root=root)
        else:
            yield entry, ""


def _linked(link: Path, root: Path) -> Iterator[tuple[Path, str]]:
    try:
        target = link.resolve()
    except (OSError, RuntimeError):  # a loop is a RuntimeError before Python 3.13
        yield link, "a link that leads to itself"
        return
    if not target.is_relative_to(root):
        yield link, "a link that leads out of the corpus"
    elif not target.is_dir():  # the files of a folder inside the corpus are read where they stand
        yield link, ""


def _read(path: Path, source: str) -> Document | SkippedFile:
    if path.suffix.lower() not in SUFFIXES:
        return SkippedFile(source, f"not a supported kind of file ({', '.join(sorted(SUFFIXES))})")
    if "\ufffd" in source:
        return SkippedFile(source, "its name is not UTF-8; rename it")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return SkippedFile(source, "not a regular file")  # to open a pipe would wait for ever
        data = path.read_bytes()
    except OSError as error:
        return SkippedFile(source, f"cannot be read ({error.strerror})")
    try:
        raw = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        return SkippedFile(source, f"not UTF-8 ({where}); save it as UTF-8")
    if not raw.strip("\ufeff \t\r\n"):
        return SkippedFile(source, "empty")
    return Document(source, raw, hashlib.sha256(data).hexdigest(), len(data), status.st_mtime_ns)
