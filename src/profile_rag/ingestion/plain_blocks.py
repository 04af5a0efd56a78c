"""The blocks of plain text, and of the front matter above any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profile_rag.ingestion.blocks import MAX_TITLE_CHARACTERS, Block, Headings, has_words, split_lines

_FIELD = re.compile(r"^[\"']?([^\W\d_][\w -]*?)[\"']?[ \t]*:(?=[ \t\n]|\Z)", re.MULTILINE)
# Front matter that steers a site generator and says nothing about the person.
_SITE_FIELDS = frozenset(
    "title layout permalink slug draft weight date lastmod visibility template type url aliases sidebar toc nav"
    " order".split()
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣◦–+]|\d{1,3}[.)])[ \t]+")
_LABELLED = re.compile(r"[ \t]*[A-Z][\w /&-]{1,30}:[ \t]+\S")  # "Languages: …" begins a line of its own
_PLAIN_WIDTH = 60  # a plain-text line that ends before this column, though the next word would fit, ended on purpose


def read_front_matter(front_matter: str) -> Iterator[Block]:
    """One block a field, with the lines of a list or a longer text that belong to it."""
    fields = list(_FIELD.finditer(front_matter))
    closing = max(front_matter.rstrip().rfind("\n"), 0)
    ends = [*(match.start() for match in fields[1:]), closing]
    for match, end in zip(fields, ends, strict=False):
        if match.group(1).strip().lower() not in _SITE_FIELDS and front_matter[match.end() : end].strip():
            yield Block(match.start(), end, "text", "field")


def read_plain_text(text: str, body: int, headings: Headings) -> Iterator[Block]:
    """Paragraphs between blank lines, list items, and headings that are underlined or all in capitals."""
    lines = list(split_lines(text, body))
    paragraph: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(lines):
        line = text[start:end]
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
        is_item = bool(_BULLET.match(line))
        begins_anew = is_item or bool(_LABELLED.match(line))
        if paragraph and (not line.strip() or begins_anew or _ended_on_purpose(text[slice(*paragraph[-1])], line)):
            if has_words(text[paragraph[0][0] : paragraph[-1][1]]):
                yield headings.use(_plain_block(text, paragraph))
            paragraph = []
        if not line.strip() or re.fullmatch(r"[ \t]*([=\-_*~#])\1{2,}[ \t]*", line):
            continue
        level = 0 if paragraph or is_item else _plain_heading_level(line, following)
        if level:
            yield from headings.open(level, line.strip().rstrip(":"), Block(start, end, "text", "heading"))
        else:
            paragraph.append((start, end))
    if paragraph and has_words(text[paragraph[0][0] : paragraph[-1][1]]):
        yield headings.use(_plain_block(text, paragraph))
    yield from headings.close_all()


def _plain_block(text: str, lines: Sequence[tuple[int, int]]) -> Block:
    start, end = lines[0][0], lines[-1][1]
    bullet = _BULLET.match(text[start:end])
    return Block(start + (bullet.end() if bullet else 0), end, "text", "list_item" if bullet else "paragraph")


def _ended_on_purpose(line: str, following: str) -> bool:
    words = following.split(maxsplit=1)
    return bool(words) and len(line.rstrip()) + 1 + len(words[0]) <= _PLAIN_WIDTH


def _plain_heading_level(line: str, following: str) -> int:
    title = line.strip()
    if len(title) > MAX_TITLE_CHARACTERS or not any(character.isalpha() for character in title):
        return 0
    if re.fullmatch(r"[ \t]*(=|-){3,}[ \t]*", following):
        return 1 if "=" in following else 2
    if title.isupper() and len(title) > 3:
        return 2
    return 3 if title.endswith(":") and len(title.split()) <= 6 else 0
