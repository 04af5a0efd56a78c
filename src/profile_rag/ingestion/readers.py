"""Files as text: decoded, or taken out of PDF, DOCX and LinkedIn's export.

The text is what source offsets and lines count; the same file always gives the same text.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Format = Literal["markdown", "text", "html", "json", "yaml"]

FORMATS: Mapping[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".pdf": "text",
    ".docx": "html",
    ".csv": "json",
}
SUFFIXES = frozenset({*FORMATS, ".zip"})

MAX_BYTES = 20_000_000
"""Of one file, and of what a zip or a DOCX unpacks to: nobody's profile is longer."""
MAX_PAGES = 500
_MAX_INDENT = 12  # columns; a line further in is centred
_MAX_ROWS = 5000

_ICONS = re.compile("[\ue000-\uf8ff]")  # private use: the icons of a font
_GAP = re.compile(r"(?<=\S) {5,}(?=\S)")
_BEFORE_BLOCK = re.compile(r"(?=<(?:p|h[1-6]|ul|ol|li|table|tr|td|th)\b)")


class UnreadableError(Exception):
    """A file that gives no text; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a file, or a file inside a zip, says."""

    raw: str
    format: Format
    page_starts: tuple[int, ...] = ()
    """Offsets at which the pages of a PDF begin."""
    member: str = ""
    """Its path inside the zip."""
    missing_pages: tuple[int, ...] = ()
    """Pages of a PDF that hold a picture and no text."""


def read_texts(source: str, data: bytes) -> list[Text]:
    """What a file says: one text, or one for each table of a LinkedIn export.

    Args:
        source: Its path, whose suffix tells what it is.
        data: Its bytes.

    Raises:
        UnreadableError: It is of another kind, too large, damaged, locked, or holds no text.
    """
    suffix = PurePosixPath(source).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableError(f"not a supported kind of file ({', '.join(sorted(SUFFIXES))})")
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"more than the {MAX_BYTES / 1e6:.0f} MB allowed; shorten it")
    match suffix:
        case ".pdf":
            return [_read_pdf(data)]
        case ".docx":
            return [Text(_read_docx(data), "html")]
        case ".zip":
            return list(_read_export(data))
        case ".csv":
            return [Text(_table_as_json(PurePosixPath(source).stem, decode(data)), "json")]
        case _:
            return [Text(decode(data), FORMATS[suffix])]


# --- encodings ----------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """A text in UTF-8, UTF-16 or Windows-1252; bytes of the last stray in UTF-8 are read as what they are there.

    Raises:
        UnreadableError: It is no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_wide(data, "utf-16")
    if b"\0" in data:
        # UTF-16 without its mark has a zero beside every letter of English.
        even, odd = data[::2].count(0), data[1::2].count(0)
        if max(even, odd) * 4 < len(data):
            raise UnreadableError("not text; save it as UTF-8 text, or as one of the other kinds")
        return _decoded_wide(data, "utf-16-be" if even > odd else "utf-16-le")
    return data.decode("utf-8", "profile_rag.windows")


def _decoded_wide(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError("damaged UTF-16; save it as UTF-8") from None


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252
        return byte.decode("latin-1"), error.start + 1


codecs.register_error("profile_rag.windows", _as_windows)


# --- PDF and DOCX -------------------------------------------------------------------------------


def _read_pdf(data: bytes) -> Text:
    # Inside the function to keep start-up light.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # each small fault of a file would be a line
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("protected by a password; save it without one")
        if len(reader.pages) > MAX_PAGES:
            raise UnreadableError(f"{len(reader.pages)} pages, more than the {MAX_PAGES} allowed; shorten it")
        pages = [_page_text(page.extract_text(extraction_mode="layout")) for page in reader.pages]
    except UnreadableError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError) as error:
        # pypdf meets what it did not expect in a damaged file in as many ways as there are.
        raise UnreadableError(f"damaged PDF ({type(error).__name__}); export it anew") from error
    if not any(page.strip() for page in pages):
        raise UnreadableError("a PDF without text, such as a scan; export it from where it was written")
    starts, at = [], 0
    for page in pages:
        starts.append(at)
        at += len(page) + 1
    missing = tuple(number for number, page in enumerate(pages, start=1) if not page.strip())
    return Text("\n".join(pages), "text", tuple(starts), missing_pages=missing)


def _page_text(page: str) -> str:
    """The lines of a page, columns kept apart, without the icons and the indents of what is centred."""
    return "\n".join(map(_page_line, page.split("\n"))) + "\n"


def _page_line(line: str) -> str:
    line = _ICONS.sub("", line).rstrip()
    indent = len(line) - len(line.lstrip(" "))
    return _GAP.sub("    ", line if indent <= _MAX_INDENT else line.lstrip(" "))


def _read_docx(data: bytes) -> str:
    """A DOCX as HTML, a line for each block."""
    # Inside the function to keep start-up light.
    import mammoth

    _check_size(data)
    try:
        html = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(_no_image)).value
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, SyntaxError, OSError, RecursionError) as error:
        # what mammoth and the XML parser below it meet in a damaged file
        raise UnreadableError(f"damaged DOCX ({type(error).__name__}); save it anew") from error
    if not re.sub(r"<[^>]*>", "", html).strip():
        raise UnreadableError("a DOCX without text")
    return _BEFORE_BLOCK.sub("\n", html).lstrip("\n")


