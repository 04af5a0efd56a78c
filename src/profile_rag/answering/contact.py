"""Questions for a way to reach the person: mail, telephone, postal address, pages of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profile_rag.answering.contact_details import Detail, find_contact_details
from profile_rag.answering.draft import Draft
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.extractive import Statement, state_quotes, state_silence
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.schema import Chunk, Person

_MOST = 4


@dataclass(frozen=True, slots=True)
class _Channel:
    """A way to reach somebody: how it is asked for, and what it looks like in a document."""

    name: str
    asked: str
    written: re.Pattern[str] | Detail

    def is_in(self, text: str) -> bool:
        """Whether a text gives it."""
        if isinstance(self.written, str):
            return any(kind == self.written for kind, _, _ in find_contact_details(text))
        return self.written.search(text) is not None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a stranger may reach the person."""

    is_withheld: bool = False
    """Whether addresses and numbers were taken out of the chunks, as for a page that is served."""
    channel: str = ""
    """Where the owner wants to be asked, such as the address of a form; may be empty."""


_CHANNELS = (
    _Channel("e-mail address", r"e-?mails?|mail", "mail"),
    _Channel("telephone number", r"(?:tele)?phone|mobile|cell(?:phone)?|whatsapp", "phone"),
    _Channel("postal address", r"(?:(?:postal|home|street|mailing|private) )?address(?:es)?|street", "address"),
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


def draft_contact(question: str, chunks: Sequence[Chunk], person: Person, reach: Reach) -> Draft:
    """The lines that hold what is asked for, that there is none, or where the owner wants to be asked."""
    asked = _asked(question)
    found = list(dict.fromkeys(_holding(chunks, asked or _CHANNELS)))[:_MOST]
    told = state_quotes(found, person)
    through = f" Ask {person.object} through {reach.channel}" if reach.channel else ""
    if reach.is_withheld and (not asked or any(isinstance(channel.written, str) for channel in asked)):
        # Said whether or not there is one: what is withheld is not hinted at either.
        told.insert(0, Statement(f"Mail, telephone and address are not given out here.{through}"))
        return Draft(told) if found else Draft(told, "not_stated", abstained=True)
    if not found:
        what = f"no {asked[0].name}" if asked else f"no way to reach {person.object}"
        return Draft(state_silence(f"The documents give {what}.{through}"), "not_stated", abstained=True)
    return Draft(told)


def _asked(question: str) -> list[_Channel]:
    asked = [channel for channel in _CHANNELS if re.search(rf"\b(?:{channel.asked})\b", question, re.IGNORECASE)]
    # An e-mail address is no postal one.
    return asked[:1] if asked and isinstance(asked[0].written, str) and "address" in asked[0].name else asked


def _holding(chunks: Sequence[Chunk], channels: Sequence[_Channel]) -> Iterator[Passage]:
    for channel in channels:
        for chunk in chunks:
            yield from (passage for passage in sentences_of(chunk) if channel.is_in(passage.text))
