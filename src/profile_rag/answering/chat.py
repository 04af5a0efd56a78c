"""Follow-ups: a question that leans on those before, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from profile_rag.answering.frame import AUXILIARY, PREPOSITION, Frame, Piece, looks_like_name, take_apart
from profile_rag.answering.mentions import somebody_else, spell_out
from profile_rag.answering.reference import resolve_references
from profile_rag.answering.subject import subject_pattern
from profile_rag.schema import Person

MembersOf = Callable[[str], Sequence[str]]
"""The members that the documents give for a category, for "which of those"."""

_MAX_FRAGMENT_WORDS = 9
_MAX_BARE_WORDS = 4

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
_WHICH_NOUN = re.compile(
    r"^(?:which|what)\s+(?P<noun>(?!about\b|else\b|for\b|if\b)[\w+#./-]+(?:\s[\w+#./-]+){0,2})$", re.IGNORECASE
)
_HOW_WELL = re.compile(
    r"^(?:how (?:well|good|strong|deep(?:ly)?|much|experienced|skilled|advanced|proficient|fluent(?:ly)?)"
    r"|to what (?:level|extent|degree)|what level|at what level|at which level)$",
    re.IGNORECASE,
)
_HOW_MANY_YEARS = re.compile(
    r"^(?:for )?(?:how (?:many|much) (?:years?|time|experience)(?: of experience| exactly)?|how long"
    r"|how many years.*|years(?: of experience)?)$",
    re.IGNORECASE,
)
_WH_FRAGMENT = re.compile(
    rf"^(?:{PREPOSITION}\s+)?(?:which|what|whose|whom|who|when|where|why|how)\b.*$|^(?:since|until) when\b.*$",
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
_LEVEL = re.compile(
    r"^(?:in (?:a )?(?:live )?prod(?:uction)?(?: environments?)?|at (?:large |a large |web )?scale|professionally"
    r"|commercially|in depth|for real|in practice"
    r"|at work|on the job|in (?:his|her|their) (?:current )?(?:job|work|role|free time|spare time)"
    r"|at (?:an? )?\w+ level)$",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"^(?:\w{3,}ly(?:\s+or\s.+)?|alone|(?:by )?(?:him|her|them)sel(?:f|ves)|full[- ]time|part[- ]time|nowadays"
    r"|today|now|before|yet|ever|often|as (?:a|an) [\w -]+"
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
_POSSESSIVE = re.compile(r"^(?:his|her|their)\s+(?!experience\b|knowledge\b)", re.IGNORECASE)
# What a recruiter asks of anyone, whatever was asked before: one word of it starts a new subject.
_OWN_SUBJECT = re.compile(
    r"^(?:(?:expected |current )?salary(?: expectations?)?|education|degrees?|hobb(?:y|ies)|location|availability"
    r"|notice period|email|phone|contact|address"
    r"|age|name|full name|role|title|job title|pronouns?|nationality|visa(?: status)?|references|strengths"
    r"|weaknesses|summary|interests|citizenship|relocation"
    r"|certifications?|certificates?|languages spoken|who (?:is|are) (?:he|she|they))$",
    re.IGNORECASE,
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
_COMPARES = re.compile(
    r"^(?:compared|better|more|less|worse|rather|stronger|faster|enough|as (?:well|good|much) as|instead of)\b",
    re.IGNORECASE,
)
_BACK_IN_TIME = re.compile(
    r"^(?:and )?(?:before|after|since|until|besides|without) (?:that|this|then|it)$", re.IGNORECASE
)
_CAREER = re.compile(
    r"^(?P<what>where|who|what|for whom|which company|when|since when|how long)\b.*\b(?:work\w*|employ\w*|job"
    r"|role|position|compan\w+"
    r"|do|doing|join\w*|at [A-Z]\w+)\b",
    re.IGNORECASE,
)
_OWNS = re.compile(r"^(?:have|has|had|got|holds?|speaks?)(?:\s+(?:an?|any|the|some))*$", re.IGNORECASE)
_PLATFORMS = re.compile(
    r"^(?:aws|gcp|azure|google cloud(?: platform)?|amazon web services|microsoft azure|oracle cloud|alibaba cloud"
    r"|heroku|digitalocean|on[- ]prem(?:ises)?)$",
    re.IGNORECASE,
)
_ONES = re.compile(r"^(?:any |some |the |only )?(?P<kind>.+?)\s+ones?$", re.IGNORECASE)
_ANY = re.compile(r"^(?:any|some)\s+", re.IGNORECASE)


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
    if _is_whole(core, person):
        if name := somebody_else(core, before[-1], person):
            return _sentence(spell_out(core, [name], []))
        resolved = resolve_references(core, frames, person, members_of)
        return question if resolved == core else _sentence(resolved)
    if len(core.split()) > _MAX_FRAGMENT_WORDS:
        return question
    is_added = bool(opener and re.search(r"\b(?:and|or|also|but|what if)\b", opener.group(), re.IGNORECASE))
    filled = _fill(core.strip(" ?!.,;:…"), frames, person, is_added=is_added)
    return _sentence(filled) if filled else question


def _is_whole(text: str, person: Person) -> bool:
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


# --- corrections ------------------------------------------------------------------------------------


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
    if swap and len(rest.split()) <= _MAX_FRAGMENT_WORDS and not _is_whole(rest, person):
        new = (swap.group("new") or swap.group("new2")).strip(" \"'“”")
        old = (swap.group("old") or swap.group("old2")).strip(" \"'“”")
        held = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", frames[-1].text, re.IGNORECASE)
        if held:
            return _sentence(f"{frames[-1].text[: held.start()]}{new}{frames[-1].text[held.end() :]}")
        rest, is_told = new, True
    if not is_told or not rest:
        return None
    if _is_whole(rest, person):
        return _sentence(resolve_references(rest, frames, person, None))
    filled = _fill(rest.strip(" \"'“”"), frames, person, is_added=True)
    return _sentence(filled) if filled else None


# --- fragments --------------------------------------------------------------------------------------


def _fill(fragment: str, frames: Sequence[Frame], person: Person, *, is_added: bool) -> str:
    """The question before with this fragment in it; empty when it doesn't fit there."""
    frame = frames[-1]
    if found := _ELSE.match(fragment):
        return _ask_for_others(frame, "", person)
    if found := _OTHER_NOUN.match(fragment):
        return _ask_for_others(frame, _TRAILS.sub("", found.group("noun")), person)
    if _SURE.match(fragment):
        return frame.text
    if _DETAIL.match(fragment):
        return _ask_for_detail(frame, person)
    if _WHICH_ONES.match(fragment):
        return _ask_which(frame, person)
    if _WH_FRAGMENT.match(fragment) and not re.match(r"^(?:what|how) about\b", fragment, re.IGNORECASE):
        return _ask_about(fragment, frame, person)
    if _HOW_MANY_YEARS.match(fragment):
        return _ask_about("how many years", frame, person)
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
    if _POSSESSIVE.match(rest):
        return f"What {_is_or_are(rest)} {rest}?"
    rest = re.sub(rf"^(?:any|some)(?:thing|one|body)\s+(?={PREPOSITION}\s)", "", rest, flags=re.IGNORECASE)
    if _BACK_IN_TIME.match(rest):
        return _ask_beside(rest, frame, person)
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
        return resolve_references(f"{_do(person)} {person.subject} have {rest}?", frames, person, None)
    if match := re.match(rf"^(?P<preposition>{PREPOSITION})\s+(?P<noun>.+)$", rest, re.IGNORECASE):
        return _put_in_phrase(rest, match.group("preposition").lower(), match.group("noun"), frame, person)
    if (match := _IS_FRAGMENT.match(rest)) and frame.main:
        return resolve_references(f"{_be(person)} {person.subject} {match.group('what')}?", frames, person, None)
    if _DONE_FRAGMENT.match(rest) and re.search(rf"\s(?:it|that|this|them|those|{PREPOSITION})\b", rest, re.IGNORECASE):
        return resolve_references(f"{_have(person)} {person.subject} {rest}?", frames, person, None)
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
        return f"{_do(person)} {person.subject} know {plain}?"
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


