"""Whom the documents are about, in their own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.person_names import (
    NAME,
    bare_name,
    is_person_name,
    is_role,
    is_short_name,
    read_role,
    read_title,
)
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import is_stop_word, known_words, split_words

_PRONOUNS = {"he": ("he", "him", "his"), "she": ("she", "her", "her"), "they": ("they", "them", "their")}
_FIELD = re.compile(r"^\W*([A-Za-z][A-Za-z _-]{2,20}?)\W*:\W*(?=\w)(.+)$")
_NAME_FIELDS = ("name", "full name", "candidate", "applicant", "candidate name", "display name")
_ROLE_FIELDS = (
    *("role", "current role", "job title", "position", "current position", "headline", "label", "profession"),
    *("occupation", "job", "title"),
)
_PRONOUN_FIELDS = ("pronouns", "pronoun")
# Sections whose fields speak of something else than the person: an employer's name, a project's title.
_OTHERS_SECTION = re.compile(
    r"\b(?:work|experience|employment|jobs?|career|education|skills?|projects?|references?|languages?|awards?|volunteer"
    r"|publications?|certificates?|certifications?|interests?|profiles|courses?|highlights|networks?)\b",
    re.IGNORECASE,
)
_STATED_PRONOUN = re.compile(r"\b(she|he|they)\s*/\s*(?:her|him|them|his|they|she|he)s?\b", re.IGNORECASE)
_GENDERED = {"he": frozenset(("he", "him", "his", "himself")), "she": frozenset(("she", "her", "hers", "herself"))}
_MIN_OTHER_PRONOUNS = 3
# "Kim's path", "Kim is", "Kim covers": a capitalized word with what belongs to it, or what it does.
_CALLED = re.compile(
    rf"(?<![\w’'-])({NAME})(?=['’]s?\s|\s(?:\w+ly\s|also\s|then\s)?(?:is|has|was|had|can|will|(?:does|did)n['’]t|fell"
    r"|grew|came|spent|began|took|got|went|made|built|ran|led|wrote|left|won|found|became|thought|saw|taught|held|kept"
    r"|brings|[a-z]{2,}(?:s|ed))\b)"
)
_MIN_CALLS = 2
_MAX_SECTION_WORDS = 3
_MAX_FIELD_CHARACTERS = 80
_OPENING_CHUNKS = 6  # of a document; further down, names are of others
_MAX_DESCRIPTION_CHARACTERS = 260
_DESCRIBING_SECTION = re.compile(
    r"\b(?:summary|about|background|profile|bio(?:graphy)?|introduction|intro|overview|hello|objective|who)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be the person's name, and how much speaks for it."""

    name: str
    role: str
    weight: int


@dataclass(frozen=True, slots=True)
class Identity:
    """The passages that say who the person is."""

    name: Passage | None
    role: Passage | None
    description: Passage | None
    """A sentence of prose that tells what the person is or does."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Those of name and role, one of them where one gives both."""
        return tuple(dict.fromkeys(passage for passage in (self.name, self.role) if passage))


def find_person(chunks: Sequence[Chunk]) -> Person:
    """Name, role and pronouns from the documents: fields that state them, else titles, else the prose.

    Pronouns nobody states are those the documents use most; failing that, "they".
    """
    documents = _by_document(chunks)
    field = next((value for value in _field_values(chunks, _NAME_FIELDS) if is_short_name(value)), "")
    candidate = _Candidate(field, "", 0) if field else _best_candidate(documents)
    name = _full_name(candidate.name, chunks)
    role = next((value for value in _field_values(chunks, _ROLE_FIELDS) if value != name), "")
    role = role or candidate.role or _role_beside(name, documents) or _latest_position(chunks)
    stated = _stated_pronoun(chunks)
    pronoun = stated or _most_used_pronoun(chunks)
    other_name = _other_name(chunks, name) if name else ""
    return Person(
        name,
        role,
        *_PRONOUNS[pronoun],
        other_name=other_name,
        other_subject=_other_pronoun(chunks, stated, name, other_name) if stated else "",
    )


def _by_document(chunks: Sequence[Chunk]) -> Mapping[str, list[Chunk]]:
    documents: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        documents.setdefault(chunk.source, []).append(chunk)
    return documents


