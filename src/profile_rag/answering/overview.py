"""The person in a few sentences: who it is, where the work is done now, what the documents name as strengths."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.career import Career
from profile_rag.answering.draft import Draft
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.extractive import Statement, quoted
from profile_rag.answering.identity import draft_identity
from profile_rag.answering.list_items import WordTest
from profile_rag.answering.strengths import strengths_of
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.answering.wording import without_politeness
from profile_rag.schema import Chunk, Person

_MOST_STRENGTHS = 3
_MOST_CHARACTERS = 160  # of a quoted strength
_SHORT = r"(?:(?:an?|the|your|some|any|me|us|please|quick|short|brief|concise|executive|high[- ]level|general|rough) )*"
_NOUN = (
    r"(?:summary|overview|introduction|intro|bio|biography|(?:elevator )?pitch|rundown|run-through|tl;?dr|synopsis"
    r"|snapshot|portrait|sketch)"
)
_WHOM = (
    r"(?:SUBJECT|him|her|them|himself|herself|themselves|yourself|this|this (?:one|profile|cv|r[eé]sum[eé])"
    r"|(?:POSSESSIVE|the|this) (?:(?:professional|whole|entire|work) )*(?:profile|cv|r[eé]sum[eé]|background"
    r"|career|experience|documents?|candidate|person|applicant|skills(?: and experience)?|qualifications))"
)
_LIMIT = (
    r"(?:[\s,]+(?:please|briefly|quickly|shortly|to me|to us|for me|for us"
    r"|in (?:a|one|two|three|four|five|\d+|a few|short|brief|your own)(?: (?:short|few))?"
    r"(?: (?:sentences?|words?|lines?|bullets?|bullet points?|paragraphs?|minutes?|nutshell))?))*"
)
_OVERVIEW = re.compile(
    rf"^(?:(?:give|write|provide|show|get|do|draft|send) )?{_SHORT}{_NOUN}"
    rf"(?: (?:of|on|about|for) {_WHOM})?{_LIMIT}$"
    r"|^(?:tell|say) (?:me |us )?(?:more |something |a (?:bit|little)(?: more)? |all |everything )?(?:about|on)"
    rf" {_WHOM}{_LIMIT}$"
    rf"|^(?:introduce|summari[sz]e|sum up|present|pitch) {_WHOM}{_LIMIT}$"
    rf"|^walk (?:me|us) through {_WHOM}{_LIMIT}$"
    r"|^what (?:should|do|must|would|could) (?:i|we|one) (?:need to |have to |want to )?know about"
    rf" {_WHOM}{_LIMIT}$"
    rf"|^what(?:['’]s| is| are) {_WHOM} (?:all )?about$"
    rf"|^what (?:can|could) you tell (?:me|us) about {_WHOM}{_LIMIT}$",
    re.IGNORECASE,
)
_PITCH = re.compile(
    r"^why (?:should|would|must|ought|shall|do|did) (?:\w+ ){1,3}?(?:to )?(?:hire|employ|take|pick|choose|interview"
    r"|consider|recruit|want|shortlist|talk to|work with|bring in) (?:SUBJECT|him|her|them)(?: on)?(?: at all)?$"
    rf"|^sell {_WHOM}{_LIMIT}$"
    r"|^what (?:makes|sets) (?:SUBJECT|him|her|them) (?:apart|different|special|unique|stand out|interesting"
    r"|(?:an? )?(?:good|great|strong|attractive) (?:hire|candidate|fit|choice))(?: from (?:the )?others)?$"
    r"|^what (?:would|could|can|does|do|will) (?:SUBJECT) bring(?: to (?:us|(?:the|a|our|my|any) \w+))?$"
    r"|^(?:what(?:['’]s| is| are) )?(?:POSSESSIVE )?(?:selling points?|usp|value proposition)$",
    re.IGNORECASE,
)


def asks_overview(bare: str, patterns: SubjectPatterns) -> bool:
    """Whether a question, freed of what stands around it, wants the person in a few sentences."""
    return patterns.match(_OVERVIEW, without_politeness(bare)) is not None or asks_pitch(bare, patterns)


def asks_pitch(bare: str, patterns: SubjectPatterns) -> bool:
    """Whether it wants what speaks for the person."""
    return patterns.match(_PITCH, without_politeness(bare)) is not None


def draft_overview(
    chunks: Sequence[Chunk], person: Person, career: Career, is_word: WordTest, *, is_pitch: bool
) -> Draft | None:
    """The person in a few sentences, each a quote; none where the documents give neither name nor strengths.

    Args:
        chunks: The profile.
        person: Whom it is about.
        career: The stations of it.
        is_word: Tells English words from names.
        is_pitch: Whether only what speaks for the person is wanted.
    """
    who = None if is_pitch else draft_identity("who is this", chunks, person)
    statements = list(who.statements) if who else []
    told = {passage.chunk.id for statement in statements for passage in statement.passages}
    if not is_pitch:
        lead = f"{person.possessive.capitalize()} present position:"
        statements += [
            Statement(f"{lead} {quoted(passage)}", (passage,), frame=lead)
            for passage in career.present_positions()[:1]
            if passage.chunk.id not in told
        ]
    strengths = _strengths(chunks, is_word, most=_MOST_STRENGTHS + 2 * is_pitch)
    for index, passage in enumerate(strengths):
        lead = "The documents name as strengths:" if index == 0 else ""
        statements.append(Statement(f"{lead} {quoted(passage)}".strip(), (passage,), frame=lead))
    if len(statements) < 2 and (background := _background(chunks, told)):
        statements += [Statement(quoted(passage), (passage,)) for passage in background]
    if not statements:
        return None
    return Draft(statements, disagreements=who.disagreements if who else ())


def _strengths(chunks: Sequence[Chunk], is_word: WordTest, *, most: int) -> list[Passage]:
    """The first lines under headings on strengths; whole lines, as a name alone says little."""
    found: dict[str, Passage] = {}
    for member in strengths_of(chunks, is_word):
        chunk = member.passage.chunk
        line = next(iter(sentences_of(chunk)), member.passage)
        if chunk.id not in found and len(line.text) <= _MOST_CHARACTERS:
            found[chunk.id] = line
    return list(found.values())[:most]


def _background(chunks: Sequence[Chunk], told: set[str]) -> list[Passage]:
    prose = [chunk for chunk in chunks if chunk.kind == "paragraph" and chunk.id not in told]
    return [sentence for chunk in prose[:2] for sentence in list(sentences_of(chunk))[:1]]
