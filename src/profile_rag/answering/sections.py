"""Questions for what nearly every profile has a place for: education, projects, where the person lives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from profile_rag.answering import cues
from profile_rag.answering.aspects import is_labelled
from profile_rag.answering.career import Career
from profile_rag.answering.dates import period_of
from profile_rag.answering.draft import Draft
from profile_rag.answering.employment import ROLE
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.extractive import state_members, state_quotes, state_silence
from profile_rag.answering.item_heads import item_heads
from profile_rag.answering.list_items import WordTest
from profile_rag.answering.listed import Listed, once
from profile_rag.answering.stance import is_avoided, is_strength_heading
from profile_rag.answering.strengths import strengths_of
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.schema import Chunk, Person

_MOST = 4
_NOTHING = re.compile(r"(?!)")
_FIGURE = re.compile(r"\d")
_SEPARATOR = re.compile(r"\s[·|•]\s|\n")
_PLACE_NAME = re.compile(r"[A-Z][\w'’-]+(?:[ ,]+[A-Z][\w'’-]+){0,3}")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """One place that profiles have: how it is asked for, and where its lines stand."""

    name: str
    asked: str
    """Nouns that ask for it."""
    headings: re.Pattern[str]
    """How its heading is called, or the label of its line."""
    wording: re.Pattern[str] = field(default=_NOTHING)
    """What a line says, wherever it stands, that belongs there."""
    also_asked: str = r"(?!)"
    """Whole questions that ask for it in other words."""
    is_list: bool = False
    """Whether its entries are named one after the other, before they are quoted."""


_HAVING = (
    r"(?: (?:does|do|did|has|have|is|are|can|could) (?:SUBJECT) (?:have|had|got|know|use[ds]?|work(?:ed)? (?:with|on"
    r"|in)"
    r"|done|do|did|hold|held|earn(?:ed)?|complet(?:e|ed)|receiv(?:e|ed)|built|build|bring|possess|offer|list|mention"
    r"|experienced (?:with|in)|familiar with|win|won|deliver(?:ed)?|led|been (?:on|part of|involved in)"
    r"|tak(?:e|en) part in))"
)
_SECTIONS = (
    Section(
        "skills",
        r"(?:technical |tech |core |key |hard |top |main |best |strongest |\d+ |three |five )*"
        r"(?:skills?|skill ?sets?|competenc(?:y|ies|es))",
        _pattern(r"\b(?:skills?|competenc\w+|good at|strengths?|expertise)\b"),
        is_list=True,
    ),
    Section(
        "tools",
        r"(?:(?:tech(?:nical|nology)?|technology|software|data|working|main|core) )*(?:stack|toolbox|tool ?kit"
        r"|tool ?set"
        r"|tooling|tools|technologies|tech|software)",
        _pattern(r"\b(?:stack|tools?|tooling|toolbox|technolog(?:y|ies)|software|platforms?|frameworks?)\b"),
        is_list=True,
    ),
    Section(
        "work experience",
        r"(?:(?:work(?:ing)?|professional|job|relevant|previous|past|prior) )*(?:experiences?|work history"
        r"|career(?: history)?|employment(?: history)?|jobs|positions)",
        _pattern(r"^(?:(?:\w+ )?(?:experience|employment|career|history)|background|work)\b"),
        also_asked=r"where (?:has|have|did|was|were) (?:SUBJECT) (?:work(?:ed|ing)?|been working|employed)",
    ),
    Section(
        "volunteering",
        r"volunteer(?:ing)?(?: work| experience| roles?)?|voluntary work|charity work",
        _pattern(r"\bvolunteer"),
        _pattern(r"\bvolunteer"),
        also_asked=r"where (?:has|have|did|does|do) (?:SUBJECT) volunteer(?:ed)?"
        r"|(?:has|have|does|do|did) (?:SUBJECT) (?:ever )?(?:volunteer(?:ed)?|do(?:ne)? (?:any )?(?:voluntary"
        r"|volunteer|charity) work)",
    ),
    Section(
        "age",
        r"age|date of birth|birth ?day",
        _pattern(r"^(?:age|date of birth|born|birth ?day)\b"),
        _pattern(r"\b(?:born (?:in|on) (?:\d|[A-Z]\w+ (?:19|20)\d\d)|aged \d\d|\d\d years old|\d\d-year-old)\b"),
        also_asked=r"how old (?:is|are) (?:SUBJECT)|(?:when|what year) (?:was|were) (?:SUBJECT) born",
    ),
    Section(
        "education",
        r"(?:(?:formal|academic|university|college|higher|educational) )*(?:education"
        r"|degrees?(?: and (?:the )?(?:schools?|universit\w+|colleges?)\b.{0,30})?|stud(?:y|ies)"
        r"|qualifications?|academic background|university|college|alma mater|schooling)",
        _pattern(r"\b(?:education|studies|academic|degrees?)\b"),
        also_asked=r"where (?:did|has|have|does|do) (?:SUBJECT) (?:stud(?:y|ied)|graduate[d]?|go to (?:school"
        r"|university"
        r"|college|uni)|been to (?:university|college))(?: from| at)?"
        r"|what (?:did|has|have) (?:SUBJECT) (?:stud(?:y|ied)|graduated? in|major(?:ed)? in)",
    ),
    Section(
        "projects",
        r"(?:(?:side|open[- ]source|personal|past|recent|main|key|notable|relevant|previous) )*(?:projects?|portfolio"
        r"|case studies|selected work)",
        _pattern(r"\b(?:projects?|portfolio|case studies|selected work|open[- ]source)\b"),
        is_list=True,
        also_asked=r"what (?:has|have) (?:SUBJECT) (?:built|made|created|developed|worked on|shipped|delivered|done)",
    ),
    Section(
        "achievements",
        r"(?:(?:biggest|greatest|main|key|proudest|notable|major|top|best|most|impressive|measurable|concrete"
        r"|tangible) )*(?:achievements?|accomplishments?|successe?s?"
        r"|highlights|results)",
        _pattern(r"\b(?:achievements?|accomplishments?|highlights|results|awards?|hono(?:u)?rs)\b"),
        also_asked=r"what (?:has|have|did) (?:SUBJECT) (?:achieve[d]?|accomplish(?:ed)?)"
        r"|what (?:is|are) (?:SUBJECT) (?:most )?proud(?:est)? of",
    ),
    Section(
        "awards",
        r"(?:awards?|pri[sz]es?|hono(?:u)?rs|distinctions)",
        _pattern(r"\b(?:awards?|pri[sz]es?|hono(?:u)?rs)\b"),
        _pattern(r"\b(?:award(?:ed)?|pri[sz]e|won the|hono(?:u)?red with)\b"),
        is_list=True,
    ),
    Section(
        "certifications",
        r"(?:(?:professional|official|industry) )*(?:certifications?|certificates?|certs|licen[sc]es?|accreditations?)",
        _pattern(r"\b(?:certif\w+|licen[sc]es?|accreditations?)\b"),
        _pattern(r"\b(?:certified|certificat(?:e|es|ion|ions)|licensed|accredited|chartered)\b"),
        is_list=True,
    ),
    Section(
        "publications",
        r"(?:publications?|papers?|articles?|books?|blog posts?|writings?)",
        _pattern(r"\b(?:publications?|papers?|articles?|books?|writing|press)\b"),
        _pattern(r"\b(?:published|co-?authored|author of|wrote (?:a|the) (?:book|paper|article)|has written)\b"),
        also_asked=r"(?:what|anything|has|have) (?:has |have |did )?(?:SUBJECT) (?:ever )?(?:published?|authored)"
        r"(?: anything| papers?)?|(?:the )?(?:titles|names|list) of (?:the |all |any )*(?:papers|publications"
        r"|articles|books|posts)"
        r"(?: that)? (?:SUBJECT) (?:has |have )?(?:published|written|authored)",
    ),
    Section(
        "interests outside work",
        r"(?:hobb(?:y|ies)|(?:personal |private )?interests|pastimes?|free[- ]time activities)",
        _pattern(
            r"\b(?:interests|hobb(?:y|ies)|outside (?:of )?work|free time|off[- ]duty|leisure|when not working)\b"
        ),
        _pattern(r"\b(?:hobb(?:y|ies)|in (?:his|her|their|my) (?:free|spare) time|outside (?:of )?work|at weekends)\b"),
        also_asked=r"what (?:does|do) (?:SUBJECT) (?:like to )?(?:do|enjoy|get up to)(?: doing)?"
        r" (?:outside(?: of)? (?:work|the office)|when (?:SUBJECT)(?:['’]s| is|['’]re| are) (?:not (?:at work"
        r"|working)|off)|in (?:POSSESSIVE) (?:free|spare) time|for fun|after work"
        r"|at weekends|on weekends|when not working)",
    ),
    Section(
        "location",
        r"(?:(?:current )?location|place of residence|residence|home ?town|whereabouts)",
        _pattern(r"^(?:location|based(?: in)?|city|residence|address|region|lives?(?: in)?|home)\b"),
        _pattern(
            r"\b(?:based|lives?|living|located|resid(?:es?|ing)|home is) (?:in|near|outside"
            r"|out of)\s+(?:the )?(?-i:[A-Z])"
        ),
        also_asked=r"where (?:is|are|does|do|in the world is) (?:SUBJECT) (?:currently |now )?(?:based|located"
        r"|living|live|residing"
        r"|reside|from|at home)|(?:in )?(?:what|which) (?:city|country|town|region|time ?zone)"
        r" (?:is|are|does|do) (?:SUBJECT) (?:based|located|living|live|in)(?: in)?"
        r"(?: (?:or|and) works? (?:from|in))?",
    ),
    Section(
        "availability",
        r"(?:(?:earliest|possible|next|soonest) )*(?:availability|notice(?: period)?|start(?:ing)? date)"
        r"(?: ?(?:/|or|and) ?(?:availability|notice(?: period)?|start(?:ing)? date))?(?: at (?-i:[A-Z])[\w&.-]+)?",
        _pattern(r"^(?:availability|available(?: from)?|notice(?: period)?|start(?:ing)? date)\b"),
        _pattern(
            r"\b(?:available (?:from|for|now|immediately|as of|on|in)|notice period|can start|(?:months"
            r"|weeks)['’]? notice)\b"
        ),
        also_asked=r"when (?:can|could|would|is|are) (?:SUBJECT) (?:be able to )?(?:start|begin|join|available|free)"
        r"(?: work(?:ing)?| with us)?|how (?:soon|quickly) can (?:SUBJECT) (?:start|begin|join)(?: work| us)?"
        r"|(?:is|are) (?:SUBJECT) (?:currently |still |now |immediately )?available(?: now| immediately)?"
        r"|(?:can|could|would|will) (?:SUBJECT) (?:be able to )?(?:start|begin|join)(?: us"
        r"| work(?:ing)?)?(?: (?:immediately|now|soon"
        r"|right away|straight away|tomorrow|today|next \w+|(?:in|on|by|within|from) .{2,20}))?"
        r"|(?:if we .{3,40}, )?how (?:long|soon) (?:until|till|before|would it be (?:until|before)) (?:SUBJECT)"
        r"(?:['’]s|['’]re)? ?(?:is |are |can |could |would )?(?:be )?(?:able to )?(?:free|available|start|begin"
        r"|join)(?: us| work)?",
    ),
    Section(
        "pay",
        r"(?:(?:current |expected |desired )*(?:salary|pay|compensation|wage|day rate|rate|fee)s?(?: expectations?"
        r"| range"
        r"| requirements?)?)",
        _pattern(r"^(?:salary|pay|compensation|(?:day |hourly )?rates?|fees?|what do you charge)\b"),
        _pattern(
            # what a bill or a budget comes to a month is nobody's pay
            r"^(?![^.]{0,200}\b(?:bills?|budgets?|revenue|spend(?:ing)?|traffic)\b)[^.]{0,200}?"
            r"(?:\b(?:salary|day rate|hourly rate|rates?|fees?)\b[^.;]{0,40}\d"
            r"|\b(?:an?|per) (?:day|hour|month) costs?\b|\bcharges? \D{0,20}\d"
            r"|(?:[€$£]\s?)?\b\d[\d.,]*\s?k?\s?(?:[€$£]|\w{3,7})?"
            r"\s?(?:an?|per|/|each)\s?(?:day|hour|annum|month)\b)"
        ),
        also_asked=r"how much (?:does|do|would|will|did) (?:SUBJECT) (?:earn|make|charge|cost|want|ask for|expect)"
        r"|what (?:salary|pay|rate|fee|wage) (?:does|do|would|will) (?:SUBJECT) (?:have in mind|expect|want|ask for)"
        r"|what (?:salary|pay|rate|fee|wage) (?:SUBJECT) (?:has in mind|expects?|wants?|asks? for)",
    ),
    Section(
        "references",
        r"(?:references?|referees?|testimonials?|recommendations?)",
        _pattern(r"\b(?:references?|referees?|testimonials?|recommendations?|what (?:others|people|colleagues) say)\b"),
        also_asked=r"what (?:do|did|would|have|has) (?:(?:POSSESSIVE|the|SUBJECT|any) )?(?:(?:former|previous|past"
        r"|old|ex-?|current"
        r"|last) )*(?:boss(?:es)?|managers?|colleagues?|references|clients?|customers?|co-?workers?|team ?mates?|team"
        r"|people"
        r"|others|employers?|supervisors?|leads?)(?: of (?:SUBJECT|his|hers|theirs))? (?:say|said|think|thought|write"
        r"|written)"
        r" (?:about|of) (?:SUBJECT|him|her|them)",
    ),
)
_OPENING = (
    r"^(?:(?:what(?:['’]s| is| are| were| was)|tell (?:me|us) (?:more |something )?about|describe|list|show me|give me"
    r"|what about|how about|and|any|does (?:SUBJECT) have|(?:has|have) (?:SUBJECT) got|do you have|are there"
    r"|is there) )?"
    r"(?:(?:all )?(?:POSSESSIVE|the|an?|any|some) )?"
)
_END = (
    r"(?:,? (?:please|so far|overall|in total|in general|before|previously"
    r"|in the past|to date|yet|now|currently))*$"
)


def section_of(bare: str, patterns: SubjectPatterns) -> str:
    """Which section that a question, freed of what stands around it, asks for; empty for none."""
    for section in _SECTIONS:
        forms = (
            rf"{_OPENING}(?:{section.asked}){_END}",
            rf"^(?:what|which|how much|how many) (?:kinds? of |sorts? of )?(?:{section.asked}){_HAVING}{_END}",
            rf"^(?:{section.also_asked}){_END}",
        )
        if any(patterns.match(form, bare) for form in forms):
            return section.name
    return ""


def is_place_of_skills(chunk: Chunk) -> bool:
    """Whether a chunk stands where a profile lists skills or tools, or what the person keeps away from."""
    places = [section for section in _SECTIONS if section.name in {"skills", "tools"}]
    return is_strength_heading(chunk) or is_avoided(chunk) or any(_stands_in(place, chunk) for place in places)


def draft_section(name: str, chunks: Sequence[Chunk], person: Person, career: Career, is_word: WordTest) -> Draft:
    """What stands in a section, or that the documents have none.

    Args:
        name: As `section_of` gives it.
        chunks: The profile.
        person: Whom it is about.
        career: The stations of it.
        is_word: Tells English words from names.
    """
    section = next(each for each in _SECTIONS if each.name == name)
    if section.is_list and (members := _members(section, chunks, is_word)):
        return Draft(state_members(members))
    match name:
        case "tools" if members := once(strengths_of(chunks, is_word)):
            return Draft(state_members(members))  # a profile that keeps them with the skills
        case "location":
            passages = _standing_in(section, chunks) or _header_lines(chunks)
        case "work experience":
            passages = career.positions()[:_MOST] or _standing_in(section, chunks)
        case "education":
            passages = career.studies()[:_MOST]
        case "projects" | "achievements":
            passages = _standing_in(section, chunks) or _deeds(chunks)
        case _:
            passages = _standing_in(section, chunks)
    if not passages:
        silence = state_silence(f"The documents say nothing of {person.possessive} {name}.")
        return Draft(silence, "not_stated", abstained=True)
    return Draft(state_quotes(passages, person))


def _members(section: Section, chunks: Sequence[Chunk], is_word: WordTest) -> list[Listed]:
    """The entries of a section by their names."""
    if section.name == "skills" and (strengths := once(strengths_of(chunks, is_word))):
        return strengths
    found: list[Listed] = []
    for chunk in _chunks_of(section, chunks):
        if chunk.title:
            text = next(iter(sentences_of(chunk)), Passage(chunk, 0, len(chunk.text)))
            found.append(Listed(chunk.title, text, is_described=True))
        elif chunk.kind in {"list_item", "field", "table_row"}:
            found += [
                Listed(member.name, Passage(chunk, member.start, member.end), is_described=True)
                for member in item_heads(chunk, is_word)
            ]
    return once(found)


def _chunks_of(section: Section, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """What stands in the section; not what the person keeps away from."""
    for chunk in chunks:
        if chunk.kind != "heading" and not is_avoided(chunk) and _stands_in(section, chunk):
            yield chunk


def _stands_in(section: Section, chunk: Chunk) -> bool:
    """Whether a chunk stands under such a heading, or in a document that is called so."""
    file = PurePosixPath(chunk.source).stem.replace("-", " ").replace("_", " ")
    return any(section.headings.search(each) and not ROLE.search(each) for each in (*chunk.heading, file))


def _standing_in(section: Section, chunks: Sequence[Chunk]) -> list[Passage]:
    """Sentences of the section, labelled lines, then sentences elsewhere that belong there."""
    inside = [passage for chunk in _chunks_of(section, chunks) for passage in list(sentences_of(chunk))[:1]]
    labelled = [
        Passage(chunk, 0, len(chunk.text))
        for chunk in chunks
        if chunk.kind in {"field", "list_item", "paragraph"} and is_labelled(chunk.text, section.headings)
    ]
    elsewhere = [
        passage
        for chunk in chunks
        if chunk.kind != "heading"
        for passage in sentences_of(chunk)
        if section.wording.search(passage.text)
    ]
    return list(dict.fromkeys([*labelled, *inside, *elsewhere]))[:_MOST]


def _header_lines(chunks: Sequence[Chunk]) -> list[Passage]:
    """The line below the name, "Engineer · Leeds · jo@marsh.example", if one of its parts can be a place."""
    opening = [chunk for chunk in chunks[:4] if chunk.kind == "paragraph"]
    for chunk in opening:
        parts = [part.strip() for part in _SEPARATOR.split(chunk.text)]
        if len(parts) > 2 and any(_PLACE_NAME.fullmatch(part) and not ROLE.search(part) for part in parts):
            return [Passage(chunk, 0, len(chunk.text))]
    return []


def _deeds(chunks: Sequence[Chunk]) -> list[Passage]:
    """What the documents tell the person has done, with figures before without."""
    told = [
        passage
        for chunk in chunks
        if chunk.kind not in {"heading", "code"} and not is_avoided(chunk)
        for passage in sentences_of(chunk)
        if _tells_a_deed(passage)
        and not cues.DENIES.search(passage.text)
        and not cues.LIMITS.search(passage.text)
        and not cues.CONDITIONAL.search(passage.text)
    ]
    return sorted(told, key=lambda passage: -len(cues.DEMONSTRATED.findall(passage.text)) - 2 * _has_figure(passage))[
        :_MOST
    ]


def _tells_a_deed(passage: Passage) -> bool:
    """Whether it says what the person did, or stands below a post with its years."""
    if cues.DEMONSTRATED.search(passage.text) and cues.OF_THE_PERSON.search(passage.text):
        return True
    chunk = passage.chunk
    return chunk.kind == "list_item" and bool(chunk.heading) and period_of(chunk.heading[-1]) is not None


def _has_figure(passage: Passage) -> bool:
    return _FIGURE.search(passage.text) is not None
