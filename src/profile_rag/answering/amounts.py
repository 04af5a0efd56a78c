"""Amounts and years in a text, and whether two passages give different ones for the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from profile_rag.words import content_words, stems

_SPELT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
).split()
_VALUES = {word: float(value) for value, word in enumerate(_SPELT)} | {
    "dozen": 12.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
}
_WORDS = "|".join(sorted(_VALUES, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.])(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?|{_WORDS})\b(?:[ -](?P<unit>[a-z]+))?", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_ASKS_HOW_MANY = re.compile(
    r"\bhow (?:many|much) (?P<unit>\w+)|\bhow (?P<measure>big|large|long|old|often)\b", re.IGNORECASE
)
_ASKS_SINCE = re.compile(
    r"\bsince when\b|\bsince which year\b|\bwhen (?:did|has|have|was|were)\b|\bwhat year\b", re.IGNORECASE
)
# Words of a question that the passages which answer it need not share.
_UNSHARED = frozenset(stems("since year years long old often big large many much people lead leads led"))
_TEAM_OF = re.compile(
    r"\b(?:team|group|staff|crew|department|squad) of (?:about |some |around |up to )?$", re.IGNORECASE
)
_PEOPLE = stems("people")[0]
_SPANS = frozenset(stems("year years month months week weeks day days decade decades"))
_PART_OF_NAME = re.compile(r"[\w.,;:)]\s+[A-Z][\w-]*\s$")  # "on Ward 7"; a sentence's first word is no name
_NAME_BEHIND = re.compile(r"\s+[A-Z]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and the stem of the word behind it, empty when there is none."""

    value: float
    unit: str
    is_of_team: bool = False
    """Whether it counts the people of a team ("a team of six")."""


def amounts_of(text: str) -> tuple[Amount, ...]:
    """The amounts of a text in order; years are none."""
    return tuple(
        Amount(
            _value(match["value"]),
            "".join(stems(match["unit"] or "")),
            is_of_team=_TEAM_OF.search(text[: match.start()]) is not None,
        )
        for match in _AMOUNT.finditer(text)
        if not _YEAR.fullmatch(match["value"]) and not _is_in_name(text, match)
    )


def _is_in_name(text: str, match: re.Match[str]) -> bool:
    """Whether a number is part of a name: "Ward 7", "Nine Herons"."""
    if match["value"][0].isupper() and _NAME_BEHIND.match(text, match.end("value")):
        return True
    return _PART_OF_NAME.search(text[: match.start()]) is not None


def years_of(text: str) -> tuple[int, ...]:
    """The years of a text in order."""
    return tuple(int(year) for year in _YEAR.findall(text))


def differ(question: str, one: str, other: str) -> bool:
    """Whether two passages answer a question for an amount or a year with different ones.

    They are compared only where both leave no doubt which number is meant: the unit asked for, or a single number, and
    where both speak of what the question speaks of.
    """
    how_many = _ASKS_HOW_MANY.search(question)
    if not how_many and not _ASKS_SINCE.search(question):
        return False
    asked = {word.stem for word in content_words(question)} - _UNSHARED
    if 2 * len(asked & set(stems(one)) & set(stems(other))) < max(1, len(asked)):
        return False
    if how_many:
        unit = "".join(stems(how_many["unit"] or ""))
        units = {unit} if unit else _SPANS if how_many["measure"].lower() in {"long", "old"} else frozenset()
        values = [
            {
                amount.value
                for amount in amounts_of(text)
                if not units or amount.unit in units or (amount.is_of_team and unit == _PEOPLE)
            }
            for text in (one, other)
        ]
    else:
        values = [{float(year) for year in years_of(text)} for text in (one, other)]
    return all(len(found) == 1 for found in values) and values[0] != values[1]


def _value(text: str) -> float:
    return _VALUES[text.lower()] if text.lower() in _VALUES else float(text.replace(",", ""))
