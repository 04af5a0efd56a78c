"""Documents cut along their structure: one skill entry, list item, card or paragraph a chunk."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from profile_rag.ingestion.cleaning import Normalized, clean, normalize
from profile_rag.ingestion.corpus import Document
from profile_rag.ingestion.html_blocks import read_html
from profile_rag.schema import Chunk, ChunkKind, Markup, SourceMap
from profile_rag.sentences import split_sentences

CHUNKER_VERSION = 1
"""Raised whenever the same document would be cut or cleaned otherwise: an older index is then foreign."""

_PSEUDO_LEVEL = 7  # a paragraph that is only a bold title ranks below every real heading
_LIST_LEVEL = 8  # an item with items of its own, or a line that introduces a list, ranks below that
_TABLE_LEVEL = 1000  # the header of a table heads its rows, however deep the table lies in lists
_MAX_TITLE_CHARACTERS = 80
_MAX_HEADING_CHARACTERS = 200
_HEADING_SHARE = 3 / 8  # of the embedder's tokens: 96 of 256, which leaves at least 160 to the text
# Nobody writes a paragraph this long. Its markup stays as it is, for a parser may take quadratic time over it.
_MAX_MARKUP_CHARACTERS = 10_000
_MAX_NESTING = 100  # containers in containers; markdown-it drops what lies deeper, and each level is a call
_FIELD = re.compile(r"^[\"']?([^\W\d_][\w -]*?)[\"']?[ \t]*:(?=[ \t\n]|\Z)", re.MULTILINE)
# Front matter that steers a site generator and says nothing about the person.
_SITE_FIELDS = frozenset(
    "title layout permalink slug draft weight date lastmod visibility template type url aliases sidebar toc nav"
    " order".split()
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣◦–+]|\d{1,3}[.)])[ \t]+")
_MARKS = re.compile(r"(?:[-*+>][ \t]*|\d{1,9}[.)][ \t]+|[ \t]+)*+")
_BLANKS = " \t\r\n\f\v\ufeff"  # not the no-break space, which may be part of a damaged character
_PLAIN_WIDTH = 60  # a plain-text line that ends before this column, though the next word would fit, ended on purpose

TokenCounter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class DocumentChunks:
    """The chunks of one document and how many damaged characters were repaired in it."""

    chunks: tuple[Chunk, ...]
    repaired: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of a document that becomes one chunk; offsets are into the normalized text."""

    start: int
    end: int
    markup: Markup
    kind: ChunkKind
    heading: tuple[str, ...] = ()


def chunk_document(document: Document, *, count_tokens: TokenCounter, max_tokens: int) -> DocumentChunks:
    """Cut a document into chunks, in document order.

    Args:
        document: A readable document.
        count_tokens: Tokens of a text for the embedder, special tokens included.
        max_tokens: The embedder's limit; a longer block is cut at sentence ends, then at words.
    """
    normalized = normalize(document.raw)
    text = normalized.text
    body = bisect_left(normalized.starts, document.front_matter_end)
    headings = _Headings(count_tokens, max_tokens=int(max_tokens * _HEADING_SHARE))
    blocks = list(_front_matter_blocks(text[:body]))
    is_plain = document.source.lower().endswith(".txt")
    blocks += _plain_blocks(text, body, headings) if is_plain else _MarkdownBlocks(text, body, headings).read()
    blocks.sort(key=lambda block: block.start)  # a heading that turned out to head nothing comes late
    cutter = _Cutter(document, normalized, count_tokens, max_tokens)
    chunks = [chunk for block in blocks for chunk in cutter.cut(block)]
    return DocumentChunks(tuple(chunks), normalized.repaired)


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

    def cut(self, block: _Block) -> Iterator[Chunk]:
        # Blanks at the ends belong to nobody; cut off in the normalized text, where private blocks are blanks too,
        # they leave no span that begins inside such a block and would show its rest.
        inside = self._normalized.text[block.start : block.end]
        start = block.start + len(inside) - len(inside.lstrip(_BLANKS))
        end = max(start, block.end - (len(inside) - len(inside.rstrip(_BLANKS))))
        if end - start > _MAX_MARKUP_CHARACTERS and block.markup == "markdown":
            block = replace(block, markup="text")
        starts = self._normalized.starts
        chunk = self._chunk(block, starts[start], starts[end]) if start < end else None
        if chunk is not None:
            yield from (replace(part, id=self._id(part)) for part in self._fitting(block, chunk))

    def _fitting(self, block: _Block, chunk: Chunk) -> Iterator[Chunk]:
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

    def _chunk(self, block: _Block, start: int, end: int) -> Chunk | None:
        raw = self._document.raw[start:end]
        cleaned = clean(raw, block.markup)
        if not _has_words(cleaned.text):
            return None
        segments = tuple((a, b, c + start, d) for a, b, c, d in cleaned.segments)
        start, end = start + len(raw) - len(raw.lstrip(_BLANKS)), end - (len(raw) - len(raw.rstrip(_BLANKS)))
        first = bisect_right(self._line_starts, start) - 1
        last = bisect_right(self._line_starts, end - 1) - 1
        title = cleaned.text.split("\n", 1)[0] if block.markup == "markdown" and "\n" in cleaned.text else ""
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


