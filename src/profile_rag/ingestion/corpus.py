"""The files of a corpus folder, read as documents."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from profile_rag.errors import CorpusError
from profile_rag.ingestion.cleaning import normalize, without_private_marks
from profile_rag.ingestion.data_tree import SAYS_PRIVATE, DataError, Node, read_data
from profile_rag.ingestion.readers import FORMATS, MAX_BYTES, SUFFIXES, Format, Text, UnreadableError, read_texts

IGNORE_FILE = ".profileignore"
"""Patterns of files to leave alone, written as in `.gitignore`."""

_LINE_END = r"[ \t]*(?:\r\n?|\n)"
_FRONT_MATTER = re.compile(
    rf"\A\ufeff?(?:---{_LINE_END}(?P<yaml>.*?)(?<=[\r\n])(?:---|\.\.\.)(?:{_LINE_END}|[ \t]*\Z)"
    rf"|\+\+\+{_LINE_END}(?P<toml>.*?)(?<=[\r\n])\+\+\+(?:{_LINE_END}|[ \t]*\Z))",
    re.DOTALL,
)
# A document may also open with a rule; front matter opens with a field, a comment or a brace, or holds nothing.
_FIRST_FIELD = re.compile(r"\s*(?:#|[{?\[]|[\"']?\w[\w \t.-]*[\"']?[ \t]*(?:[:=](?:\s|\Z)|=)|\Z)")
# What may be front matter to whoever wrote it: below blank lines or comments, or never closed.
_ABOVE = re.compile(r"\ufeff?(?:\s|<!--.*?-->|#[^\r\n]*)*+", re.DOTALL)
_FIRST_LINES = re.compile(rf"(?:---|\+\+\+){_LINE_END}((?:[^\r\n]+(?:\r\n?|\n|\Z))*)")
_PRIVATE_LINE = re.compile(r"(?:\A|[\r\n,{])[ \t]*[\"']?visibility[\"']?\s*[:=][\s\[{\"'|>-]*private\b", re.IGNORECASE)
_MAX_YAML_CHARACTERS = 50_000  # more takes seconds to parse and is no front matter
_TEMPORARY = re.compile(
    # of editors, office programs (~$cv.docx) and browsers in the middle of a download; what systems put beside files
    r"~$|^~\$|^#.*#$|\.(?:te?mp|sw[a-p]|bak|part|partial|crdownload|download)$|^(?:thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it stands on disk."""

    source: str
    """Path below the corpus folder, with forward slashes; a file inside a zip stands below the zip's own."""
    raw: str
    """The file decoded, byte-order mark of UTF-8 and line ends untouched; of PDF, DOCX and CSV the text taken out."""
    sha256: str
    size: int
    mtime_ns: int
    page_starts: tuple[int, ...] = ()
    """Raw offsets at which the pages of a PDF begin."""
    shows_private: bool = False
    """Whether it is read for its owner, who sees what it withholds from others."""

    @property
    def format(self) -> Format:
        """What its name says it is."""
        return FORMATS.get(PurePosixPath(self.source).suffix.lower(), "markdown")

    @property
    def front_matter_end(self) -> int:
        """Raw offset behind the front matter; 0 when there is none."""
        match = _front_matter(self.raw)
        return match.end() if match else 0

    @property
    def is_private(self) -> bool:
        """Whether it withholds itself as a whole; in doubt, it does."""
        if self.shows_private:
            return False
        if self.format not in {"json", "yaml"}:
            return _is_private_text(self.raw)
        try:
            return any(root.is_private for root in self.read_data(normalize(self.raw).text))
        except DataError:
            return _PRIVATE_LINE.search(self.raw) is not None

    def read_data(self, text: str) -> tuple[Node, ...]:
        """The text of this document, normalized, as data.

        Raises:
            DataError: It cannot be read so.
        """
        return read_data(text, is_json=self.format == "json")


def _front_matter(raw: str) -> re.Match[str] | None:
    match = _FRONT_MATTER.match(raw)
    return match if match and _FIRST_FIELD.match(match["yaml"] or match["toml"] or "") else None


def _is_private_text(raw: str) -> bool:
    """Whether front matter, or what stands where it would, says so."""
    above = _ABOVE.match(raw)
    rest = raw[above.end() :] if above else raw
    match = _front_matter(rest)
    if match and match["toml"] is not None:
        return _PRIVATE_LINE.search(match["toml"]) is not None or _is_private_toml(match["toml"])
    lines = match["yaml"] if match else (first[1] if (first := _FIRST_LINES.match(rest)) else "")
    return _PRIVATE_LINE.search(lines) is not None or _is_private_yaml(lines)