# --- questions about the question before ------------------------------------------------------------


def _ask_beside(fragment: str, frame: Frame, person: Person) -> str:
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


def _ask_about(fragment: str, frame: Frame, person: Person) -> str:
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
            return f"How {how.group(1).lower()} {_be(person).lower()} {person.subject} with {what}?"
        return f"How well {_do(person).lower()} {person.subject} know {what}?"
    if (
        _HOW_MANY_YEARS.match(fragment)
        and what
        and frame.is_light
        and not re.match(r"ha[sd]|have", frame.auxiliary, re.IGNORECASE)
    ):
        if re.match(r"how long|for how long", fragment, re.IGNORECASE):
            preposition = (
                frame.main.preposition if frame.main and frame.main.preposition in {"at", "in", "on", "for"} else "with"
            )
            return f"How long {_have(person).lower()} {person.subject} worked {preposition} {what}?"
        return f"How many years of experience {_do(person).lower()} {person.subject} have with {what}?"
    if fragment.lower() == "how much" and _CHANGES.match(frame.verb):
        fragment = "by how much"
    if _BARE_HOW_MANY.match(fragment) and frame.main and not frame.opening:
        return f"{fragment[:8]} {frame.main.text} {frame.clause_without(frame.main)}?" if not frame.main.is_name else ""
    if match := _WHICH_NOUN.match(fragment):
        return _ask_which_noun(fragment, match.group("noun"), frame, person)
    if frame.opening and frame.opening.lower().split()[0] == fragment.lower():
        return ""
    if not frame.auxiliary and frame.pieces and _POSSESSIVE.match(frame.main.text if frame.main else ""):
        return f"{fragment} is {what}?"
    if frame.opening.lower() in {"what", "who"} and frame.pieces:
        return (
            f"{fragment} {_do(person).lower()} {person.subject} do {what}?"
            if frame.verb in {"do", "done", "did"}
            else f"{fragment} {frame.clause}?"
        )
    clause = frame.clause or (f"{_do(person).lower()} {person.subject} know {what}" if what else "")
    if frame.is_light and looks_like_name(what) and _USED_WHERE.match(fragment) and not _OWNS.match(frame.verb):
        clause = f"{_have(person).lower()} {person.subject} used {what}"
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


