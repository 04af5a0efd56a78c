"""A standalone question taken apart: what stands before it, behind it, and the question proper."""

from __future__ import annotations

import re
from dataclasses import replace

from profile_rag.answering.contact import asks_contact
from profile_rag.answering.off_subject import is_off_subject
from profile_rag.answering.overview import asks_overview, asks_pitch
from profile_rag.answering.question import Question, levels_in
from profile_rag.answering.question_forms import WE_NEED, capability_about, recognize
from profile_rag.answering.sections import section_of
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.answering.targets import looks_like_name, named_things
from profile_rag.answering.wording import AUXILIARY, MAX_BARE_WORDS, OPENS_QUESTION, bare_question
from profile_rag.schema import Person
from profile_rag.words import is_technology

_OPINION = re.compile(
    r"(?:[\s,]+|^)(?:(?:according to|(?:if|when) you ask) (?:SUBJECT|him|her|them)"
    r"|(?:in|from) (?:POSSESSIVE) (?:own )?(?:opinion|view|eyes|mind|experience|judge?ment|words|point of view)"
    r"|as (?:SUBJECT) (?:sees?|puts?|views?|understands?) (?:it|that)|to (?:POSSESSIVE) mind)(?=[\s,?.!]|$)",
    re.IGNORECASE,
)
# "Rust and Zig: which of these can she cover?": the things asked about stand before the question proper.
_TAKEN_BACK = re.compile(
    r"^(?P<rest>[^?]{2,120}?)\s*(?:[-–—,:;.?]\s*)(?:"
    r"(?:which|any|either|one|some|all|both)(?: (?:one|ones|two|three|four))?"
    r"(?: of (?:these|those|them|the (?:two|three)))?\b(?:\s+(?:can|could|does|do|has|have|is|are|would|did)\b.{0,40})?"
    r"|(?:can|could|would|will|does|do|did|is|are|was|has|have|had)\s+(?:SUBJECT|that|this|it|all|any|either|both)\b"
    r".{0,50}\b(?:one|ones|that|this|it|these|those|them|(?:both|all|either|any)(?: (?:two|three|four))?|him|her"
    r"|(?:that|this) (?:kind|sort|type) of (?:thing|stuff|work|system|setup)|SUBJECT)"
    r"(?:[\s,]+(?:possible|happen|work|for (?:us|me|real)|himself|herself|themselves|at work|in prod(?:uction)?"
    r"|professionally|alone|before|too|well|properly|around|off|out|up|down|away|right)){0,3}"
    r"|(?:can|could|would|will|does|do) (?:SUBJECT) (?:help|assist|advise|(?:know|say|tell us|tell me) what to do)"
    r"|(?:is|are|was|were) (?:that|this) (?:kind|sort|type) of (?:thing|stuff|work) .{2,40}"
    r"|any(?:thing|body|one)? (?:comparable|similar|like (?:that|this)|of (?:that|the|this) (?:kind|sort)"
    r"|along (?:those|these)"
    r" lines)\b.{0,40}"
    r"|(?:has|have|had|did|does|do|can|could|would|will) (?:SUBJECT) .{0,40}\b(?:like (?:that|this)|along (?:those"
    r"|these) lines"
    r"|something similar|that (?:experience|background|skill)|used to (?:that|this))(?: before)?"
    r"|(?:is |would )?(?:that |this )?(?:be )?(?:ok(?:ay)?|fine|possible|a problem|an issue|a deal-?breaker)(?: for"
    r"| with) (?:him|her"
    r"|them|SUBJECT)"
    r"|(?:would|will|could) (?:SUBJECT) (?:be )?(?:interested|happy|willing|open|ok(?:ay)?|comfortable|up|keen|game"
    r"|suited|mind|enjoy"
    r"|fit|cope)(?: (?:with|to|for|about|in) (?:that|this|it|such a thing))?"
    r"|would (?:that|this|it) (?:suit|interest|appeal to|bother|put off) (?:SUBJECT|him|her|them)"
    r"|would (?:that|this|it) (?:make (?:SUBJECT|him|her|them) happy|work(?: out)?(?: for (?:SUBJECT|him|her|them))?)"
    r"|any(?:thing|one)?(?: (?:like|of) (?:that|this))? in (?:POSSESSIVE) (?:background|profile|cv|past|history|files?)"
    r"|(?:does|do|can|will|would) (?:SUBJECT) (?:tick|meet|cover|fulfil|satisfy|match|fit) (?:all |any |every |each "
    r"|both |most )?"
    r"(?:of )?(?:these|those|them|that|the|three|two|four|boxes|requirements|criteria)\b.{0,20}"
    r"|(?:is|are|was) (?:that|this|it|these|those|all of (?:that|this)) (?:something|anything|things?|part|possible"
    r"|ok(?:ay)?|in|true|right|correct|him|her|them)\b.{0,40}"
    r"|(?:yes or no|right|correct|true|ok|possible|doable))$",
    re.IGNORECASE,
)
# "We use Zig and Elm": names that a sentence about the asker's own place gives.
_OURS = re.compile(
    r"^(?:(?:and|so|well|hi|hello),? )?(?:we(?: are|['’]re)? (?:mostly |mainly |all |currently )?"
    r"(?:use|using|run|running|need|want|require|have|work with|working with|rely on|looking for|hiring for|build on)"
    r"|our (?:\w+ ){0,2}(?:stack|setup|system|team|platform|environment|tools)"
    r" (?:is|are|includes?|has|have|uses?|needs?|runs on|consists? of|contains?)(?: mostly| mainly| all| built on)?"
    r"|(?:the|this|our) (?:job|role|position|project)"
    r" (?:needs?|requires?|asks for|involves?|calls for|uses?|includes?))\s+"
    r"(?:(?:someone|somebody|people|a person) (?:with|for|who knows) )?(?P<rest>.+)$",
    re.IGNORECASE,
)
_REQUIRED = re.compile(
    r"^(?:must[- ]haves?|requirements?|required|skills (?:needed|required)|we need)\s*:\s*", re.IGNORECASE
)
# "Solid Java (3+ years)" asks for Java.
_QUALIFIED = re.compile(r"^(?:solid|strong|good|proven|excellent)\s+|\s*\([^()]{0,40}\)", re.IGNORECASE)
_OF_ASKER = re.compile(r"\b(?:we|our|us|ours)\b|^\S+ is (?:what|something)\b", re.IGNORECASE)
# "As Scala is his main language, …", "Since he is an expert in Scala, …": what the question takes for granted.
_PREMISE = re.compile(
    r"^(?:as|since|given(?: that)?|because|now that|seeing(?: that)?|considering(?: that)?)\s+"
    r"(?:an? (?P<known>[^,]{1,40}?) (?P<level>experts?|guru|specialist|veteran|master|pro|wizard)"
    r"|(?P<thing>.{1,60}?) (?:is|are|was) (?P<role>(?:POSSESSIVE)\b.{1,60})"
    r"|(?:SUBJECT)(?:['’]s|['’]re| is| are| has| have| was| were)? (?P<deed>.{2,80}))$",
    re.IGNORECASE,
)
_TAKEN_UP = re.compile(
    r"(?:[.:;!?>–—]|(?<=\s)-(?=\s)|,\s+(?=(?:can|could|does|do|did|is|are|has|have|would|which"
    r"|what|how)\b))\s*"
)
# "Number of spindles?", "title of the thesis": a fact, asked for by its name.
_COUNT_OF = re.compile(r"^(?:the )?(?:total )?(?:number|count|amount) of (?P<rest>[\w -]{2,60})$", re.IGNORECASE)
_NAME_OF = re.compile(
    r"^(?:the )?(?P<what>(?:title|name|date|year|topic|subject|size|length|price|cost) of .{2,60})$", re.IGNORECASE
)
# A noun alone, as a question: what it stands for.
_ALONE = r"^(?:(?:and |any |what about |how about |the )*(?:POSSESSIVE |the )?(?:{})(?: please)?)$"
_EMPLOYERS = "Which companies has {subject} worked for?"
_WORKS_NOW = "Where does {subject} work now?"
_IN_FULL = (
    (_ALONE.format(r"strengths?|strong (?:points|suits?|sides)"), "What are {possessive} strengths?"),
    (
        _ALONE.format(
            r"(?:main |biggest )?(?:weakness(?:es)?|weak (?:points|spots|sides)|limitations?|gaps|shortcomings"
            r"|red flags|concerns|blind spots)"
        ),
        "What are {possessive} weaknesses?",
    ),
    (_ALONE.format(r"(?:current |present )(?:job|position|post)"), "What is {possessive} current role?"),
    (_ALONE.format(r"(?:current |present )(?:employer|company|workplace)"), _WORKS_NOW),
    (
        r"^(?:who|what|which company) is (?:POSSESSIVE) (?:current |present |latest )?(?:employer|company|workplace)$",
        _WORKS_NOW,
    ),
    (_ALONE.format(r"languages"), "Which languages does {subject} know?"),
    (
        _ALONE.format(
            r"(?:(?:previous|past|former|all|earlier) )*(?:employers|companies)(?: so far| until now| to date)?"
        ),
        _EMPLOYERS,
    ),
    (
        r"^(?:list |name )?(?:all |the )*(?:companies|employers|firms|organi[sz]ations|places)(?: that| which| where)?"
        r" (?:SUBJECT) (?:has |have )?(?:ever )?worked (?:for|at|with)$",
        _EMPLOYERS,
    ),
    (
        r"^(?:hours|days|hours/days)(?: (?:per|a|each) week)? (?:SUBJECT) works?(?: (?:per|a|each) week)?$",
        "How many days per week does {subject} work?",
    ),
)
# "Reporting tools she uses", "languages he speaks": a list, asked for without a question word.
_RELATIVE = re.compile(
    r"^(?:(?:the|all|all the|any|some|list|name) )*(?P<noun>(?:[\w+#.&-]+(?: / |/| )){0,4}[\w+#.-]+s)\s+(?:that "
    r"|which )?"
    r"(?P<subject>SUBJECT)\s+(?P<verb>knows?|uses?|speaks?|likes?|prefers?|masters?|works? (?:with|in|on)|(?:can|has"
    r"|have|is|are)"
    r" [\w ]{2,40})(?P<rest>\b.{0,40})$",
    re.IGNORECASE,
)
_WH = re.compile(
    r"^(?:(?:for|at|in|by|with|from|to|on|of|under|through|about) )?(?:who|whom|whose|what|which|where|when|why|how)\b",
    re.IGNORECASE,
)
_TELL = re.compile(r"^(?:describe|explain|tell|summari[sz]e|give|(?:walk|talk) (?:me|us) through)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:such an?|them both|that|this|these|those|them|it)\b", re.IGNORECASE)
_MIN_TOLD_WORDS = 4
_MAX_OPENINGS = 12  # places at which a long question may begin anew


