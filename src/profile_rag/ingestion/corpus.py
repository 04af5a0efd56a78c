"""The files of a corpus folder, read as documents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from profile_rag.errors import CorpusError

SUFFIXES = frozenset({".md", ".markdown", ".txt"})

_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE
)
_PRIVATE_LINE = re.compile(r"^[\"']?visibility[\"']?\s*:\s*[\"']?private\b", re.MULTILINE | re.IGNORECASE)
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
        match = _FRONT_MATTER.match(self.raw)
        return match.end() if match else 0

    @property
    def is_private(self) -> bool:
        """Whether the front matter withholds the whole document."""
        match = _FRONT_MATTER.match(self.raw)
        if not match:
            return False
        try:
            fields = yaml.safe_load(match.group(1))
        except (yaml.YAMLError, ValueError, RecursionError):
            fields = None  # front matter that does not parse is judged by its text alone
        stated = fields.get("visibility") if isinstance(fields, dict) else None
        return str(stated).strip().lower() == "private" or bool(_PRIVATE_LINE.search(match.group(1)))


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
    for path in _files(folder):
        source = path.relative_to(folder).as_posix()
        outcome = _read(path, source, root=folder.resolve())
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


def _files(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise CorpusError(folder, f"cannot be listed ({error.strerror})", "Check its permissions.") from error
    for entry in entries:
        if entry.name.startswith(".") or _TEMPORARY.search(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry)
        elif not entry.is_dir():
            yield entry


def _read(path: Path, source: str, *, root: Path) -> Document | SkippedFile:
    if path.suffix.lower() not in SUFFIXES:
        return SkippedFile(source, f"not a supported kind of file ({', '.join(sorted(SUFFIXES))})")
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return SkippedFile(source, "a link that leads out of the corpus")
    try:
        status = path.stat()
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
