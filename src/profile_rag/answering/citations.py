"""Numbered quotes and the marks that point at them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage
from profile_rag.schema import Citation

MARK = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_LIKE_MARKUP = re.compile(r"\[(?=\d{1,3}\])|\*(?=\*)|(?<=\*)\*|\\(?=[\\\[*\]>-])")


class CitationList:
    """Gives each passage cited a number, the same passage the same number, in order of first use."""

    def __init__(self) -> None:
        self._citations: list[Citation] = []
        self._numbers: dict[tuple[str, int, int], int] = {}

    def number_of(self, passage: Passage) -> int | None:
        """The number of a passage if it has been cited."""
        return self._numbers.get((passage.chunk.source, passage.quote.start_char, passage.quote.end_char))

    def cite(self, passage: Passage) -> int:
        """The number of a passage, given on its first use."""
        quote = passage.quote
        key = (passage.chunk.source, quote.start_char, quote.end_char)
        if key not in self._numbers:
            self._numbers[key] = len(self._citations) + 1
            self._citations.append(
                Citation(
                    id=self._numbers[key],
                    source=passage.chunk.source,
                    heading=heading_of(passage),
                    start_line=quote.start_line,
                    end_line=quote.end_line,
                    page=passage.chunk.page,
                    start_char=quote.start_char,
                    end_char=quote.end_char,
                    quote=quote.text,
                    document_sha256=passage.chunk.document_sha256,
                    node_id=passage.chunk.id,
                )
            )
        return self._numbers[key]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All that was cited, in order of number."""
        return tuple(self._citations)


def heading_of(passage: Passage) -> tuple[str, ...]:
    """The heading path a passage stands under, its entry's own title last."""
    chunk = passage.chunk
    inside_entry = bool(chunk.title) and passage.start >= len(chunk.title)
    return (*chunk.heading, chunk.title) if inside_entry else chunk.heading


def evidence_of(quote: str, heading: Sequence[str]) -> str:
    """A quote with the headings it stands under, which say what it is about: what a claim is held against."""
    return ": ".join(filter(None, (" > ".join(heading), quote)))


def render_marks(numbers: Sequence[int]) -> str:
    """The marks of a claim: [1][2]."""
    return "".join(f"[{number}]" for number in dict.fromkeys(numbers))


def escape_marks(text: str) -> str:
    """A document's words with a backslash before what would read as a mark ("[1]") or as bold in the answer."""
    return _LIKE_MARKUP.sub(lambda match: f"\\{match.group()}", text)


def parse_marks(text: str) -> tuple[int, ...]:
    """The numbers a text cites, in order of first use."""
    return tuple(dict.fromkeys(int(number) for number in MARK.findall(text)))
