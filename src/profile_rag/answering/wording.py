"""The bare words of a question: shorthand written out, greetings and markup left away."""

from __future__ import annotations

import re

AUXILIARY = r"(?:can|could|would|will|does|do|did|is|are|was|were|has|have|had|should|might)"
"""The verbs that open a yes-or-no question."""

QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
"""The words that open a question for something other than yes or no."""

# What people type in a hurry, written out.
_SHORTHAND = (
    (re.compile(r"\b(what|how|where|who|when)s\b(?=\s)", re.IGNORECASE), r"\1's"),
    (re.compile(r"\bexp\b\.?(?=\s+(?:w/|with|in)|\s*\?|$)", re.IGNORECASE), "experience"),
    (re.compile(r"(?<=\s)w/o\s", re.IGNORECASE), "without "),
    (re.compile(r"(?<=\s)w/\s*", re.IGNORECASE), "with "),
    (re.compile(r"\b(?:pls|plz)\b", re.IGNORECASE), "please"),
)
_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|ok(?:ay)?|so|well|please|thanks?|and|but|also|then|now|hang on|wait|hmm+|um+|listen"
    r"|quick question|just curious|honestly|out of curiosity)\b[\s,.:!…-]*)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<script\b.{0,500}?</script>|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|</?[a-z!][^<>]{0,200}>", re.IGNORECASE
)
_YES_OR_NO = re.compile(r"[\s,;:–—-]+(?:yes or no|yes/no|y/n|true or false)$", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:(?:can|could|would) you (?:please )?(?:tell me|say)|tell me|do you know|i(?: would|['’]d) like to know"
    r"|i wonder|i want to know|is it true(?: that)?|(?:please )?(?:confirm|verify|admit|state)(?: that)?|(?:would"
    r"|could|can) you say(?: that)?|any idea)[\s,:]+(?=(?:if"
    r"|whether|which|what|who|how|where|when|why|is|are"
    r"|does|has|can|he|she|they)(?:['’]s|['’]re)?\b)(?:if |whether )?",
    re.IGNORECASE,
)

_POLITE = re.compile(
    r"^(?:please|kindly|now|then|just|(?:can|could|would|will) you(?: please| kindly)?|i (?:want|need|would like)"
    r" you to|i['’]d like you to)[\s,]+",
    re.IGNORECASE,
)


def bare_question(text: str) -> str:
    """A question without greetings, markup and the marks around it, shorthand written out."""
    for pattern, written_out in _SHORTHAND:
        text = pattern.sub(written_out, text)
    bare = _ASIDE.sub("", _COURTESY.sub("", _MARKUP.sub(" ", text).strip())).strip(" ?!.,;:")
    return _YES_OR_NO.sub("", bare) or text


def without_opening(text: str) -> str:
    """A question without greetings, and without "can you tell me if" and the like."""
    return _ASIDE.sub("", _COURTESY.sub("", text)).strip() or text


def without_politeness(text: str) -> str:
    """A request without "please", "could you" and the like before it."""
    return _POLITE.sub("", text)
