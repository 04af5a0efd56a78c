"""The frozen values that travel between the parts; `Answer.to_dict()` is the public contract."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

ANSWER_SCHEMA = "profile-rag/answer/1"
TRANSCRIPT_SCHEMA = "profile-rag/transcript/1"

Verdict = Literal["yes", "partly", "no", "not_stated"]
Basis = Literal["demonstrated", "stated", "listed", "basic", "conceptual", "denied", "none"]
Support = Literal["quoted", "supported", "partial", "unsupported"]
Markup = Literal["markdown", "html", "html_row", "text", "text_row", "json", "yaml", "string"]
"""How a chunk's span is read. In a row, each cell is a line. `json` (also YAML's flow style) and `yaml` are fields,
`string` is the inside of double quotes in either."""
ChunkKind = Literal["paragraph", "list_item", "entry", "card", "table_row", "code", "heading", "field", "section"]
"""A `heading` only heads; a `section` is a heading that says something itself, such as employer and years."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where each character of a cleaned text stands in the file it was cut from.

    `segments` are `(text_start, text_length, source_start, source_length)`, in order, covering the
    text; a segment whose two lengths agree is verbatim, any other is replaced as a whole (an entity,
    a repaired character, white space). `elements` are text ranges of inline markup that a quote must
    not cut in two. `line_starts` are the source offsets at which the lines touched by the text begin,
    the first of which is line number `first_line` (1-based).
    """

    segments: tuple[tuple[int, int, int, int], ...]
    elements: tuple[tuple[int, int], ...]
    line_starts: tuple[int, ...]
    first_line: int

    def line_of(self, source_offset: int) -> int:
        """The 1-based line in which a source offset lies."""
        return self.first_line + max(0, bisect_right(self.line_starts, source_offset) - 1)

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """The source span of text[start:end], with the markup that touches it."""
        return self._edge(start, left=True), self._edge(end, left=False)

    def text_range(self, start: int, end: int) -> tuple[int, int] | None:
        """The text that a source span holds, markup at its ends left out; none where it holds none."""
        ranges = []
        for text_start, text_length, source_start, source_length in self.segments:
            left, right = max(start, source_start), min(end, source_start + source_length)
            if left < right and text_length == source_length:
                ranges.append((text_start + left - source_start, text_start + right - source_start))
            elif left < right:
                ranges.append((text_start, text_start + text_length))
        return (ranges[0][0], ranges[-1][1]) if ranges else None

    def _edge(self, position: int, *, left: bool) -> int:
        # Markup that was dropped lies in the gaps between segments; the gap beside a quote belongs to it.
        if left:
            index = bisect_right(self.segments, position, key=lambda s: s[0]) - 1
            text_start, text_length, source_start, source_length = self.segments[index]
            if position == text_start:
                if index == 0:
                    return source_start
                before = self.segments[index - 1]
                return before[2] + before[3]
            return source_start + (position - text_start if text_length == source_length else 0)
        index = bisect_right(self.segments, position - 1, key=lambda s: s[0]) - 1
        text_start, text_length, source_start, source_length = self.segments[index]
        if position == text_start + text_length:
            if index + 1 < len(self.segments):
                return self.segments[index + 1][2]
            return source_start + source_length
        return source_start + (position - text_start if text_length == source_length else source_length)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a chunk as cleaned, and where they stand in the file on disk."""

    text: str
    start_char: int
    end_char: int
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """One skill entry, list item, card or paragraph of a document.

    Offsets are characters of the file as decoded from UTF-8 with its line ends untouched; lines are
    1-based and inclusive. `text` is the span `[start_char:end_char]` after cleaning.
    """

    id: str
    source: str
    """Path below the corpus folder, with forward slashes."""
    document_sha256: str
    heading: tuple[str, ...]
    title: str
    """The entry's own title when the chunk opens with one ("Kubernetes (basics)"), else empty."""
    text: str
    kind: ChunkKind
    markup: Markup
    start_char: int
    end_char: int
    start_line: int
    end_line: int
    source_map: SourceMap
    page: int | None = None

    @property
    def embedding_text(self) -> str:
        """What is embedded and indexed: the heading path, then the text."""
        return ": ".join((" > ".join(self.heading), self.text)) if self.heading else self.text

    def quote(self, start: int, end: int) -> Quote:
        """The words text[start:end], widened so that no inline markup is cut in two.

        Raises:
            ValueError: The range is empty or lies outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no quote at [{start}:{end}] of a text of {len(self.text)} characters")
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            raise ValueError("no quote of white space alone")
        changed = True
        while changed:  # elements nest, so widening for one may cut another
            changed = False
            for left, right in self.source_map.elements:
                if left < end and start < right and not start <= left < right <= end:
                    start, end, changed = min(start, left), max(end, right), True
        # What folding left of white space may now stand at an end; a no-break space is content and stays.
        while self.text[start] in " \n":
            start += 1
        while self.text[end - 1] in " \n":
            end -= 1
        source_start, source_end = self.source_map.source_range(start, end)
        # Markup before the first character kept, or behind the last, is in no gap between two.
        source_start = self.start_char if start == 0 else source_start
        source_end = self.end_char if end == len(self.text) else source_end
        return Quote(
            text=self.text[start:end],
            start_char=source_start,
            end_char=source_end,
            start_line=self.source_map.line_of(source_start),
            end_line=self.source_map.line_of(source_end - 1),
        )


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A chunk with its fused rank score and, where the dense retriever saw it, its cosine similarity."""

    chunk: Chunk
    score: float
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote with the place it stands at."""

    id: int
    source: str
    heading: tuple[str, ...]
    start_line: int
    end_line: int
    page: int | None
    start_char: int
    end_char: int
    quote: str
    document_sha256: str
    node_id: str


@dataclass(frozen=True, slots=True)
class Target:
    """One thing asked about, and what the documents say of it."""

    target: str
    verdict: Verdict
    basis: Basis
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer and how its citations support it."""

    text: str
    citations: tuple[int, ...]
    support: Support
    score: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two places in the documents that disagree about a target."""

    target: str
    citations: tuple[int, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Related:
    """The nearest thing the documents do say when they don't answer."""

    source: str
    quote: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds per stage."""

    understand: float = 0.0
    retrieve: float = 0.0
    synthesize: float = 0.0
    ground: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The public contract: what every face of the program returns."""

    question: str
    understood_as: str
    answer: str
    """Markdown; each claim is followed by its marks, like [1][2]."""
    verdict: Verdict | None
    abstained: bool
    kind: str
    targets: tuple[Target, ...] = ()
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    related: tuple[Related, ...] = ()
    withheld: tuple[Claim, ...] = ()
    """What a language model said and the reader was not shown, since the evidence does not support it."""
    notice: str | None = None
    """Why the extractive answer stands in for that of a language model."""
    engine: str = "extractive"
    """`extractive`, or `generative:` and the model that worded the answer."""
    timings_ms: Timings = field(default_factory=Timings)
    id: str | int | None = None

    @property
    def cited_node_ids(self) -> tuple[str, ...]:
        """Ids of the nodes the citations point at, in order of citation."""
        return tuple(citation.node_id for citation in self.citations)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, `schema` first; `id` only when it has one."""
        values = asdict(self)
        identifier = values.pop("id")
        head: dict[str, Any] = {"schema": ANSWER_SCHEMA}
        if identifier is not None:
            head["id"] = identifier
        return head | values


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that the documents name as one, and what they say of it."""

    name: str
    area: str
    """What it is listed under, such as "Databases"; may be empty."""
    verdict: Verdict
    basis: Basis
    citations: tuple[Citation, ...]
    """The words that carry the most weight first."""
    is_disputed: bool = False
    """Whether the documents disagree about it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the documents are about, as they say it themselves."""

    name: str
    """Empty when the documents name nobody."""
    role: str
    subject: str
    """The pronoun in "… knows Go": he, she, they or it is."""
    object: str
    possessive: str
    other_name: str = ""
    """A second first name by which the text calls the person, at odds with `name`."""
    other_subject: str = ""
    """The pronoun the text uses where it is at odds with the one stated."""


def questions_of(history: Sequence[Turn | str | Mapping[str, Any]]) -> tuple[str, ...]:
    """The earlier questions, whichever way a caller hands the history over.

    Accepts `Turn`s, plain strings, and chat messages with `role` and `content` (only the user's count).

    Raises:
        ValueError: An item is none of these.
    """
    questions: list[str] = []
    for item in history:
        if isinstance(item, Turn):
            questions.append(item.question)
        elif isinstance(item, str):
            questions.append(item)
        elif isinstance(item, Mapping) and isinstance(item.get("content"), str):
            if item.get("role") == "user":
                questions.append(str(item["content"]))
        else:
            raise ValueError(f"a history item is a question or a message, not {type(item).__name__}")
    return tuple(questions)
