"""Cleaned text, with the place in the file where each of its characters stands.

Two steps: `normalize` repairs the encoding, unifies line ends and blanks what is marked private;
`clean` then drops inline markup. Both keep the way back to the file, so that every quote can be
checked against it: `clean(raw[start:end], markup).text` is the quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import ftfy
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from profile_rag.ingestion.data_cleaning import BREAK, Piece, record_pieces, string_pieces
from profile_rag.ingestion.html_blocks import hides
from profile_rag.schema import Markup

# Also as a text processor writes it: its dashes are others, and in DOCX the whole is text, which comes out escaped.
_PRIVATE_MARK = re.compile(
    r"(?:<|&lt;)!(?:--|[–—])\s{0,40}+(/?)\s{0,40}+private\s{0,40}+(?:--|[–—])(?:>|&gt;)", re.IGNORECASE
)
_NOT_LINE_END = re.compile(r"[^\n]")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
_QUOTE_PREFIX = re.compile(r"(?<=\n)[ \t]*(?:>[ \t]?)+")
_AFTER_TITLE = re.compile(r"\s*+(?:\([^()]*\)\s*+)?(?::\s*+)?")
_WHITESPACE = " \n"  # what is left of it in a cleaned text
_WHITE_SPACE_CHARACTER = re.compile(r"[ \n]")
_RUN = re.compile(r"[^ \t\n\r\f\v]+(?: [^ \t\n\r\f\v]+)*|[ \t\n\r\f\v]+")
_COLUMN_GAP = re.compile(r"(?<=[^ \t\n])(?: *\t[ \t]*| {2,})(?=[^ \t\n])")
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>", "": ">"}  # what opens in HTML, and what ends it; else a tag

# Tags that set their content apart from what stands beside it.
_BLOCK_TAGS = frozenset(
    "address article aside blockquote br dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_CELL_TAGS = frozenset({"td", "th"})  # which stand side by side
_INVISIBLE_TAGS = frozenset({"script", "style", "template", "title"})


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text with repaired encoding and unified line ends.

    `starts[i]` is the offset in the raw text of character i; `starts[len(text)]` is the raw length.
    """

    text: str
    starts: Sequence[int]
    repaired: int
    """How many damaged characters were repaired."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text; `segments` and `elements` as in `schema.SourceMap`, relative to the raw text."""

    text: str
    segments: tuple[tuple[int, int, int, int], ...]
    elements: tuple[tuple[int, int], ...]


def normalize(raw: str) -> Normalized:
    """Repair double-encoded characters (ftfy), drop a byte-order mark, turn every line end into one `\\n`.

    Private blocks become blanks of the same length, so that nothing after this step can see them.
    """
    text: list[str] = []
    starts: list[int] = []
    repaired = 0
    position = 1 if raw.startswith("\ufeff") else 0
    for match in re.finditer(r"\r\n?|\x00|[^\x00-\x7f]+", raw):
        run_start = max(match.start(), position)
        text.append(raw[position:run_start])
        starts.extend(range(position, run_start))
        run = raw[run_start : match.end()]
        if run.startswith("\r"):
            characters, offsets = "\n", [run_start]
        elif run == "\x00":
            characters, offsets = "\ufffd", [run_start]
        else:
            characters, offsets = _repair(run, run_start)
            repaired += sum(1 for a, b in pairwise([*offsets, match.end()]) if b - a > 1)
        text.append(characters)
        starts.extend(offsets)
        position = match.end()
    text.append(raw[position:])
    starts.extend(range(position, len(raw) + 1))
    return Normalized(_blank_private("".join(text)), starts, repaired)


def _repair(run: str, start: int) -> tuple[str, list[int]]:
    """A run of non-ASCII characters repaired, with the raw offset of each character left."""
    fixed = _fix(run)
    if fixed == run:
        return run, list(range(start, start + len(run)))
    # A damaged character had come apart into as many characters as it has UTF-8 bytes; a sound one stands as it is.
    offsets: list[int] = []
    at = 0
    for character in fixed:
        offsets.append(start + at)
        at += 1 if run[at : at + 1] == character else len(character.encode("utf-8", "surrogatepass"))
    if at != len(run):
        # Damaged twice, say: which came from which is unknown, so all that differs stays in one piece.
        head = _shared_length(fixed, run)
        tail = _shared_length(fixed[:head:-1], run[:head:-1])
        behind = len(run) - tail
        middle = [head] + [behind] * (len(fixed) - head - tail - 1)
        offsets = [start + at for at in (*range(head), *middle, *range(behind, len(run)))]
    return fixed, offsets


