"""Questions for a way to reach the person: mail, telephone, pages of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profile_rag.answering.draft import Draft
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.extractive import state_quotes, state_silence
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.schema import Chunk, Person

_MOST = 4


@dataclass(frozen=True, slots=True)
class _Channel:
    """A way to reach somebody: how it is asked for, and what it looks like in a document."""

    name: str
    asked: str
    written: re.Pattern[str]


_CHANNELS = (
    _Channel("e-mail address", r"e-?mails?|mail", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    _Channel(
        "telephone number",
        r"(?:tele)?phone|mobile|cell(?:phone)?|whatsapp",
        re.compile(
            r"\+\d[\d ()./-]{6,18}\d|\b(?:tele)?(?:phone|mobile|cell|tel)\b\W{0,3}[\d(][\d ()./-]{5,18}\d", re.I
        ),
    ),
    _Channel("LinkedIn page", r"linkedin", re.compile(r"\blinkedin\b\W+\S|linkedin\.com/\S", re.I)),
    _Channel(
        "GitHub page",
        r"github|gitlab",
        re.compile(r"\b(?:github|gitlab)(?:\s*:\s*\S|\s+username\b)|\b(?:github|gitlab)\.(?:com|io)/\S", re.I),
    ),
    _Channel(
        "website",
        r"(?:personal )?(?:web-?sites?|web ?pages?|home ?pages?|portfolio (?:site|page|website)|blogs?|url)",
        # A line that is there for the address; the page of an employer stands inside a longer one.
        re.compile(
            r"^\W*(?:[\w ]{1,30}[:|–-]\s*)?(?:https?://|www\.)\S+$|\b(?:website|homepage|portfolio|blog)\s*:\s*\S", re.I
        ),
    ),
)
_ANY = "|".join(channel.asked for channel in _CHANNELS)
_DETAIL = rf"(?:{_ANY})(?: (?:address(?:es)?|numbers?|profile|account|page|link|url|handle|details?))?"
_GENERAL = r"contacts?(?: (?:details?|info(?:rmation)?|data|channels?))?"
_ASKS = re.compile(
    r"^(?:how|where|in what way) (?:do|can|could|should|would|might)"
    r" (?:i|we|one|you|people|someone|a recruiter) (?:best )?"
    r"(?:contact|reach(?: out to)?|get (?:in touch|in contact|hold)(?: with| of)?|call|phone|ring|e-?mail|write to"
    r"|message|connect with|find) (?:SUBJECT|him|her|them)(?: online| directly| by (?:mail|e-?mail|phone))?$"
    rf"|^(?:(?:what(?:['’]s| is| are)|give me|share|tell me|show me|where is|do you have|i need|any) )?"
    rf"(?:(?:POSSESSIVE|the|an?|any) )?(?:{_DETAIL}|{_GENERAL})(?: (?:of|for|to reach) (?:SUBJECT|him|her|them))?$"
    rf"|^(?:is|are) there (?:an?|any|some) (?:{_DETAIL}|{_GENERAL})\b.{{0,40}}$"
    rf"|^(?:does|do|has|have) (?:SUBJECT) (?:have |got )?(?:an? |any )?(?:{_DETAIL})$"
    r"|^(?:is|are) (?:SUBJECT) on (?:linkedin|github|gitlab)$",
    re.IGNORECASE,
)


def asks_contact(bare: str, patterns: SubjectPatterns) -> bool:
    """Whether a question, freed of what stands around it, wants a way to reach the person."""
    return patterns.match(_ASKS, bare) is not None


def draft_contact(question: str, chunks: Sequence[Chunk], person: Person) -> Draft:
    """The lines that hold what is asked for, or that there is none."""
    asked = [channel for channel in _CHANNELS if re.search(rf"\b(?:{channel.asked})\b", question, re.IGNORECASE)]
    found = list(dict.fromkeys(_holding(chunks, asked or _CHANNELS)))[:_MOST]
    if not found:
        what = f"no {asked[0].name}" if asked else f"no way to reach {person.object}"
        return Draft(state_silence(f"The documents give {what}."), "not_stated", abstained=True)
    return Draft(state_quotes(found, person))


def _holding(chunks: Sequence[Chunk], channels: Sequence[_Channel]) -> Iterator[Passage]:
    for channel in channels:
        for chunk in chunks:
            yield from (passage for passage in sentences_of(chunk) if channel.written.search(passage.text))