# --- fields -----------------------------------------------------------------------------------------


def _fields(chunk: Chunk) -> Iterator[tuple[str, str, int]]:
    """Key, value and the value's offset of every line that is a field."""
    offset = 0
    for line in chunk.text.split("\n"):
        if match := _FIELD.match(line):
            value = match.group(2).strip(" \"'*")
            if 0 < len(value) <= _MAX_FIELD_CHARACTERS:
                key = match.group(1).strip().lower().replace("_", " ").replace("-", " ")
                yield key, value, offset + line.index(value, match.start(2))
        offset += len(line) + 1


def _is_about_others(chunk: Chunk) -> bool:
    return any(_OTHERS_SECTION.search(part) and len(part.split()) <= _MAX_SECTION_WORDS for part in chunk.heading)


def _field_values(chunks: Sequence[Chunk], keys: Sequence[str]) -> list[str]:
    """The values of these fields of the person: by the order of the keys, then of the documents."""
    own = (chunk for chunk in chunks if not _is_about_others(chunk))
    found = [(keys.index(key), value) for chunk in own for key, value, _ in _fields(chunk) if key in keys]
    return [value for _, value in sorted(found, key=lambda item: item[0])]


def find_field(chunks: Sequence[Chunk], keys: Sequence[str], value: str = "") -> Passage | None:
    """The line of a field, from its key on."""
    for chunk in sorted(chunks, key=_is_about_others):  # the person's own first
        for key, found, start in _fields(chunk):
            if key in keys and value in {"", found}:
                line = chunk.text.rfind("\n", 0, start) + 1
                return Passage(chunk, line, start + len(found))
    return None


# --- name and role ----------------------------------------------------------------------------------


def _best_candidate(documents: Mapping[str, list[Chunk]]) -> _Candidate:
    candidates = [each for chunks in documents.values() for each in _candidates(chunks, documents)]
    return max(candidates, key=lambda each: each.weight, default=_Candidate("", "", 0))  # the first of equals


def _candidates(chunks: Sequence[Chunk], documents: Mapping[str, list[Chunk]]) -> Iterator[_Candidate]:
    """Titles and opening sentences of one document that name a person with something to show for it."""
    text = "\n".join(chunk.text for chunk in chunks)
    speaks_of_someone = bool(re.search(r"\b(?:he|she|they|I|I['’]m|I['’]ve|my|his|her|their)\b", text, re.IGNORECASE))
    has_role_line = any(_role_line(chunk.text.split("\n")[0]) for chunk in chunks[:3] if chunk.kind != "heading")
    for title in _titles(chunks):
        name, role, is_cued = read_title(title)
        if not name:
            continue
        opens = chunks[0].kind == "heading" and chunks[0].text == title
        is_used = _is_used(name, chunks[1:] if opens else chunks) or any(
            _is_used(name, others) for source, others in documents.items() if source != chunks[0].source
        )
        is_long_enough = is_cued or " " in name or is_used or has_role_line
        weight = 1 + 2 * is_cued + is_used + speaks_of_someone + (bool(role) or has_role_line) + (" " in name) + opens
        if is_long_enough and weight > 2:
            yield _Candidate(name, role, weight)
    for chunk in chunks[:_OPENING_CHUNKS]:
        for text in (chunk.text, *(passage.text for passage in sentences_of(chunk)[:3])):
            if name := _introduced(text):
                yield _Candidate(name, "", 3 + (" " in name))


def _is_used(name: str, chunks: Sequence[Chunk]) -> bool:
    """Whether a text speaks of somebody by a part of this name."""
    parts = [re.escape(part) for part in bare_name(name).split() if len(part) > 1 and part[0].isupper()]
    return any(re.search(rf"\b(?:{'|'.join(parts)})\b", chunk.text) for chunk in chunks) if parts else False


def _titles(chunks: Sequence[Chunk]) -> list[str]:
    """What heads a document: its title as a chunk, the uppermost headings, a first line that is no sentence."""
    titles = [chunk.text for chunk in chunks if chunk.kind == "heading" and not chunk.heading][:2]
    titles += [chunk.heading[0] for chunk in chunks[:_OPENING_CHUNKS] if chunk.heading]
    first = chunks[0].text.split("\n")[0]
    if len(first) <= _MAX_FIELD_CHARACTERS and not first.endswith((".", "!", "?", ":")):
        titles.append(first)
    return list(dict.fromkeys(titles))


