"""What an answer has to offer: a name of the kind asked for, a number of the thing counted, a time, a rhythm."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from profile_rag.answering.evidence import Passage
from profile_rag.words import Word, content_words, is_distinct_name, is_stop_word, split_words, stem, stems

Kind = Literal[
    "organisation", "place", "where", "person", "owner", "work", "product", "title", "number", "money", "span"
]

_ORGANISATION = (
    r"compan(?:y|ies)|firms?|employers?|universit(?:y|ies)|colleges?|schools?|academ(?:y|ies)|institut(?:e|ion)s?"
    r"|facult(?:y|ies)|banks?|agenc(?:y|ies)|startups?|start-ups?|magazines?|newspapers?|journals?|publishers?|hospitals?"
    r"|clinics?|manufacturers?|retailers?|brands?|labs?|laborator(?:y|ies)|organi[sz]ations?|corporations?"
    r"|consultanc(?:y|ies)|studios?|airlines?|ngos?|charit(?:y|ies)|ministr(?:y|ies)|restaurants?|clubs?|orchestras?"
)
_PLACE = (
    r"cit(?:y|ies)|towns?|countr(?:y|ies)|villages?|continents?|states?|count(?:y|ies)|provinces?|municipalit(?:y|ies)"
)
_PERSON = r"persons?|professors?|supervisors?|mentors?|bosses|boss|founders?|authors?"
_WORK = r"protocols?|conferences?|festivals?|competitions?|podcasts?|bands?|films?|movies?"
_PRODUCT = r"software|apps?|websites?"
_NOUNS: dict[Kind, str] = {
    "organisation": _ORGANISATION,
    "place": _PLACE,
    "person": _PERSON,
    "work": _WORK,
    "product": _PRODUCT,
}
_ASIDE = r"(?:and |so |but )?(?:(?:at|in|for|from|by|with|to|on|of|under|through|about) )?"
_ASKS_NAME = {
    kind: re.compile(
        rf"^{_ASIDE}(?:which|what) (?:(?!of\b|kinds?\b|sorts?\b|types?\b|do\b|does\b|did\b|is\b|are\b|was\b|were\b"
        rf"|has\b|have\b|can\b)[\w-]+ ){{0,2}}?(?P<noun>{nouns})(?P<owner>['’]s?)?"
        r"(?= (?:does|do|did|is|are|was|were|has|have|had|can|could|would|\w+ed|wrote|ran|built|made"
        r"|taught|gave)\b|$|(?<=['’]s) )",
        re.IGNORECASE,
    )
    for kind, nouns in _NOUNS.items()
}
_SEVERAL = re.compile(r"(?<![us])s$", re.IGNORECASE)
_WORKED_FOR = re.compile(
    r"^(?:for )?(?:which|what) [\w-]+(?: [\w-]+)? (?:does|did|has|is|was) (?:he|she|they)"
    r" (?:work|worked|working|employed)(?: (?:for|at|by))?$",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\b(?:clients?|customers?|founders?|patients?|students?|users?|teams?|compan(?:y|ies)|brands?|famil(?:y|ies)|people"
    r"|owners?|teachers?|parents?|mother|father|sister|brother|partner|friends?|colleagues?|managers?|executives?|firms?)\b",
    re.IGNORECASE,
)
_WHOSE = re.compile(rf"^{_ASIDE}whose\b", re.IGNORECASE)
_CALLED = re.compile(
    r"^(?:and |so |but )?what (?:is|was|are|were) (?:the |his |her |their )?(?P<noun>[\w '’-]{2,60}?) (?:called"
    r"|named)\b"
    r"|^(?:and |so |but )?what(?:['’]s| is| was| are| were) the (?:exact |full )?(?:names?|titles?) of"
    r" (?P<of>.{2,80})$",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"^(?:and |so |but )?where (?:did|does|do|has|was|is|were|are|had) .*\b(?:stud(?:y|ied)|graduated?|degrees?|diploma"
    r"|master['’]?s|bachelor['’]?s|ph\.?d|doctorate|born|gr[oe]w up|grown up|teach|taught|trained|training|raised|based"
    r"|living|live)\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^(?:and |so |but )?who(?:['’]s| is| was| are| were) (?:his|her|their|the) (?P<noun>[\w -]+?)(?: there| then)?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow many (?P<unit>(?:[\w-]+ ){0,2}?(?:[\w-]+s(?= |$)(?! (?:of|per)\b)"
    r"|[\w-]+(?= (?:does|do|did|is|are|was|were|has|have|had|can|could|would)\b)))",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:what|which) (?:percentage|percent|share|proportion|fraction)\b|\bhow large a share\b", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"\b(?:what|which) (?:[\w-]+ )?(?:volume|budget|turnover|revenue|headcount|number)\s+(?:of|did|do|does|has|have|was"
    r"|were|is)\b|^how (?:large|big) (?:is|are|was|were)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:salary|wages?|(?:day|daily|hourly) rates?|fees?)\b.*|\bhow much (?:money\b|(?:does|do|did) \w+ "
    r"(?:earn|make|charge|cost|pay)\b)",
    re.IGNORECASE,
)
_OF_MONEY = re.compile(
    r"[$€£¥]|\b(?:salar\w+|wages?|pay|paid|earn\w*|rates?|fees?|charg\w+|costs?|price\w*|eur|usd|gbp|chf|euros?|dollars?"
    r"|pounds?|francs?)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\bhow (?:long|soon|quickly|fast) (?:was|were|has|have|had|did|does|do|will|would)\b", re.IGNORECASE
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
_GENERAL_UNIT = frozenset(stems("people persons members employees colleagues reports staff things ones times units"))
_EMPTY = frozenset(
    stems(
        "get got go goes went come take took work works worked look looked feel there that around about according"
        " opinion him them often year number after before place busy"
    )
)
_ADDRESSED = re.compile(r"\byour?\b", re.IGNORECASE)
_TELLS_OF = re.compile(r"\b(?:did|has|have|was|were) (?:he|she|they)\b", re.IGNORECASE)
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
_QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
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


_GRAVE = [
    frozenset(stems(group))
    for group in (
        "fired fire firing sacked sack dismissed dismiss dismissal terminated terminate redundant laid",
        "expelled expel expulsion suspended suspend suspension",
        "arrested arrest convicted convict conviction jailed jail prison sentenced charged",
        "sued sue suing lawsuit",
        "banned ban barred bar blacklisted",
        "demoted demote demotion",
        "divorced divorce separated",
        "bankrupt bankruptcy insolvent insolvency",
        "failed fail failing failure flunked",
        "cheated cheat plagiarised plagiarized plagiarism lied lie",
    )
]
_ASKS_WHY = re.compile(
    r"\b(?:why|how come|what for|what led to|for what reason)\b.*\b(?:he|she|they|his|her|their)\b", re.IGNORECASE
)


def misfortune_in(question: str) -> frozenset[str]:
    """The stems that tell of the misfortune for which a question asks the reason ("why was he fired?")."""
    asked = set(stems(question))
    if not _ASKS_WHY.search(question):
        return frozenset()
    return next((group for group in _GRAVE if group & asked), frozenset())


def answer_type(question: str, *, known: Collection[str] = ()) -> AnswerType | None:
    """What an answer to a question has to offer; none where its form leaves that open.

    Args:
        question: It.
        known: Stems of the person's names, which ask for nothing.
    """
    text = question.strip().rstrip(" ?.!")
    every = frozenset(stems(text)) | frozenset(known)
    is_deed = bool(_TELLS_OF.search(text))

    def typed(kind: Kind, noun: str = "", unit: tuple[str, ...] = ()) -> AnswerType:
        left = set(stems(noun)) | set(unit) | set(known) | _EMPTY
        words = [word for word in content_words(text) if word.stem not in left]
        asked = tuple(dict.fromkeys(word.stem for word in words if word.text.lower() not in _QUESTION_WORDS))
        return AnswerType(kind, asked, unit, every, is_deed)

    for kind, pattern in _ASKS_NAME.items():
        if match := pattern.match(text):
            if match["owner"]:
                return typed("place" if kind == "place" else "organisation", match["noun"])
            if _SEVERAL.search(match["noun"]):
                return None  # "which companies": as many as there are, by whatever they are called
            return typed(kind, match["noun"])
    if match := _CALLED.match(text):
        return typed(_kind_of(match["noun"] or match["of"]), "names titles called named exact full")
    if _WHERE.match(text):
        return typed("where")
    if match := _WHO.match(text):
        return typed("person", unit=tuple(word.stem for word in content_words(match["noun"]))[-1:])
    if _WHOSE.match(text):
        return typed("owner")
    if _WORKED_FOR.match(text):
        return typed("organisation")
    if match := _COUNTED.search(text):
        unit = tuple(word.stem for word in content_words(match["unit"]))
        return typed("number", unit=() if set(unit) & _GENERAL_UNIT else unit)
    if _SHARE.search(text):
        return typed("number", "percentage percent share proportion fraction")
    if _QUANTITY.search(text):
        return typed("number", "volume budget turnover revenue headcount large big")
    if _MONEY.search(text):
        return typed("money", "salary wage wages rate rates fee fees")
    if _SPAN.search(text):
        return typed("span", "long soon quickly fast")
    return None


def _kind_of(named: str) -> Kind:
    """What kind of name "what is … called?" asks for."""
    if re.search(rf"\b(?:{_ORGANISATION}|facilit(?:y|ies))\b", named, re.IGNORECASE):
        return "organisation"
    return "place" if re.search(rf"\b(?:{_PLACE})\b", named, re.IGNORECASE) else "title"


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
