"""The bare words of a question: shorthand written out, greetings and markup left away."""

from __future__ import annotations

import re

AUXILIARY = r"(?:can|could|would|will|does|do|did|is|are|was|were|has|have|had|should|might)"
"""The verbs that open a yes-or-no question."""

QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
"""The words that open a question for something other than yes or no."""

OPENS_QUESTION = re.compile(rf"^(?:{AUXILIARY}|{'|'.join(sorted(QUESTION_WORDS))})\b", re.IGNORECASE)
"""How a question begins that is more than what it asks about."""

MAX_BARE_WORDS = 6
"""Of what somebody types who leaves the question out ("grant reporting?")."""

# What people type in a hurry, written out.
_SHORTHAND = (
    (re.compile(r"\b(what|how|where|who|when)s\b(?=\s)", re.IGNORECASE), r"\1's"),
    (re.compile(r"\bexp\b\.?(?=\s+(?:w/|with|in)|\s*\?|$)", re.IGNORECASE), "experience"),
    (re.compile(r"(?<=\s)w/o\s", re.IGNORECASE), "without "),
    (re.compile(r"(?<=\s)w/\s*", re.IGNORECASE), "with "),
    (re.compile(r"\b(?:pls|plz)\b", re.IGNORECASE), "please"),
    (re.compile(r"\byrs?\b(?=\.|\s|$)", re.IGNORECASE), "years"),
    (re.compile(r"\b(ca|wo|do|does|is|are|was|has|have|did|would|could|should)nt\b", re.IGNORECASE), r"\1n't"),
)
_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|sorry|ok(?:ay)?|so|well|please|thanks?|and|but|also|then|now|hang on|wait|hmm+|um+|listen"
    r"|there|quick question|just curious|honestly|out of curiosity|hope (?:all is|you are|you['’]re|this finds you)"
    r" \w+)\b[\s,.:!…-]*)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<script\b.{0,500}?</script>|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|</?[a-z!][^<>]{0,200}>", re.IGNORECASE
)
_YES_OR_NO = re.compile(r"[\s,;:–—-]+(?:yes or no|yes/no|y/n|true or false)$", re.IGNORECASE)
# What people put behind a question that asks for nothing: thanks, "…, can they?", a remark on why they ask.
_TAIL = re.compile(
    r"(?:[\s,;:.!–—-]+(?:please|(?<=, )then|thanks|thank you|thx|cheers|btw|by the way"
    r"|if (?:that['’]?s ok|possible|at all)"
    r"|just (?:curious|asking|wondering)|roughly|approximately"
    r"|(?<=,\s)(?:can|could|does|do|did|has|have|is|are|would|will) (?:he|she|they)(?: (?:also )?\w+(?: with)? (?:it"
    r"|that|them))?"
    r"|(?<=,\s)\w+ included))+$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"^(?P<asked>[^?]{3,}\?)\s+(?!(?:if|then|and|or|e\.g|like|such)\b)[^?]{3,}$", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:(?:can|could|would) you (?:please |kindly )?(?:tell (?:me|us)|let (?:me|us) know|say)|(?:please )?let (?:me"
    r"|us) know|tell me|do you know|i(?: would|['’]d) like to know"
    r"|i wonder|i want to know|is it true(?: that)?|(?:please )?(?:confirm|verify|admit|state)(?: that)?|(?:would"
    r"|could|can) you say(?: that)?|any idea)[\s,:]+(?=(?:if"
    r"|whether|which|what|who|how|where|when|why|is|are"
    r"|does|has|can|he|she|they)(?:['’]s|['’]re)?\b)(?:if |whether )?"
    r"|^(?:can|could|would|will) you(?: please)? (?=(?:list|name|give|show|describe|summari[sz]e|explain|walk|talk)\b)",
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
    bare = _ASIDE.sub("", _COURTESY.sub("", _MARKUP.sub(" ", text).strip()))
    if remark := _REMARK.match(bare):
        bare = remark["asked"]
    bare = bare.strip(" ?!.,;:")
    return _YES_OR_NO.sub("", _TAIL.sub("", bare)).strip(" ?!.,;:") or text


def is_bare(question: str) -> bool:
    """Whether a question is only what it asks about ("grant reporting?")."""
    bare = bare_question(question)
    return len(bare.split()) <= MAX_BARE_WORDS and OPENS_QUESTION.match(bare) is None


def without_opening(text: str) -> str:
    """A question without greetings, and without "can you tell me if" and the like."""
    return _ASIDE.sub("", _COURTESY.sub("", text)).strip() or text


def without_politeness(text: str) -> str:
    """A request without "please", "could you" and the like before it."""
    return _POLITE.sub("", text)
