"""What an answer has to offer: a name of the kind asked for, a number of the thing counted, a time, a rhythm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from profile_rag.answering.evidence import Passage
from profile_rag.words import Word, is_distinct_name, is_stop_word, split_words, stem, stems

Kind = Literal[
    "organisation", "place", "where", "person", "owner", "work", "product", "title", "number", "money", "span"
]

_SOMEBODY = re.compile(
    r"\b(?:clients?|customers?|founders?|patients?|students?|users?|teams?|compan(?:y|ies)|brands?|famil(?:y|ies)|people"
    r"|owners?|teachers?|parents?|mother|father|sister|brother|partner|friends?|colleagues?|managers?|executives?|firms?)\b",
    re.IGNORECASE,
)
_OF_MONEY = re.compile(
    r"[$€£¥]|\b(?:salar\w+|wages?|pay|paid|earn\w*|rates?|fees?|charg\w+|costs?|price\w*|eur|usd|gbp|chf|euros?|dollars?"
    r"|pounds?|francs?)\b",
    re.IGNORECASE,
)
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a )?(?:hundred|thousand|million"
    "|billion|dozen)s?|(?:a )?couple|half|single|only"
)
_NUMBER = re.compile(
    rf"(?<![\w.])[$€£¥]?(?:\d[\d,.]*(?:\s?(?:%|\+|[kmb]\b\+?|ms\b|[gmt]b\b|x\b))*|(?:{_WORDS})\b)", re.IGNORECASE
)
_TIME_UNIT = (
    r"(?:milli)?seconds?|ms|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|quarters?|years?|decades?|sprints?"
)
_TIME_SPAN = re.compile(
    rf"\b(?:(?:\d[\d,.]*\+?|{_WORDS}|an?|several|many|few|the same|the first|every|each)(?:[ -](?:of|full|long|business"
    rf"|working))*[ -]?(?:{_TIME_UNIT})\b|(?:for|spent|took|over|within) (?:\w+ )?(?:{_TIME_UNIT})\b|immediately\b"
    r"|right away\b|straight away\b|at once\b|overnight\b|all (?:day|week|year)\b|since\b.{0,20}\d{4}"
    r"|\b(?:19|20)\d\d\b)|\d(?:ms|s|h)\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset({"one", "only", "half", "single"})
_UNITS = {
    "millisecond": "ms",
    "second": "s",
    "percent": "%",
    "kilomet": "km",
    "kilogram": "kg",
}
_MOST_BETWEEN = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLAUSE = re.compile(r"[;:,—–]\s*|\s-\s|\b(?:but|while|whereas|before|after|because|so that|who|which)\b")
_FIELD = re.compile(r"^\W*(?:name|role|title|pronouns|emoji|creature|vibe)\W*:", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:at|for|from|by|with|to|of|joined|left|founded|called|named|into)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(r"\b(?:in|from|near|to|outside|around|of)\s+(?:the\s+)?$", re.IGNORECASE)
_PLACE_FIELD = re.compile(
    r"^\W*(?:location|lives? in|home ?town|home|cit(?:y|ies)|town|country|region|residence|address|based)\b[^:]{0,20}:",
    re.IGNORECASE,
)
_INSIDE_NAME = re.compile(r"[A-Z][\w'’-]*\s+$")
_AT = re.compile(r"\b(?:at|on)\s+(?:the\s+)?$", re.IGNORECASE)
_AT_ACRONYM = re.compile(r"\b(?:at|for|joined|left)\s+$", re.IGNORECASE)
_SCHOOL = re.compile(
    r"\b(?:university|college|institute|academy|grad(?:uate)? school|school|conservatory|polytechnic|faculty)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«](?=[A-Z\d])[^\"”“»]{2,}[\"”“»]|\*[A-Z\d][^*]+\*")
_ADDRESSED = re.compile(r"\byour?\b", re.IGNORECASE)
_ENTRY_KINDS = frozenset({"entry", "card", "section", "table_row"})
_IRREGULAR = {
    stem(past): stem(present)
    for past, present in (
        pair.split(":")
        for pair in "grew:grow taught:teach wrote:write written:write built:build led:lead ran:run made:make sold:sell"
        " spent:spend began:begin won:win found:find left:leave met:meet paid:pay held:hold kept:keep spoke:speak"
        " came:come became:become gave:give given:give bought:buy brought:bring lost:lose oversaw:oversee".split()
    )
}
_MIN_SHARE = 0.6
_MIN_COUNTED_SHARE = 0.5  # where the number stands by the very thing counted


@dataclass(frozen=True, slots=True)
class AnswerType:
    """What an answer to a question has to offer, and near which words."""

    kind: Kind
    asked: tuple[str, ...]
    """Stems of the words that the rest of the question is about."""
    unit: tuple[str, ...] = ()
    """Stems of what is counted; empty where any number will do."""
    all_stems: frozenset[str] = frozenset()
    is_deed: bool = False
    """Whether it asks what the person did, which no sentence about "your" things tells."""

    @property
    def is_name(self) -> bool:
        """Whether only a name answers it."""
        return self.kind in {"organisation", "place", "work", "product", "title"}

    def is_offered_by(self, passage: Passage) -> bool:
        """Whether a passage offers it."""
        return bool(self._places(passage))

    def is_met_by(self, passage: Passage) -> bool:
        """Whether a passage offers it beyond doubt: beside the very words asked about, and most of them there."""
        if not self.asked:
            return False
        text = passage.text
        held = [word for word in self.asked if word in _stems_of(text)]
        if len(held) < (_MIN_COUNTED_SHARE if self.unit else _MIN_SHARE) * len(self.asked):
            return False
        if self.kind in {"number", "span"} and len(held) + bool(self.unit) < 2:
            return False
        if self.kind == "title":
            return bool(_QUOTED.search(text))
        return any(_stems_of(_clause_text(text, place)) & set(held) for place in self._places(passage, is_strict=True))

    def _places(self, passage: Passage, *, is_strict: bool = False) -> list[int]:
        """Where in a passage it is offered."""
        text = passage.text
        if _FIELD.match(text) and self.kind not in {"number", "span"}:
            return []
        match self.kind:
            case "number":
                return self._counts(text, is_strict=is_strict)
            case "money":
                if not _OF_MONEY.search(text):
                    return []
                found = [match for match in _NUMBER.finditer(text) if not _YEAR.fullmatch(match.group())]
                return [match.start() for match in found if re.search(r"\d", match.group())]
            case "span":
                return [match.start() for match in _TIME_SPAN.finditer(text) if self._is_new(match.group())]
            case "owner":
                others = [m.start() for m in _SOMEBODY.finditer(text) if stem(m.group()) not in self.all_stems]
                return self._names(passage) or others
            case "title":
                if not set(self.asked) & _stems_of(text):
                    return []
                return [match.start() for match in _QUOTED.finditer(text)] or self._names(passage)
            case "person":
                own = [0] if set(self.unit) & set(stems(text)) and not is_strict else []
                return self._names(passage) or own
            case _:
                return self._names(passage)

    def _counts(self, text: str, *, is_strict: bool) -> list[int]:
        places = []
        for match in _NUMBER.finditer(text):
            if _YEAR.fullmatch(match.group()) or not self._is_new(match.group()):
                continue
            if self.is_deed and _ADDRESSED.search(_clause_text(text, match.start())):
                continue
            if not self.unit:
                places.append(match.start())
                continue
            if self._is_counted(text, match) or (not is_strict and self._is_bare(text, match)):
                places.append(match.start())
        return places

    def _is_counted(self, text: str, number: re.Match[str]) -> bool:
        """Whether a number stands by what is counted: "three executives", "rows: 100M", "teams of fifty"."""
        behind = stems(text[number.end() :])[: len(self.unit) + _MOST_BETWEEN]
        before = [word for word in stems(text[: number.start()])[-2:] if word != "of"][-1:]
        short = _UNITS.get(self.unit[-1], "")
        is_short = bool(short) and number.group().lower().rstrip().endswith(short)
        return self.unit[-1] in behind or self.unit[-1] in before or is_short

    def _is_bare(self, text: str, number: re.Match[str]) -> bool:
        """Whether nothing is said to be counted, or what is counted goes for all."""
        behind = split_words(text[number.end() :])[:1]
        if number.group().lower() in _PRONOUNS:
            return False
        return not behind or is_stop_word(behind[0].text) or text[number.end() :].lstrip()[:1] in {",", ".", ";", ")"}

    def _is_new(self, found: str) -> bool:
        return not set(stems(found)) <= self.all_stems

    def _names(self, passage: Passage) -> list[int]:
        """Where a passage has a name that may be of the kind asked for."""
        text = passage.text
        is_entry = passage.chunk.kind in _ENTRY_KINDS
        is_entry = is_entry or (self.kind in {"place", "where"} and _PLACE_FIELD.match(text) is not None)
        places = []
        for word in split_words(text):
            if not word.text[0].isupper() or word.stem in self.all_stems or word.text == "I":
                continue
            before = text[: word.start]
            if self.kind == "title" and (_INSIDE_NAME.search(before) or _AT_PLACE.search(before)):
                continue
            if word.text.isupper() and self.kind not in {"product", "work"} and not _AT_ACRONYM.search(before):
                continue  # "a meeting with the CEO", "a list of APIs"
            if is_entry or self._is_name_of_kind(word, before):
                places.append(word.start)
        if self.kind == "where":
            places += [match.start() for match in _SCHOOL.finditer(text) if stem(match.group()) not in self.all_stems]
        return places

    def _is_name_of_kind(self, word: Word, before: str) -> bool:
        """Whether a word with a capital may name such a one, by what stands before it."""
        is_technology = is_distinct_name(word.text)
        match self.kind:
            case "place":
                return not is_technology and _AT_PLACE.search(before) is not None
            case "where":
                found = _AT_PLACE.search(before) or _AT.search(before)
                return not is_technology and found is not None
            case "organisation" | "owner":
                return not is_technology and not _opens(before) and _PREPOSITION.search(before) is not None
            case "title":
                return not is_technology and not _opens(before)
            case _:
                return not _opens(before)


def _opens(before: str) -> bool:
    """Whether what follows opens a sentence, a line or a quotation, where any word has a capital."""
    return not before.strip(" *_\"“'‘(-•") or re.search(r"[.!?:;—–\n][\s*_\"“'‘(]*$", before) is not None


def _clause_text(text: str, place: int) -> str:
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    start = max(cut for cut in cuts if cut <= place)
    end = min((cut for cut in cuts if cut > place), default=len(text))
    return text[start:end]


def _stems_of(text: str) -> set[str]:
    """The stems of a text, those of irregular verbs as in "did she grow"."""
    found = stems(text)
    return {*found, *(_IRREGULAR[word] for word in found if word in _IRREGULAR)}
