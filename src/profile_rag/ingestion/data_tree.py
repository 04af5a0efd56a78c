"""JSON and YAML as a tree whose nodes know where they stand in the text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import yaml

MAX_DATA_CHARACTERS = 500_000  # a résumé has a hundredth of it; PyYAML reads so much in about two seconds
MAX_DEPTH = 60

NodeKind = Literal["mapping", "sequence", "scalar", "alias"]

_JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|\Z))*")  # an anchor or a tag before a YAML value
SAYS_PRIVATE = re.compile(r"\W*private\b", re.IGNORECASE)


class DataError(ValueError):
    """A text that cannot be read as data; the message is a reason to skip the file."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value, or a key. A quoted scalar stands with its quotes; an alias is where it is used, without its value."""

    kind: NodeKind
    start: int
    end: int
    value: str = ""
    pairs: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()
    is_flow: bool = False
    """Whether it stands between braces or brackets, as all of JSON does."""

    @property
    def is_private(self) -> bool:
        """Whether this is a mapping that withholds itself by `visibility: private`."""
        return any(key.value.strip().lower() == "visibility" and value.says_private for key, value in self.pairs)

    @property
    def says_private(self) -> bool:
        """Whether this, as a value of `visibility`, is or holds the word; in doubt, it does."""
        children = (*self.items, *(value for _, value in self.pairs))
        return bool(SAYS_PRIVATE.match(self.value)) or any(child.says_private for child in children)


@lru_cache(maxsize=8)  # a file is read to see whether it is private, and again to be cut
def read_data(text: str, *, is_json: bool) -> tuple[Node, ...]:
    """The documents in a text: one for JSON, as many as there are for YAML.

    Raises:
        DataError: It is too long, nested too deeply, or not of this kind.
    """
    if len(text) > MAX_DATA_CHARACTERS:
        raise DataError(f"too long to be read as data (more than {MAX_DATA_CHARACTERS:,} characters); split it")
    try:
        return (_read_json(text),) if is_json else tuple(_read_yaml(text))
    except RecursionError:
        raise DataError("nested too deeply") from None


# --- JSON ------------------------------------------------------------------------------------------


def _read_json(text: str) -> Node:
    try:
        json.loads(text, strict=False, parse_int=str, parse_float=str)  # what is valid needs no more than its tokens
    except json.JSONDecodeError as error:
        raise DataError(f"not valid JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    root: list[Node] = []
    stack: list[tuple[int, list[Node]]] = [(0, root)]
    for match in _JSON_TOKEN.finditer(text):
        lexeme = match.group()
        if lexeme in "{[":
            if len(stack) > MAX_DEPTH:
                raise DataError("nested too deeply")
            stack.append((match.start(), []))
        elif lexeme in "}]":
            start, children = stack.pop()
            stack[-1][1].append(_container(lexeme == "}", start, match.end(), children))
        elif lexeme not in ",:":
            bare = "" if lexeme == "null" else lexeme
            value = str(json.loads(lexeme, strict=False)) if lexeme.startswith('"') else bare
            stack[-1][1].append(Node("scalar", *match.span(), value, is_flow=True))
    return root[0]


def _container(is_mapping: bool, start: int, end: int, children: list[Node]) -> Node:
    if is_mapping:
        pairs = tuple(zip(children[::2], children[1::2], strict=True))
        return Node("mapping", start, end, pairs=pairs, is_flow=True)
    return Node("sequence", start, end, items=tuple(children), is_flow=True)


# --- YAML ------------------------------------------------------------------------------------------


def _read_yaml(text: str) -> list[Node]:
    try:
        composed = list(yaml.compose_all(text, Loader=yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DataError(f"not valid YAML ({where}{error.problem or error.context})") from None
    except yaml.reader.ReaderError as error:
        raise DataError(f"not valid YAML (character U+{error.character:04X} at {error.position})") from None
    converter = _Converter(text)
    return [converter.convert(node, node.start_mark.index, 0) for node in composed if node is not None]


class _Converter:
    """Makes nodes of composed YAML. A node met again stands for an alias: it is read once, where it is written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._met: set[int] = set()

    def convert(self, node: yaml.Node, at: int, depth: int, *, is_flow: bool = False) -> Node:
        """The node, which stands, if it is an alias, at the place given."""
        if depth > MAX_DEPTH:
            raise DataError("nested too deeply")
        if id(node) in self._met:
            return Node("alias", at, at, node.value if isinstance(node, yaml.ScalarNode) else "")
        self._met.add(id(node))
        start, end = node.start_mark.index, node.end_mark.index
        if not isinstance(node, yaml.CollectionNode):
            return self._scalar(node, start, end, is_flow=is_flow)
        inside = is_flow or bool(node.flow_style)
        if isinstance(node, yaml.MappingNode):
            pairs = []
            for key, value in node.value:
                converted = self.convert(key, key.start_mark.index, depth + 1, is_flow=inside)
                pairs.append((converted, self.convert(value, converted.end, depth + 1, is_flow=inside)))
            # A container in block style reaches to the next thing in the text, behind blanks and comments.
            end = pairs[-1][1].end if pairs and not node.flow_style else end
            return Node("mapping", start, end, pairs=tuple(pairs), is_flow=inside)
        items = tuple(self.convert(item, item.start_mark.index, depth + 1, is_flow=inside) for item in node.value)
        end = items[-1].end if items and not node.flow_style else end
        return Node("sequence", start, end, items=items, is_flow=inside)

    def _scalar(self, node: yaml.Node, start: int, end: int, *, is_flow: bool) -> Node:
        properties = _PROPERTIES.match(self._text, start, end)
        start = properties.end() if properties else start
        is_plain = not self._text.startswith(('"', "'", "|", ">"), start)
        value = "" if is_plain and node.value in {"~", "null", "Null", "NULL"} else node.value
        return Node("scalar", start, start + len(self._text[start:end].rstrip()), value, is_flow=is_flow)
