"""The headings, containers and texts of a piece of HTML, with their offsets in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

EventKind = Literal["open", "close", "heading", "text"]

# Where one of these begins or ends, so does a text: what it holds is about one thing.
CONTAINERS = frozenset(
    "article aside blockquote dd details div dl dt fieldset figure footer header li main nav ol section summary table"
    " tbody td th tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
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
    """Something met while reading; `level` is that of a heading."""

    kind: EventKind
    start: int
    end: int
    level: int = 0


def read_html(html: str) -> list[HtmlEvent]:
    """The events of a piece of HTML in order. Tags that never close or never opened do no harm."""
    reader = _EventReader(html)
    position = 0
    for match in _MARKUP.finditer(html):
        reader.read_text(position, match.start())
        if match["tag"]:
            reader.read_tag(match["tag"].lower(), match.start(), is_end=bool(match["close"]))
        position = match.end()
    reader.read_text(position, len(html))
    reader.finish()
    return reader.events


class _EventReader:
    def __init__(self, html: str) -> None:
        self.events: list[HtmlEvent] = []
        self._html = html
        self._span: tuple[int, int] | None = None
        self._heading = 0

    def read_tag(self, tag: str, start: int, *, is_end: bool) -> None:
        if tag not in CONTAINERS and tag not in _HEADINGS:
            return
        self.finish()
        if tag in CONTAINERS:
            self.events.append(HtmlEvent("close" if is_end else "open", start, start))
        elif not is_end:
            self._heading = _HEADINGS[tag]

    def read_text(self, start: int, end: int) -> None:
        text = self._html[start:end]
        if text and not text.isspace():
            first = start + len(text) - len(text.lstrip())
            self._span = (self._span[0] if self._span else first, start + len(text.rstrip()))

    def finish(self) -> None:
        """Close the text being read."""
        if self._span:
            kind: EventKind = "heading" if self._heading else "text"
            self.events.append(HtmlEvent(kind, *self._span, self._heading))
        self._span = None
        self._heading = 0