# --- plain text and front matter -------------------------------------------------------------------


def _front_matter_blocks(front_matter: str) -> Iterator[_Block]:
    """One block a field, with the lines of a list or a longer text that belong to it."""
    fields = list(_FIELD.finditer(front_matter))
    closing = max(front_matter.rstrip().rfind("\n"), 0)
    ends = [*(match.start() for match in fields[1:]), closing]
    for match, end in zip(fields, ends, strict=False):
        if match.group(1).strip().lower() not in _SITE_FIELDS and front_matter[match.end() : end].strip():
            yield _Block(match.start(), end, "text", "field")


def _plain_blocks(text: str, body: int, headings: _Headings) -> Iterator[_Block]:
    """Paragraphs between blank lines, list items, and headings that are underlined or all in capitals."""
    lines = list(_lines(text, body))
    paragraph: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(lines):
        line = text[start:end]
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
        is_item = bool(_BULLET.match(line))
        if paragraph and (not line.strip() or is_item or _ended_on_purpose(text[slice(*paragraph[-1])], line)):
            if _has_words(text[paragraph[0][0] : paragraph[-1][1]]):
                yield headings.use(_plain_block(text, paragraph))
            paragraph = []
        if not line.strip() or re.fullmatch(r"[ \t]*([=\-_*~#])\1{2,}[ \t]*", line):
            continue
        level = 0 if paragraph or is_item else _plain_heading_level(line, following)
        if level:
            yield from headings.open(level, line.strip().rstrip(":"), _Block(start, end, "text", "heading"))
        else:
            paragraph.append((start, end))
    if paragraph and _has_words(text[paragraph[0][0] : paragraph[-1][1]]):
        yield headings.use(_plain_block(text, paragraph))
    yield from headings.close_all()


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _plain_block(text: str, lines: Sequence[tuple[int, int]]) -> _Block:
    start, end = lines[0][0], lines[-1][1]
    bullet = _BULLET.match(text[start:end])
    return _Block(start + (bullet.end() if bullet else 0), end, "text", "list_item" if bullet else "paragraph")


def _ended_on_purpose(line: str, following: str) -> bool:
    words = following.split(maxsplit=1)
    return bool(words) and len(line.rstrip()) + 1 + len(words[0]) <= _PLAIN_WIDTH


def _plain_heading_level(line: str, following: str) -> int:
    title = line.strip()
    if len(title) > _MAX_TITLE_CHARACTERS or not any(character.isalpha() for character in title):
        return 0
    if re.fullmatch(r"[ \t]*(=|-){3,}[ \t]*", following):
        return 1 if "=" in following else 2
    if title.isupper() and len(title) > 3:
        return 2
    return 3 if title.endswith(":") and len(title.split()) <= 6 else 0


# --- Markdown ---------------------------------------------------------------------------------------


class _Headings:
    """The open headings; one that no block shows in full becomes a block itself, so that no word is lost."""

    def __init__(self, count_tokens: TokenCounter, *, max_tokens: int) -> None:
        self.stack: list[tuple[int, str, _Block]] = []
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens
        self._used: list[bool] = []
        self._path: tuple[str, ...] | None = None  # of the stack as it is, once asked for

    @property
    def path(self) -> tuple[str, ...]:
        """The open headings' texts, those of the lowest rank that together are short enough."""
        if self._path is None:
            path = tuple(_shorten(text) for _, text, _ in self.stack)
            while path and self._count_tokens(" > ".join(path)) > self._max_tokens:
                path = path[1:]
            self._path = path
        return self._path

    def open(self, level: int, text: str, block: _Block) -> Iterator[_Block]:
        yield from self.close(level)
        self.stack.append((level, text, block))
        self._used.append(False)
        self._path = None

    def close(self, level: int) -> Iterator[_Block]:
        """Close every heading at this level or below it in rank."""
        while self.stack and self.stack[-1][0] >= level:
            yield from self.close_last()

    def close_last(self) -> Iterator[_Block]:
        _, text, block = self.stack.pop()
        self._path = None
        if not self._used.pop() and _has_words(text):
            yield self.use(block)

    def close_all(self) -> Iterator[_Block]:
        yield from self.close(0)

    def mark_last_read(self) -> None:
        """The block of the last heading stands in the document for itself, too."""
        self._used[-1] = True

    def use(self, block: _Block) -> _Block:
        path = self.path
        hidden = len(self.stack) - len(path)
        for index in range(len(self.stack) - 1, hidden - 1, -1):
            self._used[index] = self._used[index] or self.stack[index][1] == path[index - hidden]
        return replace(block, heading=path)