_FULL = rf"{NAME}(?:\s(?:{NAME}|\w\.|de|van|von|der|den|bin|ibn|al|el|la|da|di|dos|das|del|du|le)){{0,4}}"
_INTRODUCES = (
    re.compile(rf"\b(?:I['’]m|I am|[Mm]y name is|[Cc]all me)\s(?P<name>{_FULL})(?=\s*[,.!;(–—-]|\s(?:and|from)\b|$)"),
    re.compile(rf"^(?P<name>{_FULL})\s*\((?:she|he|they)\b"),
    re.compile(
        rf"^(?P<name>(?:Dr|Prof|Mr|Mrs|Ms)\.?\s{_FULL}|{NAME}\s{_FULL})(?=\s(?:is\s(?:an?|the)|has|works|runs|leads)\b)"
    ),
)


def _introduced(sentence: str) -> str:
    for pattern in _INTRODUCES:
        match = pattern.search(sentence)
        if match and is_person_name(match.group("name"), least=1):
            return match.group("name")
    return ""


def _full_name(name: str, chunks: Sequence[Chunk]) -> str:
    """The name as the text writes it: a first name with the surname given elsewhere, capitals as in prose."""
    if not name:
        return ""
    if name.isupper():
        written = re.compile(r"\s+".join(map(re.escape, name.split())), re.IGNORECASE)
        found = (match.group() for chunk in chunks for match in written.finditer(chunk.text))
        return next((each for each in found if not each.isupper()), name.title())
    if " " in name:
        return name
    longer = re.compile(rf"\b{re.escape(name)}\s{_FULL}")
    found = (match.group() for chunk in chunks for match in longer.finditer(" ".join((*chunk.heading, chunk.text))))
    return next((each for each in found if is_person_name(each)), name)


def _role_beside(name: str, documents: Mapping[str, list[Chunk]]) -> str:
    """A role that a line under the name, or a sentence about the person, gives."""
    if not name:
        return ""
    own = [chunks for chunks in documents.values() if any(_mentions(name, chunk) for chunk in chunks)]
    for chunks in own:
        for chunk in chunks[:_OPENING_CHUNKS]:
            if chunk.kind in {"paragraph", "card", "list_item"} and (role := _role_line(chunk.text.split("\n")[0])):
                return role
    for chunks in own:
        for chunk in chunks[:_OPENING_CHUNKS]:
            for passage in sentences_of(chunk):
                if role := read_role(passage.text, name):
                    return role
    return ""


def _latest_position(chunks: Sequence[Chunk]) -> str:
    """The position of the first entry about work; résumés begin with the latest."""
    fields = (field for chunk in chunks if _is_about_others(chunk) for field in _fields(chunk))
    return next((value for key, value, _ in fields if key in _ROLE_FIELDS and is_role(value)), "")


def _mentions(name: str, chunk: Chunk) -> bool:
    return name.casefold() in " ".join((*chunk.heading, chunk.text)).casefold()


def _role_line(line: str) -> str:
    """The part of a short line that is a role ("Data Engineer · she/her · Leeds")."""
    if len(line) > _MAX_FIELD_CHARACTERS * 2 or line.endswith((".", "!", "?", ":")) or _FIELD.match(line):
        return ""
    parts = re.split(r"\s+[·•|–—-]\s+|\s*\([^()]*\)\s*", line)
    return next((part.strip(" ,") for part in parts if is_role(part)), "")


# --- pronouns ---------------------------------------------------------------------------------------


def _stated_pronoun(chunks: Sequence[Chunk]) -> str:
    for value in _field_values(chunks, _PRONOUN_FIELDS):
        if match := re.match(r"\W*(he|she|they)\b", value, re.IGNORECASE):
            return match.group(1).lower()
    for chunk in chunks:
        if match := _STATED_PRONOUN.search(" ".join((*chunk.heading, chunk.text))):
            return match.group(1).lower()
    return ""


