"""A few words that follow a question ("and on GCP?"), put into it where they fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.frame import AUXILIARY, PREPOSITION, Frame, Piece, looks_like_name
from profile_rag.answering.further_questions import (
    HOW_MANY_YEARS,
    POSSESSIVE,
    ask_about,
    ask_beside,
    ask_for_detail,
    ask_for_others,
    ask_which,
    be_verb,
    do_verb,
    have_verb,
)
from profile_rag.answering.reference import resolve_references
from profile_rag.answering.subject import subject_pattern
from profile_rag.schema import Person

_MAX_BARE_WORDS = 4
_LEADS_FRAGMENT = re.compile(
    r"^(?:(?:what|how) about(?: (?:his|her|their) (?:experience|knowledge|skills?|work) (?:with|in|of|on))?"
    r"|(?:the )?same(?: question)?(?: for| with| about)?"
    r"|(?:any |some )?(?:experience|knowledge|expertise)(?: with| in| of)|what of|or (?:maybe|perhaps|even)|or|and"
    r"|also|maybe|perhaps|even|only|just|then)"
    r"\b[\s,:]*",
    re.IGNORECASE,
)
_TRAILS = re.compile(
    r"[\s,]+(?:too|as well|also|either|then|though|maybe|perhaps|instead|please|by any chance|for example|or not"
    r"|at all|again|at least)$",
    re.IGNORECASE,
)
_THE_OTHER = re.compile(
    r"^(?:the )?(?:other|second|first|next)(?: (?:one|thing|tool|option))?\s*[,:–—-]\s*(?=\S)", re.IGNORECASE
)
_ELSE = re.compile(
    r"^(?:(?:is|are) there |does that include |do you (?:have|know of) )?(?:what else|(?:any|some"
    r"|every)thing (?:else|more|other)|any(?: of the)? (?:others?|more)(?: ones?)?"
    r"|(?:the |some )?others?(?: ones?)?|what others?|which others?(?: ones?)?|(?:and )?more|what more|else"
    r"|who else|where else)"
    r"(?:\s+(?:besides|apart from|except(?: for)?|other than|than|beyond|in addition to|on top of)\s+(?P<known>.+))?$",
    re.IGNORECASE,
)
_OTHER_NOUN = re.compile(
    r"^(?:(?:which|what|any|some"
    r"|are there)\s+)*other\s+(?P<noun>(?!ones?\b)[\w+#./-]+(?:\s[\w+#./-]+){0,2})$",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"^(?:(?:do you have|can you (?:give|show)(?: me| us)?|could you (?:give|show)(?: me| us)?|give(?: me| us)?"
    r"|show(?: me| us)?|got|is there|are there|with)\s+)?"
    r"(?:an?y?\s+|some\s+|one\s+|more\s+|a few\s+|the\s+|concrete\s+|specific\s+|further\s+)*"
    r"(?:examples?|instances?|details?|specifics|evidence|proof|particulars|stories|story|for instance|for example)"
    r"(?:\s+(?:of|for|about|on)\s+(?:that|it|this|those|them|these))?$"
    r"|^(?:tell me|say|can you say|can you tell me)?\s*(?:a (?:bit|little) )?more(?:\s+(?:about|on)\s+(?:that|it"
    r"|this|those|them|these))?(?:,? please)?$"
    r"|^(?:(?:can|could) you )?(?:please )?(?:elaborate|go on|expand)(?: on (?:that|it|this))?$|^(?:such as"
    r"|like what|in what way|how so|like)$",
    re.IGNORECASE,
)
_WHICH_ONES = re.compile(
    r"^(?:which(?: ones?)?|what (?:kinds?|types?|sorts?|ones?)(?: of)?|what exactly|which exactly|what are they"
    r"|which are they|namely"
    r"|which (?:are|is) (?:those|these|it|that)|what specifically|which specifically|what in particular"
    r"|which in particular)$",
    re.IGNORECASE,
)
_WH_FRAGMENT = re.compile(
    rf"^(?:{PREPOSITION}\s+)?(?:which|what|whose|whom|who|when|where|why|how)\b.*$|^(?:since|until) when\b.*$",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"^(?:in (?:a )?(?:live )?prod(?:uction)?(?: environments?)?|at (?:large |a large |web )?scale|professionally"
    r"|commercially|in depth|for real|in practice"
    r"|at work|on the job|in (?:his|her|their) (?:current )?(?:job|work|role|free time|spare time)"
    r"|at (?:an? )?\w+ level)$",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"^(?:\w{3,}ly(?:\s+or\s.+)?|alone|(?:by )?(?:him|her|them)sel(?:f|ves)|full[- ]time|part[- ]time|nowadays"
    r"|still(?: today| now)?|today|now|before|yet|ever|often|as (?:a|an) [\w -]+"
    r"|these days|right now|so far|already|abroad|on[- ]site|from scratch|end[- ]to[- ]end|hands[- ]on)$",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"^(?:really|(?:are you )?(?:sure|certain|serious)(?: about (?:that|it|this))?|is that (?:true|right|so"
    r"|correct)|says who|for real)$",
    re.IGNORECASE,
)
_IS_FRAGMENT = re.compile(
    r"^(?P<what>(?:an? )?(?:expert|specialist|beginner|novice|senior|junior|certified|fluent|proficient|advanced"
    r"|self-taught|experienced|comfortable|confident"
    r"|any good|good|strong|familiar|native))$",
    re.IGNORECASE,
)
_DONE_FRAGMENT = re.compile(
    r"^(?P<rest>(?:ever |already |also |actually |personally )?(?:\w{3,}ed|used|built|run|written|led|done|made"
    r"|taught|given|held|won|sold|shipped|grown)\b"
    r"(?:\s.+)?)$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:who|what|which|where|when|how|why)(?:['’]s|\s+(?:\w+\s+){0,3}(?:is|are|was|were|does|did|has|have|can))\s"
    r"|^(?:list|name|describe|explain|summari[sz]e|tell me (?:about|what|how|who|where|why|if|whether)"
    r"|show me (?:his|her|their|all))\b|^(?:i|we|you)\b|^who\s+(?!else\b|for\b|with\b)\w+\s+\w"
    r"|^what\s+(?!about\b|for\b|if\b)\w+\s+(?:him|her|them|it|his|their|the|this|that|an?)\b",
    re.IGNORECASE,
)
# What a recruiter asks of anyone, whatever was asked before: one word of it starts a new subject.
_OWN_SUBJECT = re.compile(
    r"^(?:(?:expected |current )?salary(?: expectations?)?|education|degrees?|hobb(?:y|ies)|location|availability"
    r"|notice period|email|phone|contact|address"
    r"|age|name|full name|role|title|job title|pronouns?|nationality|visa(?: status)?|references|strengths"
    r"|weaknesses|summary|interests|citizenship|relocation"
    r"|certifications?|certificates?|languages spoken|who (?:is|are) (?:he|she|they))$",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"^(?:compared|better|more|less|worse|rather|stronger|faster|enough|as (?:well|good|much) as|instead of)\b",
    re.IGNORECASE,
)
_BACK_IN_TIME = re.compile(
    r"^(?:and )?(?:before|after|since|until|besides|without) (?:that|this|then|it)$", re.IGNORECASE
)
_PLATFORMS = re.compile(
    r"^(?:aws|gcp|azure|google cloud(?: platform)?|amazon web services|microsoft azure|oracle cloud|alibaba cloud"
    r"|heroku|digitalocean|on[- ]prem(?:ises)?)$",
    re.IGNORECASE,
)
_ONES = re.compile(r"^(?:any |some |the |only )?(?P<kind>.+?)\s+ones?$", re.IGNORECASE)
_ANY = re.compile(r"^(?:any|some)\s+", re.IGNORECASE)


def is_whole(text: str, person: Person) -> bool:
    """Whether a text has a verb and somebody or something that does it."""
    plain = text.strip(" ?!.")
    if any(pattern.match(plain) for pattern in (_ELSE, _OTHER_NOUN, _SURE, _DETAIL, _WHICH_ONES)):
        return False
    subject = subject_pattern(person)
    others = r"the|his|her|their|that|this|it|those|these|people|i|we"
    return (
        (re.match(rf"^{AUXILIARY}\b", text, re.IGNORECASE) is not None and len(text.split()) > 2)
        or re.search(rf"\b{AUXILIARY}(?:n['’]t)?\s+(?:{subject}|{others})\b", text, re.IGNORECASE) is not None
        or re.match(rf"^(?:{subject})\s+\w+", text, re.IGNORECASE) is not None
        or _WHOLE.match(text) is not None
    )


def fill_in(fragment: str, frames: Sequence[Frame], person: Person, *, is_added: bool) -> str:
    """The question before with this fragment in it; empty when it doesn't fit there."""
    frame = frames[-1]
    if found := _ELSE.match(fragment):
        return ask_for_others(frame, "", person)
    if found := _OTHER_NOUN.match(fragment):
        return ask_for_others(frame, _TRAILS.sub("", found.group("noun")), person)
    if _SURE.match(fragment):
        return frame.text
    if _DETAIL.match(fragment):
        return ask_for_detail(frame, person)
    if _WHICH_ONES.match(fragment):
        return ask_which(frame, person)
    if _WH_FRAGMENT.match(fragment) and not re.match(r"^(?:what|how) about\b", fragment, re.IGNORECASE):
        return ask_about(fragment, frame, person)
    if HOW_MANY_YEARS.match(fragment):
        return ask_about("how many years", frame, person)
    lead = _LEADS_FRAGMENT.match(fragment)
    is_added = is_added or bool(lead)
    rest = fragment[lead.end() :] if lead else fragment
    trail = _TRAILS.search(rest)
    is_added = is_added or bool(trail)
    rest = _THE_OTHER.sub("", rest[: trail.start()] if trail else rest).strip(" ,:\"'“”")
    if not rest:
        return ""
    return _put_in(rest, frame, frames, person, is_added=is_added)


