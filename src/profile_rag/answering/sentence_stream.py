"""Sentences out of a stream of words, each as soon as it is whole, with the marks behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from profile_rag.answering.claims import ClaimText, split_claims

# What may yet become a mark, or a bullet, or bold.
_HALF_MARK = re.compile(r"(?:\[\d{0,3}|[*_`#>-]{1,3}[ \t]*|\\)\Z")
_WHOLE_WORD = re.compile(r"\w[^\s]*\s")
_UNFINISHED = re.compile(r"[^.!?…:”\"'’)\]*_`\s]\s*\Z")
# Control characters, and what turns or hides text: a mark may be written with any of them in it.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_THINKING, _THOUGHT = "<think>", "</think>"


def stream_sentences(words: Iterable[str]) -> Iterator[ClaimText | None]:
    """The sentences of a text that is still arriving; `None` whenever it brought nothing new.

    What a reasoning model thinks aloud before it answers is left out, and so is a last sentence that was cut off.
    """
    buffer = ""
    is_thinking: bool | None = None  # not known before the first characters are there
    for text in words:
        buffer += _UNSEEN.sub("", text)
        if is_thinking is not False:
            buffer, is_thinking = _after_thinking(buffer)
        if is_thinking is not False or not text:
            yield None
            continue
        arrived, buffer = _whole_sentences(buffer)
        yield from arrived
        if not arrived:
            yield None
    if is_thinking:
        return
    said = split_claims(buffer)
    if said and not said[-1].marks and _UNFINISHED.search(said[-1].text):
        said.pop()
    yield from said


def _whole_sentences(buffer: str) -> tuple[list[ClaimText], str]:
    """The sentences behind which another one has begun, and the rest."""
    said = split_claims(_HALF_MARK.sub("", buffer))
    # One word of the next sentence has to be there: only then is it known that the full stop was one.
    if len(said) < 2 or not _WHOLE_WORD.match(buffer, said[-1].start):
        return [], buffer
    return said[:-1], buffer[said[-1].start :]


def _after_thinking(buffer: str) -> tuple[str, bool | None]:
    start = buffer.lstrip()
    if not start or (len(start) < len(_THINKING) and _THINKING.startswith(start)):
        return buffer, None
    if not start.startswith(_THINKING):
        return buffer, False
    _, ended, rest = start.partition(_THOUGHT)
    return (rest, False) if ended else (start, True)