def _ask_for_others(frame: Frame, noun: str, person: Person) -> str:
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
    clause = frame.clause_without(main) if frame.auxiliary else f"{_do(person).lower()} {person.subject} know"
    return f"{question} {clause} besides {main.text}?"


def _ask_for_detail(frame: Frame, person: Person) -> str:
    """Examples of a skill are what was done with it; of anything else, how it is done."""
    if frame.opening or frame.category is not None:
        return frame.text
    what = frame.main.text if frame.main else ""
    if frame.is_light and what:
        return f"What {_have(person).lower()} {person.subject} done with {what}?"
    return f"How {frame.clause}?" if frame.clause else frame.text


def _ask_which(frame: Frame, person: Person) -> str:
    if frame.opening:
        if match := re.match(r"^how (?:many|much)\b", frame.opening, re.IGNORECASE):
            return f"Which{frame.text[match.end() :]}"
        return ""
    main = frame.main
    if main is None or not frame.auxiliary:
        return ""
    if looks_like_name(main.text):
        return f"What exactly {_have(person).lower()} {person.subject} done with {main.text}?"
    return f"Which {main.text} {frame.clause_without(main)}?"


# --- words ------------------------------------------------------------------------------------------


def _sentence(text: str) -> str:
    text = " ".join(text.split()).strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith(("?", "!", ".")) else f"{text}?"


def _is_or_are(noun: str) -> str:
    return "are" if re.search(r"(?<![su])s$", noun) else "is"


def _do(person: Person) -> str:
    return "Do" if person.subject == "they" else "Does"


def _be(person: Person) -> str:
    return "Are" if person.subject == "they" else "Is"


def _have(person: Person) -> str:
    return "Have" if person.subject == "they" else "Has"
