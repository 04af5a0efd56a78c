"""The blocks of plain text, and of the front matter above any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from profile_rag.ingestion.blocks import (
    MAX_TITLE_CHARACTERS,
    Block,
    Headings,
    has_words,
    names_section,
    names_time,
    split_lines,
)

_FIELD = re.compile(r"^[\"']?([^\W\d_][\w -]*?)[\"']?[ \t]*:(?=[ \t\n]|\Z)", re.MULTILINE)
# Front matter that steers a site generator and says nothing about the person.
_SITE_FIELDS = frozenset(
    "title layout permalink slug draft weight date lastmod visibility template type url aliases sidebar toc nav"
    " order".split()
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣◦–+]|\d{1,3}[.)])[ \t]+")
_LABELLED = re.compile(r"[ \t]*[A-Z][\w /&-]{1,30}:[ \t]+\S")  # "Languages: …" begins a line of its own
_ROW = re.compile(r"[ \t]*(?P<first>\S(?:.*?\S)??)(?P<gap> *\t[ \t]*| {2,})(?P<second>\S.*)")
# What a line ends in when its sentence goes on.
_UNFINISHED = re.compile(
    r"(?:[,&/–—-]|\b(?:a|an|and|as|at|by|for|from|in|into|of|on|or|over|per|the|to|under|via|with|within))$",
    re.IGNORECASE,
)
_ENTRY_LEVEL = 5
_MAX_FIRST_COLUMN = 40
_MAX_SECTION_WORDS = 5
_PLAIN_WIDTH = 60  # a plain-text line that ends before this column, though the next word would fit, ended on purpose


def read_front_matter(front_matter: str) -> Iterator[Block]:
    """One block a field, with the lines of a list or a longer text that belong to it."""
    fields = list(_FIELD.finditer(front_matter))
    closing = max(front_matter.rstrip().rfind("\n"), 0)
    ends = [*(match.start() for match in fields[1:]), closing]
    for match, end in zip(fields, ends, strict=False):
        if match.group(1).strip().lower() not in _SITE_FIELDS and front_matter[match.end() : end].strip():
            yield Block(match.start(), end, "text", "field")


def read_plain_text(text: str, body: int, headings: Headings, *, is_folded: bool = False) -> Iterator[Block]:
    """Paragraphs, list items, rows of aligned columns, and headings that are underlined or all in capitals.

    Args:
        text: The text, up to where the blocks end.
        body: Where they begin.
        headings: The open headings; those opened here are closed again.
        is_folded: Whether line ends mean no more than a blank, as in YAML's folded style.
    """
    reader = _PlainReader(text, body, headings, is_folded=is_folded)
    for index in range(len(reader.lines)):
        yield from reader.read_line(index)
    yield from reader.finish()
    yield from headings.close(1)


class _PlainReader:
    """Reads line by line; a paragraph grows until something shows that a line begins another."""

    def __init__(self, text: str, body: int, headings: Headings, *, is_folded: bool) -> None:
        self.lines = list(split_lines(text, body))
        self._text = text
        self._headings = headings
        self._is_folded = is_folded
        self._width = max((end - start for start, end in self.lines), default=0)
        self._paragraph: list[tuple[int, int]] = []
        self._row_indent = -1  # of the paragraph, while it is a row of columns
        self._entry_indent = -1  # of the row or dated line that heads what is indented below it

    def _line(self, index: int) -> str:
        return self._text[slice(*self.lines[index])] if 0 <= index < len(self.lines) else ""

    def read_line(self, index: int) -> Iterator[Block]:
        line = self._line(index)
        if not line.strip():
            yield from self.finish()
            return
        if re.fullmatch(r"[ \t]*([=\-_*~#])\1{2,}[ \t]*", line):
            # A rule under a paragraph ends nothing that the paragraph's own last line has not ended.
            if self._paragraph and self._ends_before(line, index):
                yield from self.finish()
            return
        indent = _indent(line)
        is_item = bool(_BULLET.match(line))
        is_row = not self._is_folded and not is_item and self._is_row(index)
        if self._paragraph and self._is_entry_below(line, indent, is_item=is_item):
            yield from self._head_with_entry()
        elif self._paragraph and (is_item or is_row or self._ends_before(line, index)):
            yield from self.finish()
        if self._entry_indent >= 0 and indent <= self._entry_indent and not self._paragraph and not is_item:
            yield from self._headings.close(_ENTRY_LEVEL)
            self._entry_indent = -1
        level = 0 if self._paragraph or is_item else self._heading_level(index)
        if level:
            self._entry_indent = -1
            block = Block(*self.lines[index], "text", "heading")
            yield from self._headings.open(level, line.strip().rstrip(":"), block)
            return
        if not self._paragraph:
            self._row_indent = indent if is_row else -1
        self._paragraph.append(self.lines[index])

    def finish(self) -> Iterator[Block]:
        """Close the paragraph being read."""
        if self._paragraph and has_words(self._text[self._paragraph[0][0] : self._paragraph[-1][1]]):
            block = _plain_block(self._text, self._paragraph)
            if self._row_indent >= 0:
                line = self._text[slice(*self._paragraph[0])]
                block = replace(block, kind="field" if _LABELLED.match(line) else "list_item")
                if _names_thing(line):
                    block = replace(block, markup="text_row", kind="entry")
            yield self._headings.use(block)
        self._paragraph = []
        self._row_indent = -1

    def _ends_before(self, line: str, index: int) -> bool:
        if self._is_folded:
            return False
        if self._row_indent >= 0:
            return _indent(line) <= self._row_indent
        return bool(_LABELLED.match(line)) or _ended_on_purpose(self._line(index - 1), line)

    def _is_entry_below(self, line: str, indent: int, *, is_item: bool) -> bool:
        """Whether a line says something of its own about the row, or the dated line, above it."""
        first = self._text[slice(*self._paragraph[0])]
        if self._row_indent < 0:
            is_dated = names_time(first) and len(first.strip()) <= 2 * MAX_TITLE_CHARACTERS
            return is_item and is_dated and not _BULLET.match(first) and len(self._paragraph) == 1
        if indent <= self._row_indent:
            return False
        return is_item or bool(_LABELLED.match(line)) or self._begins_statement(line)

    def _begins_statement(self, line: str) -> bool:
        """Whether a line below a row goes on with something new, not with the row's last words."""
        before = self._text[slice(*self._paragraph[-1])].rstrip()
        words = line.split(maxsplit=1)
        had_room = len(before) + 1 + len(words[0]) <= self._width
        opens = re.match(r"[\"'“‘(]?[A-Z0-9À-ÖØ-Þ]", words[0]) is not None
        return had_room and opens and not _UNFINISHED.search(before)

    def _head_with_entry(self) -> Iterator[Block]:
        start, end = self._paragraph[0][0], self._paragraph[-1][1]
        indent = _indent(self._text[slice(*self._paragraph[0])])
        yield from self._headings.close(_ENTRY_LEVEL)
        block = Block(start, end, "text", "paragraph")
        yield from self.finish()
        yield from self._headings.open(_ENTRY_LEVEL, " ".join(self._text[start:end].split()), block)
        self._headings.mark_last_read()
        self._entry_indent = indent

    def _is_row(self, index: int) -> bool:
        """Whether a line has columns: a wide gap, or a narrow one at which a line beside it has a column, too."""
        line = self._line(index)
        match = _ROW.fullmatch(line)
        if match is None or not has_words(match["first"]):
            return False
        if len(match["first"]) > _MAX_FIRST_COLUMN:  # then only dates may stand so far to the right
            return len(match["second"]) <= _MAX_FIRST_COLUMN and names_time(match["second"])
        if "\t" in match["gap"] or len(match["gap"]) > 2:
            return True
        at = match.start("second")
        beside = (self._line(index - 1), self._line(index + 1))
        return any(other[at : at + 1].strip() and other[at - 2 : at] == "  " for other in beside)

    def _heading_level(self, index: int) -> int:
        line, following = self._line(index), self._line(index + 1)
        if not self._line(index - 1).strip() and names_section(line) and len(line.split()) <= _MAX_SECTION_WORDS:
            return 1 if re.fullmatch(r"[ \t]*={3,}[ \t]*", following) else 2
        return _plain_heading_level(line, following)


