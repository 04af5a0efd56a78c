"""The headings, containers and texts of a piece of HTML, with their offsets in it."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

EventKind = Literal["open", "close", "heading", "text"]

# Where one of these begins or ends, so does a text: what it holds is about one thing.
CONTAINERS = frozenset(
    "article aside blockquote dd details div dl dt fieldset figure footer header li main nav ol section summary table"
    " tbody td th tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INVISIBLE = frozenset({"script", "style", "template", "title"})


@dataclass(frozen=True, slots=True)
class HtmlEvent:
    """Something met while reading; `level` is that of a heading."""

    kind: EventKind
    start: int
    end: int
    level: int = 0


def read_html(html: str) -> list[HtmlEvent]:
    """The events of a piece of HTML in order. Tags that never close or never opened do no harm."""
    parser = _EventParser(html)
    parser.feed(html)
    parser.close()
    parser.finish()
    return parser.events


class _EventParser(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.events: list[HtmlEvent] = []
        self._html = html
        self._line_starts = [0]
        for position, character in enumerate(html):
            if character == "\n":
                self._line_starts.append(position + 1)
        self._span: tuple[int, int] | None = None
        self._heading = 0
        self._invisible = 0

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INVISIBLE:
            self._invisible += 1
        if tag in CONTAINERS or tag in _HEADINGS:
            self.finish()
            if tag in CONTAINERS:
                self.events.append(HtmlEvent("open", self._offset(), self._offset()))
            self._heading = _HEADINGS.get(tag, 0)

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._invisible = max(0, self._invisible - 1)
        if tag in CONTAINERS or tag in _HEADINGS:
            self.finish()
            if tag in CONTAINERS:
                self.events.append(HtmlEvent("close", self._offset(), self._offset()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>` and the like hold nothing."""

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._invisible:
            start = self._offset() + len(data) - len(data.lstrip())
            self._extend(start, self._offset() + len(data.rstrip()))

    def handle_entityref(self, name: str) -> None:
        self._keep_reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._keep_reference(f"&#{name}")

    def _keep_reference(self, reference: str) -> None:
        end = self._offset() + len(reference)
        self._extend(self._offset(), end + (self._html[end : end + 1] == ";"))

    def _extend(self, start: int, end: int) -> None:
        self._span = (self._span[0] if self._span else start, end)

    def finish(self) -> None:
        """Close the text being read."""
        if self._span:
            kind: EventKind = "heading" if self._heading else "text"
            self.events.append(HtmlEvent(kind, *self._span, self._heading))
        self._span = None
        self._heading = 0
