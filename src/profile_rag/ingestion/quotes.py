"""Whether a quote stands in its file, at the offsets and lines given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from profile_rag.ingestion.cleaning import clean, normalize
from profile_rag.ingestion.readers import UnreadableError, read_texts
from profile_rag.schema import Citation, Markup

_LINE_END = re.compile(r"\r\n?|\n")


class QuoteReader:
    """Reads the quotes of one folder of documents again; each file is opened once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._texts: dict[str, str | None] = {}

    def stands(self, citation: Citation) -> bool:
        """Whether the file's own characters, cleaned, are the quote, and its lines those given."""
        raw = self._read(citation.source)
        start, end = citation.start_char, citation.end_char
        if raw is None or not 0 <= start < end <= len(raw):
            return False
        lines = (_line_of(raw, start), _line_of(raw, end - 1))
        return lines == (citation.start_line, citation.end_line) and _is_cleaned(raw[start:end], citation.quote)

    def _read(self, source: str) -> str | None:
        if source not in self._texts:
            file, zipped, member = source.partition(".zip/")
            file = f"{file}.zip" if zipped else file
            path = (self._folder / file).resolve()
            try:
                # A citation of another system may name any file.
                texts = read_texts(file, path.read_bytes()) if path.is_relative_to(self._folder) else []
            except (OSError, ValueError, UnreadableError):
                texts = []
            self._texts[source] = next((text.raw for text in texts if text.member == member), None)
        return self._texts[source]


def _is_cleaned(raw: str, quote: str) -> bool:
    # A citation does not say how its chunk was read, so any way of reading that gives the quote will do.
    return normalize(raw).text == quote or any(clean(raw, markup).text == quote for markup in get_args(Markup))


def _line_of(raw: str, offset: int) -> int:
    return 1 + sum(1 for match in _LINE_END.finditer(raw) if match.end() <= offset)