def _most_used_pronoun(chunks: Sequence[Chunk]) -> str:
    counts = _pronoun_counts(chunks)
    opening_they = sum(len(re.findall(r"(?:^|[.!?]\s)They\b", chunk.text)) for chunk in chunks)
    best = max(("he", "she"), key=lambda pronoun: counts[pronoun])
    if counts["he"] == counts["she"] or opening_they > counts[best]:
        return "they"
    return best


def _pronoun_counts(chunks: Sequence[Chunk]) -> Counter[str]:
    words = Counter(word for chunk in chunks for word in re.findall(r"[a-z]+", chunk.text.lower()))
    return Counter({pronoun: sum(words[form] for form in forms) for pronoun, forms in _GENDERED.items()})


def _other_pronoun(chunks: Sequence[Chunk], stated: str, name: str, other_name: str) -> str:
    """He or she where the stated pronouns are others and the prose about the person never uses those."""
    homes = {chunk.source for chunk in chunks if name and name in chunk.text}
    names = [bare_name(name).split()[0], other_name] if name else []
    prose = [
        chunk
        for chunk in chunks
        if chunk.source in homes and any(each and re.search(rf"\b{re.escape(each)}\b", chunk.text) for each in names)
    ]
    counts = _pronoun_counts(prose)
    words = Counter(word for chunk in prose for word in re.findall(r"[a-z]+", chunk.text.lower()))
    own = counts[stated] if stated in counts else sum(words[form] for form in ("they", "them", "their", "themselves"))
    others = [pronoun for pronoun in ("he", "she") if pronoun != stated and counts[pronoun] >= _MIN_OTHER_PRONOUNS]
    return others[0] if not own and len(others) == 1 else ""


# --- a second name ----------------------------------------------------------------------------------


def _other_name(chunks: Sequence[Chunk], name: str) -> str:
    """A name by which the prose beside the given name speaks of the person: its sentences' subject, in its stead.

    Where the prose uses the given name at all, another name in it is somebody else's.
    """
    homes = {chunk.source for chunk in chunks if _mentions(name, chunk)}
    prose = [
        chunk
        for chunk in chunks
        if chunk.kind == "paragraph"
        and chunk.source in homes
        and chunk.text.strip() != name
        and not _FIELD.match(chunk.text)
    ]
    own = [re.escape(part) for part in re.split(r"[\s-]", bare_name(name)) if len(part) > 2 or not part.isascii()]
    if own and any(re.search(rf"\b(?:{'|'.join(own)})\b", chunk.text) for chunk in prose):
        return ""
    called = [match for chunk in prose for match in _CALLED.finditer(chunk.text)]
    elsewhere = {word for chunk in chunks for word in _other_uses(chunk, is_prose=chunk in prose)}
    counts = Counter(match.group(1) for match in called)
    speaks_of_someone = any(map(_has_pronoun, prose))
    opening = {match.group(1) for chunk in prose[:2] if speaks_of_someone and (match := _CALLED.match(chunk.text))}
    for word, count in counts.most_common():
        parts = {part.casefold() for part in re.split(r"[\s-]", word)}
        is_taken = (
            word.casefold() in elsewhere or bool(parts & known_words()) or is_stop_word(word) or not is_short_name(word)
        )
        if (count >= _MIN_CALLS or word in opening) and not is_taken:
            return word
    return ""


def _has_pronoun(chunk: Chunk) -> bool:
    return re.search(r"\b(?:he|she|they|his|her|their)\b", chunk.text, re.IGNORECASE) is not None


def _other_uses(chunk: Chunk, *, is_prose: bool) -> set[str]:
    """Words of a chunk that are no name of the person: all of a list or title, of prose those in small letters."""
    text = " ".join((chunk.embedding_text if not is_prose else chunk.text, *chunk.heading))
    words = (word.text.removesuffix("'s").removesuffix("’s") for word in split_words(text))
    return {word.lower() for word in words if not is_prose or word[:1].islower()}


