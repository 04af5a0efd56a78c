"""The blocks of a résumé kept as JSON or YAML, whatever its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from profile_rag.ingestion.blocks import MAX_TITLE_CHARACTERS, Block, Headings, has_words
from profile_rag.ingestion.data_cleaning import tells_nothing
from profile_rag.ingestion.data_tree import Node
from profile_rag.ingestion.plain_blocks import read_plain_text
from profile_rag.schema import ChunkKind, Markup

# Keys whose value names the record they stand in.
_TITLES = frozenset(
    "name title label company companyname employer client organization organisation institution school university"
    " college position role jobtitle headline profession degree studytype qualification language skill award prize"
    " project certificate certification course publication event network topic category area heading group team"
    " technology tool item bullet".split()
)
_STARTS = frozenset("startdate start from begin since startyear".split())
_ENDS = frozenset("enddate end to until till endyear".split())
_DATES = frozenset("date dates year years period duration releasedate time when".split())
# Mappings whose fields are the person's own: a `name` in them is a field, elsewhere it is a title.
_PERSONAL = frozenset(
    "basics cv resume person personal personalinfo personalinformation personaldetails profile about me contact"
    " candidate header identity info bio".split()
)
_WRAPPERS = frozenset({"cv", "resume", "sections"})  # which say nothing as a heading
# What steers a programme that draws the résumé and says nothing about the person.
_TECHNICAL = frozenset("$schema meta metadata design locale settings rendercvsettings theme layout visibility".split())

# What a record's longer texts are called, which tells no more than that they belong to it.
_UNTOLD = frozenset(
    "highlights bullets bullet points summary description details content text items reference note notes".split()
)

_TOP_LEVEL = -1000  # the keys' headings rank above those inside a text
_MAX_KEYWORD_CHARACTERS = 40
_MAX_KEYWORD_WORDS = 5
_MAX_LIST_CHARACTERS = 300
_MAX_RECORD_CHARACTERS = 600
_MAX_TITLE_PARTS = 3
_SENTENCE_END = re.compile(r"[.!?]\s")
_MARKDOWN = re.compile(r"(?<![\w*])(\*\*?)[^*\s](?:[^*\n]*[^*\s])?\1(?![\w*])|\]\([^)\s]+\)")
_BLOCK_SCALAR = re.compile(r"[|>][^\n]*\n")
_ODD = re.compile(r"[&!*?]")  # an anchor, a tag, an alias or a marked key of YAML

Pair = tuple[Node, Node]


class DataBlocks:
    """Reads fields, records and longer texts in order; the keys above them are their headings."""

    def __init__(self, text: str, headings: Headings, *, shows_private: bool = False) -> None:
        self._text = text
        self._headings = headings
        self._shows_private = shows_private

    def read(self, roots: Sequence[Node]) -> Iterator[Block]:
        """The blocks of the documents in a file."""
        for root in roots:
            pairs = tuple((key, value) for key, value in root.pairs if _plain(key) not in _TECHNICAL)
            if root.kind == "mapping" and not self._is_withheld(root):
                yield from self._fields(pairs, 0, is_personal=True)
            elif root.kind != "mapping":
                yield from self._walk(root, 0, is_personal=True)
            yield from self._headings.close(_TOP_LEVEL)

    def _walk(self, node: Node, depth: int, *, is_personal: bool) -> Iterator[Block]:
        if node.kind == "scalar":
            yield from self._content(node, "list_item" if _is_list(node.value) else "paragraph")
        elif node.kind == "sequence":
            for item in node.items:
                if item.kind == "scalar":
                    yield from self._content(item, "list_item")
                elif item.kind == "mapping" and not self._is_withheld(item):
                    yield from self._record(item, depth)
                elif item.kind == "sequence":
                    yield from self._walk(item, depth, is_personal=False)
        elif node.kind == "mapping" and not self._is_withheld(node):
            yield from self._fields(node.pairs, depth, is_personal=is_personal)

    def _is_withheld(self, node: Node) -> bool:
        return node.is_private and not self._shows_private

    # --- mappings ----------------------------------------------------------------------------------

    def _fields(self, pairs: Sequence[Pair], depth: int, *, is_personal: bool) -> Iterator[Block]:
        """Each field on its own; a mapping of mappings alike is a list of records by another name."""
        are_records = depth > 0 and _are_alike([value for _, value in pairs])
        for key, value in pairs:
            if key.kind != "scalar":
                continue
            if are_records and not self._is_withheld(value):
                yield from self._record(value, depth, name=key)
            elif self._is_field(key, value):
                names_other = not is_personal and _plain(key) in _TITLES and value.kind == "scalar"
                yield from self._run([(key, value)], is_titled=names_other, alone="section")
            else:
                yield from self._below(key, value, depth, is_personal=is_personal)

    def _below(self, key: Node, value: Node, depth: int, *, is_personal: bool) -> Iterator[Block]:
        name = _plain(key)
        if name not in _WRAPPERS and has_words(key.value):
            yield from self._open(_spaced(key.value), depth, key)
        inside = depth == 0 and (name in _PERSONAL or (is_personal and name in _WRAPPERS))
        yield from self._walk(value, depth + 1, is_personal=inside)
        yield from self._headings.close(_TOP_LEVEL + depth)

    def _open(self, heading: str, depth: int, node: Node) -> Iterator[Block]:
        block = Block(node.start, node.end, "text", "heading")
        yield from self._headings.open(_TOP_LEVEL + depth, heading, block)
        self._headings.mark_last_read()

    # --- records -----------------------------------------------------------------------------------

    def _record(self, node: Node, depth: int, *, name: Node | None = None) -> Iterator[Block]:
        """Fields side by side are one block, under the headings above; what is longer stands under its title."""
        groups = [
            (is_field, list(pairs))
            for is_field, pairs in groupby(node.pairs, key=lambda pair: self._is_field(*pair) or self._is_blank(*pair))
        ]
        title = self._title(node, name)
        is_open = False
        for index, (is_field, pairs) in enumerate(groups):
            if title and not is_open and (index or not is_field):
                yield from self._open(title, depth, node)
                is_open = True
            if is_field:
                runs = list(self._runs(pairs))
                if runs and index == 0 and name is not None and self._are_joined(name, pairs[0][0]):
                    run = runs.pop(0)
                    yield self._use(name.start, run[-1][1].end, _entry_kind(run), _markup_of(name))
                for run in runs:
                    is_titled = _plain(run[0][0]) in _TITLES
                    yield from self._run(run, is_titled=is_titled, alone="list_item" if len(groups) == 1 else "section")
                continue
            for key, value in pairs:
                if key.kind == "scalar" and is_open and _plain(key) in _UNTOLD:
                    yield from self._walk(value, depth + 1, is_personal=False)
                elif key.kind == "scalar":
                    yield from self._below(key, value, depth + 1, is_personal=False)
        yield from self._headings.close(_TOP_LEVEL + depth)

    def _runs(self, pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
        """Fields in pieces short enough to be quoted whole, with no empty one at an end."""
        run: list[Pair] = []
        for pair in pairs:
            before = run[-1][1].end if run else pair[0].start
            is_odd = _ODD.search(self._text[before : pair[0].start])
            if run and (is_odd or pair[1].end - run[0][0].start > _MAX_RECORD_CHARACTERS):
                yield from _without_blanks(run)
                run = []
            if run or not _is_empty(pair[1]):
                run.append(pair)
        yield from _without_blanks(run)

    def _run(self, run: Sequence[Pair], *, is_titled: bool, alone: ChunkKind) -> Iterator[Block]:
        """One block of fields. Its title, when the first field gives one, stands without the key."""
        (key, value), end = run[0], run[-1][1].end
        if not is_titled or value.kind != "scalar":
            is_item = alone == "list_item" and len(run) == 1
            yield self._use(key.start, end, "list_item" if is_item else "field", _markup_of(key))
        elif len(run) == 1:
            yield from self._content(value, alone)
        else:
            yield self._use(value.start, end, _entry_kind(run[1:]), _markup_of(key))

    def _title(self, node: Node, name: Node | None) -> str:
        """What the record is called, and when it was: "Acme GmbH, Senior Engineer, 2019-03 – 2022-01"."""
        short = [
            (_plain(key), " ".join(value.value.split()))
            for key, value in node.pairs
            if value.kind == "scalar" and 0 < len(value.value.strip()) <= MAX_TITLE_CHARACTERS
        ]
        parts = [name.value] if name is not None else []
        parts += [value for key, value in short if key in _TITLES][: _MAX_TITLE_PARTS - len(parts)]
        start = next((value for key, value in short if key in _STARTS), "")
        end = next((value for key, value in short if key in _ENDS), "")
        date = next((value for key, value in short if key in _DATES), "")
        when = f"{start} – {end}".strip() if start or end else date
        return ", ".join([*parts, when] if when else parts)

    # --- texts -------------------------------------------------------------------------------------

    def _content(self, node: Node, kind: ChunkKind) -> Iterator[Block]:
        """A text of its own, without its quotation marks, so that any part of it can be quoted."""
        if _is_empty(node):
            return
        raw = self._text[node.start : node.end]
        if header := _BLOCK_SCALAR.match(raw):
            blocks = read_plain_text(
                self._text[: node.end], node.start + header.end(), self._headings, is_folded=raw.startswith(">")
            )
            yield from (replace(block, kind=kind) if block.kind == "paragraph" else block for block in blocks)
            return
        quote = raw[0] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'" else ""
        inside = raw[1:-1] if quote else raw
        markup: Markup = "markdown" if _MARKDOWN.search(inside) else "text"
        if quote == '"' and "\\" in inside:
            markup = "string"
        elif quote == "'" and "''" in inside:
            yield self._use(node.start, node.end, kind, "json" if node.is_flow else "yaml")
            return
        yield self._use(node.start + len(quote), node.end - len(quote), kind, markup)

    def _use(self, start: int, end: int, kind: ChunkKind, markup: Markup) -> Block:
        return self._headings.use(Block(start, end, markup, kind))

    def _is_blank(self, key: Node, value: Node) -> bool:
        """Whether a key stands without a value, and nothing else stands in its place."""
        return key.kind == "scalar" and value.kind != "mapping" and _is_empty(value) and self._are_joined(key, value)

    def _are_joined(self, key: Node, value: Node) -> bool:
        """Whether nothing but a colon stands between a key and what it is the key of."""
        return re.fullmatch(r"\s*:\s*\{?\s*", self._text[key.end : value.start]) is not None

    def _is_field(self, key: Node, value: Node) -> bool:
        """Whether key and value are short enough to stand in one quote, and written in the plain way."""
        if key.kind != "scalar" or not self._are_joined(key, value):
            return False
        if value.kind == "sequence":
            return self._are_keywords(value)
        raw = self._text[value.start : value.end]
        is_long = len(raw) > (_MAX_LIST_CHARACTERS if _is_list(raw) else MAX_TITLE_CHARACTERS)
        is_line = "\n" not in self._text[key.start : value.end] and not _BLOCK_SCALAR.match(raw + "\n")
        return value.kind == "scalar" and is_line and not is_long and not _is_empty(value)

    def _are_keywords(self, node: Node) -> bool:
        start = Node("alias", node.start, node.start)
        return (
            bool(node.items)
            and node.end - node.start <= 2 * _MAX_LIST_CHARACTERS
            and sum(len(item.value) + 2 for item in node.items) <= _MAX_LIST_CHARACTERS
            and all(map(self._is_keyword, node.items))
            and not any(_ODD.search(self._text[a.end : b.start]) for a, b in pairwise([start, *node.items]))
        )

    def _is_keyword(self, item: Node) -> bool:
        return (
            item.kind == "scalar"
            and bool(item.value.strip())
            and len(item.value) <= _MAX_KEYWORD_CHARACTERS
            and len(item.value.split()) <= _MAX_KEYWORD_WORDS
            and not re.search(r"[,;:\n]|\.\s|\.$", item.value)
            and "\n" not in self._text[item.start : item.end]
        )


def _are_alike(values: Sequence[Node]) -> bool:
    """Whether these are records: mappings, at least two, that have a key in common."""
    if len(values) < 2 or any(value.kind != "mapping" for value in values):
        return False
    keys = [{_plain(key) for key, inner in value.pairs if inner.kind == "scalar"} for value in values]
    return bool(frozenset.intersection(*map(frozenset, keys)))


def _is_empty(node: Node) -> bool:
    return not (node.value.strip() if node.kind == "scalar" else node.items or node.pairs or node.kind == "alias")


def _is_list(text: str) -> bool:
    """Whether a text enumerates things rather than tells something."""
    return text.count(", ") > 2 and not _SENTENCE_END.search(text)


def _without_blanks(run: list[Pair]) -> Iterator[list[Pair]]:
    while run and _is_empty(run[-1][1]):
        run.pop()
    if run:
        yield run


def _entry_kind(told: Sequence[Pair]) -> ChunkKind:
    """What fields behind a title make: with one that only ties its value to it, an item as in any list."""
    keys = [key.value for key, value in told if not _is_empty(value)]
    return "list_item" if len(keys) == 1 and tells_nothing(keys[0]) else "entry"


def _markup_of(key: Node) -> Markup:
    return "json" if key.is_flow else "yaml"


def _plain(key: Node) -> str:
    return re.sub(r"[\W_]+", "", key.value).lower() if not key.value.startswith("$") else key.value.lower()


def _spaced(key: str) -> str:
    """A key as a heading: "workExperience" and "work_experience" are both "work experience"."""
    words = re.sub(r"[\s_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", key)).strip()
    return words if " " in key or words == key else words.lower()
