"""Mail addresses, telephone numbers and postal addresses in a text, and chunks without them.

Whoever serves a profile to strangers cuts them out here, before anything is built on the chunks: retrieval, answers,
skills, the document view and the spelling of questions then know nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from profile_rag.schema import Chunk, SourceMap
from profile_rag.sentences import split_sentences

Detail = Literal["mail", "phone", "address"]

_HOST = r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
_AT = r"\s?(?:[\[({<]\s?(?:at|@|ät)\s?[\])}>]|\sat\s|@)\s?"
_DOT = r"\s?(?:[\[({<]\s?(?:dot|\.|punkt)\s?[\])}>]|\sdot\s|\.)\s?"
MAIL = re.compile(
    r"(?:mailto:)?[\w.+%'’-]{1,64}(?:"
    rf"\s?[@＠]\s?{_HOST}"
    # "name (at) host (dot) org": one of the two is written out
    rf"|\s?[\[({{<]\s?(?:at|@|ät)\s?[\])}}>]\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{0,4}}"
    rf"|{_AT}[\w-]{{1,63}}(?:\s?[\[({{<]\s?(?:dot|\.|punkt)\s?[\])}}>]\s?|\sdot\s)[\w-]{{2,63}}"
    r"|\s(?-i:AT)\s[\w-]{1,63}(?:\.|\sDOT\s)[\w-]{2,63}"
    r")",
    re.IGNORECASE,
)

_DIGITS = r"\d[\d \u00a0\u2009\u202f()./‐‑–-]{4,24}\d"  # noqa: RUF001, RUF100
_PHONE_WORD = (
    r"(?:tele(?:phone|fon|fono|foon)|téléphone|phone|phonenumber|mobile?|mobil|móvil|handy|cell(?:phone)?|tel|fax"
    r"|whatsapp|call(?: me)?|text me|festnetz)"
)
_LABELLED_PHONE = re.compile(
    rf"\b{_PHONE_WORD}\b\.?(?: ?(?:number|no|nr)\b\.?)?(?: ?\([^()\n]{{1,20}}\))?[\s:=–-]{{0,4}}(?:(?:on|at|under)\s)?"
    rf"(?P<number>\+?\(?{_DIGITS})",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(rf"(?<![\w+])(?:tel:)?(?P<number>\+\s?\(?{_DIGITS})", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w.,/+-])(?P<number>\(?{_DIGITS})(?![\w-])")
# Numbers without "+" or a word before them: only what is grouped as telephone numbers are.
_GROUPED = re.compile(r"(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}")
_TRUNK = re.compile(r"\(?0[1-9]\d{0,4}\)?(?:[ /.-]{1,3}\d{2,8}){1,5}|0[1-9]\d{8,10}")
_YEAR_GROUP = re.compile(r"(?:19|20)\d\d")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15  # E.164 allows 15

_STREET_END = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Terrace|Crescent|Way|Close|Row)"
)
_HOUSE = r"\d{1,5}(?: ?[a-zA-Z]\b)?(?:[-/]\d{1,5})?"
_WORD = r"[A-ZÀ-Þ][\w'’.-]{1,30}"
_AFTER_STREET = r"\b\.?(?=\s*(?:$|[,;|·•)\n.]|\d|(?:[Aa]pt|[Ss]uite|[Uu]nit|[Ff]loor|#)))"
_STREETS = (
    rf"(?<![\w.]){_HOUSE},? (?:{_WORD} ){{1,3}}{_STREET_END}{_AFTER_STREET}",
    rf"\b[A-ZÀ-Þ][\w'’-]{{1,30}}(?:straße|strasse|str\.|weg|gasse|allee|platz|damm|ufer|ring|straat|laan|gracht|plein"
    rf"|gatan|gata|vej|gade|veien|vägen) {_HOUSE}(?!\w)",
    rf"\b(?:{_WORD}[ -]){{1,3}}(?:Straße|Strasse|Str\.|Weg|Allee|Platz|Gasse|gade|vej|gata|straat|laan|tér"
    rf"|utca) {_HOUSE}(?!\w)",
    rf"(?<![\w.]){_HOUSE},? (?:bis |ter )?(?:rue|avenue|boulevard|place|chemin|quai|impasse|allée) "
    rf"(?:(?:de|du|des|la|le|les|l['’]) ?){{0,3}}{_WORD}(?: {_WORD}){{0,2}}",
    rf"\b(?:[Cc]alle|[Vv]ia|[Vv]iale|[Pp]iazza|[Rr]ua|[Aa]venida|[Pp]laza|[Uu]l\.) (?:{_WORD}[ ,]{{1,2}}){{1,3}}"
    rf"{_HOUSE}(?!\w)",
    r"\bP\.? ?O\.? ?Box \d{1,8}\b|\bPostfach \d[\d ]{1,8}\b",
)
_POSTCODES = (
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]),? \d{5}(?:-\d{4})?\b",
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b",
    rf"(?:\b(?:D|DE|A|AT|CH|F|FR|B|BE|L|NL)-)\d{{4,5}}(?: {_WORD})?",
)
_STREET = re.compile("|".join(_STREETS))
_POSTCODE = re.compile("|".join(_POSTCODES))
_TOWN_BEHIND = re.compile(rf",?\s{{1,3}}(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: ?[A-Z]{{2}})? {_WORD}(?:[ -]{_WORD}){{0,2}}")
_LABELLED_ADDRESS = re.compile(
    r"\b(?:(?:postal|home|street|mailing|private|business|office)[ _]?)?(?<!mail )(?<!mail_)(?<!web )(?<!ip )"
    r"(?:address(?:[ _]?line[ _]?\d)?|street|streetname|anschrift|adresse|postal[ _]?code|postcode|zip(?:[ _]?code)?"
    r"|plz|hausnummer|house[ _]?number)\s?[:=]\s{0,3}"
    r"(?P<value>(?:(?!,\s\w{1,20}:)[^\n|·•;]){1,160})",
    re.IGNORECASE,
)
_WEB_PAGE = re.compile(r"https?://|www\.", re.IGNORECASE)

_LABEL = re.compile(
    rf"\b(?:e-?mail(?: address)?|mail|contact|address|street|postal ?code|zip|location|{_PHONE_WORD})\b\.?"
    r"(?: ?\([^()\n]{1,20}\))?(?: number)?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\n|\s[|·•–—]\s|[|·•]|;\s|,\s")
_EDGE = " \t\n,;|·•–—-:()<>[]{}*/=\ufeff"  # a byte-order mark at a beginning is no text
_FOLDED = str.maketrans({chr(0xFF10 + digit): str(digit) for digit in range(10)} | {"＠": "@", "．": ".", "＋": "+"})
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MOST_PASSES = 4


def find_contact_details(text: str) -> list[tuple[Detail, int, int]]:
    """Where a text gives a mail address, a telephone number or a postal address, in order."""
    text = text.translate(_FOLDED)
    if _HIDDEN.search(text):  # a number or an address with invisible characters in it reads the same to a person
        shown = [index for index, character in enumerate(text) if not _HIDDEN.match(character)]
        found = find_contact_details("".join(text[index] for index in shown))
        return [(kind, shown[start], shown[end - 1] + 1) for kind, start, end in found]
    return sorted({*_mails(text), *_phones(text), *_addresses(text)}, key=lambda item: item[1:])


def _mails(text: str) -> Iterator[tuple[Detail, int, int]]:
    for match in MAIL.finditer(text):
        yield "mail", *match.span()


def _phones(text: str) -> Iterator[tuple[Detail, int, int]]:
    for pattern in (_LABELLED_PHONE, _INTERNATIONAL):
        for match in pattern.finditer(text):
            if _count_digits(match["number"]) and not _are_dates(match["number"]):
                yield "phone", *match.span()
    for match in _BARE.finditer(text):
        number = match["number"].strip()
        is_phone = _GROUPED.fullmatch(number) or _TRUNK.fullmatch(number)
        if is_phone and _count_digits(number) and not _are_dates(number):
            yield "phone", *match.span()


def _count_digits(number: str) -> bool:
    return _FEWEST_DIGITS <= sum(character.isdigit() for character in number) <= _MOST_DIGITS


def _are_dates(number: str) -> bool:
    """Whether digits are days, months and years alone, one year at least: "05/2014 - 07/2016"."""
    groups = re.findall(r"\d+", number)
    years = [group for group in groups if _YEAR_GROUP.fullmatch(group)]
    return "+" not in number and bool(years) and all(len(group) <= 2 or group in years for group in groups)


def _addresses(text: str) -> Iterator[tuple[Detail, int, int]]:
    for match in _STREET.finditer(text):
        town = _TOWN_BEHIND.match(text, match.end())
        yield "address", match.start(), town.end() if town else match.end()
    for match in _POSTCODE.finditer(text):
        yield "address", *match.span()
    for match in _LABELLED_ADDRESS.finditer(text):
        if not _WEB_PAGE.match(match["value"]) and not MAIL.match(match["value"]):
            yield "address", *match.span()


# --- chunks ------------------------------------------------------------------------------------------


def withhold_contact_details(chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
    """The chunks without what tells how to reach somebody; what stands beside it stays, cut into chunks of its own."""
    return tuple(piece for chunk in chunks for piece in _pieces(chunk))


def _pieces(chunk: Chunk) -> list[Chunk]:
    heading = tuple(_told(part) for part in chunk.heading)
    if heading != chunk.heading:
        chunk = replace(chunk, heading=tuple(filter(None, heading)))
    kept = _kept(chunk.text, chunk.source_map.elements)
    if kept == [(0, len(chunk.text))]:
        return [chunk]
    # The longest part keeps the id, by which its embedding is found.
    kept.sort(key=lambda span: (span[0] - span[1], span))
    pieces = [_cut(chunk, start, end, number) for number, (start, end) in enumerate(kept)]
    return sorted(pieces, key=lambda piece: piece.start_char)


def _told(text: str) -> str:
    """A heading without contact details."""
    kept = _kept(text, ())
    return text if kept == [(0, len(text))] else ", ".join(text[start:end] for start, end in kept)


def _kept(text: str, elements: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges of a text that may be told."""
    kept = [(0, len(text))]
    for _ in range(_MOST_PASSES):  # what is left of a line may read as another number
        before, kept = kept, [part for span in kept for part in _without_details(text, *span, elements)]
        if kept == before:
            return kept
    return [span for span in kept if not find_contact_details(text[slice(*span)])]


