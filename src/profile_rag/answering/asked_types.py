"""What a question asks an answer to offer, read off its form."""

from __future__ import annotations

import re
from collections.abc import Collection

from profile_rag.answering.answer_types import AnswerType, Kind
from profile_rag.answering.wording import QUESTION_WORDS
from profile_rag.words import content_words, stems

_ORGANISATION = (
    r"compan(?:y|ies)|firms?|employers?|universit(?:y|ies)|colleges?|schools?|academ(?:y|ies)|institut(?:e|ion)s?"
    r"|facult(?:y|ies)|banks?|agenc(?:y|ies)|startups?|start-ups?|magazines?|newspapers?|journals?|publishers?"
    r"|hospitals?"
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
    r"\b(?:salary|wages?|(?:day|daily|hourly) rates?|fees?|(?:contract|project|deal|order) value)\b.*"
    r"|^how (?:big|large|much) in money\b.*|\bhow much (?:money\b|(?:does|do|did) \w+ "
    r"(?:earn|make|charge|cost|pay)\b)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\bhow (?:long|soon|quickly|fast) (?:was|were|has|have|had|did|does|do|will|would)\b", re.IGNORECASE
)
_GENERAL_UNIT = frozenset(stems("people persons members employees colleagues reports staff things ones times units"))
_EMPTY = frozenset(
    stems(
        "get got go goes went come take took work works worked look looked feel there that around about according"
        " opinion him them often year number after before place busy"
    )
)
_TELLS_OF = re.compile(r"\b(?:did|has|have|was|were) (?:he|she|they)\b", re.IGNORECASE)


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
        asked = tuple(dict.fromkeys(word.stem for word in words if word.text.lower() not in QUESTION_WORDS))
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
