"""Where a claim says something else than its evidence, in ways that similarity of meaning does not see.

Numbers and units, dates, names, negation and limits, levels, comparatives, and who did it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from profile_rag.answering import cues
from profile_rag.answering.alignment import Alignment, Evidence
from profile_rag.answering.dates import period_of
from profile_rag.answering.opposites import contraries, otherwise_prefixed
from profile_rag.answering.reading import Sentence, is_name
from profile_rag.words import Word, content_words, is_distinct_name, is_stop_word, known_words, spellings, stem, stems

Kind = Literal["number", "unit", "name", "negation", "level", "limit", "comparison", "contrary", "agent"]

HARD: frozenset[Kind] = frozenset({"number", "unit", "name", "negation", "level", "comparison", "contrary"})
"""Any of these leaves a claim without support; the others leave part of it."""

_SPELT = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "dozen": "12",
}
_FACTORS = {
    "hundred": 1e2,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "billion": 1e9,
}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<factor>(?:k|m|mn|bn|b)\b|\s(?:hundred"
    r"|thousand|million|billion)\b)?"
    r"|\b(?P<word>"
    + "|".join(sorted(_SPELT, key=len, reverse=True))
    + r")\b(?P<times>\s(?:hundred|thousand|million|billion)\b)?",
    re.IGNORECASE,
)
_SAID_LOOSELY = frozenset({"one", "zero"})  # "one of", "no one": rarely an amount
_UNIT = re.compile(r"\+?\s?-?\s?(?P<unit>%|[A-Za-z]+)")
UNITS = {
    "%": "percent",
    **dict.fromkeys(stems("percent percentage"), "percent"),
    **{stem(unit): stem(unit) for unit in "year month week day hour minute second decade".split()},
    **dict.fromkeys(stems("yr yrs"), stem("year")),
    **dict.fromkeys(stems("person people engineer developer employee member colleague report student"), "people"),
    **{stem(unit): stem(unit) for unit in "project team company client customer user country language euro".split()},
    **dict.fromkeys(stems("dollar usd"), "dollar"),
}
"""Stems of the words behind numbers, by what they count; other rules hold for them than for words."""
_LEVELS = (
    frozenset(stems("beginner basic basics novice elementary rudimentary introductory")),
    frozenset(stems("familiar familiarity exposure intermediate conversational")),
    frozenset(stems("comfortable competent proficient proficiency")),
    frozenset(stems("expert expertise fluent fluency advanced master mastery deep extensive native senior principal")),
)
_RAISING = _LEVELS[-1] | frozenset(stems("led leads headed architected founded chief invented certified"))
_SAME_LEVEL = {"led": "lead", "lead": "led"}
_MORE = re.compile(
    r"\b(?:more than|over|at least|above|exceed\w*|upwards of|no fewer than)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_LESS = re.compile(
    r"\b(?:less than|fewer than|under|below|at most|up to|no more than|almost|nearly)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_CUE = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|lacks?|lacking|unable|avoids?|avoided"
    r"|refuses?|refused"
    r"|zero|yet to|hardly|barely|rarely)\b|n['’]t\b",
    re.IGNORECASE,
)
_REPEATED = frozenset({"no", "neither", "nor", "none"})  # which may stand in a row and deny but once
_NO_DENIAL = re.compile(r"\bnot (?:only|just|merely|simply)\b|\bno (?:doubt|matter)\b|\bnot least\b", re.IGNORECASE)
_LIST_SEPARATOR = re.compile(r",\s*+(?:and\s+|or\s+)?|(?<!\s)\s++(?:and|or)\s+")
_CLAUSE_END = re.compile(
    r"[;:.!?—–()|\n]|,\s*(?=(?:and\s+|or\s+)?(?:he|she|they|it|i|we|who|which|that|as|since|if|when)\b)|\b(?:but"
    r"|however|though|although|yet(?! to)|while|whereas|because|so|which)\b",
    re.IGNORECASE,
)
_TITLES = frozenset("dr prof mr mrs ms mx msc bsc phd".split())
_AGENT = re.compile(
    r"\b(?:colleagues?|co-?workers?|teammates?|friends?|contractors?|vendors?|predecessors?|interns?|another team"
    r"|other teams|someone else|somebody else|others)\b",
    re.IGNORECASE,
)
_SAYS_LITTLE = re.compile(
    r"\b(?:basics?|beginner|limited|rusty|shallow|novice|emerging|only|little|partly|conceptual\w*)\b", re.IGNORECASE
)
_LIMIT = re.compile(
    r"\b(?:only )?basics? (?:of|only|knowledge|understanding|level|skills?)\b|[(:|] ?(?:only )?basics?\b(?! ?[>:])"
    r"|\b(?:beginner|limited|rusty|shallow|novice|emerging|some exposure|mostly consumed|in theory|conceptual(?:ly)?"
    r"|hobby|coursework|still learning|currently learning)\b",
    re.IGNORECASE,
)
_OVER = re.compile(r"\b(?:over|rather than|instead of|than)\b", re.IGNORECASE)
_MOST_COMPARED = 3
_MIN_DENIED = 0.5  # of what a claim denies that the evidence speaks of
_MIN_SCOPE = 0.75  # of what the evidence denies that the claim speaks of
_MIN_COVERED = 0.5  # of a claim's held words: a sentence that holds fewer speaks of something else
_MAX_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What differs, and which words of the claim say it (indices of `Sentence.words`)."""

    kind: Kind
    words: tuple[int, ...]