def _no_image(image: object) -> dict[str, str]:
    return {"src": ""}


def _check_size(data: bytes) -> None:
    """Refuse a zip that is none, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError("damaged, it cannot be unpacked; save it anew") from error
    if size > MAX_BYTES:
        raise UnreadableError(f"unpacks to {size / 1e6:.0f} MB, more than the {MAX_BYTES / 1e6:.0f} MB allowed")


# --- tables and LinkedIn's export -----------------------------------------------------------------

# The tables of the export that tell of the person, as fields of a JSON résumé (jsonresume.org). Its others hold other
# people's names, messages, addresses and telephone numbers, and are left alone.
_DATES = {"Started On": "startDate", "Finished On": "endDate", "Start Date": "startDate", "End Date": "endDate"}
_EXPORT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "profile": (
        "basics",
        {"Headline": "label", "Summary": "summary", "Industry": "industry", "Geo Location": "location"},
    ),
    "positions": (
        "work",
        {"Company Name": "name", "Title": "position", "Location": "location", **_DATES, "Description": "summary"},
    ),
    "education": (
        "education",
        {
            "School Name": "institution",
            "Degree Name": "studyType",
            **_DATES,
            "Notes": "summary",
            "Activities": "activities",
        },
    ),
    "skills": ("skills", {"Name": "name"}),
    "languages": ("languages", {"Name": "language", "Proficiency": "fluency"}),
    "certifications": ("certificates", {"Name": "name", "Authority": "issuer", **_DATES}),
    "projects": ("projects", {"Title": "name", **_DATES, "Description": "description"}),
    "honors": ("awards", {"Title": "title", "Issued On": "date", "Description": "summary"}),
    "publications": (
        "publications",
        {"Name": "name", "Publisher": "publisher", "Published On": "releaseDate", "Description": "summary"},
    ),
    "patents": ("patents", {"Title": "name", "Issuer": "issuer", "Issued On": "date", "Description": "summary"}),
    "courses": ("courses", {"Name": "name"}),
    "volunteering": (
        "volunteer",
        {"Company Name": "organization", "Role": "position", "Cause": "cause", **_DATES, "Description": "summary"},
    ),
    "recommendations_received": ("references", {"Text": "reference"}),
}
_DATED = frozenset({"startDate", "endDate", "date", "releaseDate"})
_MONTH_FIRST = re.compile(r"^(?P<month>[A-Z][a-z]{2})[a-z]* (?:\d{1,2}, )?(?P<year>\d{4})$")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _read_export(data: bytes) -> Iterator[Text]:
    _check_size(data)
    found = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in sorted(archive.infolist(), key=lambda each: each.filename):
            path = PurePosixPath(info.filename)
            if path.suffix.lower() != ".csv" or _table_name(path.stem) not in _EXPORT:
                continue
            try:
                table = _table_as_json(path.stem, decode(archive.read(info)))
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
                raise UnreadableError(f"{path.name} in it cannot be unpacked; download it anew") from error
            found = True
            if table != "{}":
                yield Text(table, "json", member=info.filename)
    if not found:
        raise UnreadableError("a zip that is no LinkedIn export; put the documents themselves here")


def _table_name(stem: str) -> str:
    return stem.lower().replace(" ", "_")


def _table_as_json(stem: str, text: str) -> str:
    """The rows of a CSV as records; those of LinkedIn's export with the names that JSON résumés have."""
    try:
        rows = [
            row for _, row in zip(range(_MAX_ROWS), csv.DictReader(io.StringIO(text.lstrip("\ufeff"))), strict=False)
        ]
    except csv.Error as error:
        raise UnreadableError(f"damaged CSV ({error}); export it anew") from error
    section, names = _EXPORT.get(_table_name(stem), (stem, {}))
    records = [_record(row, section, names) for row in rows]
    records = [record for record in records if record]
    content: object = records[0] if section == "basics" and records else records
    return json.dumps({section: content} if records else {}, indent=1, ensure_ascii=False)


def _record(row: Mapping[str | None, object], section: str, names: Mapping[str, str]) -> dict[str, str]:
    fields = {str(key).strip(): value.strip() for key, value in row.items() if key and isinstance(value, str)}
    record: dict[str, str] = {}
    if names and section in {"basics", "references"}:
        own = f"{fields.get('First Name', '')} {fields.get('Last Name', '')}".strip()
        record |= {"name": own} if own else {}
    for column, value in fields.items():
        name = names.get(column, "") if names else column
        if name and value:
            record[name] = _date(value) if name in _DATED else value
    return record


def _date(value: str) -> str:
    """ "Jan 2020" as 2020-01; anything else as it is."""
    match = _MONTH_FIRST.match(value)
    if match is None or match["month"] not in _MONTHS:
        return value
    return f"{match['year']}-{_MONTHS.index(match['month']) + 1:02d}"
