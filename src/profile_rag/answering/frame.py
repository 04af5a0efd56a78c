"""A question taken apart for those that follow it: its opening, its clause, and the pieces that may be exchanged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from profile_rag.answering.question_parser import parse_question
from profile_rag.answering.subject import subject_pattern
from profile_rag.answering.targets import strip_lead_in
from profile_rag.answering.wording import without_opening
from profile_rag.schema import Person
from profile_rag.words import is_known_name, is_stop_word, known_words, split_words

AUXILIARY = r"(?:can|could|would|will|does|do|did|is|are|was|were|has|have|had|should|might|may)"
PREPOSITION = (
    r"(?:about|across|after|against|around|as|at|before|besides|between|by|during|for|from|in|inside|into|on|onto"
    r"|outside"
    r"|over|since|than|through|to|toward|towards|under|until|up to|upon|using|via|with|within|without)"
)
_WH_OPENING = re.compile(
    rf"^(?:{PREPOSITION}\s+)?(?:which|what|who|whom|whose|where|when|why|how)\b[^,;:?!]*$", re.IGNORECASE
)
_ADVERBIAL = re.compile(
    rf"^(?:where|when|why|how(?!\s+(?:many|much)\b(?!\s+(?:years|time|longer|money)))|since when"
    rf"|how (?:many years|much time)|{PREPOSITION}\s)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:any|some|an?|the|much|many|a lot of|lots of|other|also|ever|his|her|their)\s+", re.IGNORECASE
)
_ADVERBS = re.compile(
    r"(?:\s*\b(?:ever|also|really|actually|still|currently|personally|already|even|just|any|some|an?|the|to|been"
    r"|be|much"
    r"|n['’]t|not|never|only|mainly|mostly|usually|often)\b\s*)*",
    re.IGNORECASE,
)
_VERB = re.compile(r"^(?:[\w'’-]+)(?:\s(?:up|out|down|off|away)\b)?(?:\sof\b)?", re.IGNORECASE)
_PIECE = re.compile(rf"(?:^|\s+)(?P<preposition>{PREPOSITION})\s+(?=\S)", re.IGNORECASE)
_DOCUMENTS = r"(?:the|his|her|their|this) (?:profile|cv|r[eé]sum[eé]|documents?|files?|page|text)"
_COMPLEMENT = re.compile(
    rf"^an?\s(?!.*\b(?:experts?|specialist|beginner|fan)\b)(?:(?!{PREPOSITION}\b)[\w'’-]+(?:\s|$))+", re.IGNORECASE
)
_POSSESSED = re.compile(
    r"^(?:what|which|where|when|who|how)(?:['’]s|\s+(?:is|are|was|were))\s+(?P<noun>(?:his|her|their|the"
    r"|\w+['’]s)\s[^?]+?)"
    r"\s*\??$",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    r"^(?:which|what|how many)(?:\s+(?:kinds?|types?|sorts?)\s+of)?(?:\s+other)?\s+(?P<noun>.+)$", re.IGNORECASE
)
_OF_THE_PERSON = re.compile(
    r"^(?:is|are|was|were)\s+(?P<noun>[^?]+?)\s+(?:(?:one of|among|part of|on|in|listed|mentioned|a)\b|(?:his|her"
    r"|their|the|something|\w+['’]s)\b)[^?]*\??$",
    re.IGNORECASE,
)
_ABOUT_LIST = re.compile(
    rf"^(?:which|what)\s+(?P<noun>[^?]+?)\s+(?:{AUXILIARY})\s+(?:there|on|in|among|listed|mentioned|named|part)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A noun phrase of a question with its place, and the preposition before it."""

    text: str
    start: int
    end: int
    preposition: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it is written like a name, or is one that everybody knows."""
        return looks_like_name(self.text)


@dataclass(frozen=True, slots=True)
class Frame:
    """One standalone question about the person."""

    text: str
    opening: str
    """The question words before the verb, as in "since when" or "which languages"; empty in a yes-or-no question."""
    auxiliary: str
    subject: str
    verb: str
    """What stands between subject and pieces."""
    is_light: bool
    """Whether the verb only asks for the skill: knows, is good at, has experience with."""
    pieces: tuple[Piece, ...]
    kind: str
    category: Piece | None = None
    """The noun of "which …"."""

    @property
    def main(self) -> Piece | None:
        """What the question is about."""
        return self.pieces[0] if self.pieces else self.category

    @property
    def predicate(self) -> str:
        """What the person does in it: "lead a team of ten"."""
        start = f"{self.auxiliary} {self.subject} "
        return self.clause[len(start) :] if self.clause.lower().startswith(start.lower()) else ""

    @property
    def clause(self) -> str:
        """The question as an inverted clause without its question word: "does she know Kotlin"."""
        if not self.auxiliary:
            return ""
        plain = self.text.rstrip(" ?.!")
        if not self.opening:
            return _lower_first(plain)
        clause = plain[len(self.opening) :].strip()
        if self.category is None or _ADVERBIAL.match(self.opening):
            return clause
        verb = re.match(
            rf"{re.escape(self.auxiliary)}\s+{re.escape(self.subject)}\s+(?:{_VERB.pattern[1:]})", clause, re.IGNORECASE
        )
        at = verb.end() if verb and self.pieces else len(clause)
        return f"{clause[:at]} {self.category.text}{clause[at:]}"

    def clause_without(self, piece: Piece) -> str:
        """The clause of a yes-or-no question with one piece taken out, and the articles before it."""
        before = self.text[: piece.start].rstrip()
        while (shorter := re.sub(r"\s(?:any|some|an?|the|much|many)$", "", before, flags=re.IGNORECASE)) != before:
            before = shorter
        after = self.text[piece.end :].rstrip(" ?.!")
        return _lower_first(f"{before}{after}")

    def swapped(self, piece: Piece, text: str) -> str:
        """The question with another noun phrase in the place of one of its own."""
        before = self.text[: piece.start]
        if _ARTICLE.match(text) or looks_like_name(text):
            before = re.sub(r"\b(?:any|an?|some)\s+$", "", before, flags=re.IGNORECASE)
        return f"{before}{text}{self.text[piece.end :]}"


def looks_like_name(text: str) -> bool:
    """Whether a phrase holds a word that is written or known as a name."""
    words = [word.text for word in split_words(text)]
    may_be_small = not any(is_stop_word(word) for word in words)  # "the rest of it" is not REST
    return is_known_name(text) or any(
        (may_be_small and word.lower() in known_words())
        or any(character.isupper() or character.isdigit() for character in word)
        or not word.replace("'", "").replace("’", "").isalpha()
        for word in words
    )


def take_apart(text: str, person: Person) -> Frame:
    """The frame of a question; of one without subject and verb only what it is about."""
    text = without_opening(text)
    parsed = parse_question(text, person)
    subject = f"{subject_pattern(person)}|there|{_DOCUMENTS}"
    pattern = (
        rf"^(?P<opening>.*?)\b(?P<auxiliary>{AUXILIARY})(?:n['’]t)?\s+(?P<subject>{subject})"
        r"\s+(?P<predicate>\S.*?)\s*[?.!]*$"
    )
    match = re.match(pattern, text, re.IGNORECASE)
    if match and (not match.group("opening").strip() or _WH_OPENING.match(match.group("opening").strip())):
        opening = match.group("opening").strip()
        is_being = match.group("auxiliary").lower() in {"is", "are", "was", "were"}
        verb, is_light, pieces = _read_predicate(
            text, match.start("predicate"), match.group("predicate"), is_being=is_being
        )
        if match.group("subject").lower() == "there":
            verb, is_light, pieces = "", False, _pieces(text, *match.span("predicate"), told=0)
        category = None
        if (found := _CATEGORY.match(opening)) and not _ADVERBIAL.match(opening):
            start = match.start("opening") + found.start("noun")
            category = Piece(found.group("noun"), start, start + len(found.group("noun")))
        return Frame(
            text,
            opening,
            match.group("auxiliary"),
            match.group("subject"),
            verb,
            is_light,
            pieces,
            parsed.kind,
            category,
        )
    if found := _ABOUT_LIST.match(text):
        category = Piece(found.group("noun"), *found.span("noun"))
        return Frame(text, "", "", "", "", True, (), parsed.kind, category)
    if not parsed.targets and (found := _POSSESSED.match(text)):
        return Frame(text, "", "", "", "", False, (Piece(found.group("noun"), *found.span("noun")),), parsed.kind)
    if found := _OF_THE_PERSON.match(text):
        return Frame(text, "", "", "", "", True, (Piece(found.group("noun"), *found.span("noun")),), parsed.kind)
    phrase = parsed.phrase or (parsed.targets[0] if parsed.targets else "")
    at = text.lower().rfind(phrase.lower()) if phrase else -1
    pieces = (Piece(text[at : at + len(phrase)], at, at + len(phrase)),) if at >= 0 else ()
    return Frame(text, "", "", "", "", True, pieces, parsed.kind)


def _read_predicate(text: str, offset: int, predicate: str, *, is_being: bool) -> tuple[str, bool, tuple[Piece, ...]]:
    if is_being and (what := _COMPLEMENT.match(predicate)):
        piece = Piece(what.group(), offset, offset + what.end())
        return "", False, (piece, *_pieces(text, offset + what.end(), offset + len(predicate), told=0))
    phrase = strip_lead_in(predicate)
    at = predicate.lower().find(phrase.lower())
    at = max(at, 0)
    told = at + len(phrase)  # what follows only qualifies it ("well", "at all")
    led_in = predicate[:at]
    is_light = _ADVERBS.fullmatch(led_in) is None
    if not is_light:  # nothing but adverbs before it: the phrase opens with its verb
        at += len(_ADVERBS.match(predicate[at:]).group())  # type: ignore[union-attr]  # it matches the empty text too
        verb = _VERB.match(predicate[at:])
        at += verb.end() if verb else 0
    return predicate[:at].strip(), is_light, _pieces(text, offset + at, offset + len(predicate), told=offset + told)


def _pieces(text: str, start: int, end: int, *, told: int) -> tuple[Piece, ...]:
    """The noun phrases between two places of a text, cut at the prepositions and where the phrase asked about ends."""
    cuts = [(start, start, "")]
    cuts += [
        (start + match.start(), start + match.end(), match.group("preposition"))
        for match in _PIECE.finditer(text[start:end])
    ]
    pieces = []
    for index, (_, begin, preposition) in enumerate(cuts):
        stop = cuts[index + 1][0] if index + 1 < len(cuts) else end
        while (article := _ARTICLE.match(text[begin:stop].lstrip())) and article.end() < stop - begin:
            begin = begin + (len(text[begin:stop]) - len(text[begin:stop].lstrip())) + article.end()
        stop = told if begin < told < stop else stop
        piece = text[begin:stop]
        begin += len(piece) - len(piece.lstrip())
        if piece.strip():
            pieces.append(Piece(piece.strip(), begin, begin + len(piece.strip()), preposition.lower()))
    return tuple(pieces)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def article_before(frame: Frame, piece: Piece) -> str:
    """The article before a piece, in small letters; empty when there is none."""
    match = re.search(r"\b(an?|any|some|the|his|her|their)\s+$", frame.text[: piece.start], re.IGNORECASE)
    return match.group(1).lower() if match else ""


def targets_of(frames: Sequence[Frame], person: Person) -> list[str]:
    """What the latest questions asked about: the several targets of one, or those of a run of them."""
    found: list[str] = []
    for frame in reversed(frames):
        parsed = parse_question(frame.text, person)
        if parsed.kind not in {"capability", "comparison"}:
            break
        if len(parsed.targets) > 1:
            return found or list(parsed.targets)
        if frame.main is None:
            break
        if frame.main.text.casefold() not in {each.casefold() for each in found}:
            found.insert(0, frame.main.text)
    return found