def parse_question(text: str, person: Person) -> Question:
    """Take a standalone question apart. Whatever it is, some kind fits; the text is only ever data."""
    text = " ".join(text.split())
    patterns = SubjectPatterns(person)
    text = re.sub(patterns.fill(_OPINION.pattern), "", text, flags=re.IGNORECASE).lstrip(" ,") or text
    bare = bare_question(text)
    if is_off_subject(text.strip(" ?!.,;:"), patterns) or is_off_subject(bare, patterns):
        return Question(text, "off_subject", (), frozenset())
    if asks_contact(bare, patterns):
        return Question(text, "contact", (), frozenset())
    if match := _COUNT_OF.match(bare):
        return parse_question(f"How many {match['rest']} are there?", person)
    if match := _NAME_OF.match(bare):
        return replace(parse_question(f"What is the {match['what']}?", person), kind="fact", targets=())
    for nouns, asked in _IN_FULL:
        if patterns.match(nouns, bare):
            return parse_question(asked.format(subject=person.subject, possessive=person.possessive), person)
    if (match := patterns.match(_RELATIVE, bare)) and not OPENS_QUESTION.match(bare):
        verb, rest = match.group("verb"), match.group("rest")
        inverted = rf"{match.group('subject')} {verb}{rest}"
        auxiliary, _, predicate = verb.partition(" ")
        if auxiliary.lower() in {"can", "has", "have", "is", "are"}:
            inverted = f"{auxiliary} {match.group('subject')} {predicate}{rest}"
        else:
            inverted = f"does {inverted}"
        noun = match.group("noun")
        noun = noun if is_technology(noun.split()[0]) or noun[1:2].isupper() else noun[0].lower() + noun[1:]
        return parse_question(f"Which {noun} {inverted}?", person)
    if section := section_of(bare, patterns):
        return Question(text, "section", (), frozenset(), section=section)
    if asks_overview(bare, patterns):
        return Question(text, "pitch" if asks_pitch(bare, patterns) else "overview", (), frozenset())
    match = patterns.match(_TAKEN_BACK, bare)
    if match and not OPENS_QUESTION.match(match.group("rest")) and not patterns.match(_PREMISE, match.group("rest")):
        return _taken_back(text, bare_question(match.group("rest")), patterns)
    if question := recognize(text, bare, patterns):
        return question
    # What stands before the question proper ("Since …, could he …?", "Ignore …: is he …?") is only an opening.
    for match in reversed(list(_TAKEN_UP.finditer(bare))[-_MAX_OPENINGS:]):
        rest = bare_question(bare[match.end() :])
        if rest and (question := recognize(text, rest, patterns)):
            question = _joined(bare[: match.start()], question, patterns)
            return replace(question, premise=_premise(bare[: match.start()], patterns))
    levels = levels_in(bare)
    if _WH.match(bare) or _TELL.match(bare):
        return Question(text, "open", (), levels)
    if len(bare.split()) <= MAX_BARE_WORDS or re.match(rf"^{AUXILIARY}\b", bare, re.IGNORECASE):
        return capability_about(text, re.sub(rf"^{AUXILIARY}\s+", "", bare, flags=re.IGNORECASE))
    return Question(text, "open", (), levels)


