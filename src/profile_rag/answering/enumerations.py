"""What stands together in the documents under words that say what it is: lists, brackets, sections, definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from profile_rag.answering.evidence import Passage
from profile_rag.answering.item_heads import LIST_LABEL, describing, item_heads, names_of_title
from profile_rag.answering.list_items import (
    JOINT,
    MAX_NAME_WORDS,
    Member,
    WordTest,
    looks_like_name,
    segments,
    split_items,
)
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences

Form = Literal["bracket", "label", "examples", "purpose", "definition", "section"]

_DASH = re.compile(r"\s[—–-]\s")
_BRACKET = re.compile(r"(?<=\s)\(([^()]+)\)")
_BEFORE_BRACKET = re.compile(r"[^(),;:.→+—–|]*$")
_EXAMPLES = re.compile(
    r"(?P<label>(?:[\w/&'’-]+\s+){1,5}?[\w/&'’-]+),?\s+(?:such as|like|including|e\.g\.,?|for example,?|among them)\s+",
    re.IGNORECASE,
)
_WITH = re.compile(r"(?P<label>(?:[\w/&'’-]+\s+){0,4}[\w/&'’-]+)\s+(?:with|using|via|in)\s+(?=[A-Za-z])", re.IGNORECASE)
_PURPOSE = re.compile(
    r"^(?:uses?|using|used|with)?\s*(?P<name>\S+(?:\s\S+){0,3}?)\s+for\s+(?P<label>.+)$", re.IGNORECASE
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|i|he|she|they|we|you|it|['’]s|['’]ve|['’]re)\b", re.IGNORECASE)
_JOINED_NAMES = re.compile(r"^[A-Z][\w+#.-]*(?:/[A-Z][\w+#.-]*)+$")
_LAST_NOUNS = re.compile(r"^.*\s(?:in|with|using|on|from|by|for|to|at|like)\s(?=\S)")
_RELATIVE = re.compile(r"\s(?:that|which|where|who)\s")
_RELATIVE_NOUNS = re.compile(
    r"^.*\s(?:in|with|using|on|from|by|for|to|at|like|around|of)\s(?=\S)|^.*(?=\s(?:that|which)\s)"
)
_IDENTITY_FIELD = re.compile(
    r"^(?:(?:full )?name|pronouns?|role|position|(?:job )?title|e-?mail|phone|location|address|emoji|vibe|creature)$",
    re.IGNORECASE,
)
_FIELD_OF_ENTRY = re.compile(
    r"^(?:keywords?|details|items|courses|technologies|tools|stack|topics|tags)$", re.IGNORECASE
)
_OTHER = re.compile(
    r"^(?:(?:many|several|some) )?(?:other|similar|related|further) (?P<label>[\w /&-]*\w)$", re.IGNORECASE
)
_SHARED_NOUN = re.compile(r"^\w[\w-]* (?P<label>\w+s)(?=\s|$)")
_UP_TO_VERB = re.compile(
    r"(?:(?:He|She|They|I)(?:['’](?:s|ve))? )?(?:\w+ly )?[A-Za-z]+(?:s|ed|ing) (?=\w)|(?:I|They) [a-z]+ (?=\w)"
)
_DEFINITION_END = re.compile(r"\s(?:for|that|which|to|where|of|with|in|from|via|by)\s|[,:;(]|\.$|\.\s")
_LEVEL = re.compile(
    r"^(?:basics?|basic|advanced|expert|emerging|beginner|learning|intermediate|native|fluent|deprecated|optional)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Names that stand together, with the words that say what they are."""

    form: Form
    label: str
    context: str
    """The words around the label: the list it stands in, the entry, the headings."""
    chunk: Chunk
    start: int
    """Where the words to quote begin: the label, or the description."""
    members: tuple[Member, ...]

    def passage(self, members: Sequence[Member]) -> Passage:
        """The words that put these members into the category, label first, no longer than they need be."""
        end = max(member.end for member in members)
        return Passage(self.chunk, self.start, end)


def enumerations_of(chunks: Sequence[Chunk], is_word: WordTest) -> list[Enumeration]:
    """Everything in these chunks that is listed under some label, in document order.

    Args:
        chunks: The documents.
        is_word: Whether a word in lower case is an ordinary one; "Use pandas" begins with no name.
    """
    found: list[Enumeration] = []
    intros = _introductions(chunks)
    for chunk in chunks:
        if chunk.kind not in {"heading", "code"}:
            found += _inside(chunk, is_word)
            found += _of_entry(chunk)
            found += _of_section(chunk, intros, is_word)
    return found