@lru_cache(maxsize=4096)  # the same few runs come back through a whole document
def _fix(run: str) -> str:
    return str(ftfy.fix_encoding(run)).replace("\x00", "\ufffd")  # as everywhere: Markdown has no NUL


def _shared_length(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    differing = (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def holds_private_block(raw: str) -> bool:
    """Whether a text withholds a part of itself."""
    return _PRIVATE_MARK.search(raw) is not None


def without_private_marks(raw: str) -> str:
    """A text whose private blocks are marked no more, for the owner's own index; every character keeps its place."""
    return _PRIVATE_MARK.sub(lambda match: _NOT_LINE_END.sub(" ", match.group()), raw)


def _blank_private(text: str) -> str:
    """Private blocks as blanks of the same length; they nest, and one that is not closed reaches to the end."""
    pieces: list[str] = []
    depth = position = 0
    for match in _PRIVATE_MARK.finditer(text):
        if not match.group(1):
            if depth == 0:
                pieces.append(text[position : match.start()])
                position = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                pieces.append(_NOT_LINE_END.sub(" ", text[position : match.end()]))
                position = match.end()
    rest = text[position:]
    pieces.append(_NOT_LINE_END.sub(" ", rest) if depth else rest)
    return "".join(pieces)


def clean(raw: str, markup: Markup) -> Cleaned:
    """Drop the inline markup of one block and fold white space; nothing else changes.

    A line break of the result stands for a block boundary of HTML, a hard break, or the end of a title line.

    Args:
        raw: A piece of a file as it stands there.
        markup: How to read it. `text` has no markup at all.
    """
    normalized = normalize(raw)
    text = normalized.text
    spans: list[tuple[int, int]] = []
    title_end = 0
    if markup == "text":
        pieces = [Piece(text, 0)]
    elif markup == "text_row":
        pieces = _column_pieces(text)
    elif markup == "string":
        pieces = string_pieces(text)
    elif markup in {"json", "yaml"}:
        pieces = record_pieces(text, is_flow=markup == "json")
        spans = [(0, len(pieces))]  # what is syntax and what a value shows only in the whole
    else:
        if markup == "markdown":
            text = _QUOTE_PREFIX.sub(lambda match: " " * len(match.group()), text)
        walk = _InlineWalk(text, has_cells=markup == "html_row")
        walk.follow(_inline_parser(markup).parseInline(text)[0].children or [])
        pieces, spans, title_end = walk.pieces, walk.elements, walk.title_end
    return _fold(pieces, spans, normalized.starts, title_end=title_end)


def _column_pieces(text: str) -> list[Piece]:
    """A line of columns, each gap between two a break; what is indented below goes on."""
    pieces: list[Piece] = []
    position = 0
    for match in _COLUMN_GAP.finditer(text):
        pieces += (Piece(text[position : match.start()], position), Piece(BREAK, *match.span()))
        position = match.end()
    return [*pieces, Piece(text[position:], position)]


@cache
def _inline_parser(markup: Markup) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True})
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # links are dropped, never followed
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]  # keep the letters of the file
    parser.disable("text_join")  # entities and escapes stay tokens of their own, which know their source
    if markup in {"html", "html_row"}:
        parser.inline.ruler.enableOnly(["text", "html_inline", "entity"])
    else:
        parser.enable("strikethrough")
        for name in ("backticks", "link", "image", "autolink"):
            _remember_end(parser, name)
    _bound_html(parser)
    return parser


def _bound_html(parser: MarkdownIt) -> None:
    """Keep the rule for tags from searching the rest of the text, at each of many openings, for an end it lacks."""
    rules = parser.inline.ruler
    rule = next(entry.fn for entry in rules.__rules__ if entry.name == "html_inline")

    def bounded(state: StateInline, silent: bool) -> bool:
        opening = next((o for o in _ENDS if o and state.src.startswith(o, state.pos)), "")
        # The text of an image is parsed on its own, with the same `env`: each text keeps its own ends.
        ends: dict[str, int] = state.env.setdefault("ends", {}).setdefault(state.src, {})
        if opening not in ends:
            ends[opening] = state.src.rfind(_ENDS[opening])
        return state.pos < ends[opening] and bool(rule(state, silent))

    rules.at("html_inline", bounded)


