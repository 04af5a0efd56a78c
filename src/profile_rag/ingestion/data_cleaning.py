"""The fields of a piece of JSON or YAML as a reader would write them: names and values without the syntax."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

BREAK = "\n"

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}"
    r"|\n[ \t]*|.|\Z)",  # at the end, what is left of an escaped line end
    re.DOTALL,
)
_ESCAPED = {"n": BREAK, "r": BREAK, "N": BREAK, "L": BREAK, "P": BREAK, "t": " ", "b": " ", "f": " ", "v": " "}
_ESCAPED |= {"_": "\u00a0", "0": "\ufffd", "a": " ", "e": " "}
_QUOTED = r'"(?:[^"\\]++|\\.)*+"|\'(?:[^\']++|\'\')*+\''
_FLOW_TOKEN = re.compile(
    rf"(?P<scalar>{_QUOTED}|[^\s{{}}\[\],:#\"'](?:[^\s{{}}\[\],:#]|:(?=\S)|(?<!\s)\#|[ \t]+(?=[^\s{{}}\[\],:#]))*+)"
    r"|(?P<sign>[{}\[\],:])|(?P<skip>\#[^\n]*|\s+|.)",
    re.DOTALL,
)
_BLOCK_TOKEN = re.compile(
    rf"(?P<scalar>{_QUOTED}|(?![-?][ \t\n])[^\s:#\"'](?:[^\s:#]|:(?=\S)|(?<!\s)\#|[ \t]+(?=[^\s:#]|:\S))*+)"
    r"|(?P<sign>:(?=\s|\Z)|-(?=[ \t]))|(?P<skip>\#[^\n]*|\s+|.)",
    re.DOTALL,
)
_NOTHING = re.compile(r"(?:null|Null|NULL|~|\"\s*\"|'\s*')?")
# Keys that say no more than that their value belongs to the name before it: "German: B2", "Languages: Go, Python".
_TELL_NOTHING = frozenset(
    "level fluency proficiency rating keywords details items skills list values value description summary reference"
    " content text tools technologies".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Kept characters. Verbatim ones stand one for one from `start`; replaced ones stand for [start:end]."""

    text: str
    start: int
    end: int = -1

    @property
    def is_verbatim(self) -> bool:
        """Whether they stand in the text as they are."""
        return self.end < 0


def string_pieces(text: str, start: int = 0) -> list[Piece]:
    """The inside of a double-quoted string, escapes decoded; an escaped line end is one."""
    pieces: list[Piece] = []
    position = 0
    for match in _ESCAPE.finditer(text):
        if match.start() > position:
            pieces.append(Piece(text[position : match.start()], start + position))
        decoded = _decode(match.group()[1:])
        if decoded:
            pieces.append(Piece(decoded, start + match.start(), start + match.end()))
        position = match.end()
    if position < len(text):
        pieces.append(Piece(text[position:], start + position))
    return pieces


def _decode(escape: str) -> str:
    kind = escape[:1]
    if kind in {"\n", ""}:
        return ""
    if len(escape) == 1:
        return _ESCAPED.get(kind, kind)
    if len(escape) > 9:  # two halves of one character
        return str(json.loads(f'"\\{escape}"'))
    code = int(escape[1:], 16)
    # What is no character, or half of one, could be neither stored nor shown.
    character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return BREAK if character in "\r\n" else " " if character in "\t\f\v" else character


# --- records ---------------------------------------------------------------------------------------

_Role = Literal["title", "key", "value", "item"]


@dataclass(frozen=True, slots=True)
class _Token:
    role: _Role
    text: str
    start: int
    end: int
    opens: Literal["", "list", "mapping"] = ""
    """What a key stands before, if it is no scalar."""
    colon: int = -1


def record_pieces(text: str, *, is_flow: bool) -> list[Piece]:
    """Fields of one record: "Title", then "name: value, name: value", then each list of values on its own line.

    A title and the one thing that is told of it stand as "Title: value".

    Args:
        text: Keys with values that are scalars on one line or lists of such; it may open with the value of a key
            that stands before it, which is then the title. Keys without a value are left out.
        is_flow: Whether it is JSON, or YAML written the same way; else YAML of one key a line.
    """
    tokens = _with_values(list(_tokens(text, is_flow=is_flow)))
    pieces: list[Piece] = []
    before: _Token | None = None
    has_list = False
    for token in tokens:
        if before is not None:
            is_new_line = before.role == "title" or token.opens == "list" or has_list
            pieces += _between(text, before, token, is_new_line=is_new_line and token.role == "key")
        pieces += _scalar_pieces(text, token)
        has_list = token.role == "item"  # what follows a list begins a line, too
        before = replace(token, role="title") if token.opens == "mapping" else token
    return pieces