def _taken_back(text: str, rest: str, patterns: SubjectPatterns) -> Question:
    """The question about what stands before "can she do that?"."""
    rest = _QUALIFIED.sub("", _REQUIRED.sub("", rest))
    if _OF_ASKER.search(rest) and (names := named_things(rest)):
        return replace(capability_about(text, ", ".join(names)), targets=tuple(names))
    ours = _OURS.match(rest)
    if ours and (named := capability_about(text, ours.group("rest"))) and all(map(looks_like_name, named.targets)):
        return named
    needed = None if "," in rest else patterns.match(WE_NEED, rest)
    question = recognize(text, rest, patterns) or capability_about(text, needed.group("rest") if needed else rest)
    # A whole sentence tells of one thing.
    is_told = len(rest.split()) > MAX_BARE_WORDS and not all(map(looks_like_name, question.targets))
    return replace(question, targets=(question.phrase,)) if is_told and question.kind == "capability" else question


def _joined(opening: str, question: Question, patterns: SubjectPatterns) -> Question:
    """A question that points back at the sentence before it ("could she rehearse such a rush?"), with that sentence."""
    pointing = question.kind == "capability" and len(question.targets) == 1 and _POINTS_BACK.search(question.phrase)
    if not pointing or len(opening.split()) < _MIN_TOLD_WORDS or patterns.match(_PREMISE, opening.strip(" ,")):
        return question
    return replace(question, targets=(f"{opening.strip(' ,.:;!?')}: {question.phrase}",))


def _premise(opening: str, patterns: SubjectPatterns) -> Question | None:
    """What an opening takes for granted, as a question of its own."""
    match = patterns.match(_PREMISE, opening.strip(" ,"))
    if not match:
        return None
    question = capability_about(opening, match.group("known") or match.group("thing") or match.group("deed"))
    return replace(question, levels=question.levels | levels_in(match.group("role") or ""))
