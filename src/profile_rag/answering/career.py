"""Questions about the stations of a life: where the person works, since when, for how long, what came before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from profile_rag.answering.amounts import amounts_of
from profile_rag.answering.contradiction import disagreement_of
from profile_rag.answering.dates import Month, Period, newest_date, period_of, time_covered, years_in
from profile_rag.answering.draft import Disagreement
from profile_rag.answering.evidence import Evidence, Passage, sentences_of
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
_HAVING = r"(?: (?:does|do|has|have|did) (?:SUBJECT)(?: (?:have|has|got|bring|know|possess))?)?"
_ALTOGETHER = r"(?: (?:in total|overall|altogether|in all|so far|professionally|by now))?"
_WORK_EXPERIENCE = r"(?:(?:work|working|professional|total|overall|industry|job|career|practical) )*experience"
_ASKS_TOTAL = (
    rf"^(?:how many (?:total )?years(?: of)? {_WORK_EXPERIENCE}|how much {_WORK_EXPERIENCE}){_HAVING}{_ALTOGETHER}$"
    rf"|^how (?:long|many years) (?:has|have) (?:SUBJECT) (?:been working|worked|been in work|been employed)"
    rf"{_ALTOGETHER}$"
)
_ASKS_WITH = (
    rf"^how many years of experience{_HAVING} (?:with|in|of|using) (?P<with>.{{1,60}}?){_HAVING}{_ALTOGETHER}$"
    r"|^how (?:long|many years) (?:has|have|did) (?:SUBJECT) (?:been )?(?:using|used|use|worked with|working with"
    r"|work with|programming in|programmed in|writing|coding in) (?P<using>.{1,60})$"
    rf"|^how many years of (?P<of>.{{1,60}}?)(?: experience)?{_HAVING}{_ALTOGETHER}$"
    rf"|^how much (?P<much>.{{1,60}}?) experience{_HAVING}{_ALTOGETHER}$"
)
_AT_PRESENT = rf"\b(?:current|present|latest) (?:{_JOB})\b"
_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,5}teen|twenty|thirty)"
# "twelve years of experience", "for ten years": what is told needs no counting.
_TELLS_YEARS = re.compile(
    rf"\b{_NUMBER}\+? years['’]? (?:of )?(?:\w+ ){{0,2}}(?:experience|practice)\b"
    rf"|\b(?:with|after|has|have) (?!to )(?:\w+ ){{0,4}}?{_NUMBER}\+? years\b",
    re.IGNORECASE,
)
_NAMES_YEARS = re.compile(rf"\b{_NUMBER}\+?(?: \w+)? years?\b", re.IGNORECASE)
_YEAR = stems("years")[0]
_BY_DATES = "by the dates given:"
_ASKS_POST = (
    r"^(?:(?:what|which) (?:was|is|were|are)|as what|in (?:what|which) (?:role|position|capacity|function)"
    r"|what (?:role|position|job|title|post|function))\b(?=.*\b(?:SUBJECT|POSSESSIVE)\b).*\b(?:at|with"
    r"|for)\s+(?P<rest>.+)$"
)
_ASKS_YEAR = rf"^where (?:was|were) (?:SUBJECT) |^(?:in|during|around)?\s*(?:\d{{4}} )?{_WH}.*\b(?:{_WORKING}|{_JOB})\b"
_AT = re.compile(r"\b(?:at|with|for|by|join(?:ed|ing)?)\s+\w", re.IGNORECASE)
_AT_WORK = re.compile(r"\b(?:work\w*|employ\w*|jobs?|career|post|position|company)\b", re.IGNORECASE)
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

    def __init__(
        self,
        chunks: Sequence[Chunk],
        person: Person,
        *,
        mentions: Callable[[str], Iterable[Evidence]],
        as_of: Month | None = None,
    ) -> None:
        """Find them.

        Args:
            chunks: Of the documents.
            person: Whose they are.
            mentions: Finds what names a thing.
            as_of: Until when to count what goes on; unset means the newest date that the documents name.
        """
        self._person = person
        self._chunks = chunks
        self._mentions = mentions
        self._as_of = as_of
        self._stations = find_stations(chunks)
        work = _by_time([station for station in self._stations if station.kind == "work" and station.period])
        # A post without an end goes on, unless another began later: then its end is not told.
        ended = {each for each in work[:-1] if each.period and each.period.is_open and _start(each) < _start(work[-1])}
        self._stations = [_without_end(each) if each in ended else each for each in self._stations]
        self._work = [_without_end(each) if each in ended else each for each in work]

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
        if self._match(_ASKS_TOTAL, text):
            return self._tell_experience()
        if match := self._match(_ASKS_WITH, text):
            return self._tell_years_of(next(thing for thing in match.groups() if thing))
        if self._match(_ASKS_LENGTH, text):
            named = self._named_in(text)
            if not named and re.search(_AT_PRESENT, text, re.IGNORECASE):
                named = self._current()[:1]
            named = [station for station in named if station.kind != "other"] or named
            # What somebody has been at several places may have lasted longer than any of them.
            if len(named) == 1 or (named and _AT.search(text)):
                return self._tell_length("", named) or self._tell(named[:1])
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

    def disagreement(self, question: str) -> Disagreement | None:
        """Two places that give different numbers of years, to a question how many there are."""
        if not self._match(_ASKS_TOTAL, question.strip(" ?!.,")):
            return None
        for one, other in combinations(self._years_told, 2):
            numbers = [
                {amount.value for amount in amounts_of(each.text) if amount.unit == _YEAR} for each in (one, other)
            ]
            if all(numbers) and numbers[0].isdisjoint(numbers[1]):
                return disagreement_of(one, other)
        return None

    def asks_in_vain(self, question: str) -> bool:
        """Whether a question is for what only dated posts tell, and they don't."""
        text = question.strip(" ?!.,")
        if match := self._match(_ASKS_WITH, text):
            thing = next(thing for thing in match.groups() if thing)
            return not any(_tells_years(item.passage) for item in self._mentions(thing))
        years = years_in(text)
        is_asked = bool(years) and self._match(_ASKS_YEAR, text) and not _STUDY.search(text) and _AT_WORK.search(text)
        return bool(is_asked and self._work) and not any(
            self._lasted(station, year) for station in self._work for year in years
        )

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

    # --- how long -----------------------------------------------------------------------------------

    def _tell_experience(self) -> list[Statement]:
        """What the documents say of the years worked, and what the dated posts come to."""
        dated = [station for station in self._work if station.period and not station.period.is_point]
        counted = self._tell_length("the dated posts span ", dated)
        lasting = {passage for statement in counted for passage in statement.passages}
        told = [passage for passage in self._years_told if passage not in lasting]
        return [*state_quotes(told[:_MOST], self._person), *counted]

    def _tell_years_of(self, thing: str) -> list[Statement]:
        """How long the posts lasted whose entries name a thing, unless the documents tell its years themselves."""
        found = [item.passage for item in self._mentions(thing) if not item.judgement.is_negative]
        if any(map(_tells_years, found)):
            return []
        named: dict[Station, Passage] = {}
        for passage in found:
            if station := self._station_of(passage.chunk):
                named.setdefault(station, passage)
        return self._tell_length(f"the posts whose entries name {thing} span ", list(named), list(named.values()))

    def _station_of(self, chunk: Chunk) -> Station | None:
        """The post in whose entry a chunk stands."""
        for station in reversed(self._work):
            own = station.passage.chunk
            if own.id == chunk.id:
                return station
        above = [
            station
            for station in self._work
            if (own := station.passage.chunk).source == chunk.source
            and own.start_char <= chunk.start_char
            and chunk.heading[: len(own.heading)] == own.heading
            and (
                chunk.heading[len(own.heading)].startswith(own.title or own.text.split("\n")[0])
                if len(chunk.heading) > len(own.heading)
                else chunk.start_line == own.end_line + 1  # plain text has no heading for an entry
            )
        ]
        return max(above, key=lambda station: station.passage.chunk.start_char, default=None)

    def _tell_length(self, what: str, stations: Sequence[Station], others: Sequence[Passage] = ()) -> list[Statement]:
        """How long several posts lasted in all, with the words that give their dates; nothing where that can't be told.

        Args:
            what: Before the length, such as "the dated posts span ".
            stations: The posts.
            others: What else the claim stands on.
        """
        # What is claimed is counted again from the quotes, so each has to give its own period and no other.
        dated = [each for each in stations if each.period and period_of(each.passage.quote.text) == each.period]
        lasting = [each for each in dated if each.period and not each.period.is_point]
        if not lasting or len(dated) < len(stations):
            return []
        until, passages, as_of = "", [each.passage for each in _by_time(lasting)], self._as_of
        if any(each.period and each.period.end is None for each in lasting):
            if as_of is not None:
                until = f" as of {as_of}"
            elif newest := self._newest:
                as_of, words, passage = newest
                until = f" as of “{words}”, the newest date in the documents"
                others = [*others, passage]
        length = time_covered([each.period for each in lasting if each.period], as_of=as_of)
        if not length:
            return []
        lead = f"{what}about {length}{until}, {_BY_DATES}"
        lead = lead[0].upper() + lead[1:]
        # The length and a document's own date are claimed; the rest is the program's to say.
        frame = re.sub(r"“[^”]*”", "", lead.replace(f" {length}", ""))
        first = Statement(f"{lead} {quoted(passages[0])}", tuple(dict.fromkeys([*passages, *others])), frame=frame)
        return [first, *(Statement(quoted(passage), (passage,)) for passage in dict.fromkeys(passages[1:]))]

    @cached_property
    def _years_told(self) -> list[Passage]:
        """Where the documents tell themselves how many years somebody has done something."""
        return [
            passage for chunk in self._chunks for passage in sentences_of(chunk) if _TELLS_YEARS.search(passage.text)
        ]

    @cached_property
    def _newest(self) -> tuple[Month, str, Passage] | None:
        """The newest date that the documents name, its words, and where it stands."""
        found = [
            (*date, passage)
            for chunk in self._chunks
            for passage in sentences_of(chunk)
            if (date := newest_date(passage.text))
        ]
        return max(found, key=lambda item: item[0], default=None)


def _without_end(station: Station) -> Station:
    period = station.period
    return replace(station, period=Period(period.start, period.start, is_point=True)) if period else station


def _tells_years(passage: Passage) -> bool:
    """Whether a sentence, or a whole entry of its own, gives a number of years."""
    is_entry = passage.start == 0 and bool(passage.chunk.title)
    return _NAMES_YEARS.search(passage.chunk.text if is_entry else passage.text) is not None


def _by_time(stations: Sequence[Station]) -> list[Station]:
    return sorted(stations, key=_start)


def _start(station: Station) -> Month:
    return station.period.start if station.period else Month(0)


def _named(words: str, stations: Sequence[Station]) -> list[Station]:
    """The stations whose own words hold all of these."""
    asked = [word.stem for word in content_words(words) if word.stem not in _EMPTY]
    return [station for station in stations if asked and station.stems.issuperset(asked)]