def _with_values(tokens: list[_Token]) -> list[_Token]:
    """The tokens without keys that stand without a value; the only key behind a title may be its colon alone."""
    roles = [*(token.role for token in tokens[1:]), ""]
    wanted = {"": "value", "list": "item", "mapping": "key"}
    kept = [
        token for token, role in zip(tokens, roles, strict=True) if token.role != "key" or role == wanted[token.opens]
    ]
    keys = [token for token in kept if token.role == "key"]
    if not kept or (kept[0].role != "title" and kept[0].opens != "mapping"):
        return kept
    told = [key for key in keys if key is not kept[0]]
    if len(told) == 1 and tells_nothing(told[0].text):
        return [replace(kept[0], role="key", opens="", colon=told[0].colon), *kept[2:]]
    return kept


def tells_nothing(key: str) -> bool:
    """Whether a key only ties its value to the name before it."""
    return re.sub(r"[\W_]+", "", key).lower() in _TELL_NOTHING


def _between(text: str, before: _Token, token: _Token, *, is_new_line: bool) -> Iterator[Piece]:
    start, end = before.end, token.start
    if before.role == "key":
        yield Piece(":", before.colon)
        yield Piece(" ", before.colon + 1, max(end, before.colon + 1))
    elif is_new_line:
        yield Piece(BREAK, start, end)
    else:
        comma = _comma(text, start, end)
        if comma >= 0:
            yield Piece(",", comma)
            yield Piece(" ", comma + 1, end)
        elif token.role == "item":
            yield Piece(",", start, start + 1)
            yield Piece(" ", start + 1, end)
        else:
            yield Piece(" ", start, end)


def _comma(text: str, start: int, end: int) -> int:
    """Offset of the comma between two tokens, which stands in no comment; -1 when there is none."""
    return next((m.start() for m in _FLOW_TOKEN.finditer(text, start, end) if m.group() == ","), -1)


def _scalar_pieces(text: str, token: _Token) -> list[Piece]:
    raw = text[token.start : token.end]
    if raw.startswith('"') and len(raw) > 1:
        return string_pieces(raw[1:-1], token.start + 1)
    if raw.startswith("'") and len(raw) > 1:
        pieces: list[Piece] = []
        position = 1
        for match in re.finditer("''", raw[1:-1]):
            pieces.append(Piece(raw[position : match.start() + 1], token.start + position))
            pieces.append(Piece("'", token.start + match.start() + 1, token.start + match.end() + 1))
            position = match.end() + 1
        return [piece for piece in [*pieces, Piece(raw[position:-1], token.start + position)] if piece.text]
    return [Piece(raw, token.start)]


def _tokens(text: str, *, is_flow: bool) -> Iterator[_Token]:
    """The scalars of a record that say something, each with what it is."""
    depth = 0  # of lists
    found: list[tuple[str, int, int]] = [
        (match.group() if match["sign"] else "scalar", *match.span())
        for match in _lexemes(text, is_flow=is_flow)
        if not match["skip"]
    ]
    in_block_list = False
    for index, (sign, start, end) in enumerate(found):
        depth += (sign == "[") - (sign == "]")
        in_block_list = in_block_list or sign == "-"
        if sign != "scalar":
            continue
        raw = text[start:end]
        is_key = index + 1 < len(found) and found[index + 1][0] == ":"
        if is_key:
            in_block_list = False
            yield _Token("key", raw, start, end, _opened(text, found, index), found[index + 1][1])
        elif not _NOTHING.fullmatch(raw):
            is_item = depth > 0 or in_block_list
            role: _Role = "item" if is_item else "title" if index == 0 else "value"
            yield _Token(role, raw, start, end)


def _opened(text: str, found: list[tuple[str, int, int]], index: int) -> Literal["", "list", "mapping"]:
    """What stands behind the key at an index, if it is no scalar."""
    behind, start, _ = found[index + 2] if index + 2 < len(found) else ("", 0, 0)
    if behind in {"[", "-"}:
        return "list"
    # In YAML a key alone on its line may also lack its value; only the record's own name, its first, opens it.
    names_record = index == 0 and index + 3 < len(found) and found[index + 3][0] == ":"
    is_below = behind == "scalar" and names_record and "\n" in text[found[index][2] : start]
    return "mapping" if behind == "{" or is_below else ""


def _lexemes(text: str, *, is_flow: bool) -> Iterator[re.Match[str]]:
    position = 0
    depth = 0
    while position < len(text):
        pattern = _FLOW_TOKEN if is_flow or depth or text[position] in "[{" else _BLOCK_TOKEN
        match = pattern.match(text, position)
        if match is None or match.end() == position:
            position += 1
            continue
        depth += (match.group() in {"[", "{"}) - (match.group() in {"]", "}"})
        yield match
        position = match.end()
