"""Short questions that ask further about the question before: "since when?", "which ones?", "what else?"."""

from __future__ import annotations

import re

from profile_rag.answering.frame import Frame, looks_like_name
from profile_rag.schema import Person

POSSESSIVE = re.compile(r"^(?:his|her|their)\s+(?!experience\b|knowledge\b)", re.IGNORECASE)
"""How a fragment opens that asks for something of the person's own ("her degree")."""
HOW_MANY_YEARS = re.compile(
    r"^(?:for )?(?:how (?:many|much) (?:years?|time|experience)(?: of experience| exactly)?|how long"
    r"|how many years.*|years(?: of experience)?)$",
    re.IGNORECASE,
)
"""A fragment that asks for an amount of time alone."""

_WHICH_NOUN = re.compile(
    r"^(?:which|what)\s+(?P<noun>(?!about\b|else\b|for\b|if\b)[\w+#./-]+(?:\s[\w+#./-]+){0,2})$", re.IGNORECASE
)
_HOW_WELL = re.compile(
    r"^(?:how (?:well|good|strong|deep(?:ly)?|much|experienced|skilled|advanced|proficient|fluent(?:ly)?)"
    r"|to what (?:level|extent|degree)|what level|at what level|at which level)$",
    re.IGNORECASE,
)
_BY_NOUN = (
    (
        re.compile(
            r"compan|employer|firm|organi|school|universit|college|conference|hospital|agenc|place|institut|event",
            re.IGNORECASE,
        ),
        "at",
    ),
    (
        re.compile(
            r"year|cit(?:y|ies)|countr|industr|field|subject|area|sector|month|language|department|context|setting"
            r"|role",
            re.IGNORECASE,
        ),
        "in",
    ),
    (re.compile(r"product|project|client|customer|audience|purpose|brand|use case|team|cause", re.IGNORECASE), "for"),
)
_USED_WHERE = re.compile(r"^(?:in|on|at|for|by|with) how many\b", re.IGNORECASE)
_BARE_HOW_MANY = re.compile(
    r"^how (?:many|much)(?: so far| in total| altogether| exactly| of (?:them|those|these))?$", re.IGNORECASE
)
_CHANGES = re.compile(
    r"^(?:reduc|increas|lower|cut|gr[eo]w|improv|boost|decreas|shr[aiu]nk|speed|sped|halv|doubl)", re.IGNORECASE
)
_HAS_VERB = re.compile(
    r"\b(?:he|she|they|him|them|it|the|a|an|this|that)\b|\b\w{2,}ed\b|\b(?:came|went|made|won|took|led|got|left"
    r"|began|ran|wrote"
    r"|gave|kept|held|found|saw|said|told|brought|bought|built|became|live|lives|report|reports|use|uses|know"
    r"|knows|come|comes"
    r"|go|goes|need|needs|want|wants|mean|means|make|makes|have|happens)\b",
    re.IGNORECASE,
)
_CAREER = re.compile(
    r"^(?P<what>where|who|what|for whom|which company|when|since when|how long)\b.*\b(?:work\w*|employ\w*|job"
    r"|role|position|compan\w+"
    r"|do|doing|join\w*|at [A-Z]\w+)\b",
    re.IGNORECASE,
)
_OWNS = re.compile(r"^(?:have|has|had|got|holds?|speaks?)(?:\s+(?:an?|any|the|some))*$", re.IGNORECASE)


def ask_beside(fragment: str, frame: Frame, person: Person) -> str:
    """ "and before that?", behind a question about where the person worked."""
    plain = frame.text.strip(" ?!.")
    side = re.match(r"(?:and )?(before|after)\b", fragment, re.IGNORECASE)
    if side is None or not (asked := _CAREER.match(plain)):
        return ""
    if anchor := re.search(r"\b(?:before|after)\s+.+$|\b(?:19|20)\d\d$", plain, re.IGNORECASE):
        words = anchor.group()
        than = words if words.isdigit() else f"the job {words}"
    elif anchor := re.search(r"\b(?:at|for|with|join|joined)\s+(?P<place>[A-Z].*)$", plain):
        than = anchor.group("place")
    else:
        than = f"{person.possessive} current job"
    what = "where" if asked.group("what").lower() in {"where", "who", "for whom"} or "compan" in plain else "what"
    verb = "work" if what == "where" else "do"
    return f"{what} did {person.subject} {verb} {side.group(1).lower()} {than}?"


