"""Documents cut along their structure: one skill entry, list item, card or paragraph a chunk."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from profile_rag.ingestion.cleaning import clean, normalize
from profile_rag.ingestion.corpus import Document
from profile_rag.ingestion.html_blocks import read_html
from profile_rag.schema import Chunk, ChunkKind, Markup, SourceMap
from profile_rag.sentences import split_sentences

CHUNKER_VERSION = 1
"""Raised whenever the same document would be cut or cleaned otherwise: an older index is then foreign."""

_PSEUDO_LEVEL = 7  # a paragraph that is only a bold title ranks below every real heading
_LIST_LEVEL = 8  # an item with items of its own, or a line that introduces a list, ranks below that
_MAX_TITLE_CHARACTERS = 80
_MAX_HEADING_TOKENS = 96  # leaves at least 160 of the embedder's 256 tokens to the text
_FIELD = re.compile(r"^([A-Za-z][\w -]*):[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
# Front matter that steers a site generator and says nothing about the person.
_SITE_FIELDS = frozenset(
    "title layout permalink slug draft weight date lastmod visibility template type url aliases sidebar toc nav"
    " order".split()
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣◦–+]|\d{1,3}[.)])[ \t]+")
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
    blocks = list(_front_matter_blocks(text[:body]))
    is_plain = document.source.lower().endswith(".txt")
    blocks += _plain_blocks(text, body) if is_plain else _MarkdownBlocks(text, body).read()
    cutter = _Cutter(document, normalized.starts, count_tokens, max_tokens)
    chunks = [chunk for block in blocks for chunk in cutter.cut(block)]
    return DocumentChunks(tuple(chunks), normalized.repaired)


# --- from blocks to chunks -------------------------------------------------------------------------


class _Cutter:
    """Turns blocks into chunks with ids, titles and the way back to the file."""

    def __init__(self, document: Document, starts: Sequence[int], count_tokens: TokenCounter, max_tokens: int) -> None:
        self._document = document
        self._starts = starts
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens
        self._line_starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", document.raw))]
        self._seen: dict[str, int] = {}

    def cut(self, block: _Block) -> Iterator[Chunk]:
        start, end = self._starts[block.start], self._starts[block.end]
        chunk = self._chunk(replace(block, heading=self._short_heading(block.heading)), start, end)
        if chunk is None:
            return
        if self._count_tokens(chunk.embedding_text) <= self._max_tokens:
            yield chunk
            return
        for part_start, part_end in self._parts(chunk):
            quote = chunk.quote(part_start, part_end)
            part = self._chunk(replace(block, heading=chunk.heading), quote.start_char, quote.end_char)
            if part is not None:
                yield replace(part, title=chunk.title)

    def _chunk(self, block: _Block, start: int, end: int) -> Chunk | None:
        cleaned = clean(self._document.raw[start:end], block.markup)
        if not any(character.isalnum() for character in cleaned.text):
            return None
        segments = tuple((a, b, c + start, d) for a, b, c, d in cleaned.segments)
        # Trim the span to what the text stands on: blanks at its ends belong to nobody.
        raw = self._document.raw[start:end]
        start, end = start + len(raw) - len(raw.lstrip(_BLANKS)), end - (len(raw) - len(raw.rstrip(_BLANKS)))
        first = bisect_right(self._line_starts, start) - 1
        last = bisect_right(self._line_starts, end - 1) - 1
        title = cleaned.text.split("\n", 1)[0] if block.markup == "markdown" and "\n" in cleaned.text else ""
        kind: ChunkKind = "entry" if title and block.kind == "paragraph" else block.kind
        return Chunk(
            id=self._id(block.heading, cleaned.text),
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

    def _id(self, heading: tuple[str, ...], text: str) -> str:
        """Stable while source, heading and text are: a chunk that only moved keeps its id."""
        key = "\x1f".join((self._document.source, *heading, text))
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return hashlib.sha256(f"{key}\x1f{count}".encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _short_heading(self, heading: tuple[str, ...]) -> tuple[str, ...]:
        heading = tuple(part if len(part) <= 200 else part[:199].rstrip() + "…" for part in heading)
        while heading and self._count_tokens(" > ".join(heading)) > _MAX_HEADING_TOKENS:
            heading = heading[1:]
        return heading

    def _parts(self, chunk: Chunk) -> Iterator[tuple[int, int]]:
        """Ranges of the chunk's text that fit the embedder: whole sentences as far as they fit, else words."""
        head = len(chunk.embedding_text) - len(chunk.text)
        prefix = chunk.embedding_text[:head]
        sentences = split_sentences(chunk.text)
        units = [unit for start, end in sentences for unit in self._words_that_fit(chunk, prefix, start, end)]
        part: tuple[int, int] | None = None
        for start, end in units:
            if part and self._count_tokens(prefix + chunk.text[part[0] : end]) <= self._max_tokens:
                part = (part[0], end)
                continue
            if part:
                yield part
            part = (start, end)
        if part:
            yield part

    def _words_that_fit(self, chunk: Chunk, prefix: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        while self._count_tokens(prefix + chunk.text[start:end]) > self._max_tokens:
            low, high = 1, end - start  # the longest piece that fits, by bisection on its length
            while low < high:
                middle = (low + high + 1) // 2
                if self._count_tokens(prefix + chunk.text[start : start + middle]) <= self._max_tokens:
                    low = middle
                else:
                    high = middle - 1
            cut = chunk.text.rfind(" ", start + 1, start + low + 1)
            cut = cut if cut > start else start + low
            yield start, cut
            start = cut + 1 if chunk.text[cut : cut + 1] == " " else cut
            if start >= end:
                return
        yield start, end


# --- plain text and front matter -------------------------------------------------------------------


def _front_matter_blocks(front_matter: str) -> Iterator[_Block]:
    for match in _FIELD.finditer(front_matter):
        if match.group(1).strip().lower() not in _SITE_FIELDS:
            yield _Block(match.start(1), match.end(2), "text", "field")


def _plain_blocks(text: str, body: int) -> Iterator[_Block]:
    """Paragraphs between blank lines, list items, and headings that are underlined or all in capitals."""
    headings = _Headings()
    lines = list(_lines(text, body))
    paragraph: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(lines):
        line = text[start:end]
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
        is_item = bool(_BULLET.match(line))
        if paragraph and (not line.strip() or is_item or _ended_on_purpose(text[slice(*paragraph[-1])], line)):
            yield headings.use(_plain_block(text, paragraph))
            paragraph = []
        if not line.strip() or re.fullmatch(r"[ \t]*([=\-_*~#])\1{2,}[ \t]*", line):
            continue
        level = 0 if paragraph or is_item else _plain_heading_level(line, following)
        if level:
            yield from headings.open(level, line.strip().rstrip(":"), _Block(start, end, "text", "heading"))
        else:
            paragraph.append((start, end))
    if paragraph:
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


@dataclass
class _Headings:
    """The open headings; one that closes with nothing below it becomes a block itself, so no word is lost."""

    stack: list[tuple[int, str, _Block]] = field(default_factory=list)
    used: list[bool] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text, _ in self.stack)

    def open(self, level: int, text: str, block: _Block) -> Iterator[_Block]:
        yield from self.close(level)
        self.stack.append((level, text, block))
        self.used.append(False)

    def close(self, level: int) -> Iterator[_Block]:
        """Close every heading at this level or below it in rank."""
        while self.stack and self.stack[-1][0] >= level:
            yield from self.close_last()

    def close_last(self) -> Iterator[_Block]:
        _, _, block = self.stack.pop()
        if not self.used.pop():
            yield self.use(block)

    def close_all(self) -> Iterator[_Block]:
        yield from self.close(0)

    def use(self, block: _Block) -> _Block:
        self.used = [True] * len(self.used)
        return replace(block, heading=self.path)


