"""Questions about the person as a whole ("what drives her?"), and the parts of a document that speak of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from profile_rag.answering.evidence import Passage
from profile_rag.answering.question import Question
from profile_rag.words import content_words


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of a person that documents give a place of its own."""

    asks: re.Pattern[str]
    headings: re.Pattern[str]
    """What the heading or the label of its place is called."""
    wording: re.Pattern[str]
    """What a sentence says that speaks of it."""
    is_anywhere: bool = False
    """Whether such a sentence counts wherever it stands."""
    may_name_more: bool = False
    """Whether the question may name other things beside it."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


CHARACTER = _pattern(
    r"^(?:vibe|personality|character|temperament|traits?|creature|nature|manner|in (?:short|brief)|at a glance)\b"
)
"""How a heading or a label opens that tells what somebody is like."""

_ASPECTS = (
    Aspect(
        asks=_pattern(
            r"\b(?:what kind of (?:person|character|colleague)|what sort of (?:person|character|colleague)"
            r"|what(?:['’]s| is| are| would) .{1,30} (?:be )?like\b|personality|character\b|temperament"
            r"|as a (?:person|human|colleague)"
            r"|in (?:a few|three|one|two) words?|vibe)"
        ),
        headings=CHARACTER,
        wording=_pattern(
            r"\b(?:the (?:kind|sort|type) of person|the person who|known for|colleagues (?:say|call|describe))\b"
        ),
    ),
    Aspect(
        asks=_pattern(
            r"\b(?:how did .{1,40} (?:get|come|end up|start|begin|arrive|become)\b|career (?:path|story|history|so far)"
            r"|life story|(?:his|her|their) (?:story|journey|background|career|path|history)\b"
            r"|where (?:does|do|did) .{1,30} (?:come from|start|begin)|came? from\b|(?:line of work|field"
            r"|trade) did .{1,20} come)"
        ),
        headings=_pattern(
            r"^(?:background|(?:my |his |her |their )?(?:story|journey|career|history|path)|bio(?:graphy)?|about)\b"
        ),
        wording=_pattern(
            r"\b(?:started (?:out|at|in|as)|began|grew up|came (?:to|from|into)|fell into|worked (?:his|her"
            r"|their) way|career"
            r"|path|before (?:that|moving|becoming|realizing)|moved (?:in)?to|went (?:from|on))\b"
        ),
    ),
    Aspect(
        asks=_pattern(
            r"\b(?:drives?|motivates?|gets? .{1,15} out of bed|philosophy|beliefs?|believes? in|values?\b"
            r"|cares? (?:most |really )?about"
            r"|matters? (?:most )?to|passionate|passions?|stands? for|principles)"
        ),
        headings=_pattern(
            r"^(?:(?:\w+ )?(?:philosophy|values?|principles|beliefs?|motivations?|mission)|what drives)\b"
        ),
        wording=_pattern(
            r"\b(?:driven by|believes?|motivat\w+|cares? (?:about|more)|passion\w*|philosophy"
            r"|matters (?:more|most)|what makes"
            r"|distincti\w+"
            r"|obsess\w+|convinced|the point is)\b"
        ),
        is_anywhere=True,
    ),
    Aspect(
        asks=_pattern(
            r"\b(?:sets? .{1,30} apart|stands? out|what makes .{1,40} (?:different|special|unique|distinctive"
            r"|stand out)"
            r"|what(?:['’]s| is) (?:so )?(?:different|special|unique|distinctive) about|distinguish\w*)"
        ),
        headings=_pattern(r"^(?:what (?:makes|sets|distinguishes)|why (?:me|hire))\b"),
        wording=_pattern(
            r"\b(?:distinguish\w*|distincti\w*|sets? \w+ apart|one of the few|what makes|unlike (?:most|other))\b"
        ),
        is_anywhere=True,
        may_name_more=True,
    ),
    Aspect(
        asks=_pattern(
            r"\b(?:how (?:does|do|would|will|can) .{1,30}\b(?:work|go about|approach|tackle|start|begin|operate|handle)"
            r"|working (?:style|habits|methods?)|work(?:ing)? with (?:him|her|them)|way of working"
            r"|approach to (?:work|a)|day[- ]to[- ]day)\b"
        ),
        headings=_pattern(
            r"^(?:work(?:ing)? (?:style|habits|methods?)|habits|how (?:i|he|she|they) works?|approach"
            r"|way of working|process)\b"
        ),
        wording=_pattern(r"(?!)"),
    ),
)
# Words of such a question that ask for nothing more; any other makes it a question about that.
_EMPTY = frozenset(
    "kind sort person human being character colleague personality temperament word words few short office team like"
    " vibe"
    " get got come came end up start started begin began arrive become career path story history life background"
    " journey"
    " today here step far line work field trade job drive drives motivate motivates bed philosophy belief beliefs"
    " believe"
    " value values care cares matter matters most passionate passion passions stand principle principles guy man woman"
    " working style habit habits method methods way approach tackle operate handle go day new fresh problem"
    " problems task"
    " tasks project projects candidate describe tell summarize sum typical usually generally normally actually"
    " really say"
    " professional professionally morning honest honestly overall work-wise general place whole would colleagues"
    " profession"
    " current role position".split()
)


def aspect_of(question: Question, own_stems: Collection[str]) -> Aspect | None:
    """What side of the person a question asks about, if it asks about nothing else.

    Args:
        question: Taken apart.
        own_stems: Stems of the person's names and role, which ask for nothing.
    """
    words = content_words(question.text)
    is_only = all(word.text.lower() in _EMPTY or word.stem in own_stems for word in words)
    found = (aspect for aspect in _ASPECTS if aspect.asks.search(question.text))
    return next((aspect for aspect in found if is_only or aspect.may_name_more), None)


def is_place_of(aspect: Aspect, passage: Passage) -> bool:
    """Whether a passage stands where documents tell of this side of a person, or is labelled so."""
    heading = passage.chunk.heading[-1] if passage.chunk.heading else ""
    return aspect.headings.search(heading) is not None or is_labelled(passage.text, aspect.headings)


def is_labelled(text: str, label: re.Pattern[str]) -> bool:
    """Whether a text opens with just this label and a colon: "Character: …", not "Character design: …"."""
    opening, colon, _ = text.partition(":")
    return bool(colon) and label.fullmatch(opening.strip()) is not None
