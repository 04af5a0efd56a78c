"""Where the sentences of a cleaned text begin and end."""

from __future__ import annotations

import re

# Words whose full stop does not end a sentence (English résumé prose).
_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs cf al no nr vol fig approx est dept inc ltd corp co dr mr mrs ms prof st jr sr ph.d m.sc b.sc u.s"
    " u.k".split()
)
# Neither repetition gives back, nor does a match begin inside a row of stops: a row of them is read once.
_BOUNDARY = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|\n")
_LAST_WORD = 40  # characters; an abbreviation or an initial is shorter
_OPENING = re.compile(r"\s+[\"'“‘(\[]?[A-Z0-9À-ÖØ-ÞÀ-Þ]|\s+[\"'“‘(\[]?\W?[A-Z0-9]|\s*$")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, white space at their ends left out.

    A line break always ends a sentence: after cleaning, one stands only where the document has a title
    line, a block of its own or a hard break.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.group() != "\n" and not _ends_sentence(text, start, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if not _OPENING.match(text, match.end()):
        return False
    if not match.group().startswith("."):
        return True
    words = text[max(start, match.start() - _LAST_WORD) : match.start()].rsplit(maxsplit=1)
    last = words[-1].lower().lstrip("(\"'“") if words else ""
    # A lone capital is an initial ("J. Smith"), but a sentence may end in a one-letter skill ("in C.").
    is_initial = len(last) == 1 and last.isalpha() and len(words) == 1
    return last not in _ABBREVIATIONS and not is_initial


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
