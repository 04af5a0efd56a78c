"""Whether a passage that bears on a question says yes or no to it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from profile_rag.answering import cues
from profile_rag.answering.cues import any_of
from profile_rag.answering.wording import is_bare
from profile_rag.words import content_words, spellings, stems

# What a question asks to be left out, cut short, or done blindly; advertisements of good practice are seldom asked so.
_LEAVES_OUT = any_of(
    r"\bwithout\b",
    r"\bun(?!der|til|less|ion|it|ity|ique|iversity)\w{3,}ed\b",
    r"\b(?:skip(?:s|ped)?|ignore[sd]?|leaves?|left|omit(?:s|ted)?|drops?|neglect(?:s|ed)?|stop(?:s|ped)?)\b",
    r"\bnever\b",
    r"\bnobody\b",
    r"\bno one\b",
    r"\bno (?=\w)",
    r"n['’]t\b",
    r"\bnot\b",
    r"\bcut corners\b",
    r"\bput(?:s|ting)? off\b",
)
_NARROWS = any_of(
    r"\b(?:only|just|simply|merely|purely|solely|alone|single|sole|one lone|lone)\b",
    r"\b(?:is|are) .{0,60}\benough\b",
    r"\bstops? at\b",
    r"\bon (?:its|their|his|her) own\b",
)
_SETS_ASIDE = any_of(
    r"\b(?:instead|rather)\b",
    r"\b(?:first|later|afterwards|eventually)\b",
    r"\bbefore\b",
    r"\buntil\b",
    r"\bstraight (?:to|in|into|away)\b",
    r"\bright away\b",
    r"\bas soon as\b",
    r"\bsooner\b",
    r"\bafter all\b",
)
_OVERDOES = any_of(
    r"\b(?:every|always|everything|anything|all the|whole|entire|blindly|forever|constantly)\b",
    r"\beven (?:if|for|when)\b",
    r"\bjust (?:in case|because|to)\b",
    r"\bon a whim\b",
    r"\b(?:fanciest|biggest|newest|latest|huge)\b",
    r"\bregardless\b",
    r"\bno matter\b",
)
_DENIAL = re.compile(
    r"(?:n['’]t|\b(?:not|never|without|no))\s+(?P<kept>(?:(?:an?|the|any|been|be|yet|really|quite"
    r"|\w+ing)\s+)?)(?P<what>\w+)",
    re.IGNORECASE,
)
_WOULD = any_of(r"\b(?:would|will|wouldn['’]t|won['’]t)\b")
_EVER = any_of(r"\bever\b")
_HABITUAL = any_of(r"^(?:does|do|is|are)\b")
_CAN = any_of(r"^(?:can|could|has|have|is .{0,30}\bable)\b")
# "Does she do grant reporting?", or a bare "grant reporting?": no habit either.
_DOES = any_of(
    r"^(?:and )?(?:does|do) (?:\S+ ){1,3}?"
    r"(?:do|know|have|offer|handle|speak|understand|cover|provide|support|work (?:with|in|on))\b"
)
_REFUSES = any_of(
    r"\b(?:never|refus\w+|avoids?|hates?|dislikes?|push(?:es)? back|resists?|against|opposed?|non-negotiable"
    r"|zero tolerance|skeptic\w+)\b",
    r"\b(?:won|doesn|don|isn|aren|can)['’]t\b",
    r"\b(?:will|does|do|is|are) not\b",
    r"\bno one\b",
    r"\bnot\b(?! (?:just|only))",
    r"\b(?:rather than|instead of|without|before|over|beats?|more than|first)\b",
)
_ALWAYS = any_of(r"\b(?:always|every|everything|all|each|must)\b")
_PART = re.compile(
    r"\s*(?:;|\s[—–-]\s|,?\s(?:but|though|although|however|yet|while|because)\s|,\s(?=(?:and |or )?(?:not|never|no"
    r"|nor|without)\b)"
    r"|\s\((?=(?:not|never|no)\b)|,?\s(?=(?:rather than|instead of|as opposed to|before|over|without)\b))\s*",
    re.IGNORECASE,
)
_OPENS_NEGATED = any_of(
    r"^\W*(?:and |or |he |she |they |i |we |who |it |but )*(?:\w+ly )?(?:not|never|no|nor|without|rather than"
    r"|instead of|as opposed to|before|over|avoids?"
    r"|refuses?|hates?|doesn['’]t|don['’]t|won['’]t|can['’]t|isn['’]t|aren['’]t|(?:does|do|will|is|are|has|have"
    r"|did) not|haven['’]t|hasn['’]t)\b(?! (?:just|only))",
)


def without_shared_denials(question: str, passage: str) -> tuple[str, str]:
    """Both without the denials that they have in common: "when the docs aren't enough" says the same in either."""
    common = _denied_words(question) & _denied_words(passage)

    def affirmed(found: re.Match[str]) -> str:
        if tuple(stems(found["what"])) not in common:
            return found[0]
        space = " " if found[0].lower().startswith(("n't", "n’t")) else ""
        return f"{space}{found['kept']}{found['what']}"

    return (_DENIAL.sub(affirmed, question), _DENIAL.sub(affirmed, passage)) if common else (question, passage)


def _denied_words(text: str) -> set[tuple[str, ...]]:
    return {tuple(stems(match["what"])) for match in _DENIAL.finditer(text)} - {()}


def polarity_features(question: str, passage: str, says: Sequence[float]) -> dict[str, float]:
    """What in a question and a passage tells a yes from a no; all but what was read lie between 0 and 1.

    Args:
        question: A yes-or-no question.
        passage: What bears on it.
        says: Log probabilities of yes, partly and no, by one who read them together.
    """
    yes, partly, no = says
    said = cues.QUOTATION.sub(" ", passage)
    words = content_words(question)
    asked = {spelling[0] for word in words for spelling in spellings(word.text) if len(spelling) == 1}
    parts = [part for part in _PART.split(said) if part and part.strip()]
    shared = [len(asked & set(stems(part))) for part in parts]
    negated = [_OPENS_NEGATED.search(part) is not None for part in parts]
    positive = {stem for part, is_negated in zip(parts, negated, strict=True) if not is_negated for stem in stems(part)}
    negative = {stem for part, is_negated in zip(parts, negated, strict=True) if is_negated for stem in stems(part)}
    most = max(shared, default=0)
    nearest = [is_negated for is_negated, count in zip(negated, shared, strict=True) if count == most and most > 0]
    in_negated = sum(count for is_negated, count in zip(negated, shared, strict=True) if is_negated)
    leaves_out = _has(_LEAVES_OUT, question)
    narrows = _has(_NARROWS, question)
    sets_aside = _has(_SETS_ASIDE, question)
    overdoes = _has(_OVERDOES, question)
    contrary = max(leaves_out, narrows, sets_aside, overdoes)
    refuses = _has(_REFUSES, said)
    would = _has(_WOULD, question)
    habitual = max(would, _has(_EVER, question))
    nearest_negated = float(bool(nearest) and all(nearest))
    return {
        "leaves_out": leaves_out,
        "narrows": narrows,
        "sets_aside": sets_aside,
        "overdoes": overdoes,
        "would": would,
        "habitual": habitual,
        "does": _has(_HABITUAL, question),
        "can": _has(_CAN, question),
        "refuses": refuses,
        "nearest_negated": nearest_negated,
        "shared_in_negated": in_negated / max(1, sum(shared)),
        "covered": len(asked & positive) / max(1, len(words)),
        "only_negated": float(bool(asked & (negative - positive))),
        "denies": float(cues.DENIES.search(said) is not None and cues.CONDITIONAL.search(said) is None),
        "not_just": _has(cues.NOT_ONLY, said),
        "always": _has(_ALWAYS, said),
        "contrary_refused": contrary * refuses,
        "contrary_not_refused": contrary * (1 - refuses),
        "habit_refused": habitual * refuses,
        "habit_nearest_negated": habitual * nearest_negated,
        "not_just_narrows": narrows * _has(cues.NOT_ONLY, said),
        "shares_nothing": float(most == 0),
        "reads_yes": (yes - no) / 4,
        "reads_partly": math.exp(partly),
    }


def probability_of_yes(question: str, passage: str, says: Sequence[float]) -> float:
    """How likely a passage that bears on a yes-or-no question affirms it, from 0 to 1; see `polarity_features`.

    A logistic regression over `polarity_features`; fitted by `eval/fit/polarity.py`.
    """
    intercept, weights = _model()
    features = polarity_features(question, passage, says)
    return 1 / (1 + math.exp(-intercept - sum(weights[name] * value for name, value in features.items())))


def asks_contrary(question: str) -> bool:
    """Whether a question asks for something to be left out, cut short, put off or overdone."""
    return any(pattern.search(question) for pattern in (_LEAVES_OUT, _NARROWS, _SETS_ASIDE, _OVERDOES))


def asks_ability(question: str) -> bool:
    """Whether a question asks what somebody can do or has done, not what they would do."""
    return _CAN.search(question) is not None or _DOES.search(question) is not None or is_bare(question)


def _has(pattern: re.Pattern[str], text: str) -> float:
    return float(pattern.search(text) is not None)


@cache
def _model() -> tuple[float, dict[str, float]]:
    values = json.loads((files("profile_rag") / "data" / "polarity.json").read_text(encoding="utf-8"))
    return float(values["intercept"]), {name: float(weight) for name, weight in values["weights"].items()}