def _remember_end(parser: MarkdownIt, name: str) -> None:
    """Have an inline rule note in its last token where in the source it ended (markdown-it keeps no offsets)."""
    rules = parser.inline.ruler
    rule = next(entry.fn for entry in rules.__rules__ if entry.name == name)

    def remembering(state: StateInline, silent: bool) -> bool:
        before = len(state.tokens)
        matched = bool(rule(state, silent))
        if matched and not silent and len(state.tokens) > before:
            state.tokens[-1].meta["end"] = state.pos
        return matched

    rules.at(name, remembering)


class _InlineWalk:
    """Follows inline tokens through the source they came from and keeps what is text."""

    def __init__(self, text: str, *, has_cells: bool) -> None:
        self.text = text
        self._has_cells = has_cells
        self.cursor = 0
        self.pieces: list[Piece] = []
        self.elements: list[tuple[int, int]] = []
        self.title_end = 0
        """How many pieces make up a title line and its break."""
        self._open: list[int] = []
        self._invisible = ""
        self._depth = 0

    def follow(self, tokens: Sequence[Token]) -> None:
        is_first_line = True
        for index, token in enumerate(tokens):
            match token.type:
                case "text":
                    self._keep_verbatim(token.content)
                case "text_special":
                    start = self._skip_to(token.markup)
                    self._keep(Piece(token.content, start, self.cursor))
                case "code_inline":
                    self._keep_code(token)
                case "image":
                    self._keep_image(token)
                case "html_inline":
                    self._drop_tag(token.content)
                case "softbreak" | "hardbreak":
                    is_title_end = is_first_line and not self._is_more_than_title(tokens[:index])
                    is_first_line = False
                    is_hard = token.type == "hardbreak"
                    self._keep_line_end(is_break=is_hard or is_title_end, is_hard=is_hard)
                case "link_open":
                    self.cursor = self.text.index("<" if token.markup == "autolink" else "[", self.cursor) + 1
                    self._open.append(len(self.pieces))
                case "link_close":
                    self.cursor = token.meta.get("end", self.cursor)
                    self._close()
                case _ if token.nesting == 1:
                    self._skip_to(token.markup)
                    self._open.append(len(self.pieces))
                case _ if token.nesting == -1:
                    self._skip_to(token.markup)
                    self._close()

    @staticmethod
    def _is_more_than_title(tokens: Sequence[Token]) -> bool:
        """Whether a first line holds more than a bold title with, perhaps, a remark in brackets."""
        tokens = [token for token in tokens if token.content or token.type != "text"]
        if not tokens or tokens[0].type != "strong_open":
            return True
        close = next((i for i, token in enumerate(tokens) if token.type == "strong_close"), None)
        if close is None:
            return True
        kept = {"text", "text_special"}
        rest = "".join(token.content if token.type in kept else "\0" for token in tokens[close + 1 :])
        return _AFTER_TITLE.fullmatch(rest) is None

    def _skip_to(self, markup: str) -> int:
        start = self.text.index(markup, self.cursor)
        self.cursor = start + len(markup)
        return start

    def _keep(self, piece: Piece) -> None:
        if not self._invisible and piece.text:
            self.pieces.append(piece)

    def _keep_verbatim(self, content: str) -> None:
        if content:
            self._keep(Piece(content, self._skip_to(content)))

    def _keep_code(self, token: Token) -> None:
        end = token.meta["end"]
        opening = self.text.index(token.markup, self.cursor)
        inside = self.text[opening + len(token.markup) : end - len(token.markup)].replace("\n", " ")
        start = opening + len(token.markup) + inside.index(token.content)
        self._open.append(len(self.pieces))
        self._keep(Piece(token.content, start))
        self._close()
        self.cursor = end

    def _keep_image(self, token: Token) -> None:
        self._skip_to("![")
        self._open.append(len(self.pieces))
        self._keep_verbatim(token.content)
        self._close()
        self.cursor = token.meta["end"]

    def _keep_line_end(self, *, is_break: bool, is_hard: bool) -> None:
        line_end = self.text.index("\n", self.cursor)
        self.cursor = line_end + 1
        while self.text[self.cursor : self.cursor + 1] in {" ", "\t"}:  # indentation, or what marked a quotation
            self.cursor += 1
        # The backslash of a hard break belongs to the break, not to a quote that ends before it.
        start = line_end - 1 if is_hard and self.text[line_end - 1] == "\\" else line_end
        self._keep(Piece(BREAK if is_break else " ", start, self.cursor))
        if is_break and not is_hard:
            self.title_end = len(self.pieces)

    def _drop_tag(self, content: str) -> None:
        start = self._skip_to(content)
        name_match = _TAG_NAME.match(content)
        name = name_match.group(1).lower() if name_match else ""
        is_end = content.startswith("</")
        if self._invisible:
            if name == self._invisible:
                self._depth += -1 if is_end else name not in _INVISIBLE_TAGS  # whose content is no markup
                self._invisible = self._invisible if self._depth else ""
        elif name and not is_end and (name in _INVISIBLE_TAGS or hides(name, content)):
            self._invisible, self._depth = name, 1
        elif name in _BLOCK_TAGS:
            self._keep(Piece(BREAK if self._has_cells or name not in _CELL_TAGS else " ", start, self.cursor))

    def _close(self) -> None:
        first = self._open.pop() if self._open else len(self.pieces)
        if first < len(self.pieces):
            self.elements.append((first, len(self.pieces)))