def find_discrepancies(alignment: Alignment, evidence: Evidence) -> list[Discrepancy]:
    """Everything in a claim that its evidence contradicts or cannot have said."""
    if not evidence.sentences:
        return []
    near = _sentences_about(alignment, evidence)
    texts = [item.sentence.text for item in evidence.sentences]
    about = [evidence.sentences[index].sentence for index in near]
    return [
        *_numbers(alignment, texts, [texts[index] for index in near]),
        *_names(alignment),
        *_levels(alignment, about),
        *_negation(alignment, about),
        *_preference(alignment, about),
        *_contraries(alignment, about),
        *_limits(alignment, about),
        *_agents(alignment, about),
    ]


def _sentences_about(alignment: Alignment, evidence: Evidence) -> list[int]:
    """The sentences that hold most of the claim's words, best first; among equals the more similar."""
    content = np.array([not is_stop_word(word.text) for word in alignment.claim.words])
    counts = (alignment.by_sentence & content).sum(axis=1)
    most = int(counts.max(initial=0))
    if most == 0:
        return []
    order = sorted(range(len(counts)), key=lambda index: (-counts[index], -alignment.similarity[index]))
    return [index for index in order if counts[index] >= max(1, _MIN_COVERED * most)][:_MAX_SENTENCES]


# --- numbers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    unit: str
    direction: int
    """1 for "more than", -1 for "less than", else 0."""
    start: int
    end: int


def numbers_in(text: str) -> Iterator[_Number]:
    """The numbers of a text, in figures or spelt."""
    for found in _NUMBER.finditer(text):
        if word := found["word"]:
            if word.lower() in _SAID_LOOSELY:
                continue
            value = float(_SPELT[word.lower()]) * _FACTORS.get((found["times"] or "").strip().lower(), 1.0)
        else:
            value = float(found["digits"].replace(",", ""))
            value *= _FACTORS.get((found["factor"] or "").strip().lower(), 1.0)
        behind = _UNIT.match(text, found.end())
        before = text[max(0, found.start() - 40) : found.start()]
        direction = 1 if _MORE.search(before) else -1 if _LESS.search(before) else 0
        if text[found.end() : found.end() + 1] == "+":
            direction = 1
        unit = UNITS.get(stem(behind["unit"]) if behind and behind["unit"] != "%" else "%" if behind else "", "")
        yield _Number(value, unit, direction, found.start(), found.end())


def is_number(word: str) -> bool:
    """Whether a word is a number, in figures or spelt."""
    return any(True for _ in numbers_in(word))