def ask_about(fragment: str, frame: Frame, person: Person) -> str:
    """ "since when?", "at which company?", "how well?": the clause before under another question word."""
    if _HAS_VERB.search(fragment) or re.match(r"who\b(?!(?: else)?(?: with| for| by)?$)", fragment, re.IGNORECASE):
        return ""  # "who won?", "what happened next?"
    what = frame.main.text if frame.main else ""
    fragment = re.sub(r"\s+(?:exactly|precisely|then|though)$", "", fragment, flags=re.IGNORECASE)
    if _HOW_WELL.match(fragment) and what and (frame.is_light or not frame.auxiliary):
        how = re.match(r"how (\w+)$", fragment, re.IGNORECASE)
        if how and how.group(1).lower() in {
            "good",
            "strong",
            "experienced",
            "skilled",
            "advanced",
            "proficient",
            "fluent",
        }:
            return f"How {how.group(1).lower()} {be_verb(person).lower()} {person.subject} with {what}?"
        return f"How well {do_verb(person).lower()} {person.subject} know {what}?"
    if (
        HOW_MANY_YEARS.match(fragment)
        and what
        and frame.is_light
        and not re.match(r"ha[sd]|have", frame.auxiliary, re.IGNORECASE)
    ):
        if re.match(r"how long|for how long", fragment, re.IGNORECASE):
            preposition = (
                frame.main.preposition if frame.main and frame.main.preposition in {"at", "in", "on", "for"} else "with"
            )
            return f"How long {have_verb(person).lower()} {person.subject} worked {preposition} {what}?"
        return f"How many years of experience {do_verb(person).lower()} {person.subject} have with {what}?"
    if fragment.lower() == "how much" and _CHANGES.match(frame.verb):
        fragment = "by how much"
    if _BARE_HOW_MANY.match(fragment) and frame.main and not frame.opening:
        return f"{fragment[:8]} {frame.main.text} {frame.clause_without(frame.main)}?" if not frame.main.is_name else ""
    if match := _WHICH_NOUN.match(fragment):
        return _ask_which_noun(fragment, match.group("noun"), frame, person)
    if frame.opening and frame.opening.lower().split()[0] == fragment.lower():
        return ""
    if not frame.auxiliary and frame.pieces and POSSESSIVE.match(frame.main.text if frame.main else ""):
        return f"{fragment} is {what}?"
    if frame.opening.lower() in {"what", "who"} and frame.pieces:
        return (
            f"{fragment} {do_verb(person).lower()} {person.subject} do {what}?"
            if frame.verb in {"do", "done", "did"}
            else f"{fragment} {frame.clause}?"
        )
    clause = frame.clause or (f"{do_verb(person).lower()} {person.subject} know {what}" if what else "")
    if frame.is_light and looks_like_name(what) and _USED_WHERE.match(fragment) and not _OWNS.match(frame.verb):
        clause = f"{have_verb(person).lower()} {person.subject} used {what}"
    return f"{fragment} {clause}?" if clause else ""


def _ask_which_noun(fragment: str, noun: str, frame: Frame, person: Person) -> str:
    head = noun.split()[-1].lower()
    if frame.category is not None:
        return frame.swapped(frame.category, noun)
    main = frame.main
    clause = frame.clause
    if main is None:
        return f"{fragment} {clause}?" if clause else ""
    if main.text.lower().split()[-1].rstrip("s") == head.rstrip("s") and clause:
        return f"{fragment} {frame.clause_without(main)}?"
    if frame.is_light and looks_like_name(main.text) and clause:
        return f"Which {main.text} {noun} {frame.clause_without(main)}?"
    preposition = next((word for pattern, word in _BY_NOUN if pattern.search(head)), "with")
    return f"{preposition} {fragment.lower()} {clause}?" if clause else ""


def ask_for_others(frame: Frame, noun: str, person: Person) -> str:
    """The question before about others than it names: "what else?", "which other tools?"."""
    if frame.opening:
        if noun and frame.category is None:
            return ""
        if match := re.match(r"^(which|what|how many)\s+(?!else\b|other\b)(?=\S)", frame.opening, re.IGNORECASE):
            rest = (
                frame.text[match.end() :]
                if not noun or frame.category is None
                else f"{noun}{frame.text[frame.category.end :]}"
            )
            return f"{match.group(1)} other {rest}"
        if re.search(r"\b(?:else|other)\b", frame.text, re.IGNORECASE):
            return frame.text
        return f"{frame.opening} else{frame.text[len(frame.opening) :]}"
    if frame.category is not None:
        return re.sub(r"^(which|what)\s+", r"\1 other ", frame.text, flags=re.IGNORECASE)
    main = frame.main
    if main is None:
        return ""
    question = f"Which other {noun}" if noun else "What else"
    clause = frame.clause_without(main) if frame.auxiliary else f"{do_verb(person).lower()} {person.subject} know"
    return f"{question} {clause} besides {main.text}?"


def ask_for_detail(frame: Frame, person: Person) -> str:
    """Examples of a skill are what was done with it; of anything else, how it is done."""
    if frame.opening or frame.category is not None:
        return frame.text
    what = frame.main.text if frame.main else ""
    if frame.is_light and what:
        return f"What {have_verb(person).lower()} {person.subject} done with {what}?"
    return f"How {frame.clause}?" if frame.clause else frame.text


def ask_which(frame: Frame, person: Person) -> str:
    """The question before, asking which ones they are: "which dashboards has she built?"."""
    if frame.opening:
        if match := re.match(r"^how (?:many|much)\b", frame.opening, re.IGNORECASE):
            return f"Which{frame.text[match.end() :]}"
        return ""
    main = frame.main
    if main is None or not frame.auxiliary:
        return ""
    if looks_like_name(main.text):
        return f"What exactly {have_verb(person).lower()} {person.subject} done with {main.text}?"
    return f"Which {main.text} {frame.clause_without(main)}?"


def do_verb(person: Person) -> str:
    """What "does" is beside the person's pronoun, as a question begins with it."""
    return "Do" if person.subject == "they" else "Does"


def be_verb(person: Person) -> str:
    """What "is" is beside the person's pronoun, as a question begins with it."""
    return "Are" if person.subject == "they" else "Is"


def have_verb(person: Person) -> str:
    """What "has" is beside the person's pronoun, as a question begins with it."""
    return "Have" if person.subject == "they" else "Has"
