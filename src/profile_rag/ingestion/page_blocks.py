"""The blocks of an HTML page: one paragraph, list item, table row or definition each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from profile_rag.ingestion.blocks import (
    MAX_MARKUP_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Block,
    Headings,
    as_title,
    has_words,
    names_time,
)
from profile_rag.ingestion.cleaning import clean
from profile_rag.ingestion.html_blocks import HtmlEvent, read_html
from profile_rag.schema import ChunkKind, Markup

_PSEUDO_LEVEL = 7  # a paragraph that is only a bold title, or a term whose definition is long, as in Markdown
_LIST_LEVEL = 8
_TABLE_LEVEL = 1000
_SECTIONS = frozenset("address article aside blockquote details dialog dl footer form main nav section".split())
_FLAT = frozenset({"p", "div", "figure", "figcaption"})  # what a cell or a definition may hold and still be one text
_MAX_FLAT_CHARACTERS = 1500  # with its tags
_MAX_GROUP = 20  # terms and definitions in one text
_BOLD = re.compile(r"\s*<(b|strong)\b[^>]*>[^<]*</\1\s*>\s*(?:\([^()<]*\)\s*)?:?\s*", re.IGNORECASE)
_KINDS: dict[str, ChunkKind] = {"li": "list_item", "td": "table_row", "th": "table_row", "pre": "code"}


class PageBlocks:
    """Reads the blocks of a page in order."""

    def __init__(self, text: str, body: int, headings: Headings) -> None:
        self._text = text
        self._headings = headings
        self._events = [
            replace(event, start=event.start + body, end=event.end + body)
            for event in read_html(text[body:], is_page=True)
        ]
        self._closings = _match(self._events)
        self._open: list[tuple[str, int]] = []  # containers, and where each began
        titles = [event for event in self._events if event.kind == "heading"]
        is_only_title = [event.level for event in titles].count(1) == 1 and titles[0].level == 1
        self._title = titles[0] if is_only_title else None

    def read(self) -> Iterator[Block]:
        """The blocks; a heading that heads nothing comes after what follows it."""
        position = 0
        while position < len(self._events):
            event = self._events[position]
            match event.kind:
                case "open" if event.tag == "tr" and self._is_flat(position, cells=True):
                    yield from self._row(position)
                    position = self._closings[position]
                case "open" if event.tag == "dt":
                    end = self._definition_end(position)
                    block = self._block(position, end, "entry")
                    if self._is_flat_group(position, end) and block is not None and has_words(self._clean(block)):
                        yield self._headings.use(block)
                        position = end - 1
                    else:
                        self._open.append((event.tag, event.start))
                case "open":
                    self._open.append((event.tag, event.start))
                case "close":
                    yield from self._close()
                case "heading":
                    yield from self._heading(event)
                case "text":
                    yield from self._paragraph(position)
            position += 1
        yield from self._headings.close_all()

    def _close(self) -> Iterator[Block]:
        tag, start = self._open.pop()
        if tag == "li":
            yield from self._headings.close(_LIST_LEVEL + self._list_depth() + 1)
        elif tag in {"ul", "ol"}:
            yield from self._headings.close(_LIST_LEVEL + self._list_depth())
        elif tag == "table":
            yield from self._headings.close(_TABLE_LEVEL)
        if tag in _SECTIONS:  # but not a `div`, which may hold no more than the heading of what follows it
            while self._headings.stack and self._headings.stack[-1][2].start >= start:
                yield from self._headings.close_last()

    def _list_depth(self) -> int:
        return sum(tag == "li" for tag, _ in self._open)

    def _heading(self, event: HtmlEvent) -> Iterator[Block]:
        block = Block(event.start, event.end, "html", "heading")
        if event is self._title:
            yield as_title(block, self._clean(block))
        else:
            yield from self._headings.open(event.level, self._clean(block), block)

    def _paragraph(self, position: int) -> Iterator[Block]:
        event = self._events[position]
        inner = next((tag for tag, _ in reversed(self._open) if tag not in _FLAT), "")
        kind = "list_item" if inner == "dd" else _KINDS.get(inner, "paragraph")
        block = Block(event.start, event.end, "html", kind)
        text = self._clean(block)
        if not has_words(text):
            return
        depth = self._list_depth()
        heads = self._heads_list(position)
        is_title = inner == "dt" or _BOLD.fullmatch(self._text, event.start, event.end) is not None
        is_short = len(text) <= MAX_TITLE_CHARACTERS and not text.endswith((".", "!", "?"))
        if not depth and is_short and (is_title or (heads and names_time(text))):
            yield from self._headings.open(_PSEUDO_LEVEL, text.rstrip(":"), replace(block, kind="heading"))
            return
        yield self._headings.use(block)
        if heads and (depth or text.endswith(":")) and len(text) <= 2 * MAX_TITLE_CHARACTERS:
            yield from self._headings.open(_LIST_LEVEL + depth, text.rstrip(":"), block)
            self._headings.mark_last_read()

    def _heads_list(self, position: int) -> bool:
        """Whether a list follows at once, in the same item or behind the same paragraph."""
        following = self._events[position + 1 : position + 3]
        if following and following[0].kind == "close" and following[0].tag in _FLAT:
            following = following[1:]
        return bool(following) and following[0].kind == "open" and following[0].tag in {"ul", "ol"}

    # --- rows and definitions ----------------------------------------------------------------------

    def _row(self, position: int) -> Iterator[Block]:
        end = self._closings[position]
        block = self._block(position, end, "table_row")
        text = self._clean(block) if block is not None else ""
        if block is None or not has_words(text):
            return
        first = next(event for event in self._events[position:end] if event.kind == "text")
        if first.end < block.end and not names_time(self._text[first.start : first.end]):
            block = replace(block, markup="html_row", kind="entry")  # the first cell names what the others tell about
        cells = {event.tag for event in self._events[position + 1 : end] if event.tag in {"td", "th"}}
        in_head = any(tag == "thead" for tag, _ in self._open)
        if cells == {"th"} or in_head:
            yield from self._headings.open(_TABLE_LEVEL, " ".join(text.split()), block)
        else:
            yield self._headings.use(block)

    def _definition_end(self, position: int) -> int:
        """Where the terms that begin here end with their definitions."""
        has_definition = False
        for _ in range(_MAX_GROUP):
            if position == len(self._events):
                break
            event = self._events[position]
            if event.kind != "open" or event.tag not in {"dt", "dd"} or (has_definition and event.tag == "dt"):
                break
            has_definition = has_definition or event.tag == "dd"
            position = self._closings[position] + 1
        return position

    def _is_flat_group(self, start: int, end: int) -> bool:
        """Whether terms and definitions between two events are one text together."""
        position = start
        while position < end:
            if not self._is_flat(position):
                return False
            position = self._closings[position] + 1
        return True

    def _is_flat(self, position: int, *, cells: bool = False) -> bool:
        """Whether a container holds nothing but text."""
        end = self._closings[position]
        allowed = _FLAT | {"td", "th"} if cells else _FLAT
        if self._events[end].start - self._events[position].start > _MAX_FLAT_CHARACTERS:
            return False
        return all(event.kind == "text" or event.tag in allowed for event in self._events[position + 1 : end])

    def _block(self, start: int, end: int, kind: ChunkKind) -> Block | None:
        texts = [event for event in self._events[start:end] if event.kind == "text"]
        return Block(texts[0].start, texts[-1].end, "html", kind) if texts else None

    def _clean(self, block: Block) -> str:
        markup: Markup = block.markup if block.end - block.start <= MAX_MARKUP_CHARACTERS else "text"
        return clean(self._text[block.start : block.end], markup).text


def _match(events: list[HtmlEvent]) -> dict[int, int]:
    """The closing event of each opening one."""
    closings: dict[int, int] = {}
    open_events: list[int] = []
    for index, event in enumerate(events):
        if event.kind == "open":
            open_events.append(index)
        elif event.kind == "close" and open_events:
            closings[open_events.pop()] = index
    return closings
