"""Questions about the stations of a life: where the person works, since when, for how long, what came before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.dates import Month, years_in
from profile_rag.answering.evidence import Passage
from profile_rag.answering.extractive import Statement, quoted, state_quotes
from profile_rag.answering.stations import Station, find_stations
from profile_rag.answering.subject import filled
from profile_rag.schema import Chunk, Person
from profile_rag.words import content_words, stems

_MOST = 2
_MOST_STUDIES = 3
_WH = r"(?:where|what|which|who|whom|whose|when|how|since|until|from|between|in|at|for|as|during|by)\b"
_PLACE_ASKED = (
    r"(?:where|(?:for |at )?(?:who|whom|what company|which company|what (?:employer|organi[sz]ation|firm)"
    r"|which (?:employer|organi[sz]ation|firm|hospital|school|bank|agency|startup|place)))"
)
_JOB = r"(?:jobs?|roles?|positions?|employers?|compan(?:y|ies)|firms?|posts?|workplaces?|employment|organi[sz]ations?)"
_NOW = r"(?:now|currently|at the moment|at present|presently|today|these days|right now|nowadays|at this time|still)"
_WORKING = r"(?:work(?:s|ing|ed)?|employed|do|doing|did|be|been)"

_ASKS_NOW = (
    rf"^{_PLACE_ASKED} (?:is|are|does|do)? ?(?:SUBJECT) (?:{_NOW} )?(?:work(?:s|ing)?|employed|based at)"
    rf"(?: for| at| with| by)?(?: {_NOW})?$"
    rf"|^(?:what|who|which)(?:['’]s| is| are) (?:POSSESSIVE) (?:current|present) (?:employer|company|workplace|firm)\b"
    rf"|^(?:what|who)(?:['’]s| is| are) (?:POSSESSIVE) employer(?: {_NOW})?$"
    rf"|^who (?:{_NOW} )?employs (?:SUBJECT|him|her|them)(?: {_NOW})?$|^(?:POSSESSIVE |the )?(?:current|present)"
    rf" employer$"
)
_ASKS_BESIDE = (
    rf"^{_WH}(?=.*\b(?:{_WORKING}|{_JOB}|career|come|came|go|went)\b).*?\b(?P<side>before|prior to|previous to"
    rf"|after|following)\s+"
    r"(?P<rest>.+)$"
    rf"|^{_WH}(?=.*\b(?:work|employed|{_JOB})\b).*\b(?:before|previously|earlier)$"
    rf"|^{_WH}.*\b(?:POSSESSIVE) (?:(?:very )?(?P<former>previous|former|last|prior)) (?:{_JOB})\b"
)
_ASKS_FIRST = (
    rf"^{_WH}.*\b(?:(?:POSSESSIVE) (?:very )?(?:first|earliest) (?:\w+ )?(?:{_JOB})"
    r"|(?:start|begin|began|started)(?: out)? (?:POSSESSIVE|the|a) (?:\w+ )?career|(?:POSSESSIVE) career (?:start"
    r"|begin|began)\w*)\b"
)
_ASKS_TIME = (
    r"^(?:(?:and )?(?:from when(?: (?:to|till|until) when)?|since when|since (?:what|which) year|until when|till"
    r" when|when"
    r"|(?:in|between|during|from) (?:what|which) (?:years?|dates?|months?)|(?:what|which) (?:years?|dates?|period)"
    r"|what (?:are|were) the (?:dates|years)))\b(?=.*\b(?:SUBJECT|POSSESSIVE|him|her|them)\b)"
)
_ASKS_LENGTH = (
    r"^(?:and )?(?:for )?(?:how (?:long|many (?:years|months)|much time)|what (?:was|is) the length)\b"
    r"(?=.*\b(?:SUBJECT|POSSESSIVE|him|her|them)\b)"
)
_ASKS_POST = (
    r"^(?:(?:what|which) (?:was|is|were|are)|as what|in (?:what|which) (?:role|position|capacity|function)"
    r"|what (?:role|position|job|title|post|function))\b(?=.*\b(?:SUBJECT|POSSESSIVE)\b).*\b(?:at|with"
    r"|for)\s+(?P<rest>.+)$"
)
_ASKS_YEAR = rf"^where (?:was|were) (?:SUBJECT) |^(?:in|during|around)?\s*(?:\d{{4}} )?{_WH}.*\b(?:{_WORKING}|{_JOB})\b"
_AT = re.compile(r"\b(?:at|with|for|by|join(?:ed|ing)?)\s+\w", re.IGNORECASE)
_CURRENT = (
    rf"^(?:that|this|(?:(?:POSSESSIVE|the) )?(?:(?:current|present|latest|new|{_NOW}) )+(?:{_JOB}|one)|now"
    rf"|joining|(?:POSSESSIVE) (?:{_JOB})(?: now)?)$"
)
_NESTED = rf"^(?:the|POSSESSIVE) (?:{_JOB}|one) (?P<side>before|after) (?P<rest>.+)$"
_LEADS = (
    r"^(?:(?:SUBJECT) (?:went to|came to|joined|moved to|started (?:at|with)|began at|got to|worked (?:at|for)"
    r"|left|was at|was with)"
    r"|joining|coming to|moving to|going to|starting (?:at|with)|working (?:at|for)|leaving"
    r"|(?:POSSESSIVE) (?:time|years|days|stint|work|job|role|position|career) (?:at|with|as)|the|at|an?)\s+"
)
_STUDY = re.compile(
    r"\b(?:stud(?:y|ied|ies|ying)|graduat\w+|degrees?|educat\w+|alma mater|universit\w+|college|school"
    r"|master['’]?s?|bachelor['’]?s?"
    r"|ph\.?d|doctorate|m\.?sc|b\.?sc|diploma|major(?:ed)?|train(?:ed)?)\b",
    re.IGNORECASE,
)
_ASKS_STUDY = rf"^(?:{_WH}).*(?:\b(?:SUBJECT|POSSESSIVE)\b)"
_ASKS_DATE = re.compile(r"^(?:when|since|until|(?:in |from |since )?(?:what|which) year)\b", re.IGNORECASE)
_ASKS_SCHOOL = re.compile(
    r"^(?:where|(?:at |from |to )?(?:what|which) (?:universit|college|school|institut))", re.IGNORECASE
)
_DEGREES = (
    (
        re.compile(r"\bmaster(?:['’]?s)?\b|\bm\.?sc\b|\bm\.?eng\b|\bmba\b|\bm\.?a\b", re.IGNORECASE),
        re.compile(r"\bmaster(?:['’]?s)?\b|\bM\.?Sc\b|\bM\.?Eng\b|\bMBA\b|\bM\.?A\b\.?(?! in\b)"),
    ),
    (
        re.compile(r"\bbachelor(?:['’]?s)?\b|\bb\.?sc\b|\bb\.?eng\b|\bb\.?a\b|\bundergrad\w*\b", re.IGNORECASE),
        re.compile(r"\b[Bb]achelor(?:['’]?s)?\b|\bB\.?Sc\b|\bB\.?Eng\b|\bB\.?A\b|\bB\.?S\b"),
    ),
    (
        re.compile(r"\bph\.?d\b|\bdoctorate\b|\bdoctoral\b", re.IGNORECASE),
        re.compile(r"\bPh\.?D\b|\b[Dd]octor(?:ate|al)\b|\bDPhil\b"),
    ),
)
_ONLY_DEGREE = re.compile(
    r"^(?:an? |the )?(?:(?:master|bachelor)(?:['’]?s)?|[mb]\.?sc|[mb]\.?eng|mba|ph\.?d|doctorate)(?: degree)?\b",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    stems(
        "since until from to between work works worked working job role position post company employer career"
        " start started begin began join joined leave left time year years month months long date dates finish"
        " finished end ended study studied studies studying degree degrees graduate graduated university college"
        " school education get got attend attended go went do did done earn earned receive received complete"
        " completed subject field major master masters bachelor bachelors phd doctorate doctoral msc bsc diploma"
        " take took spend spent stay stayed employed employ currently now moment present today still there train"
        " trained obtain obtained hold held become became again exactly formal formally first last title function"
        " alma mater educated academic background qualification"
    )
)


class Career:
    """The stations of one person, asked about."""

    def __init__(self, chunks: Sequence[Chunk], person: Person) -> None:
        """Find them."""
        self._person = person
        self._stations = find_stations(chunks)
        self._work = _by_time([station for station in self._stations if station.kind == "work" and station.period])

    def answer(self, question: str) -> list[Statement]:
        """What answers a question about stations; nothing where it is none or the stations don't tell."""
        text = question.strip(" ?!.,")
        if match := self._match(_ASKS_BESIDE, text):
            side = (match.group("side") or "before").lower()
            beside = self._beside(self._anchor(match.group("rest") or "that"), is_after=side in {"after", "following"})
            return self._tell([beside] if beside else [])
        if self._match(_ASKS_FIRST, text):
            return self._tell(self._work[:1] if len(self._work) > 1 else [])
        if self._match(_ASKS_NOW, text):
            return self._tell(self._current()[:_MOST])
        # What somebody has been at several places may have lasted longer than any of them.
        if (
            self._match(_ASKS_LENGTH, text)
            and (named := self._named_in(text))
            and (len(named) == 1 or _AT.search(text))
        ):
            return _tell_length(named[0]) or self._tell(named[:1])
        if self._match(_ASKS_TIME, text) and (named := self._named_in(text)):
            return self._tell(named[:_MOST])
        if match := self._match(_ASKS_POST, text):
            posts = [station for station in self._stations if station.kind != "study"]
            if named := _named(match.group("rest"), posts):
                return self._tell(named[:_MOST])
        if (years := years_in(text)) and self._match(_ASKS_YEAR, text) and not _STUDY.search(text):
            return self._tell([each for each in self._work if any(self._lasted(each, year) for year in years)])
        if _STUDY.search(text) and self._match(_ASKS_STUDY, text):
            return self._tell(self._studies(text))
        return []

    def present_positions(self) -> list[Passage]:
        """Where the person works now, the latest first."""
        return [station.passage for station in self._current() if station.period]

    def positions(self) -> list[Passage]:
        """Where the person works and worked, the latest first."""
        return list(dict.fromkeys(station.passage for station in reversed(self._work)))

    def studies(self) -> list[Passage]:
        """What the person studied, in document order."""
        return list(dict.fromkeys(station.passage for station in self._stations if station.kind == "study"))

    def degrees(self, target: str) -> list[Passage] | None:
        """Where the person got a degree like the one asked about; none where the target is no degree."""
        for asked, stated in _DEGREES:
            if asked.search(target) and _ONLY_DEGREE.search(target):
                studies = [
                    station for station in self._stations if station.kind == "study" and stated.search(station.text)
                ]
                wanted = set(stems(_ONLY_DEGREE.sub("", target))) - _EMPTY - set(stems("in of a an the"))
                return [station.passage for station in studies if wanted <= station.stems][:_MOST_STUDIES]
        return None

    def _match(self, pattern: str, text: str) -> re.Match[str] | None:
        return filled(pattern, self._person).match(text)

    # --- which station ------------------------------------------------------------------------------

    def _current(self) -> list[Station]:
        going_on = [station for station in reversed(self._work) if station.period and station.period.is_ongoing]
        return going_on or [
            each for each in self._stations if each.kind == "work" and each.passage.chunk.kind == "field"
        ]

    def _anchor(self, words: str) -> Station | int | None:
        """The station, or the year, that another came before or after."""
        words = words.strip()
        if self._match(_CURRENT, words):
            return next(iter(self._current()), self._work[-1] if self._work else None)
        if match := self._match(_NESTED, words):
            return self._beside(self._anchor(match.group("rest")), is_after=match.group("side").lower() == "after")
        if years := years_in(words):
            return years[0]
        while match := self._match(_LEADS, words):
            words = words[match.end() :]
        return next(reversed(_named(words, self._work)), None)

    def _beside(self, anchor: Station | int | None, *, is_after: bool) -> Station | None:
        if anchor is None:
            return None
        start = Month(anchor) if isinstance(anchor, int) else _start(anchor)
        if is_after:
            return next((each for each in self._work if each is not anchor and _start(each) > start), None)
        return next((each for each in reversed(self._work) if each is not anchor and _start(each) < start), None)

    def _lasted(self, station: Station, year: int) -> bool:
        if station.period and not station.period.is_point:
            return station.period.holds(year)
        following = self._beside(station, is_after=True)  # a beginning alone lasts until the next one
        return _start(station).year <= year and (following is None or year <= _start(following).year)

    def _named_in(self, text: str) -> list[Station]:
        """The dated stations that hold all the words of a question."""
        dated = [station for station in self._stations if station.period]
        # The whole question counts: head of design at X is more than to have been at X.
        return _named(self._without_name(text), dated)

    def _without_name(self, text: str) -> str:
        own = set(stems(f"{self._person.name} {self._person.other_name}"))
        return " ".join(word.text for word in content_words(text) if word.stem not in own)

    def _studies(self, text: str) -> list[Station]:
        studies = [station for station in self._stations if station.kind == "study"]
        for asked, stated in _DEGREES:
            if asked.search(text):
                studies = [station for station in studies if stated.search(station.text)]
        if _ASKS_DATE.match(text):
            studies = [station for station in studies if station.period]
        if _ASKS_SCHOOL.match(text):
            studies = [station for station in studies if station.names_school]
        wanted = set(stems(self._without_name(text))) - _EMPTY
        return [station for station in studies if wanted <= station.stems][:_MOST_STUDIES]

    def _tell(self, stations: Sequence[Station]) -> list[Statement]:
        return state_quotes([station.passage for station in stations], self._person)


def _tell_length(station: Station) -> list[Statement]:
    length = station.period.length if station.period else ""
    if not length:
        return []
    lead = f"About {length}, by the dates given:"
    return [Statement(f"{lead} {quoted(station.passage)}", (station.passage,), frame=lead)]


def _by_time(stations: Sequence[Station]) -> list[Station]:
    return sorted(stations, key=_start)


def _start(station: Station) -> Month:
    return station.period.start if station.period else Month(0)


def _named(words: str, stations: Sequence[Station]) -> list[Station]:
    """The stations whose own words hold all of these."""
    asked = [word.stem for word in content_words(words) if word.stem not in _EMPTY]
    return [station for station in stations if asked and station.stems.issuperset(asked)]
