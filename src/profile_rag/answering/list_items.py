"""The items of a coordinated list ("a, b (c, d) and e"), and whether they are written as names are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from profile_rag.answering.kinds import kinds_of
from profile_rag.words import is_known_name

WordTest = Callable[[str], bool]
"""Whether a word in lower case is an ordinary one, no name."""
JOINT = re.compile(r"^(?:(?:and|or|plus|also|both|then|even)\s+)+", re.IGNORECASE)
"""The words that join an item to those before it."""
MAX_NAME_WORDS = 9
"""What has more words than these names nothing."""

_NO_MEMBER = re.compile(
    r"^(?:e\.g\.|i\.e\.|etc\.?|obtained|renewed|issued|since|until|(?:19|20)\d\d$|no|knowing|choosing|(?:he|she|they|i"
    r"|it|we|you)\b|not|but|though|mostly|only|never|including|who|which|that|where|when|because|so|with)\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"^([A-Z][\w+#.-]*)\s+and\s+([A-Z][\w+#.-]*)$")
_ANNEX = re.compile(
    r"\s+(?:who|that|which|where|when|because|while|into|in order|using|so that|(?:rather|other) than|instead of"
    r"|based on|as opposed to)\s.*$|\s[—–-]\s.*$|,?\s+etc\.?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"^(?:what|how|when|where|why|which|who|whether)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s(?:vs\.?|versus)\s", re.IGNORECASE)
_LAST_JOINT = re.compile(r"^\s*(?:and|or)\s", re.IGNORECASE)
_COMPLEMENT = re.compile(r"\s(?:for|to|with|from|in|across)\s.*$")
_TAIL = re.compile(r"\s(?:for|with|in|to|before|that|of|from|using)\s.*$")
_PURPOSE_TAIL = re.compile(r"\s+(?:for|with|to|in|via|by|on)\s.*$")
_SIGN_INSIDE = re.compile(r"^[A-Za-z]+\d|\w_\w|\w[A-Z]|[A-Za-z][+#](?:\W|$)")
_MAX_PROPER_WORDS = 3  # of which only the first has a capital ("React components library")


@dataclass(frozen=True, slots=True)
class Member:
    """A name, and the range of the chunk's text it stands in."""

    name: str
    start: int
    end: int


def looks_like_name(text: str, is_word: WordTest, *, is_initial: bool = False) -> bool:
    """Whether words are written as names are: with a capital, or a digit or sign inside, or known as a name.

    Where a sentence or a list item begins (`is_initial`) any word has a capital, so that ordinary ones don't count.
    """
    words = text.split(" (")[0].split()
    if not words:
        return False
    if kinds_of(text) or (len(words) == 1 and is_known_name(text)):
        return True
    first = words[0].strip("“”\"',.:;")
    if any(_SIGN_INSIDE.search(word) for word in words):
        return True
    if first[:1].isupper() and not (is_initial and is_word(first.lower()) and not kinds_of(first)):
        return len(words) <= _MAX_PROPER_WORDS or any(word[:1].isupper() for word in words[1:])
    if first[:1].islower() and len(words) > 1 and is_word(first):
        return False
    return any(word[:1].isupper() for word in words[1:])


def segments(text: str) -> list[tuple[int, int]]:
    """The parts between the commas and semicolons, or the "vs." of several alternatives, outside brackets."""
    alternatives = list(_ALTERNATIVES.finditer(text))
    cuts = [0]
    depth = 0
    for position, character in enumerate(text):
        depth += (character in "([“") - (character in ")]”" and depth > 0)
        if depth == 0 and character in ",;" and text[position + 1 : position + 2] in {" ", ""}:
            cuts.append(position + 1)
        elif depth == 0 and len(alternatives) > 1 and any(found.start() == position for found in alternatives):
            cuts.append(position)
    cuts.append(len(text))
    return list(pairwise(cuts))


def _without_second_list(text: str, spans: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], bool]:
    """The parts up to the one that "and" makes the last ("a, b, and c for d, e and f"), and whether others follow."""
    for index in range(1, len(spans) - 1):
        if _LAST_JOINT.match(text[slice(*spans[index])]) and not JOINT.match(text[slice(*spans[index + 1])].lstrip()):
            return spans[: index + 1], bool(_COMPLEMENT.search(text[slice(*spans[index])]))
    return spans, False


def split_items(text: str, offset: int = 0) -> list[Member]:
    """The items of a coordinated list ("a, b (c, d) and e") with their places, remarks behind them left out."""
    spans, goes_on = _without_second_list(text, segments(text))
    remark = (number for number, span in enumerate(spans) if number and _NO_MEMBER.match(text[slice(*span)].lstrip()))
    spans = spans[: next(remark, len(spans))]
    start, end = spans[-1]
    last = text[start:end]
    joined = (
        None if JOINT.match(last.strip()) else re.search(r"\s(?:and|or|plus)\s(?=[^()]*(?:\([^()]*\)[^()]*)*$)", last)
    )
    annex = _ANNEX.search(last)
    if joined and annex and annex.start() < joined.start() and not _CLAUSE.match(last.strip()):
        joined = None
    if joined and not re.search(r"\s(?:with|for|of|to|in|from)\s", last[: joined.start()].split(" (")[0]):
        spans[-1:] = [(start, start + joined.start()), (start + joined.end(), end)]
    members = []
    for number, (start, end) in enumerate(spans, 1):
        while start < end and text[start] in " ,;.—–":
            start += 1
        if joint := JOINT.match(text[start:end]) or _ALTERNATIVES.match(text[start - 1 : end]):
            start += len(joint.group().lstrip())
        item = text[start:end]
        if _NO_MEMBER.match(item):
            break  # what follows is a remark on the whole
        if goes_on and number == len(spans):
            item = _COMPLEMENT.sub("", item)
        name = (item if _CLAUSE.match(item) else _ANNEX.sub("", item)).rstrip(" ,;.")
        if pair := _PAIR.match(name):
            for part in (1, 2):
                members.append(
                    Member(pair.group(part), offset + start + pair.start(part), offset + start + pair.end(part))
                )
            continue
        if name and len(name.split()) <= MAX_NAME_WORDS:
            members.append(Member(name, offset + start, offset + start + len(item.rstrip(" ,;."))))
    return members


def without_purpose(name: str, is_word: WordTest) -> str:
    """A name without what it is for ("MSW for API mocking" → "MSW")."""
    shorter = _PURPOSE_TAIL.sub("", name)
    return shorter if looks_like_name(shorter, is_word) else name


def without_complement(name: str) -> str:
    """A name without what its preposition leads to ("coaching for new managers" → "coaching")."""
    return _TAIL.sub("", name)