@cache
def _block_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


class _MarkdownBlocks:
    """Reads the blocks of a Markdown text in order."""

    def __init__(self, text: str, body: int) -> None:
        self._text = text
        self._lines = list(_lines(text, body))
        self._headings = _Headings()
        self._containers: list[int] = []  # how many headings were open when each HTML container opened
        self._tokens = _block_parser().parse(text[body:])
        self._has_title = self._title_stands_alone()

    def read(self) -> Iterator[_Block]:
        item_depth = 0
        table_header = ""
        in_header = False
        for index, token in enumerate(self._tokens):
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
                case "tr_open":
                    block = self._row(index)
                    if in_header:
                        table_header = clean(self._text[block.start : block.end], "markdown").text if block else ""
                    elif block:
                        path = (*self._headings.path, table_header) if table_header.strip(" |") else self._headings.path
                        yield replace(self._headings.use(block), heading=path)
                case "inline" if self._tokens[index - 1].type in {"heading_open", "paragraph_open"}:
                    yield from self._inline(index, item_depth)
                case "html_block":
                    yield from self._html_blocks(token)
                case "fence" | "code_block":
                    yield from self._code(token)
        yield from self._headings.close_all()

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
        text = clean(self._text[start:end], "markdown").text
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
            self._headings.use(block)  # it has just been read itself, so it need not be again

    @staticmethod
    def _is_bold_title(token: Token, text: str) -> bool:
        """Whether a paragraph is one bold phrase with, perhaps, a remark in brackets: a heading in all but name."""
        children = [child for child in token.children or [] if child.content or child.nesting]
        if len(text) > _MAX_TITLE_CHARACTERS or not children or children[0].type != "strong_open":
            return False
        close = next(index for index, child in enumerate(children) if child.type == "strong_close")
        rest = "".join(child.content for child in children[close + 1 :])
        return not text.endswith((".", "!", "?")) and bool(re.fullmatch(r"\s*(\([^()]*\))?\s*:?\s*", rest))

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
        inner = re.fullmatch(r"[ \t>]*\|?[ \t]*(.*?)[ \t]*\|?[ \t]*", line)
        if not inner or not inner.group(1):
            return None
        return _Block(start + inner.start(1), start + inner.end(1), "markdown", "table_row")

    def _code(self, token: Token) -> Iterator[_Block]:
        first, past_last = token.map or (0, 0)
        if token.type == "code_block" and token.content.lstrip().startswith("<"):
            yield from self._html_blocks(token)  # HTML indented by four or more, as inside a card
            return
        lines = self._lines[first:past_last]
        if token.type == "fence":
            lines = lines[1 : 1 + token.content.count("\n")]
        if lines and self._text[lines[0][0] : lines[-1][1]].strip():
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
                    text = clean(self._text[block.start : block.end], "html").text
                    yield from self._headings.open(event.level, text, replace(block, kind="heading"))
                case "text":
                    yield self._headings.use(block)