def _without_details(
    text: str, first: int, last: int, elements: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    part = text[first:last]
    details = [(first + start, first + end) for _, start, end in find_contact_details(part)]
    if not details:
        yield first, last
        return
    withheld = [_widened(span, elements) for span in _units(text, first, last, details)]
    at = first
    for start, end in [*sorted(withheld), (last, last)]:
        left, right = _trimmed(text, at, max(at, min(start, last)))
        if left < right:
            # A quote takes every element whole that it cuts; one that reaches into what is withheld goes with it.
            wide = _widened((left, right), elements)
            is_apart = at <= wide[0] and wide[1] <= start
            if is_apart and _has_words(text[left:right]) and not _LABEL.fullmatch(text[left:right]):
                yield wide[0], wide[0] + len(text[slice(*wide)].rstrip(" \n"))  # as a quote ends
        at = max(at, end)


def _units(text: str, first: int, last: int, details: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The details, each with the clause it stands in, unless the rest of that clause only names somebody."""
    ends = {first, last}
    ends |= {first + end for _, end in split_sentences(text[first:last])}
    for match in _SEPARATOR.finditer(text, first, last):
        ends |= {match.start(), match.end()}
    # No cut goes through a detail: what is left of one may still tell it.
    cuts = sorted(cut for cut in ends if not any(start < cut < end for start, end in details))
    for start, end in details:
        left = max(cut for cut in cuts if cut <= start)
        right = min(cut for cut in cuts if cut >= end)
        rest = [text[left:start], text[end:right]]
        names = [word for part in rest for word in _LABEL.sub(" ", part).split() if word.strip(_EDGE)]
        is_name = bool(names) and all(word.strip(_EDGE)[:1].isupper() for word in names)
        yield (start, end) if is_name else (left, right)


def _widened(span: tuple[int, int], elements: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A span with every element it cuts: a quote beside it would be widened into it."""
    start, end = span
    changed = True
    while changed:
        changed = False
        for left, right in elements:
            if left < end and start < right and not start <= left < right <= end:
                start, end, changed = min(start, left), max(end, right), True
    return start, end


def _has_words(text: str) -> bool:
    """Whether anything is left that can be quoted."""
    return any(map(str.isalnum, text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _cut(chunk: Chunk, start: int, end: int, number: int) -> Chunk:
    """A part of a chunk as a chunk."""
    quote = chunk.quote(start, end)
    segments = []
    for text_start, text_length, source_start, source_length in chunk.source_map.segments:
        left, right = max(start, text_start), min(end, text_start + text_length)
        if left < right and text_length == source_length:
            segments.append((left - start, right - left, source_start + left - text_start, right - left))
        elif left < right:
            segments.append((left - start, right - left, source_start, source_length))
    inside = [(left - start, right - start) for left, right in chunk.source_map.elements]
    elements = tuple((left, right) for left, right in inside if left >= 0 and right <= end - start)
    return replace(
        chunk,
        id=chunk.id if number == 0 else f"{chunk.id}-{number}",
        title=chunk.title if start == 0 and end > len(chunk.title) else "",
        kind="paragraph" if chunk.kind in {"entry", "card"} and start else chunk.kind,
        text=chunk.text[start:end],
        start_char=quote.start_char,
        end_char=quote.end_char,
        start_line=quote.start_line,
        end_line=quote.end_line,
        source_map=SourceMap(tuple(segments), elements, chunk.source_map.line_starts, chunk.source_map.first_line),
    )