def find_calling(chunks: Sequence[Chunk], name: str) -> Passage:
    """The shortest sentence that calls the person by this name."""
    sentences = (Passage(chunk, start, end) for chunk in chunks for start, end in split_sentences(chunk.text))
    calling = [passage for passage in sentences if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", passage.text)]
    return min(calling, key=lambda passage: len(passage.text))


# --- who is it? -------------------------------------------------------------------------------------


def find_identity(chunks: Sequence[Chunk], person: Person) -> Identity:
    """Where the documents give the person's name and role, and a sentence that describes the person."""
    name = find_field(chunks, _NAME_FIELDS, person.name) or _first_holding(chunks, person.name)
    role = find_field(chunks, _ROLE_FIELDS, person.role) or _first_holding(chunks, person.role)
    if role and person.name and person.name in (sentence := _sentence_around(role)).text:
        name = role = sentence
    name = name or _first_under(chunks, person.name)
    if name and name.chunk.kind in {"paragraph", "card"} and _is_describing(sentence := _sentence_around(name)):
        return Identity(sentence, sentence if name == role else role, None)  # it says more than the name
    shown = [passage for passage in (name, role) if passage]
    return Identity(name, role, _description(chunks, person, shown))


def find_pronouns(chunks: Sequence[Chunk], person: Person) -> Passage | None:
    """Where the documents state the pronouns, or the shortest sentence of the prose that uses them."""
    if field := find_field(chunks, _PRONOUN_FIELDS):
        return field
    for chunk in chunks:
        if match := _STATED_PRONOUN.search(chunk.text):
            return _sentence_around(Passage(chunk, *match.span()))
    return find_pronoun_use(chunks, person.subject)


def find_pronoun_use(chunks: Sequence[Chunk], pronoun: str) -> Passage | None:
    """The shortest sentence that opens with a pronoun, or else uses it."""
    prose = [passage for chunk in chunks if chunk.kind != "heading" for passage in sentences_of(chunk)]
    for pattern in (rf"{pronoun.capitalize()}(?:['’]\w+)?\s", rf".*\b{pronoun}\b"):
        if found := [passage for passage in prose if re.match(pattern, passage.text)]:
            return min(found, key=lambda passage: len(passage.text))
    return None


def _first_holding(chunks: Sequence[Chunk], value: str) -> Passage | None:
    """The first place that holds a value, one that is little more than it before others."""
    holders = [chunk for chunk in chunks if value and value in chunk.text]
    holder = next((chunk for chunk in holders if chunk.kind == "heading"), next(iter(holders), None))
    if holder is None:
        return None
    start = holder.text.index(value)
    return Passage(holder, start, start + len(value))


def _first_under(chunks: Sequence[Chunk], name: str) -> Passage | None:
    """The first sentence under a heading that holds the name."""
    for chunk in chunks:
        if name and any(name.casefold() in heading.casefold() for heading in chunk.heading):
            return next(iter(sentences_of(chunk)), None)
    return None


def _sentence_around(passage: Passage) -> Passage:
    for start, end in split_sentences(passage.chunk.text):
        if start <= passage.start and passage.end <= end:
            return Passage(passage.chunk, start, end)
    return passage


def _is_describing(passage: Passage) -> bool:
    return (
        passage.text.endswith((".", "!"))
        and len(passage.text.split()) > 4
        and len(passage.text) <= _MAX_DESCRIPTION_CHARACTERS
    )


def _description(chunks: Sequence[Chunk], person: Person, shown: Sequence[Passage]) -> Passage | None:
    """The sentence of prose that opens what the documents tell of the person."""
    callers = {person.name, *bare_name(person.name).split()[:1], person.other_name} - {""}
    calls = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in callers) or "(?!)")
    found: list[tuple[int, Passage]] = []
    for chunk in chunks:
        if chunk.kind not in {"paragraph", "card", "field", "list_item"}:
            continue
        describes = bool(chunk.heading) and _DESCRIBING_SECTION.search(chunk.heading[-1]) is not None
        for index, passage in enumerate(sentences_of(chunk)[:2]):
            text = passage.text
            is_shown = any(
                each.chunk is chunk and each.start < passage.end and passage.start < each.end for each in shown
            )
            if is_shown or not _is_describing(passage):
                continue
            opens = calls.match(text) is not None or re.match(r"(?:I|I['’]m|I['’]ve|He|She|They)\b", text) is not None
            weight = 2 * describes + 2 * (calls.match(text) is not None) + opens + (index == 0) + (is_role(text[:60]))
            found.append((weight, passage))
    best = max(found, key=lambda item: item[0], default=(0, None))  # the first of equals
    return best[1] if best[0] > 2 else None