def _numbers(alignment: Alignment, texts: Sequence[str], near: Sequence[str]) -> Iterator[Discrepancy]:
    known: dict[float, list[_Number]] = {}
    for text in texts:
        # "From 2015 to 2019" says "four years" too.
        period = period_of(text)
        for number in numbers_in(f"{text} {period.length}" if period else text):
            known.setdefault(number.value, []).append(number)
    own = {number.value for text in near for number in numbers_in(text)}
    end = end_of_words(alignment.claim)
    for number in takewhile(lambda item: item.start < end, numbers_in(alignment.claim.text)):
        words = _words_at(alignment.claim, number.start, number.end)
        if number.value not in known:
            # A number that is part of a word both share ("B2B", "web3") is no amount, and
            # "three: Pinecone, Weaviate and pgvector" counts what it lists.
            is_new = bool(words) and not (own and alignment.held[list(words)].all())
            if is_new and number.value != _items_behind(alignment.claim.text, number.end):
                yield Discrepancy("number", words)
            continue
        same = known[number.value]
        units = {other.unit for other in same if other.unit}
        if number.unit and units and number.unit not in units and all(other.unit for other in same):
            yield Discrepancy("unit", words)
        directions = {other.direction for other in same}
        if number.direction and directions == {-number.direction}:
            yield Discrepancy("comparison", words)


def _items_behind(text: str, place: int) -> float:
    """How many things are listed behind a colon."""
    _, colon, listed = text[place:].partition(":")
    return float(len(_LIST_SEPARATOR.split(listed.strip()))) if colon else 0.0


# --- names, levels ------------------------------------------------------------------------------


def _names(alignment: Alignment) -> Iterator[Discrepancy]:
    """Names that stand nowhere in the evidence."""
    claim = alignment.claim
    for index, word in enumerate(claim.words):
        if alignment.held[index] or word.text[:1].isdigit() or is_stop_word(word.text) or word.stem in _TITLES:
            continue
        is_known = word.text[:1].isupper() and word.text.lower() in known_words()
        if is_known or is_distinct_name(word.text) or (is_name(word, claim.reading.text) and not _is_title_case(claim)):
            yield Discrepancy("name", (index,))


def _is_title_case(claim: Sentence) -> bool:
    """Whether capitals say nothing here, as in a heading."""
    words = [word.text for word in claim.words if not is_stop_word(word.text) and word.text[:1].isalpha()]
    return len(words) > 2 and all(word[0].isupper() for word in words)