# --- inside a sentence -----------------------------------------------------------------------------


def _inside(chunk: Chunk, is_word: WordTest) -> Iterator[Enumeration]:
    around = " ".join((*chunk.heading[-2:], chunk.title))
    for start, end in split_sentences(chunk.text):
        if chunk.title and start == 0:
            continue
        text = chunk.text[start:end]
        label = LIST_LABEL.match(text)
        body = label.end() if label else 0
        stop = len(text)
        if label and chunk.kind == "paragraph" and _FINITE.search(label.group("label")):
            label, body = None, 0
        if label:
            dash = _DASH.search(text, body)
            stop = dash.start() if dash else stop
            items = split_items(text[body:stop], start + body)
            if _IDENTITY_FIELD.match(label.group("label")):
                return
            has_own_names = "," in label.group("label")
            is_dash = ":" not in label.group()
            if not has_own_names and (len(items) > 1 or (items and not is_dash and len(items[0].name.split()) <= 4)):
                head, _, purpose = label.group("label").partition(" for ")
                if chunk.title and _FIELD_OF_ENTRY.match(head):
                    head = chunk.title
                yield Enumeration("label", head, f"{purpose} {around}", chunk, start, tuple(items))
        outer = f"{around} {label.group('label')}" if label else around
        yield from _brackets(chunk, text, start, outer, is_word)
        yield from _examples(chunk, text, start, outer)
        yield from _named_last(chunk, text, start, outer, body)
        yield from _means(chunk, text, start, outer, is_word)
        if not (chunk.title and start == len(chunk.title) + 1):  # there an entry is told what it is for
            yield from _purposes(chunk, text[body:], start + body, outer, is_word)


def _brackets(chunk: Chunk, text: str, offset: int, around: str, is_word: WordTest) -> Iterator[Enumeration]:
    for bracket in _BRACKET.finditer(text):
        before = _BEFORE_BRACKET.search(text, 0, bracket.start())
        label = JOINT.sub("", before.group().strip()) if before else ""
        if not label or len(label.split()) > MAX_NAME_WORDS:
            continue
        start = offset + text.rindex(label, 0, bracket.start())
        inside = bracket.group(1)
        members = split_items(inside, offset + bracket.start(1))
        if len(members) == 1 and _JOINED_NAMES.match(inside):  # "HLSL/GLSL"
            members = [replace(members[0], name=name) for name in inside.split("/")]
        if chunk.kind == "paragraph" and _FINITE.search(label):
            label = _LAST_NOUNS.sub("", label)
        elif _RELATIVE.search(label):  # "scheduling that fits around constraints (travel, kids)"
            label = _RELATIVE_NOUNS.sub("", label)
        if len(members) > 1 or (members and looks_like_name(inside, is_word) and not _LEVEL.match(inside)):
            # The closing bracket belongs to the quote.
            closed = [*members[:-1], replace(members[-1], end=offset + bracket.end())]
            yield Enumeration("bracket", label, around, chunk, start, tuple(closed))
        elif (
            len(members) == 1
            and looks_like_name(label, is_word)
            and not _LEVEL.match(inside)
            and len(label.split()) <= 4
        ):
            member = Member(label, start, offset + bracket.end())
            yield Enumeration("purpose", inside, around, chunk, start, (member,))


def _named_last(chunk: Chunk, text: str, offset: int, around: str, body: int) -> Iterator[Enumeration]:
    """Items that the last of them names: "filings, news, and other open sources", "squat, hinge, carry patterns"."""
    if verb := _UP_TO_VERB.match(text, body):
        body = verb.end()
    items = split_items(text[body:], offset + body)
    if len(items) < 2 or any(_FINITE.search(item.name) for item in items[1:]):
        return
    *others, last = items
    if other := _OTHER.match(last.name):
        yield Enumeration("examples", other.group("label"), around, chunk, offset, tuple(others))
    elif len(items) > 2 and (noun := _SHARED_NOUN.match(last.name)) and _are_modifiers(others):
        yield Enumeration("examples", noun.group("label"), around, chunk, others[0].start, tuple(items))


def _are_modifiers(items: Sequence[Member]) -> bool:
    """Whether items are words before a noun that only the last one has ("squat, hinge, carry patterns")."""
    return all(len(item.name.split()) == 1 and not item.name.endswith("s") for item in items)


