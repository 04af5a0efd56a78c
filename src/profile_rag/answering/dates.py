"""Dates in a text: when something began and ended, and how long it took."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
_TO = r"(?:[–—-]{1,3}|\bto\b|\buntil\b|\btill\b|\bthrough\b)"
_RANGE = re.compile(
    rf"{_DATE.format('a')}\s*{_TO}\s*(?:{_DATE.format('b')}|(?P<now>{_NOW})|$)"
    rf"|\bbetween\s+{_DATE.format('c')}\s+and\s+{_DATE.format('d')}",
    re.IGNORECASE,
)
# "2015–17": behind a hyphen, two digits up to 12 are a month ("2015-09").
_SHORT_RANGE = re.compile(r"\b(?P<start>(?:19|20)\d\d)\s?(?P<dash>[–—/-])\s?['’]?(?P<end>\d\d)(?![\d/.–—-])")
_WITHIN_YEAR = re.compile(
    rf"\b(?P<from>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?\s*{_TO}\s*{_DATE.format('b')}", re.IGNORECASE
)
_SINCE = re.compile(
    rf"\bsince\s+(?:about\s+|early\s+|late\s+)?{_DATE.format('a')}|{_DATE.format('b')}\s+onwards?\b", re.IGNORECASE
)
_SINGLE = re.compile(_DATE.format("a"), re.IGNORECASE)
# A date that is yet to come when somebody writes: it does not tell when that was.
_TO_COME = re.compile(
    r"\b(?:until|till|expir\w*|valid|expected|planned|plans?|before|by|due|from|target|goal|ends?|through|to)\W{1,3}$",
    re.IGNORECASE,
)
_AS_OF = re.compile(rf"\bas of [“\"]?{_DATE.format('a')}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, or the whole year where `month` is 0."""

    year: int
    month: int = 0

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when something lasted."""

    start: Month
    end: Month | None
    """None when no end is given."""
    is_point: bool = False
    """Whether a single date is all there is: that of a beginning, an end or an event."""
    is_ongoing: bool = False
    is_open: bool = False
    """Whether that it goes on is only to be taken from the lack of an end."""

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


def time_covered(periods: Iterable[Period], *, as_of: Month | None) -> str:
    """How long several periods lasted in all, in words, what overlaps counted once; empty where that can't be told.

    Args:
        periods: A single date lasts for no time; what goes on lasts until `as_of`.
        as_of: Unset, nothing can be told of what goes on; the same where it is no later than its beginning.
    """
    spans, by_month = [], True
    for period in periods:
        end = as_of if period.is_ongoing or period.end is None else period.end
        if period.is_point:
            continue
        if end is None or (period.end is None and end <= period.start):
            return ""
        is_exact = bool(period.start.month and end.month)
        by_month = by_month and is_exact
        # The last month counts as a whole; of years alone, only their difference is known.
        spans.append((_months_before(period.start), _months_before(end) + is_exact))
    covered, reached = 0, 0
    for first, behind in sorted(spans):
        covered += max(0, behind - max(first, reached))
        reached = max(reached, behind)
    if not by_month:
        return _count(round(covered / 12), "year")
    return " and ".join(filter(None, (_count(covered // 12, "year"), _count(covered % 12, "month"))))


def time_covered_in(texts: Sequence[str], claim: str) -> str:
    """How long the periods lasted in all that texts give, one each, as of the date that a claim counts to."""
    periods = [period for text in texts if (period := period_of(text))]
    match = _AS_OF.search(claim)
    return time_covered(periods, as_of=_month(match, "a") if match else None)


def newest_date(text: str) -> tuple[Month, str] | None:
    """The latest date of a text that is not told as one to come, with its own words."""
    found = [
        (_start(match), match.group())
        for match in _SINGLE.finditer(text)
        if not _TO_COME.search(text[max(0, match.start() - 20) : match.start()])
    ]
    return max(found, default=None)


def month_of(text: str) -> Month | None:
    """A date alone, such as "2025-06", as a month; none where the text is no date."""
    match = _SINGLE.fullmatch(text)
    return _month(match, "a") if match else None


def _months_before(month: Month) -> int:
    return month.year * 12 + max(0, month.month - 1)


def period_of(text: str) -> Period | None:
    """The first period of a text, else its only date."""
    if match := _FIELDS.search(text):
        end = _month(match, "b")
        return Period(_start(match), end, is_ongoing=end is None, is_open=end is None and not match["now"])
    found = [match for pattern in (_RANGE, _SHORT_RANGE, _WITHIN_YEAR) if (match := pattern.search(text))]
    for match in sorted(found, key=lambda each: each.start()):
        if period := _range_of(match):
            return period
    if match := _SINCE.search(text):
        return Period(_month(match, "a") or _month(match, "b") or Month(0), None, is_ongoing=True)
    dates = list(_SINGLE.finditer(text))
    return Period(_start(dates[0]), _start(dates[0]), is_point=True) if len(dates) == 1 else None


def without_dates(text: str) -> str:
    """A text less its dates."""
    for pattern in (_FIELDS, _RANGE, _SHORT_RANGE, _WITHIN_YEAR, _SINCE, _SINGLE):
        text = pattern.sub(" ", text)
    return text


def years_in(text: str) -> list[int]:
    """The years that a text names, in order."""
    return [int(match["ayear"]) for match in _SINGLE.finditer(text)]


def _range_of(match: re.Match[str]) -> Period | None:
    """The period that a range tells; none where it only looks like one."""
    if match.re is _SHORT_RANGE:
        start, end = int(match["start"]), int(match["start"][:2] + match["end"])
        is_month = match["dash"] in "-/" and int(match["end"]) <= 12
        return Period(Month(start), Month(end)) if end > start and not is_month else None
    if match.re is _WITHIN_YEAR:
        end_month = _month(match, "b") or Month(0)
        return Period(Month(end_month.year, _MONTHS.index(match["from"].lower()) + 1), end_month)
    if match["cyear"]:
        return Period(_month(match, "c") or Month(0), _month(match, "d"))
    last = _month(match, "b")
    return Period(_start(match), last, is_ongoing=last is None)


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
