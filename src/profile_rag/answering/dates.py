"""Dates in a text: when something began and ended, and how long it took."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = (
    r"(?:\b(?P<{0}name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+|\b(?P<{0}number>0?[1-9]"
    r"|1[0-2])[/.])?"
    r"\b(?P<{0}year>(?:19|20)\d\d)(?!\d)(?:-(?P<{0}iso>0[1-9]|1[0-2])(?:-\d\d)?(?!\d))?"
)
_NOW = r"(?:present|today|now|current(?:ly)?|ongoing|to date)\b"
_FIELDS = re.compile(
    rf"\bstart[ _]?date:\s*{_DATE.format('a')}(?:.*?\bend[ _]?date:\s*(?:{_DATE.format('b')}|(?P<now>{_NOW})))?",
    re.IGNORECASE | re.DOTALL,
)
_RANGE = re.compile(
    rf"{_DATE.format('a')}\s*(?:[–—-]+|\bto\b|\buntil\b|\btill\b|\bthrough\b)\s*(?:{_DATE.format('b')}"
    rf"|(?P<now>{_NOW})|$)",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\bsince\s+(?:about\s+|early\s+|late\s+)?{_DATE.format('a')}", re.IGNORECASE)
_SINGLE = re.compile(_DATE.format("a"), re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, or the whole year where `month` is 0."""

    year: int
    month: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when something lasted."""

    start: Month
    end: Month | None
    """None when no end is given."""
    is_point: bool = False
    """Whether a single date is all there is: that of a beginning, an end or an event."""
    is_ongoing: bool = False

    def holds(self, year: int) -> bool:
        """Whether it lasted in this year."""
        if self.is_ongoing or self.end is None:
            return self.start.year <= year
        return self.start.year <= year <= self.end.year

    @property
    def length(self) -> str:
        """How long it lasted, in words; empty where that can't be told."""
        if self.end is None or self.is_point:
            return ""
        if not (self.start.month and self.end.month):
            return _count(self.end.year - self.start.year, "year")
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        parts = [_count(months // 12, "year"), _count(months % 12, "month")]
        return " and ".join(part for part in parts if part)


def period_of(text: str) -> Period | None:
    """The first period of a text, else its only date."""
    if match := _FIELDS.search(text):
        end = _month(match, "b")
        return Period(_start(match), end, is_ongoing=end is None)
    if match := _RANGE.search(text):
        end = _month(match, "b")
        return Period(_start(match), end, is_ongoing=end is None)
    if match := _SINCE.search(text):
        return Period(_start(match), None, is_ongoing=True)
    dates = list(_SINGLE.finditer(text))
    return Period(_start(dates[0]), _start(dates[0]), is_point=True) if len(dates) == 1 else None


def without_dates(text: str) -> str:
    """A text less its dates."""
    for pattern in (_FIELDS, _RANGE, _SINCE, _SINGLE):
        text = pattern.sub(" ", text)
    return text


def years_in(text: str) -> list[int]:
    """The years that a text names, in order."""
    return [int(match["ayear"]) for match in _SINGLE.finditer(text)]


def _start(match: re.Match[str]) -> Month:
    return _month(match, "a") or Month(0)


def _month(match: re.Match[str], prefix: str) -> Month | None:
    if not match[f"{prefix}year"]:
        return None
    name = match[f"{prefix}name"]
    number = (
        _MONTHS.index(name[:3].lower()) + 1 if name else int(match[f"{prefix}number"] or match[f"{prefix}iso"] or 0)
    )
    return Month(int(match[f"{prefix}year"]), number)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""
