"""The headings, containers and texts of a piece of HTML that a reader sees, with their offsets in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

EventKind = Literal["open", "close", "heading", "text"]

# Where one of these begins or ends, so does a text: what it holds is about one thing.
CONTAINERS = frozenset(
    "article aside blockquote dd details div dl dt fieldset figure footer header li main nav ol section summary table"
    " tbody td th tr ul".split()
)
# In a page of its own, these, too; in Markdown a card is one text.
_PAGE_CONTAINERS = CONTAINERS | frozenset("address body caption dialog figcaption form p pre tfoot thead".split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_NEVER_SHOWN = frozenset("audio canvas datalist iframe noscript object select textarea video".split())
_HIDDEN = re.compile(
    r"""\s(?:hidden(?=[\s=/>])(?!\s*=\s*["']?until-found)
    | aria-hidden\s*=\s*["']?true
    | style\s*=\s*(?:"[^"]*|'[^']*|[^\s>]*)\b(?:display\s*:\s*none|visibility\s*:\s*hidden))""",
    re.IGNORECASE | re.VERBOSE,
)
# An element whose end tag is left out ends where one of these begins, or the container that holds them ends.
_ENDED_BY = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "p": (_PAGE_CONTAINERS | frozenset(_HEADINGS) | {"hr"}) - {"caption"},
}
_HOLDERS = frozenset({"ul", "ol", "menu", "dl", "table"})
_MAX_SEARCH = 60  # elements between the two, so that no nesting makes it quadratic
# Comments, what is never shown, and tags. Each may lack its end and then takes the rest, as in a browser, so that
# no opening is searched twice (the standard library's parser needs quadratic time for that).
_MARKUP = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <!\[CDATA\[.*?(?:\]\]>|\Z)
    | <\?.*?(?:\?>|\Z)
    | <(?P<hidden>script|style|template|title)(?=[\s/>]).*?(?:</(?P=hidden)\s*>|\Z)
    | <!?(?P<close>/?)(?P<tag>[a-z][a-z0-9-]*)(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^"'>])*+(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class HtmlEvent:
    """Something met while reading; `level` is that of a heading, `tag` that of a container."""

    kind: EventKind
    start: int
    end: int
    level: int = 0
    tag: str = ""


def read_html(html: str, *, is_page: bool = False) -> list[HtmlEvent]:
    """The events of a piece of HTML in order. Tags that never close or never opened do no harm.

    Args:
        html: A page, or a piece of one.
        is_page: Whether it is a whole page; paragraphs are then containers, and every container
            that opens also closes.
    """
    reader = _EventReader(html, is_page=is_page)
    position = 0
    for match in _MARKUP.finditer(html):
        reader.read_text(position, match.start())
        if match["tag"] and not match.group().startswith("<!"):
            reader.read_tag(match["tag"].lower(), *match.span(), is_end=bool(match["close"]))
        position = match.end()
    reader.read_text(position, len(html))
    reader.finish()
    if is_page:
        reader.close_all()
    return reader.events


def hides(tag: str, markup: str) -> bool:
    """Whether an opening tag opens something that nobody sees."""
    if tag in _VOID or markup.endswith("/>"):
        return False
    is_closed_dialog = tag == "dialog" and not re.search(r"\sopen(?=[\s=/>])", markup, re.IGNORECASE)
    return tag in _NEVER_SHOWN or is_closed_dialog or _HIDDEN.search(markup) is not None


@dataclass(slots=True)
class _Element:
    tag: str
    is_hidden: bool
    has_event: bool


class _EventReader:
    def __init__(self, html: str, *, is_page: bool) -> None:
        self.events: list[HtmlEvent] = []
        self._html = html
        self._is_page = is_page
        self._containers = _PAGE_CONTAINERS if is_page else CONTAINERS
        self._span: tuple[int, int] | None = None
        self._heading = 0
        self._stack: list[_Element] = []
        self._counts: Counter[str] = Counter()
        self._hidden = 0

    def read_tag(self, tag: str, start: int, end: int, *, is_end: bool) -> None:
        if is_end:
            self._read_end(tag, start)
            return
        self._end_implied(tag, start)
        if tag in self._containers or tag in _HEADINGS:
            self.finish()
        if tag in _VOID or (self._html.endswith("/>", start, end) and tag not in self._containers):
            return
        is_hidden = hides(tag, self._html[start:end])
        has_event = tag in self._containers and not self._hidden and not is_hidden
        self._stack.append(_Element(tag, is_hidden, has_event))
        self._counts[tag] += 1
        self._hidden += is_hidden
        if has_event:
            self.events.append(HtmlEvent("open", start, start, tag=tag))
        elif tag in _HEADINGS and not self._hidden:
            self._heading = _HEADINGS[tag]

    def _read_end(self, tag: str, start: int) -> None:
        is_boundary = tag in self._containers or tag in _HEADINGS
        if is_boundary:
            self.finish()
        if self._counts[tag]:
            index = len(self._stack) - 1
            while self._stack[index].tag != tag:
                # An inline element's end closes no container around which it opened.
                too_far = len(self._stack) - index > _MAX_SEARCH
                if not is_boundary and (too_far or self._stack[index].tag in self._containers):
                    return
                index -= 1
            self._close_down_to(index, start)
        elif tag in self._containers and not self._hidden and not self._is_page:
            self.events.append(HtmlEvent("close", start, start, tag=tag))

    def _end_implied(self, tag: str, start: int) -> None:
        """Close what ends without a tag where this one opens, such as a list item at the next."""
        for index in range(len(self._stack) - 1, max(-1, len(self._stack) - _MAX_SEARCH), -1):
            open_tag = self._stack[index].tag
            if tag in _ENDED_BY.get(open_tag, ()):
                self.finish()
                self._close_down_to(index, start)
                if open_tag not in {"td", "th", "p"}:
                    return
            elif open_tag in _HOLDERS or (open_tag in CONTAINERS and open_tag not in _ENDED_BY):
                return

    def _close_down_to(self, index: int, at: int) -> None:
        while len(self._stack) > index:
            element = self._stack.pop()
            self._counts[element.tag] -= 1
            self._hidden -= element.is_hidden
            if element.has_event:
                self.finish()
                self.events.append(HtmlEvent("close", at, at, tag=element.tag))

    def read_text(self, start: int, end: int) -> None:
        text = self._html[start:end]
        if text and not text.isspace() and not self._hidden:
            first = start + len(text) - len(text.lstrip())
            self._span = (self._span[0] if self._span else first, start + len(text.rstrip()))

    def finish(self) -> None:
        """Close the text being read."""
        if self._span:
            kind: EventKind = "heading" if self._heading else "text"
            self.events.append(HtmlEvent(kind, *self._span, self._heading))
        self._span = None
        self._heading = 0

    def close_all(self) -> None:
        """Close what is still open."""
        self._close_down_to(0, len(self._html))