def _plain_block(text: str, lines: Sequence[tuple[int, int]]) -> Block:
    start, end = lines[0][0], lines[-1][1]
    bullet = _BULLET.match(text[start:end])
    return Block(start + (bullet.end() if bullet else 0), end, "text", "list_item" if bullet else "paragraph")


def _names_thing(line: str) -> bool:
    """Whether the first column of a row names what the others tell about; a label or a date does not."""
    match = _ROW.fullmatch(line)
    if match is None or match["first"].endswith(":") or names_time(match["first"]):
        return False
    return not (names_time(match["second"]) and len(match["second"]) <= _MAX_FIRST_COLUMN)


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _ended_on_purpose(line: str, following: str) -> bool:
    words = following.split(maxsplit=1)
    return bool(words) and len(line.rstrip()) + 1 + len(words[0]) <= _PLAIN_WIDTH


def _plain_heading_level(line: str, following: str) -> int:
    title = line.strip()
    if len(title) > MAX_TITLE_CHARACTERS or not any(character.isalpha() for character in title):
        return 0
    if re.fullmatch(r"[ \t]*(=|-){3,}[ \t]*", following):
        return 1 if "=" in following else 2
    if title.isupper() and len(title) > 3 and ("," not in title or names_section(title)):
        return 2
    return 3 if title.endswith(":") and len(title.split()) <= 6 else 0