def _levels(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    """A level, or a claim to all or first place, that no sentence about the matter gives."""
    said = {stem for sentence in near for stem in sentence.around}
    denied, _ = negated_words(alignment.claim)
    given = {rank for rank, level in enumerate(_LEVELS) if said & level}
    for index, word in enumerate(alignment.claim.words):
        if alignment.held[index] or index in denied or {word.stem, _SAME_LEVEL.get(word.stem)} & said:
            continue
        rank = next((rank for rank, level in enumerate(_LEVELS) if word.stem in level), -1)
        is_raised = rank not in given and rank > min(given, default=rank)
        if is_raised or (word.stem in _RAISING and len(_LEVELS) - 1 not in given):
            yield Discrepancy("level", (index,))


# --- negation, contraries, limits, agents ----------------------------------------------------------


def negated_words(sentence: Sentence) -> tuple[frozenset[int], frozenset[int]]:
    """Which words of a sentence stand behind a word of denial in its clause, and which words deny.

    A clause denied twice ("never releases without tests") affirms; "neither … nor" denies once.
    """
    text = _NO_DENIAL.sub(lambda found: " " * len(found.group()), sentence.text)
    offset = sentence.start
    ends = [found.start() for found in _CLAUSE_END.finditer(text)]
    inside: dict[int, int] = {}
    denials: Counter[int] = Counter()
    denying: set[int] = set()
    for cue in _CUE.finditer(text, 0, end_of_words(sentence)):
        behind = bisect_left(ends, cue.end())
        stop = ends[behind] if behind < len(ends) else len(text)
        denials[stop] += cue.group().lower() not in _REPEATED
        for index, word in enumerate(sentence.words):
            place = word.start - offset
            if place < cue.end() and word.end - offset > cue.start():
                denying.add(index)
            elif cue.end() <= place < stop:
                inside[index] = stop
    return frozenset(index for index, stop in inside.items() if denials[stop] < 2) - denying, frozenset(denying)


def _negation(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    """Words that the claim denies and the evidence affirms, or the other way round."""
    claim = alignment.claim
    inside, denying = negated_words(claim)
    content = [index for index, word in enumerate(claim.words) if _is_content(word) and index not in denying]
    denied = [index for index in content if index in inside]
    if denied and near and not any(negated_words(sentence)[1] for sentence in near):
        there = [index for index in denied if alignment.held[index]]
        if len(there) >= _MIN_DENIED * len(denied):
            yield Discrepancy("negation", tuple(sorted(denying)))
    for sentence in near[:1]:
        scope, _ = negated_words(sentence)
        negated = [place for place in sorted(scope) if _is_content(sentence.words[place])]
        if not negated:
            continue
        own = [index for index in content if any(place in scope for place in _places_in(claim.words[index], sentence))]
        # Held elsewhere in the sentence too, a word may speak of that place.
        own = [index for index in own if all(place in scope for place in _places_in(claim.words[index], sentence))]
        head = sentence.words[negated[0]].stem
        has_head = any(head == claim.words[index].stem for index in own)
        is_whole = len(own) >= _MIN_SCOPE * len(negated) if not has_head else len(own) >= _MIN_DENIED * len(negated)
        if own and is_whole and inside.isdisjoint(own):
            yield Discrepancy("negation", tuple(own))


def _is_content(word: Word) -> bool:
    return not is_stop_word(word.text)


def _places_in(word: Word, sentence: Sentence) -> list[int]:
    return [place for spelling in spellings(word.text) if spelling for place in sentence.places.get(spelling[0], ())]


def _preference(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    """ "A over B" where the evidence has B over A."""
    mine = _OVER.search(alignment.claim.text)
    if mine is None or not near:
        return
    theirs = _OVER.search(near[0].text)
    if theirs is None:
        return
    one, other = _sides(alignment.claim.text, mine)
    first, second = _sides(near[0].text, theirs)
    both = (one & first) | (other & second)
    if (one - both) & second and (other - both) & first:
        words = [
            index for index, word in enumerate(alignment.claim.words) if word.stem in (one & second) | (other & first)
        ]
        yield Discrepancy("comparison", tuple(words))


def _sides(text: str, found: re.Match[str]) -> tuple[set[str], set[str]]:
    before, behind = text[: found.start()], text[found.end() :]
    return (
        {word.stem for word in content_words(before)[-_MOST_COMPARED:]},
        {word.stem for word in content_words(behind)[:_MOST_COMPARED]},
    )


def _contraries(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    said = {stem for sentence in near for stem in sentence.stems}
    for index, word in enumerate(alignment.claim.words):
        if alignment.held[index] or is_stop_word(word.text):
            continue
        if (contraries().get(word.stem, frozenset()) | otherwise_prefixed(word.text)) & said:
            yield Discrepancy("contrary", (index,))


def _limits(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    """The evidence says how little it is, and the claim leaves that out."""
    claim = alignment.claim
    if not near or _SAYS_LITTLE.search(claim.text) or cues.LIMITS.search(claim.text) or _CUE.search(claim.text):
        return
    best = near[0]
    limit = _LIMIT.search(best.text)
    if limit is None:
        return
    offset = best.start
    clause = _clause_around(best.text, limit.start())
    held = tuple(
        index
        for index, word in enumerate(claim.words)
        if not is_stop_word(word.text)
        and any(clause[0] <= best.words[place].start - offset < clause[1] for place in best.places.get(word.stem, ()))
    )
    if held:
        yield Discrepancy("limit", held)


def _agents(alignment: Alignment, near: Sequence[Sentence]) -> Iterator[Discrepancy]:
    """Somebody else did it, and the claim doesn't say so."""
    claim = alignment.claim
    if not near or _AGENT.search(claim.text):
        return
    found = cues.OTHERS.search(near[0].text)
    if found is not None and not set(stems(found.group())) <= {word.stem for word in claim.words}:
        yield Discrepancy(
            "agent",
            tuple(
                index for index, word in enumerate(claim.words) if alignment.held[index] and not is_stop_word(word.text)
            ),
        )


def _clause_around(text: str, place: int) -> tuple[int, int]:
    ends = [found.start() for found in re.finditer(r"[;.!?—–\n]|\b(?:but|however)\b", text)]
    return max((end for end in ends if end <= place), default=0), min(
        (end for end in ends if end > place), default=len(text)
    )


def end_of_words(sentence: Sentence) -> int:
    """Up to which character of its text a sentence was read; the end of a very long one is not."""
    return sentence.words[-1].end - sentence.start if sentence.words else 0


def _words_at(sentence: Sentence, start: int, end: int) -> tuple[int, ...]:
    offset = sentence.start
    return tuple(
        index for index, word in enumerate(sentence.words) if word.start - offset < end and word.end - offset > start
    )