def _has_words(text: str) -> bool:
    """Whether a text makes a chunk; one that does not must not count as what a heading heads."""
    return any(character.isalnum() for character in text)


def _shorten(heading: str) -> str:
    cut = heading[: _MAX_HEADING_CHARACTERS - 1].rstrip()
    return heading if len(heading) <= _MAX_HEADING_CHARACTERS else cut + "…"


@cache
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable("table")
    return parser.disable("inline")  # what stands inside a block is cleaning's to read


class _MarkdownBlocks:
    """Reads the blocks of a Markdown text in order."""

    def __init__(self, text: str, body: int, headings: _Headings) -> None:
        self._text = text
        self._lines = list(_lines(text, body))
        self._headings = headings
        self._containers: list[int] = []  # how many headings were open when each HTML container opened
        self._tokens = _block_parser().parse(text[body:])
        self._has_title = self._title_stands_alone()

    def read(self) -> Iterator[_Block]:
        item_depth = 0
        in_header = False
        for index, token in enumerate(self._tokens):
            if token.level >= _MAX_NESTING - 1 and token.nesting == 1 and self._tokens[index + 1].nesting == -1:
                yield from self._too_deep(token)
            match token.type:
                case "list_item_open":
                    item_depth += 1
                case "list_item_close":
                    yield from self._headings.close(_LIST_LEVEL + item_depth)
                    item_depth -= 1
                case "bullet_list_close" | "ordered_list_close" if item_depth == 0:
                    yield from self._headings.close(_LIST_LEVEL)
                case "thead_open" | "thead_close":
                    in_header = token.type == "thead_open"
                case "tr_open" if block := self._row(index):
                    header = self._clean(block) if in_header else ""
                    if header.strip(" |"):
                        yield from self._headings.open(_TABLE_LEVEL, header, block)
                    elif not in_header and _has_words(self._clean(block)):
                        yield self._headings.use(block)
                case "table_close":
                    yield from self._headings.close(_TABLE_LEVEL)
                case "inline" if self._tokens[index - 1].type in {"heading_open", "paragraph_open"}:
                    yield from self._inline(index, item_depth)
                case "html_block":
                    yield from self._html_blocks(token)
                case "fence" | "code_block":
                    yield from self._code(token)
        yield from self._headings.close_all()

    def _too_deep(self, token: Token) -> Iterator[_Block]:
        """What the parser dropped, as plain text without the marks before its first word."""
        first, past_last = token.map or (0, 0)
        lines = self._lines[first:past_last]
        if lines:
            marks = _MARKS.match(self._text, lines[0][0])
            yield self._headings.use(_Block(marks.end() if marks else lines[0][0], lines[-1][1], "text", "paragraph"))

    def _title_stands_alone(self) -> bool:
        """Whether the only top heading is the document's title, which then heads no path."""
        headings = [token for token in self._tokens if token.type == "heading_open"]
        return bool(headings) and headings[0].tag == "h1" and all(token.tag != "h1" for token in headings[1:])

    def _inline(self, index: int, item_depth: int) -> Iterator[_Block]:
        opening, token = self._tokens[index - 1], self._tokens[index]
        start, end = self._span(token)
        if start == end:
            return
        block = _Block(start, end, "markdown", "list_item" if item_depth else "paragraph")
        text = self._clean(block)
        if not _has_words(text) and opening.type != "heading_open":
            return
        if opening.type == "heading_open":
            heading = replace(block, kind="heading")
            if opening.tag == "h1" and self._has_title:
                self._has_title = False
                yield heading
            else:
                yield from self._headings.open(int(opening.tag[1:]), text, heading)
            return
        if not item_depth and self._is_bold_title(token, text):
            yield from self._headings.open(_PSEUDO_LEVEL, text.rstrip(":"), replace(block, kind="heading"))
            return
        yield from self._introduce(index, item_depth, text, block)

    def _introduce(self, index: int, item_depth: int, text: str, block: _Block) -> Iterator[_Block]:
        """A paragraph, which also heads the list it introduces or the items below it."""
        yield self._headings.use(block)
        following = self._tokens[index + 2].type if index + 2 < len(self._tokens) else ""
        if following not in {"bullet_list_open", "ordered_list_open"} or len(text) > 2 * _MAX_TITLE_CHARACTERS:
            return
        if item_depth or text.endswith(":"):
            lead = text[split_sentences(text)[-1][0] :].rstrip(":")
            yield from self._headings.open(_LIST_LEVEL + item_depth, lead, block)
            self._headings.mark_last_read()

    def _clean(self, block: _Block) -> str:
        markup: Markup = block.markup if block.end - block.start <= _MAX_MARKUP_CHARACTERS else "text"
        return clean(self._text[block.start : block.end], markup).text

    @staticmethod
    def _is_bold_title(token: Token, text: str) -> bool:
        """Whether a paragraph is one bold phrase with, perhaps, a remark in brackets: a heading in all but name."""
        if max(len(text), len(token.content) / 4) > _MAX_TITLE_CHARACTERS or not token.content.startswith(("**", "__")):
            return False
        parsed = MarkdownIt("commonmark").parseInline(token.content)[0].children or []
        children = [child for child in parsed if child.content or child.nesting]
        if children[0].type != "strong_open":
            return False
        close = next(index for index, child in enumerate(children) if child.type == "strong_close")
        rest = "".join(child.content for child in children[close + 1 :])
        return not text.endswith((".", "!", "?")) and bool(re.fullmatch(r"\s*+(\([^()]*\)\s*+)?(:\s*+)?", rest))

    def _span(self, token: Token) -> tuple[int, int]:
        """The span of a block's inline content: it may carry a marker before its first line, never behind its last."""
        first_line, past_last = token.map or (0, 0)
        content = token.content.split("\n")
        start, end = self._lines[first_line]
        line = self._text[start:end]
        at = line.rfind(content[0].strip())
        start += max(at, 0)
        if len(content) == 1:
            return start, start + len(content[0].strip()) if at >= 0 else end
        last = min(past_last, first_line + len(content)) - 1
        return start, self._lines[last][0] + len(self._text[slice(*self._lines[last])].rstrip())

    def _row(self, index: int) -> _Block | None:
        line_number = (self._tokens[index].map or (0, 0))[0]
        start, end = self._lines[line_number]
        line = self._text[start:end]
        inner = line.lstrip(" \t>").removeprefix("|").lstrip(" \t")
        start = end - len(inner)
        inner = inner.rstrip(" \t").removesuffix("|").rstrip(" \t")
        return _Block(start, start + len(inner), "markdown", "table_row") if inner else None

    def _code(self, token: Token) -> Iterator[_Block]:
        first, past_last = token.map or (0, 0)
        if token.type == "code_block" and token.content.lstrip().startswith("<"):
            yield from self._html_blocks(token)  # HTML indented by four or more, as inside a card
            return
        lines = self._lines[first:past_last]
        if token.type == "fence":
            lines = lines[1 : 1 + token.content.count("\n")]
        if lines and _has_words(self._text[lines[0][0] : lines[-1][1]]):
            yield self._headings.use(_Block(lines[0][0], lines[-1][1], "text", "code"))

    def _html_blocks(self, token: Token) -> Iterator[_Block]:
        first, past_last = token.map or (0, 0)
        start, end = self._lines[first][0], self._lines[min(past_last, len(self._lines)) - 1][1]
        for event in read_html(self._text[start:end]):
            kind: ChunkKind = "card" if self._containers else "paragraph"
            block = _Block(start + event.start, start + event.end, "html", kind)
            match event.kind:
                case "open":
                    self._containers.append(len(self._headings.stack))
                case "close":
                    depth = self._containers.pop() if self._containers else len(self._headings.stack)
                    while len(self._headings.stack) > depth:
                        yield from self._headings.close_last()
                case "heading":
                    text = self._clean(block)
                    yield from self._headings.open(event.level, text, replace(block, kind="heading"))
                case "text" if _has_words(self._clean(block)):
                    yield self._headings.use(block)
