"""Documents cut along their structure: one skill entry, list item, card or paragraph a chunk."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from profile_rag.ingestion.blocks import MAX_MARKUP_CHARACTERS, Block, Headings, TokenCounter, has_words
from profile_rag.ingestion.cleaning import Normalized, clean, normalize
from profile_rag.ingestion.corpus import Document
from profile_rag.ingestion.data_blocks import DataBlocks
from profile_rag.ingestion.markdown_blocks import MarkdownBlocks
from profile_rag.ingestion.page_blocks import PageBlocks
from profile_rag.ingestion.plain_blocks import read_front_matter, read_plain_text
from profile_rag.schema import Chunk, ChunkKind, SourceMap
from profile_rag.sentences import split_sentences

CHUNKER_VERSION = 3
"""Raised whenever the same document would be cut or cleaned otherwise: an older index is then foreign."""

_HEADING_SHARE = 3 / 8  # of the embedder's tokens: 96 of 256, which leaves at least 160 to the text
_BLANKS = " \t\r\n\f\v\ufeff"  # not the no-break space, which may be part of a damaged character


@dataclass(frozen=True, slots=True)
class DocumentChunks:
    """The chunks of one document and how many damaged characters were repaired in it."""

    chunks: tuple[Chunk, ...]
    repaired: int


def chunk_document(document: Document, *, count_tokens: TokenCounter, max_tokens: int) -> DocumentChunks:
    """Cut a document into chunks, in document order.

    Args:
        document: A readable document.
        count_tokens: Tokens of a text for the embedder, special tokens included.
        max_tokens: The embedder's limit; a longer block is cut at sentence ends, then at words.
    """
    normalized = normalize(document.raw)
    text = normalized.text
    headings = Headings(count_tokens, max_tokens=int(max_tokens * _HEADING_SHARE))
    blocks = list(_blocks(document, text, bisect_left(normalized.starts, document.front_matter_end), headings))
    blocks.sort(key=lambda block: block.start)  # a heading that turned out to head nothing comes late
    cutter = _Cutter(document, normalized, count_tokens, max_tokens)
    chunks = [chunk for block in blocks for chunk in cutter.cut(block)]
    return DocumentChunks(tuple(chunks), normalized.repaired)


def _blocks(document: Document, text: str, body: int, headings: Headings) -> Iterator[Block]:
    if document.format in {"json", "yaml"}:
        yield from DataBlocks(text, headings, shows_private=document.shows_private).read(document.read_data(text))
        return
    yield from read_front_matter(text[:body])
    if document.format == "html":
        yield from PageBlocks(text, body, headings).read()
    elif document.format == "text":
        yield from read_plain_text(text, body, headings)
    else:
        yield from MarkdownBlocks(text, body, headings).read()


# --- from blocks to chunks -------------------------------------------------------------------------


class _Cutter:
    """Turns blocks into chunks with ids, titles and the way back to the file."""

    def __init__(self, document: Document, normalized: Normalized, count_tokens: TokenCounter, max_tokens: int) -> None:
        self._document = document
        self._normalized = normalized
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens
        self._line_starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", document.raw))]
        self._seen: dict[str, int] = {}

    def cut(self, block: Block) -> Iterator[Chunk]:
        # Blanks at the ends belong to nobody; cut off in the normalized text, where private blocks are blanks too,
        # they leave no span that begins inside such a block and would show its rest.
        inside = self._normalized.text[block.start : block.end]
        start = block.start + len(inside) - len(inside.lstrip(_BLANKS))
        end = max(start, block.end - (len(inside) - len(inside.rstrip(_BLANKS))))
        if end - start > MAX_MARKUP_CHARACTERS and block.markup == "markdown":
            block = replace(block, markup="text")
        starts = self._normalized.starts
        chunk = self._chunk(block, starts[start], starts[end]) if start < end else None
        if chunk is not None:
            yield from (replace(part, id=self._id(part)) for part in self._fitting(block, chunk))

    def _fitting(self, block: Block, chunk: Chunk) -> Iterator[Chunk]:
        """The chunk if it fits the embedder, else its parts."""
        if self._fits(chunk.embedding_text):
            yield chunk
            return
        for start, end in self._parts(chunk):
            source_start, source_end = chunk.source_map.source_range(start, end)
            source_start = chunk.start_char if start == 0 else source_start
            source_end = chunk.end_char if end == len(chunk.text) else source_end
            part = self._chunk(block, source_start, source_end)
            if part is None:
                continue
            if not self._fits(part.embedding_text) and block.markup != "text":
                # One link or bold phrase that is too long: cut as it stands in the file, marks and all.
                plain = replace(block, markup="text")
                as_text = self._chunk(plain, source_start, source_end)
                parts = self._fitting(plain, as_text) if as_text else iter(())
            else:
                parts = iter((part,))
            yield from (replace(part, kind=chunk.kind, title=chunk.title) for part in parts)

    def _fits(self, text: str) -> bool:
        return self._count_tokens(text) <= self._max_tokens

    def _chunk(self, block: Block, start: int, end: int) -> Chunk | None:
        raw = self._document.raw[start:end]
        cleaned = clean(raw, block.markup)
        if not has_words(cleaned.text):
            return None
        segments = tuple((a, b, c + start, d) for a, b, c, d in cleaned.segments)
        start, end = start + len(raw) - len(raw.lstrip(_BLANKS)), end - (len(raw) - len(raw.rstrip(_BLANKS)))
        first = bisect_right(self._line_starts, start) - 1
        last = bisect_right(self._line_starts, end - 1) - 1
        has_title = "\n" in cleaned.text and (block.markup == "markdown" or block.kind == "entry")
        title = cleaned.text.split("\n", 1)[0] if has_title else ""
        kind: ChunkKind = "entry" if title and block.kind == "paragraph" else block.kind
        return Chunk(
            id="",
            source=self._document.source,
            document_sha256=self._document.sha256,
            heading=block.heading,
            title=title if kind == "entry" else "",
            text=cleaned.text,
            kind=kind,
            markup=block.markup,
            start_char=start,
            end_char=end,
            start_line=first + 1,
            end_line=last + 1,
            page=bisect_right(self._document.page_starts, start) or None,
            source_map=SourceMap(segments, cleaned.elements, tuple(self._line_starts[first : last + 1]), first + 1),
        )

    def _id(self, chunk: Chunk) -> str:
        """Stable while source, heading and text are: a chunk that only moved keeps its id."""
        key = "\x1f".join((chunk.source, *chunk.heading, chunk.text))
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return hashlib.sha256(f"{key}\x1f{count}".encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _parts(self, chunk: Chunk) -> Iterator[tuple[int, int]]:
        """Ranges of the chunk's text that fit the embedder: whole sentences as far as they fit, else words.

        No element is cut in two; one that does not fit is a part of its own, and does not fit either.
        """
        text = chunk.text
        prefix = chunk.embedding_text[: len(chunk.embedding_text) - len(text)]
        elements = _Spans(chunk.source_map.elements)
        sentence_ends = [end for _, end in split_sentences(text) if not elements.cover(end)]
        word_ends = [match.end() for match in re.finditer(r"\S+", text) if not elements.cover(match.end())]

        def fits(start: int, end: int) -> bool:
            return self._fits(prefix + text[start:end])

        def cut(start: int, stop: int, *levels: Sequence[int]) -> Iterator[tuple[int, int]]:
            ends = levels[0] if levels else range(start + 1, stop + 1)
            count = 0
            while start < stop:
                end, count = _furthest(ends, start, stop, fits, guess=count)
                if end:
                    yield start, end
                else:  # not one sentence fits, or not one word, or not one letter
                    following = bisect_right(ends, start)
                    end = min(ends[following], stop) if following < len(ends) else stop
                    if levels and not (len(levels) == 1 and elements.within(start, end)):
                        yield from cut(start, end, *levels[1:])
                    else:
                        yield start, end
                start = end
                while start < stop and text[start].isspace():
                    start += 1

        return cut(0, len(text), sentence_ends, word_ends)


class _Spans:
    """Spans that may overlap, joined where they do, to be asked by position."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def cover(self, position: int) -> bool:
        """Whether a position lies inside a span, not at its edge."""
        index = bisect_left(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]

    def within(self, start: int, end: int) -> bool:
        """Whether a span lies inside [start:end]."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._ends[index] <= end


def _furthest(
    ends: Sequence[int], start: int, stop: int, fits: Callable[[int, int], bool], *, guess: int
) -> tuple[int, int]:
    """The furthest of the ends in (start, stop] up to which a text fits, and how many ends that is; 0 for none.

    Searches outward from the guess, so that no text much longer than the one sought is ever counted.
    """
    first = bisect_right(ends, start)
    low, high = 0, bisect_right(ends, stop) - first + 1  # so many ends fit, so many do not
    probe, step = min(max(guess, 1), high - 1), 1
    while low < high - 1:
        if fits(start, ends[first + probe - 1]):
            low = probe
            probe = min(low + step, (low + high) // 2)
        else:
            high = probe
            probe = max(high - step, (low + high) // 2)
        step *= 2
    return (ends[first + low - 1] if low else 0), low
