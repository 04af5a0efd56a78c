"""Follow-ups: a question that leans on those before, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.fragments import fill_in, is_whole
from profile_rag.answering.frame import Frame, take_apart
from profile_rag.answering.mentions import somebody_else, spell_out
from profile_rag.answering.reference import MembersOf, resolve_references
from profile_rag.schema import Person

_MAX_FRAGMENT_WORDS = 9
_SWITCH = re.compile(
    r"^(?:(?:ok|okay|well|so|and|now|alright|right|thanks?|thank you)\b[\s,.!:–—-]*)*"
    r"(?:(?:(?:a |an |on to (?:a |an )?|let['’]?s (?:talk|move|go)[^:,.;]*?)?(?:completely |totally |entirely )?"
    r"(?:different|another|other|new|next|separate|unrelated) (?:topic|subject|question|thing|point|matter|note)"
    r"|something (?:else|different)(?: entirely| now)?|(?:to )?chang(?:e|ing) (?:of |the )?(?:subject|topic)"
    r"|moving on|by the way|btw"
    r"|on (?:a|an) (?:different|another|other) (?:note|topic|subject)|unrelated|switching (?:topics?|subjects?|gears)"
    r"|let['’]?s (?:talk about something else|change the (?:subject|topic)|move on)|forget (?:that|it|about that)"
    r"|never ?mind"
    r"|one more (?:thing|question)|last question|quick question)(?:\s+(?:though|then|now|for you))?)"
    r"\s*[:,.;!–—-]+\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:ok(?:ay)?|so|and|but|also|or|then|now|h+m+|oh|ah|aha|yes|yeah|yep|please|hi|hello|thanks?(?: a lot)?"
    r"|thank you|i see|got it"
    r"|what if|in that case)(?:[\s,.!:…–—-]+|$)"
    r"|(?:well|great|nice|cool|alright|right|sure|fine|good(?: to know)?|interesting|perfect|understood|excellent"
    r"|makes sense|wow)(?:\s*[,.!:…–—-]+\s*|$))+",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?P<no>(?:(?:no|nope|nah|sorry|oops|wait|ah|oh|hm+|actually|pardon|my bad|(?:i )?(?:mis)?typo(?:ed)?"
    r"|i mistyped|mistyped|(?:scratch|strike) that|wrong one"
    r"|not that(?: one)?|let me rephrase|correction|i mean|rather|or rather|hold on"
    r"|excuse me)\b[\s,.!:–—-]*)*)"
    r"(?P<meant>(?:(?:what )?i (?:actually |really )?(?:mean|meant|was asking about|asked (?:about|for)|said"
    r"|wanted(?: to (?:ask|know) about)?"
    r"|was thinking of|am asking about)|i['’]m asking about|make that|that should (?:be|read|have been)"
    r"|should (?:be|read)|is|was)\b[\s,:]*)?"
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_CORRECTED_BEHIND = re.compile(
    r"^(?:(?:sorry|no|oh|oops|wait|ah)\b[\s,.!–—-]*)*(?P<rest>[^,;?]{1,60}?),?\s+(?:i (?:mean|meant)|sorry|i"
    r" should say|that is)$",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"^(?:not\s+(?P<old>[^,;.–—]+?)\s*[,;.–—-]+\s*(?:but\s+)?(?P<new>.+)"
    r"|(?P<new2>[^,;]+?)\s*,?\s+(?:not|instead of|rather than)\s+(?P<old2>[^,;]+))$",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^(?:(?:hi|hello|hey|thanks?(?: you| a lot| so much)?|ok(?:ay)?|great|cool|nice|good|perfect|yes|no|sure"
    r"|understood|got it|i see|bye"
    r"|good (?:morning|afternoon|evening)|interesting|wow|hm+)[\s,.!…]*)+$"
    r"|^(?:hi|hello|hey)?[\s,.!]*(?:i['’]?m|i am|we['’]?re|we are|this is|my name is)\b(?!.*\?)[^?]*$",
    re.IGNORECASE,
)


def stand_alone(question: str, earlier: Sequence[str], person: Person, *, members_of: MembersOf | None = None) -> str:
    """The question with what it leaves out filled in from the questions before it; itself when it stands alone."""
    told: list[str] = []
    for text in (*earlier, question):
        told.append(_resolve(" ".join(text.split()), told, person, members_of))
    return question if told[-1] == " ".join(question.split()) else told[-1]


def _resolve(question: str, earlier: Sequence[str], person: Person, members_of: MembersOf | None) -> str:
    before = [text for text in earlier if not _SMALL_TALK.match(text)]
    if not before:
        return question
    if match := _SWITCH.match(question):
        return _sentence(match.group("rest"))
    frames = [take_apart(text, person) for text in before[-4:]]
    if (corrected := _correct(question, frames, person)) is not None:
        return corrected
    if _SMALL_TALK.match(question):
        return question
    opener = _OPENER.match(question)
    core = question[opener.end() :] if opener else question
    core = core.strip() or question
    if is_whole(core, person):
        if name := somebody_else(core, before[-1], person):
            return _sentence(spell_out(core, [name], []))
        resolved = resolve_references(core, frames, person, members_of)
        return question if resolved == core else _sentence(resolved)
    if len(core.split()) > _MAX_FRAGMENT_WORDS:
        return question
    is_added = bool(opener and re.search(r"\b(?:and|or|also|but|what if)\b", opener.group(), re.IGNORECASE))
    filled = fill_in(core.strip(" ?!.,;:…"), frames, person, is_added=is_added)
    return _sentence(filled) if filled else question


def _correct(question: str, frames: Sequence[Frame], person: Person) -> str | None:
    """The question before with what was meant in the place of what was said; `None` when this corrects nothing."""
    plain = question.strip(" ?!.")
    if behind := _CORRECTED_BEHIND.match(plain):
        plain = f"sorry, {behind.group('rest')}"
    match = _CORRECTION.match(plain)
    if match is None:
        return None
    rest = match.group("rest").strip(" ,:")
    is_told = bool(match.group("no").strip()) or bool(
        re.match(r"(?:what )?i\b", match.group("meant") or "", re.IGNORECASE)
    )
    swap = _NOT.match(rest)
    if swap and len(rest.split()) <= _MAX_FRAGMENT_WORDS and not is_whole(rest, person):
        new = (swap.group("new") or swap.group("new2")).strip(" \"'“”")
        old = (swap.group("old") or swap.group("old2")).strip(" \"'“”")
        held = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", frames[-1].text, re.IGNORECASE)
        if held:
            return _sentence(f"{frames[-1].text[: held.start()]}{new}{frames[-1].text[held.end() :]}")
        rest, is_told = new, True
    if not is_told or not rest:
        return None
    if is_whole(rest, person):
        return _sentence(resolve_references(rest, frames, person, None))
    filled = fill_in(rest.strip(" \"'“”"), frames, person, is_added=True)
    return _sentence(filled) if filled else None


def _sentence(text: str) -> str:
    text = " ".join(text.split()).strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith(("?", "!", ".")) else f"{text}?"
