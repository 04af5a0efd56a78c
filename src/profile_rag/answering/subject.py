"""How a question may call the person it is about."""

from __future__ import annotations

import re
from functools import lru_cache

from profile_rag.schema import Person


class SubjectPatterns:
    """Question patterns with the person's own name filled in."""

    def __init__(self, person: Person) -> None:
        parts = [part.strip(".,") for part in (*person.name.split(), person.other_name)]
        parts = [re.escape(part) for part in parts if len(part) > 1 and part[:1].isupper()] or ["(?!)"]
        one = "|".join(parts)
        named = rf"(?:(?:dr|mr|mrs|ms|prof)\.? )?(?:{one})(?: (?:\w\.|de|van|von|la|da|{one}))*"
        people = "person|candidate|applicant|guy|man|woman|lady|individual"
        roles = [rf"(?:this|that|the) (?:{people})", *_role_phrases(person.role)]
        general = ["he", "she", "they", "you", "it", *roles]
        self.subject = "|".join([named, *general])
        self.third_person = "|".join([named, "he", "she", "they", *roles])
        """As subject, without what may mean the program or a thing."""
        owners = [rf"(?:{each})['’]s?" for each in (named, *general[5:])]
        self._possessive = "|".join(["his", "her", "their", "your", "its", *owners])

    def match(self, pattern: re.Pattern[str] | str, text: str) -> re.Match[str] | None:
        """A pattern, its SUBJECT and POSSESSIVE filled in, at the beginning of a text; case counts for nothing."""
        return _compiled(self.fill(pattern if isinstance(pattern, str) else pattern.pattern)).match(text)

    def fill(self, source: str) -> str:
        """A pattern with every way to call the person in the place of SUBJECT, and of POSSESSIVE."""
        return source.replace("SUBJECT", self.subject).replace("POSSESSIVE", self._possessive)


def subject_pattern(person: Person) -> str:
    """A pattern of every way in which a question may call the person."""
    return SubjectPatterns(person).subject


@lru_cache(maxsize=256)
def filled(pattern: str, person: Person) -> re.Pattern[str]:
    """A pattern with every way to call the person in the place of SUBJECT, and of POSSESSIVE."""
    return _compiled(SubjectPatterns(person).fill(pattern))


@lru_cache(maxsize=4096)  # re's own cache is too small for the patterns of several people
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _role_phrases(role: str) -> list[str]:
    """How a question may call the person by the role: "the coach", "the wellness coach"."""
    parts = [re.findall(r"[\w/-]+", part) for part in re.split(r" at | of | for ", role.lower())[0].split(",")]
    words = [re.escape(word) for part in parts for word in part]
    heads = [re.escape(part[-1]) for part in parts if part]
    return [rf"(?:the|this|that|our) (?:(?:{'|'.join(words)}) )*(?:{'|'.join(heads)})"] if words else []
