"""An answer cut into its claims: one per sentence, free of markup, each with the marks that stand behind it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from profile_rag.sentences import split_sentences

_MARKUP = re.compile(
    r"(?<!\\)\[\d{1,3}\](?:\([^()\s]{0,200}\))?"  # a mark, with a link behind it perhaps
    r"|(?<!\\)\*{1,3}|(?<![\w\\])_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|`{1,3}"
    r"|^[ \t]{0,8}(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)[ \t]+"
    r"|\\(?=[\\\[*\]>`_-])",
    re.MULTILINE,
)
_MARK = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_SPACE_BEFORE_STOP = re.compile(r"(?<![ \t])[ \t]++(?=[.,;:!?](?:\s|$))")
_VERDICT = re.compile(r"^((?:yes|no|partly|not stated)\.)[ \t]", re.IGNORECASE | re.MULTILINE)
_OPEN, _CLOSE = "“„«", "”»"
_MAX_QUOTED = 1500  # characters; an opened quotation longer than this was never closed


@dataclass(frozen=True, slots=True)
class ClaimText:
    """One sentence of an answer."""

    text: str
    """Without marks and Markdown."""
    positions: tuple[int, ...]
    """Where each character of `text` stands in the answer."""
    marks: tuple[int, ...]
    """The numbers it cites."""

    @property
    def start(self) -> int:
        """Where it begins in the answer."""
        return self.positions[0]

    @property
    def end(self) -> int:
        """Where it ends in the answer."""
        return self.positions[-1] + 1


def split_claims(answer: str) -> list[ClaimText]:
    """The claims of an answer in order; marks behind a sentence are its own, whichever side of the full stop."""
    plain, positions = _without_markup(answer)
    spans = [
        (start, end)
        for start, end in _outside_quotes(plain, split_sentences(plain))
        if any(character.isalnum() for character in plain[start:end])
    ]
    starts = [positions[start] for start, _ in spans]
    marks: list[list[int]] = [[] for _ in spans]
    for found in _MARK.finditer(answer):
        owner = bisect_left(starts, found.start()) - 1
        if spans:
            marks[max(0, owner)].append(int(found.group(1)))
    return [
        ClaimText(plain[start:end], tuple(positions[start:end]), tuple(dict.fromkeys(numbers)))
        for (start, end), numbers in zip(spans, marks, strict=True)
    ]


def _without_markup(answer: str) -> tuple[str, list[int]]:
    """The text without what only formats it, and the place of each character that is left."""
    kept = bytearray(b"\x01") * len(answer)
    for found in _MARKUP.finditer(answer):
        kept[found.start() : found.end()] = bytes(found.end() - found.start())
    positions = [index for index in range(len(answer)) if kept[index]]
    plain = "".join(answer[index] for index in positions)
    # A verdict before its reason is a sentence of its own, though "no." may be short for "number".
    plain = _VERDICT.sub(lambda found: f"{found.group(1)}\n", plain)
    # "said so [1]." leaves a space before its full stop.
    dropped = {index for found in _SPACE_BEFORE_STOP.finditer(plain) for index in range(*found.span())}
    positions = [place for index, place in enumerate(positions) if index not in dropped]
    return "".join(sign for index, sign in enumerate(plain) if index not in dropped), positions


def _outside_quotes(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences joined again that stand inside one pair of quotation marks."""
    joined: list[tuple[int, int]] = []
    opened = 0
    for start, end in spans:
        if opened > 0 and end - joined[-1][0] <= _MAX_QUOTED:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
            opened = 0
        part = text[start:end]
        opened = max(0, opened + sum(part.count(sign) for sign in _OPEN) - sum(part.count(sign) for sign in _CLOSE))
    return joined