def _examples(chunk: Chunk, text: str, offset: int, around: str) -> Iterator[Enumeration]:
    for match in _EXAMPLES.finditer(text):
        dash = _DASH.search(text, match.end())
        items = split_items(text[match.end() : dash.start() if dash else len(text)], offset + match.end())
        items = [item for item in items if len(item.name.split()) <= 5]
        if len(items) > 1:
            start = offset if chunk.kind == "list_item" else offset + match.start()
            yield Enumeration("examples", match.group("label"), around, chunk, start, tuple(items))


def _means(chunk: Chunk, text: str, offset: int, around: str, is_word: WordTest) -> Iterator[Enumeration]:
    """What something is done with: "CLI tools with Click and Typer"."""
    parts = segments(text)
    for index, item in enumerate(parts):
        match = _WITH.search(text, *item)
        if not match:
            continue
        end = item[1]
        if not re.search(r"\s(?:and|or)\s", text[match.end() : end]):  # the list goes on behind the comma
            for other in parts[index + 1 :]:
                if _WITH.search(text, *other):
                    break
                end = other[1]
                if JOINT.match(text[slice(*other)].lstrip(" ,")):
                    break
        names = split_items(text[match.end() : end], offset + match.end())
        if names and looks_like_name(names[0].name, is_word) and all(len(name.name.split()) <= 4 for name in names):
            yield Enumeration("purpose", match.group("label"), around, chunk, offset + match.start(), tuple(names))


def _purposes(chunk: Chunk, text: str, offset: int, around: str, is_word: WordTest) -> Iterator[Enumeration]:
    for item in split_items(text, offset):
        words = chunk.text[item.start : item.end]
        match = _PURPOSE.match(words)
        if match and looks_like_name(match.group("name"), is_word, is_initial=True):
            start = item.start + match.start("name")
            member = Member(match.group("name"), start, item.end)
            yield Enumeration("purpose", match.group("label"), around, chunk, start, (member,))


# --- entries and sections --------------------------------------------------------------------------


def _of_entry(chunk: Chunk) -> Iterator[Enumeration]:
    span = describing(chunk) if chunk.title else None
    if span is None:
        return
    sentence = chunk.text[span[0] :].split("\n", 1)[0]
    sentence = sentence[: split_sentences(sentence)[0][1]]
    end = _DEFINITION_END.search(sentence)
    core = sentence[: end.start()] if end else sentence
    members = tuple(Member(name, 0, span[1]) for name in names_of_title(chunk.title))
    context = " ".join((sentence, chunk.title, *chunk.heading[-1:]))
    yield Enumeration("definition", core, context, chunk, 0, members)


def _of_section(chunk: Chunk, intros: dict[str, str], is_word: WordTest) -> Iterator[Enumeration]:
    heading = chunk.heading
    if chunk.kind == "table_row":
        cells = heading[-1].split(" | ") if heading else [""]
        label = " ".join((*heading[-2:-1], cells[0]))
        name = chunk.text.split(" | ")[0].strip()
        yield Enumeration("section", label, "", chunk, 0, (Member(name, 0, len(chunk.text)),))
        return
    if chunk.kind == "card" and len(heading) > 1:
        # A card's own title is the last part of its path.
        yield Enumeration("section", heading[-2], "", chunk, 0, (Member(heading[-1], 0, len(chunk.text)),))
        return
    members = item_heads(chunk, is_word)
    if not members:
        return
    start = members[0].start
    for depth in range(len(heading)):
        label = heading[-1 - depth]
        context = " ".join((*heading[: len(heading) - 1 - depth], intros.get(label, "")))
        if depth == 0:
            yield Enumeration("section", label, context, chunk, start, tuple(members))
        elif chunk.kind != "list_item" or not _is_entry_heading(heading[-depth]):
            # Under a heading further up stand the same items, unless the one between is a thing of its own.
            yield Enumeration("section", label, context, chunk, start, tuple(members))


def _is_entry_heading(heading: str) -> bool:
    return bool(re.search(r"\b(?:19|20)\d\d\b", heading))


def _introductions(chunks: Sequence[Chunk]) -> dict[str, str]:
    """The whole line before a list, by the part of it that serves as the list's heading."""
    found = {}
    for chunk in chunks:
        if chunk.kind == "paragraph" and chunk.text.endswith(":"):
            last = split_sentences(chunk.text)[-1]
            found[chunk.text[last[0] : last[1]].rstrip(":")] = chunk.text
    return found
