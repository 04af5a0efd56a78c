"""The blocks of Markdown, with the HTML inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from profile_rag.ingestion.blocks import (
    MAX_MARKUP_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Block,
    Headings,
    as_title,
    has_words,
    names_time,
    split_lines,
)
from profile_rag.ingestion.cleaning import clean
from profile_rag.ingestion.html_blocks import read_html
from profile_rag.schema import ChunkKind, Markup
from profile_rag.sentences import split_sentences

_PSEUDO_LEVEL = 7  # a paragraph that is only a bold title ranks below every real heading
_LIST_LEVEL = 8  # an item with items of its own, or a line that introduces a list, ranks below that
_TABLE_LEVEL = 1000  # the header of a table heads its rows, however deep the table lies in lists
_MAX_NESTING = 100  # containers in containers; markdown-it drops what lies deeper, and each level is a call
_MARKS = re.compile(r"(?:[-*+>][ \t]*|\d{1,9}[.)][ \t]+|[ \t]+)*+")


@cache
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable("table")
    return parser.disable("inline")  # what stands inside a block is cleaning's to read


_FOOTNOTE = re.compile(r"^\[\^[^\]\s]{1,60}\]:[ \t]{0,8}", re.MULTILINE)  # each is a note of its own, without its mark


class MarkdownBlocks:
    """Reads the blocks of a Markdown text in order."""

    def __init__(self, text: str, body: int, headings: Headings) -> None:
        self._text = text
        self._lines = list(split_lines(text, body))
        self._headings = headings
        self._containers: list[int] = []  # how many headings were open when each HTML container opened
        self._tokens = _block_parser().parse(text[body:])
        self._has_title = self._title_stands_alone()

    def read(self) -> Iterator[Block]:
        """The blocks; a heading that heads nothing comes after what follows it."""
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
                    elif not in_header and has_words(self._clean(block)):
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

    def _too_deep(self, token: Token) -> Iterator[Block]:
        """What the parser dropped, as plain text without the marks before its first word."""
        first, past_last = token.map or (0, 0)
        lines = self._lines[first:past_last]
        if lines:
            marks = _MARKS.match(self._text, lines[0][0])
            yield self._headings.use(Block(marks.end() if marks else lines[0][0], lines[-1][1], "text", "paragraph"))

    def _title_stands_alone(self) -> bool:
        """Whether the only top heading is the document's title, which then heads no path."""
        headings = [token for token in self._tokens if token.type == "heading_open"]
        return bool(headings) and headings[0].tag == "h1" and all(token.tag != "h1" for token in headings[1:])

    def _inline(self, index: int, item_depth: int) -> Iterator[Block]:
        opening, token = self._tokens[index - 1], self._tokens[index]
        start, end = self._span(token)
        if start == end:
            return
        block = Block(start, end, "markdown", "list_item" if item_depth else "paragraph")
        text = self._clean(block)
        if not has_words(text) and opening.type != "heading_open":
            return
        if opening.type == "heading_open":
            heading = replace(block, kind="heading")
            if opening.tag == "h1" and self._has_title:
                self._has_title = False
                yield as_title(heading, text)
            else:
                yield from self._headings.open(int(opening.tag[1:]), text, heading)
            return
        if not item_depth and (self._is_bold_title(token, text) or self._is_dated_title(index, text)):
            yield from self._headings.open(_PSEUDO_LEVEL, text.rstrip(":"), replace(block, kind="heading"))
            return
        notes = list(_FOOTNOTE.finditer(self._text, start, end))
        if notes and notes[0].start() == start:
            for note, behind in zip(notes, [*(note.start() for note in notes[1:]), end], strict=True):
                if has_words(self._text[note.end() : behind]):
                    yield self._headings.use(replace(block, start=note.end(), end=behind))
            return
        yield from self._introduce(index, item_depth, text, block)

    def _is_dated_title(self, index: int, text: str) -> bool:
        """Whether a short line that begins in bold and names a year heads a list: "**Acme** — *Engineer* (2019)"."""
        is_short = len(text) <= 2 * MAX_TITLE_CHARACTERS and not text.endswith((".", "!", "?"))
        is_bold = self._tokens[index].content.startswith(("**", "__", "*", "_"))
        return self._heads_list(index) and is_short and is_bold and names_time(text)

    def _heads_list(self, index: int) -> bool:
        """Whether a list follows the paragraph whose inline content stands at an index."""
        following = self._tokens[index + 2].type if index + 2 < len(self._tokens) else ""
        return following in {"bullet_list_open", "ordered_list_open"}

    def _introduce(self, index: int, item_depth: int, text: str, block: Block) -> Iterator[Block]:
        """A paragraph, which also heads the list it introduces or the items below it."""
        yield self._headings.use(block)
        if not self._heads_list(index) or len(text) > 2 * MAX_TITLE_CHARACTERS:
            return
        if item_depth or text.endswith(":"):
            lead = text[split_sentences(text)[-1][0] :].rstrip(":")
            yield from self._headings.open(_LIST_LEVEL + item_depth, lead, block)
            self._headings.mark_last_read()

    def _clean(self, block: Block) -> str:
        markup: Markup = block.markup if block.end - block.start <= MAX_MARKUP_CHARACTERS else "text"
        return clean(self._text[block.start : block.end], markup).text

    @staticmethod
    def _is_bold_title(token: Token, text: str) -> bool:
        """Whether a paragraph is one bold phrase with, perhaps, a remark in brackets: a heading in all but name."""
        if max(len(text), len(token.content) / 4) > MAX_TITLE_CHARACTERS or not token.content.startswith(("**", "__")):
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

    def _row(self, index: int) -> Block | None:
        line_number = (self._tokens[index].map or (0, 0))[0]
        start, end = self._lines[line_number]
        line = self._text[start:end]
        inner = line.lstrip(" \t>").removeprefix("|").lstrip(" \t")
        start = end - len(inner)
        inner = inner.rstrip(" \t").removesuffix("|").rstrip(" \t")
        return Block(start, start + len(inner), "markdown", "table_row") if inner else None

    def _code(self, token: Token) -> Iterator[Block]:
        first, past_last = token.map or (0, 0)
        if token.type == "code_block" and token.content.lstrip().startswith("<"):
            yield from self._html_blocks(token)  # HTML indented by four or more, as inside a card
            return
        lines = self._lines[first:past_last]
        if token.type == "fence":
            lines = lines[1 : 1 + token.content.count("\n")]
        if lines and has_words(self._text[lines[0][0] : lines[-1][1]]):
            yield self._headings.use(Block(lines[0][0], lines[-1][1], "text", "code"))

    def _html_blocks(self, token: Token) -> Iterator[Block]:
        first, past_last = token.map or (0, 0)
        start, end = self._lines[first][0], self._lines[min(past_last, len(self._lines)) - 1][1]
        for event in read_html(self._text[start:end]):
            kind: ChunkKind = "card" if self._containers else "paragraph"
            block = Block(start + event.start, start + event.end, "html", kind)
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
                case "text" if has_words(self._clean(block)):
                    yield self._headings.use(block)
