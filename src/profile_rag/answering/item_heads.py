"""What a list item or an entry is about: the names in its title, or its first words."""

from __future__ import annotations

import re
from dataclasses import replace

from profile_rag.answering.list_items import Member, WordTest, looks_like_name, split_items, without_purpose
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences

LIST_LABEL = re.compile(r"^(?P<label>[^:;.,()—–]{1,70}(?:\([^()]{1,40}\))?)(?::\s+|\s+[—–]\s+)(?=\S)")
"""The words before a list that say what its items are."""

_LEVEL_BEHIND = re.compile(
    r"\s+(?:expert|advanced|(?:very )?good|basics?|native|fluent|intermediate|beginner|proficient|conversational"
    r"|[ABC][12]|used"
    r"|strong|solid|learning|daily|excellent|working knowledge|administrator)\b.*$"
)
_TAUGHT = re.compile(r",\s(?:[A-Z]\S*\s)*(?:University|College|Institute|School|Academy)\b")
_DATED = re.compile(
    r",?\s*\(?\b(?:19|20)\d\d\b(?:-\d\d)*(?:\s*[–—-]\s*(?:(?:19|20)\d\d(?:-\d\d)*|present|today|now)?)?\)?$",
    re.IGNORECASE,
)
_ITEM_HEAD = re.compile(
    r"^(?P<head>.+?)(?=:\s|\s[—–]\s|[.!?](?:\s|$)|;|\s\(|\s\||,\s+(?:[a-z]+ing|unless|if|when|with|who|which|since"
    r"|where"
    r"|mostly|but|now|then|and used|obtained|renewed|issued|for|on|in|from|until|\(?\d{4})\b|$)"
)
_SLASH = re.compile(r"\s+/\s+|\s+&\s+(?=[A-Z]\w+$)")
_MIN_DEFINITION_WORDS = 5
_MAX_ITEM_WORDS = 24


def names_of_title(title: str) -> list[str]:
    """The names an entry's title gives: "NATS / RabbitMQ" are two."""
    return [part.strip() for part in _SLASH.split(_DATED.sub("", title)) if part.strip()]


def describing(chunk: Chunk) -> tuple[int, int] | None:
    """The words that tell what an entry is: its first sentence, and the next where that says almost nothing."""
    sentences = [(a, b) for a, b in split_sentences(chunk.text) if a >= len(chunk.title)]
    if not sentences:
        return None
    start, end = sentences[0]
    if len(sentences) > 1 and len(chunk.text[start:end].split()) < _MIN_DEFINITION_WORDS:
        end = sentences[1][1]
    return start, end


def item_heads(chunk: Chunk, is_word: WordTest) -> list[Member]:
    """What a list item or an entry is about: its title, or the words before the first remark."""
    if chunk.title:
        _, end = describing(chunk) or (0, len(chunk.text))
        return [Member(name, 0, end) for name in names_of_title(chunk.title)]
    if chunk.kind not in {"list_item", "field"} and len(chunk.text.split()) > _MAX_ITEM_WORDS:
        return []
    first_start, first_end = split_sentences(chunk.text)[0]
    text = chunk.text[first_start:first_end].rstrip(".")
    items = split_items(text)
    is_list = (
        len(items) > 1
        and "," in text
        and not _LEVEL_BEHIND.search(items[0].name)
        and all(len(item.name.split()) <= 4 for item in items)
        and not LIST_LABEL.match(text)
    )
    if is_list and not re.search(r"\b(?:unless|never|not|(?:19|20)\d\d)\b", text):
        return [replace(item, name=without_purpose(item.name, is_word)) for item in items]
    text = re.sub(r"^(?:19|20)\d\d\s+(?=[A-Z])", "", text)
    head = _ITEM_HEAD.match(text)
    if re.search(r"\b(?:19|20)\d\d\b", text) or _TAUGHT.search(text):  # what, where, when
        head = re.match(r"^(?P<head>[^,(]+)", text) or head
    name = (head.group("head") if head else text).strip(" ,.")
    if looks_like_name(name.split()[0], is_word, is_initial=True) and (
        purpose := re.match(r"^(\S+(?:\s[A-Z]\S*)*) for ", name)
    ):
        name = purpose.group(1)
    if looks_like_name(name.split()[0], is_word, is_initial=True) and chunk.kind != "entry":
        name = _LEVEL_BEHIND.sub("", name)
    name = name.rstrip(" ,:—–-")
    if len(name.split()) > 12:
        return []
    return [Member(name, first_start, first_end)]
