"""What a claim puts in quotation marks, held against the texts it may be taken from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from profile_rag.words import split_words, stems

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»")
_ELISION = re.compile(r"\[?(?:…|\.\.\.)\]?")
_MIN_WORDS = 3  # shorter quotation marks may stand around a term
_MIN_COPIED = 0.6  # of a quotation's words that stand in a text in the same order: it was taken from there
_MOST_PAIRS = 200_000  # of equal words in a claim's quotations and the texts; comparing more would take seconds
_MARKUP = re.compile(r"[*_`]+")
_TYPOGRAPHY = str.maketrans("‘’“”„«»–—\u00a0", '\'\'"""""-- ')

Ranges = tuple[tuple[int, int], ...]


class SourceText:
    """A text that quotations may be taken from, with what comparing them takes."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def flat(self) -> str:
        """Spelt with one kind of quotation mark, dash and white space."""
        return _flat(self.text)

    def holds(self, text: str) -> bool:
        """Whether a text stands here, in whatever quotation marks, dashes and white space."""
        flat = _flat(text)
        return bool(flat) and flat in self.flat

    @cached_property
    def words(self) -> list[str]:
        """In lower case."""
        return [word.text.lower() for word in split_words(self.text)]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often it has each word."""
        return Counter(self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of its words."""
        return frozenset(stems(self.text))


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between quotation marks at text[start:end]."""

    start: int
    end: int
    altered: Ranges
    """Characters of the text that differ from what is quoted; none where it stands in a source."""
    is_term: bool
    """Whether it may be a term rather than somebody's words: it is short, or stands nowhere."""


def find_quotations(text: str, sources: Iterable[SourceText]) -> list[Quotation]:
    """The quotations of a text in order; short ones that stand nowhere are left out, they may be terms."""
    comparison, found = _Comparison(sources), []
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastindex or 0)
        missing = [piece for piece in _pieces(text, start, end) if not comparison.holds(text[slice(*piece)])]
        is_short = len(split_words(text[start:end])) < _MIN_WORDS
        if not missing:
            found.append(Quotation(start, end, (), is_short))
        elif not is_short:
            altered = [part for left, right in missing for part in comparison.altered(text, left, right)]
            found.append(Quotation(start, end, tuple(altered), is_term=True))
    return found


def has_quotation(text: str) -> bool:
    """Whether anything stands in quotation marks."""
    return _QUOTED.search(text) is not None


def is_quoted(place: int, quotations: Sequence[Quotation]) -> bool:
    """Whether a character stands inside one of these quotations, which are in order."""
    index = bisect_right(quotations, place, key=lambda part: part.start) - 1
    return index >= 0 and place < quotations[index].end


def outside(text: str, quotations: Sequence[Quotation]) -> str:
    """The text without what is quoted."""
    ends = [0, *(part.end for part in quotations)]
    starts = [*(part.start for part in quotations), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def find_sources(
    text: str, quotations: Sequence[Quotation], sources: Mapping[int, SourceText]
) -> Iterator[tuple[int, int, int]]:
    """Where quotations stand to the letter, each in the first text that has it: which text, start, end."""
    for part in quotations:
        for index, source in sources.items():
            at = source.text.find(text[part.start : part.end])
            if at >= 0:
                yield index, at, at + part.end - part.start
                break


def _flat(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).translate(_TYPOGRAPHY).split()).strip(' .,;:!?"').lower()


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a quotation between its elisions, white space at their ends left out."""
    elisions = list(_ELISION.finditer(text, start, end))
    lefts = [start, *(found.end() for found in elisions)]
    rights = [*(found.start() for found in elisions), end]
    for left, right in zip(lefts, rights, strict=True):
        piece = text[left:right]
        if piece.strip():
            yield left + len(piece) - len(piece.lstrip()), left + len(piece.rstrip())


class _Comparison:
    """Holds pieces of quotations against texts, for as long as that takes no seconds."""

    def __init__(self, sources: Iterable[SourceText]) -> None:
        self._sources = list(sources)
        self._pairs = _MOST_PAIRS

    def holds(self, piece: str) -> bool:
        """Whether a piece stands in one of the texts."""
        return any(source.holds(piece) for source in self._sources)

    def altered(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Which characters of a piece differ from the passage most like it; all of it where none is."""
        words = split_words(text[start:end])
        changed = []
        for tag, left, right, _, _ in self._opcodes([word.text.lower() for word in words]):
            if tag in {"replace", "delete"}:
                changed += [(start + word.start, start + word.end) for word in words[left:right]]
            elif tag == "insert" and 0 < left < len(words):  # words left out: what stands behind the gap is marked
                changed.append((start + words[left].start, start + words[left].end))
        return changed or [(start, end)]

    def _opcodes(self, own: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
        """How the text that has most of these words differs from them; nothing where none has enough."""
        counts = Counter(own)
        best: Sequence[tuple[str, int, int, int, int]] = []
        most = 0
        for source in self._sources if self._pairs > 0 else ():
            in_common = sum((counts & source.counts).values())
            if in_common <= most or in_common < _MIN_COPIED * len(own):
                continue
            self._pairs -= sum(count * source.counts[word] for word, count in counts.items())
            if self._pairs <= 0:
                break
            matcher = SequenceMatcher(None, own, source.words, autojunk=False)
            same = sum(block.size for block in matcher.get_matching_blocks())
            if same > most:
                most, best = same, matcher.get_opcodes()
        return best if most >= _MIN_COPIED * len(own) else []