def _put_in(rest: str, frame: Frame, frames: Sequence[Frame], person: Person, *, is_added: bool) -> str:
    if _OWN_SUBJECT.match(rest):
        return f"What {_is_or_are(rest)} {person.possessive} {rest}?" if is_added else ""
    if POSSESSIVE.match(rest):
        return f"What {_is_or_are(rest)} {rest}?"
    rest = re.sub(rf"^(?:any|some)(?:thing|one|body)\s+(?={PREPOSITION}\s)", "", rest, flags=re.IGNORECASE)
    if _BACK_IN_TIME.match(rest):
        return ask_beside(rest, frame, person)
    if _ADVERB.match(rest) and (same := [piece for piece in frame.pieces if _ADVERB.match(piece.text)]):
        return frame.swapped(same[-1], rest)
    if _LEVEL.match(rest) or _ADVERB.match(rest) or _COMPARES.match(rest):
        return _append(rest, frame)
    if re.match(r"of\s", rest, re.IGNORECASE):
        piece = next((piece for piece in frame.pieces if " of " in piece.text), None)
        return frame.swapped(piece, f"{piece.text.rsplit(' of ', 1)[0]} {rest}") if piece else ""
    if re.search(rf"\b{PREPOSITION}\s+(?:it|that|this|them|those|these)$", rest, re.IGNORECASE) and not re.match(
        PREPOSITION, rest, re.IGNORECASE
    ):
        return resolve_references(f"{do_verb(person)} {person.subject} have {rest}?", frames, person, None)
    if match := re.match(rf"^(?P<preposition>{PREPOSITION})\s+(?P<noun>.+)$", rest, re.IGNORECASE):
        return _put_in_phrase(rest, match.group("preposition").lower(), match.group("noun"), frame, person)
    if (match := _IS_FRAGMENT.match(rest)) and frame.main:
        return resolve_references(f"{be_verb(person)} {person.subject} {match.group('what')}?", frames, person, None)
    if _DONE_FRAGMENT.match(rest) and re.search(rf"\s(?:it|that|this|them|those|{PREPOSITION})\b", rest, re.IGNORECASE):
        return resolve_references(f"{have_verb(person)} {person.subject} {rest}?", frames, person, None)
    return _put_in_noun(rest, frame, person, is_added=is_added)


