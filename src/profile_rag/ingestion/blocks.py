"""Blocks, the pieces of a document that become chunks, and the headings they stand under."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from profile_rag.schema import ChunkKind, Markup

MAX_TITLE_CHARACTERS = 80
_MAX_HEADING_CHARACTERS = 200
# Nobody writes a paragraph this long. Its markup stays as it is, for a parser may take quadratic time over it.
MAX_MARKUP_CHARACTERS = 10_000

TokenCounter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that becomes one chunk; offsets are into the normalized text."""

    start: int
    end: int
    markup: Markup
    kind: ChunkKind
    heading: tuple[str, ...] = ()


class Headings:
    """The open headings; one that no block shows in full becomes a block itself, so that no word is lost."""

    def __init__(self, count_tokens: TokenCounter, *, max_tokens: int) -> None:
        self.stack: list[tuple[int, str, Block]] = []
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

    def open(self, level: int, text: str, block: Block) -> Iterator[Block]:
        """Open a heading; yields those that close by it and head nothing, and itself if it tells something."""
        yield from self.close(level)
        is_section = block.kind == "heading" and level > 0 and tells_something(text, self.path)
        if is_section:
            yield self.use(replace(block, kind="section"))
        self.stack.append((level, text, block))
        self._used.append(is_section)
        self._path = None

    def close(self, level: int) -> Iterator[Block]:
        """Close every heading at this level or below it in rank."""
        while self.stack and self.stack[-1][0] >= level:
            yield from self.close_last()

    def close_last(self) -> Iterator[Block]:
        """Close the heading of the lowest rank."""
        _, text, block = self.stack.pop()
        self._path = None
        if not self._used.pop() and has_words(text):
            yield self.use(block)

    def close_all(self) -> Iterator[Block]:
        """Close every heading, at the end of a document."""
        yield from self.close(0)

    def mark_last_read(self) -> None:
        """The block of the last heading stands in the document for itself, too."""
        self._used[-1] = True

    def use(self, block: Block) -> Block:
        """The block under the headings open now."""
        path = self.path
        hidden = len(self.stack) - len(path)
        for index in range(len(self.stack) - 1, hidden - 1, -1):
            self._used[index] = self._used[index] or self.stack[index][1] == path[index - hidden]
        return replace(block, heading=path)


# Section names; a heading of nothing else says nothing about the person.
_SECTION_WORDS = frozenset(
    "about accomplishments achievements activities additional and appearances areas articles at availability awards"
    " background basics bio biography books career certificates certifications character clients community companies"
    " competencies contact contributions core courses cv design development details education employers employment"
    " engineering everyday experience expertise facts for frameworks from history hobbies honors honours how i in"
    " industry info information interests introduction invited job jobs key knowledge languages"
    " learning leadership libraries"
    " licenses links management me memberships methods misc more my objective of on open or organisations organizations"
    " other outside overview patents personal philosophy platforms positions praise principles professional profile"
    " programming projects publications qualifications reading recent references relevant research responsibilities"
    " results resume résumé roles school schools selected skills social soft software source speaking stack strengths"
    " studies summary talks teaching team technical technologies technology testimonials the things to tools training"
    " values volunteer volunteering with work working workshops writing".split()
)
# Sections whose headings each name one thing the person did or was.
_RECORD_SECTION = re.compile(
    r"\b(?:experience|employment|career|work history|positions|jobs|education|projects|volunteer\w*|qualifications)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"\W*(?:hi|hello|hey|welcome)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_JOINED = re.compile(r"[,|@·•]|\s[–—-]\s|\w\s+at\s+[A-ZÀ-ÖØ-Þ]")


def names_section(heading: str) -> bool:
    """Whether a heading is made of the usual names of sections."""
    words = re.findall(r"[^\W\d_]+", heading.lower())
    return bool(words) and not re.search(r"\d", heading) and all(word in _SECTION_WORDS for word in words)


def tells_something(heading: str, above: Sequence[str]) -> bool:
    """Whether a heading holds more than the name of a section: a date, an employer and a role, a project's name."""
    if names_section(heading) or not has_words(heading) or _GREETING.match(heading):
        return False
    is_record = bool(above) and _RECORD_SECTION.search(above[-1]) is not None
    return is_record or bool(re.search(r"\d", heading) or _JOINED.search(heading))


def as_title(block: Block, text: str) -> Block:
    """A document's own title, which stands above no path, as a block."""
    return replace(block, kind="section" if tells_something(text, ()) else "heading")


def names_time(text: str) -> bool:
    """Whether a text names a year."""
    return _YEAR.search(text) is not None


def has_words(text: str) -> bool:
    """Whether a text makes a chunk; one that does not must not count as what a heading heads."""
    return any(character.isalnum() for character in text)


def _shorten(heading: str) -> str:
    cut = heading[: _MAX_HEADING_CHARACTERS - 1].rstrip()
    return heading if len(heading) <= _MAX_HEADING_CHARACTERS else cut + "…"


def split_lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The spans of a text's lines from an offset on, line ends left out."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