def _is_private_yaml(front_matter: str) -> bool:
    if len(front_matter) > _MAX_YAML_CHARACTERS:
        return False
    try:
        return any(root.is_private for root in read_data(front_matter, is_json=False))
    except DataError:
        return False  # front matter that does not parse is judged by its text alone


def _is_private_toml(front_matter: str) -> bool:
    try:
        fields = tomllib.loads(re.sub(r"\r\n?", "\n", front_matter))
        return any(key.lower() == "visibility" and _holds_private(value) for key, value in fields.items())
    except (tomllib.TOMLDecodeError, RecursionError):
        return False


def _holds_private(value: object) -> bool:
    if isinstance(value, (list, dict)):
        return any(map(_holds_private, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and SAYS_PRIVATE.match(value) is not None


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file, or a page of it, that could not be read, and why."""

    source: str
    reason: str
    is_unreadable: bool = False
    """Whether it, or what is below it, may be as good as ever once it can be read; its owner took nothing away."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a corpus folder holds, in order of path."""

    documents: tuple[Document, ...]
    skipped: tuple[SkippedFile, ...]
    private: tuple[str, ...]
    """Sources withheld by `visibility: private`; their text is not kept."""


def load_corpus(folder: Path, *, include_private: bool = False) -> Corpus:
    """Read every document below a folder; a file that fails is named and never stops the others.

    Hidden and temporary files are ignored, and what `.profileignore` names; a symbolic link is followed only inside
    the folder.

    Args:
        folder: Where they are.
        include_private: Whether to read what is marked private as if it were not, which is for the owner's eyes only.

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
    ignored = _ignored(folder)
    for path, problem in _files(folder, root=folder.resolve()):
        if ignored.match_file(path.relative_to(folder)):
            continue
        # A name that is not UTF-8 could be neither printed nor stored.
        source = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace").replace(os.sep, "/")
        found: Iterable[Document | SkippedFile]
        if problem:
            found = [SkippedFile(source, problem, is_unreadable=not path.is_symlink())]
        else:
            found = _read(path, source, shows_private=include_private)
        for outcome in found:
            if isinstance(outcome, SkippedFile):
                skipped.append(outcome)
            elif outcome.is_private:
                private.append(outcome.source)
            else:
                documents.append(outcome)
    if not documents and not private:
        kinds = ", ".join(sorted(SUFFIXES))
        reasons = "; ".join(f"{file.source}: {file.reason}" for file in skipped[:3])
        problem = f"holds no document that can be read ({reasons})" if skipped else "holds no document"
        raise CorpusError(folder, problem, f"Put at least one of these into it: {kinds}.")
    return Corpus(tuple(documents), tuple(skipped), tuple(private))


def _ignored(folder: Path) -> GitIgnoreSpec:
    file = folder / IGNORE_FILE
    try:
        return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8").splitlines() if file.exists() else [])
    except (OSError, ValueError) as error:  # what it keeps out must not get in because it could not be read
        problem = f"cannot be read ({' '.join(str(error).split())})"
        raise CorpusError(file, problem, "Mend it; it is written as .gitignore is.") from error


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


def _read(path: Path, source: str, *, shows_private: bool) -> Iterator[Document | SkippedFile]:
    if "\ufffd" in source:
        yield SkippedFile(source, "its name is not UTF-8; rename it")
        return
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield SkippedFile(source, "not a regular file")  # to open a pipe would wait for ever
            return
        # What is of no use is not read; of what is too large no more than shows that it is.
        data = _head(path) if path.suffix.lower() in SUFFIXES else b""
        texts = read_texts(source, data)
    except OSError as error:
        yield SkippedFile(source, f"cannot be read ({error.strerror})", is_unreadable=path.exists())
        return
    except UnreadableError as error:
        yield SkippedFile(source, str(error), is_unreadable=True)
        return
    for text in texts:
        yield _document(source, text, data, status, shows_private=shows_private)
        for page in text.missing_pages:
            yield SkippedFile(f"{source}, page {page}", "holds a picture and no text")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _document(
    source: str, text: Text, data: bytes, status: os.stat_result, *, shows_private: bool
) -> Document | SkippedFile:
    if not text.raw.strip("\ufeff \t\r\n"):
        return SkippedFile(source, "empty")
    name = f"{source}/{text.member}" if text.member else source
    content = text.raw.encode("utf-8", "surrogatepass") if text.member else data
    sha256 = hashlib.sha256(content).hexdigest()
    raw = without_private_marks(text.raw) if shows_private else text.raw
    document = Document(name, raw, sha256, len(content), status.st_mtime_ns, text.page_starts, shows_private)
    if document.format in {"json", "yaml"} and not document.is_private:
        try:
            document.read_data(normalize(raw).text)
        except DataError as error:
            return SkippedFile(name, str(error), is_unreadable=True)
    return document