def _fold(
    pieces: Sequence[Piece], piece_elements: Sequence[tuple[int, int]], starts: Sequence[int], *, title_end: int
) -> Cleaned:
    """Fold runs of white space to one character, trim the ends, and express offsets in the raw text."""
    text: list[str] = []
    segments: list[list[int]] = []
    elements: set[tuple[int, int]] = set()
    piece_offsets: list[int] = []
    length = 0

    def append(characters: str, start: int, end: int) -> None:
        nonlocal length
        raw_start, raw_end = starts[start], starts[end]
        if len(characters) == end - start > 1 and raw_end - raw_start != end - start:
            for offset, character in enumerate(characters):  # a repaired character is among them
                append(character, start + offset, start + offset + 1)
            return
        last = segments[-1] if segments else None
        verbatim = len(characters) == raw_end - raw_start
        if last and raw_start == raw_end:  # repaired together with what is before it
            last[1] += len(characters)
            elements.add((last[0], last[0] + last[1]))
        elif last and verbatim and last[1] == last[3] and last[2] + last[3] == raw_start:
            last[1] += len(characters)
            last[3] += len(characters)
        else:
            segments.append([length, len(characters), raw_start, raw_end - raw_start])
        text.append(characters)
        length += len(characters)

    gap: list[int] | None = None  # [start, end, has a break] of white space not yet written
    for piece in pieces:
        piece_offsets.append(length + (1 if gap and length else 0))
        for start, end, characters in _runs(piece):
            if characters.strip(" \t\n\r\f\v"):
                if gap and length:
                    append("\n" if gap[2] else " ", gap[0], gap[1])
                gap = None
                append(characters, start, end)
            else:
                # NBSP and other non-ASCII blanks are content; only markup white space folds.
                is_break = piece.text == BREAK and not piece.is_verbatim
                if gap is None:
                    gap = [start, end, 0]
                elif gap[1] == start:  # behind dropped markup, more white space belongs to that markup
                    gap[1] = end
                gap[2] |= is_break
    piece_offsets.append(length)
    whole = "".join(text)
    for first, last in piece_elements:
        left, right = min(piece_offsets[first], length), min(piece_offsets[last], length)
        # An element with white space at its inner edge takes the word beyond it, too: no cut lies between them.
        if left and left < length and whole[left] in _WHITESPACE:
            left = max(whole.rfind(" ", 0, left), whole.rfind("\n", 0, left)) + 1
        if right < length and whole[right - 1] in _WHITESPACE:
            following = _WHITE_SPACE_CHARACTER.search(whole, right)
            right = following.start() if following else length
        if left < right:
            elements.add((left, right))
    if title_end and 0 < piece_offsets[title_end] < length:
        elements.add((0, piece_offsets[title_end]))  # only behind its whole title is a line end a break
    return Cleaned(whole, tuple((a, b, c, d) for a, b, c, d in segments), tuple(sorted(elements)))


def _runs(piece: Piece) -> list[tuple[int, int, str]]:
    """A piece cut into runs of white space and of words with one space between, with their range in the text."""
    if not piece.is_verbatim:
        return [(piece.start, piece.end, piece.text)]
    return [
        (piece.start + match.start(), piece.start + match.end(), match.group()) for match in _RUN.finditer(piece.text)
    ]