def _put_in_phrase(phrase: str, preposition: str, noun: str, frame: Frame, person: Person) -> str:
    """A fragment with a preposition takes the place of what has the same one; else it is added."""
    for piece in reversed(frame.pieces):
        if piece.preposition == preposition or _led_by(frame, piece) == preposition:
            return frame.swapped(piece, _of_a_kind(noun, piece.text))
    if frame.main and _PLATFORMS.match(noun) and _PLATFORMS.match(frame.main.text):
        return frame.swapped(frame.main, noun)
    return _append(phrase, frame)


def _led_by(frame: Frame, piece: Piece) -> str:
    """The preposition that ends the words before a piece ("work on", "experience with")."""
    match = re.search(rf"\b({PREPOSITION})\s+(?:any\s+|an?\s+|the\s+)?$", frame.text[: piece.start], re.IGNORECASE)
    return match.group(1).lower() if match else ""


def _put_in_noun(noun: str, frame: Frame, person: Person, *, is_added: bool) -> str:
    is_short = len(noun.split()) <= _MAX_BARE_WORDS
    if is_added and not frame.pieces and frame.verb and not frame.opening and not looks_like_name(noun):
        return f"{frame.auxiliary} {frame.subject} {noun}?"  # another verb: "would she travel?"
    if frame.category is not None and not frame.pieces:
        return _put_in_category(noun, frame, person)
    if not frame.pieces or (not is_added and (not is_short or frame.kind not in {"capability", "comparison", "list"})):
        return ""
    named = [piece for piece in frame.pieces if piece.is_name]
    plain = [
        piece for piece in frame.pieces if not piece.is_name and not _LEVEL.match(f"{piece.preposition} {piece.text}")
    ]
    noun = _ANY.sub("", noun)
    is_name = looks_like_name(noun)
    if ones := _ONES.match(noun):
        return frame.swapped(frame.pieces[0], _of_a_kind(ones.group("kind") + " ones", frame.pieces[0].text))
    piece = (named[-1:] if is_name else plain[:1]) or frame.pieces[:1]
    return frame.swapped(piece[0], noun)


def _put_in_category(noun: str, frame: Frame, person: Person) -> str:
    """After "which X …?", another kind of things takes the place of X; a thing is asked for itself."""
    category = frame.category
    if category is None:
        return ""
    plain = _ANY.sub("", noun)
    if not looks_like_name(plain) and plain.rstrip(" ").endswith("s"):
        return frame.swapped(category, plain)
    plain = _of_a_kind(plain, category.text)
    clause = frame.clause
    if not clause:
        return f"{do_verb(person)} {person.subject} know {plain}?"
    at = clause.lower().rfind(category.text.lower())
    return f"{clause[:at]}{plain}{clause[at + len(category.text) :]}?"


def _of_a_kind(noun: str, old: str) -> str:
    """ "hybrid ones" after "virtual events" are hybrid events."""
    match = _ONES.match(noun)
    return f"{match.group('kind')} {old.split()[-1]}" if match else noun


def _append(words: str, frame: Frame) -> str:
    if frame.auxiliary or frame.pieces or frame.category:
        return f"{frame.text.rstrip(' ?.!')} {words}?"
    return ""


def _is_or_are(noun: str) -> str:
    return "are" if re.search(r"(?<![su])s$", noun) else "is"
