"""Members of a category that a sentence tells: behind a verb, for people, as amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from profile_rag.answering import cues
from profile_rag.answering.evidence import Passage
from profile_rag.answering.list_items import Member, WordTest, looks_like_name, split_items, without_complement
from profile_rag.answering.list_request import BEFORE_MEMBERS, ListRequest, hit
from profile_rag.answering.listed import Listed, once
from profile_rag.answering.ranking import SentenceRanker
from profile_rag.answering.stance import is_avoided
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences
from profile_rag.words import split_words, stems

_MIN_SUCH = 0.23  # of items to their category; of 24 lists from the pool, right ones had 0.25 to 0.71, wrong ones less
_SAME_FORM = 0.2
_DASH = re.compile(r"\s[—–]\s")
_LEADING_DASH = re.compile(r"\s*[—–]\s+")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|holds?|I|he|she|they|we)\b")
_NOT_BEFORE = re.compile(r"(?:\bnot|\bnever|n['’]t)\s+(?:\w+\s+){0,2}\w+$", re.IGNORECASE)
_PERCENTAGE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b)")
_AMOUNTS = {"percentag": _PERCENTAGE, "percent": _PERCENTAGE}
_TO_COMMA = re.compile(r"[^,;.]+\sto\s(?:[^,;.]|[,.](?=\d))+")
_RANGE = re.compile(r"^(?:everything |anything )?from\s+(?P<range>.+\sto\s.+)$", re.IGNORECASE)
_AFTER_VERB = re.compile(
    rf"^(?:\s*(?:[a-z]+\s+){{0,2}}?{BEFORE_MEMBERS}\b)?(?:\s*(?:{BEFORE_MEMBERS}|the|both|an?|mostly|mainly|:)(?!\w))*\s+"
)
_AFTER_RELATION = re.compile(
    r"^(?:\s*(?:(?:everyone|everything|anyone|people) from|both|the|an?|mostly|mainly|:)(?!\w))*\s+"
)
# How nouns for people end, so far as it tells them from things.
_PEOPLE = re.compile(
    r"(?:[a-z]{2,}(?:ers|ors|ists|ians|ants|ees|eurs|ives|ians)|academics|athletes|parents|people|teams|startups|companies"
    r"|families|students|kids|children|adults|men|women|teens|teenagers|couples|patients|agents|clients|professionals"
    r"|individuals|brands|businesses|firms|agencies|nonprofits|non-profits|NGOs|charities|schools|CEOs|communities)$"
)
_TO_PEOPLE = re.compile(r"\b(?:for|with|to|by|from)\s+(?=\w)")
_PEOPLE_ASKED = frozenset(stems("client clients audience audiences customer customers people readership group groups"))


def told_members(
    request: ListRequest, chunks: Sequence[Chunk], ranker: SentenceRanker, is_word: WordTest
) -> list[Listed]:
    """Members enumerated behind the verb that the question asks by ("has written grants for a, b and c")."""
    best: list[Listed] = []
    best_share = 0.0
    for chunk in chunks:
        if chunk.kind == "heading" or is_avoided(chunk) or not request.is_within(chunk):
            continue
        for start, end in split_sentences(chunk.text):
            share, items = _behind_verb(chunk, start, end, request)
            before = chunk.text[start : items[0].start] if items else ""
            if (
                share > best_share
                and items
                and _are_such(items, request, before, chunk.text[start:end], ranker=ranker, is_word=is_word)
            ):
                best_share = share
                # From the sentence's beginning, which has the verb.
                passage = Passage(chunk, start, max(item.end for item in items))
                best = [Listed(item.name, passage) for item in items]
    return once(best)


def _are_such(
    items: Sequence[Member],
    request: ListRequest,
    before: str,
    sentence: str,
    *,
    ranker: SentenceRanker,
    is_word: WordTest,
) -> bool:
    """Whether items behind a verb can be what is asked for: their sentence says so, or they mean such things."""
    if request.is_said(sentence):
        return True
    preposition = before.split()[-1:]
    if len(request.predicate) > 1 and preposition and preposition[0] in request.prepositions:
        return True  # "built models for …" answers "what has she built models for?", whatever they are called
    is_list = len(items) > 2 or all(looks_like_name(item.name, is_word) for item in items)
    named = ", ".join(item.name for item in items)
    return is_list and ranker.similarities(request.category, [named])[0] >= _MIN_SUCH


def _behind_verb(chunk: Chunk, start: int, end: int, request: ListRequest) -> tuple[float, list[Member]]:
    """The items coordinated behind the words that the question asks by, and the share of these words found."""
    text = chunk.text[start:end]
    words = split_words(text)
    asked = request.predicate
    wanted = [*asked, *request.core]
    relation = next((found for phrase in request.relations if (found := phrase.search(text))), None)
    if relation is not None:
        share, behind = 1.0, relation.end()
    else:
        hits = [index for index, word in enumerate(words) if any(hit(item, [word.stem]) for item in asked)]
        own = [*stems(text), *request.entities]  # the chunk speaks of these
        if not hits or not request.predicate or not all(hit(item, own) for item in asked):
            return 0.0, []
        comma = text.find(",", words[hits[0]].end)
        last = max((index for index in hits if comma < 0 or words[index].start < comma), default=hits[0])
        share, behind = sum(hit(item, own) > 0 for item in wanted) / len(wanted), words[last].end
    if _NOT_BEFORE.search(text[:behind]) or cues.DENIES.search(text[:behind]) or cues.OTHERS.search(text[:behind]):
        return 0.0, []
    share += _SAME_FORM * sum(word.text.lower() in request.written for word in words) / len(words)
    rest = text[behind:]
    lead = (_AFTER_VERB if relation is None else _AFTER_RELATION).match(rest)
    preposition = re.search(r"(\w+)\s*$", lead.group()) if lead else None
    before = stems(text[: behind + (lead.end() if lead else 0)])
    if (
        preposition
        and any(word in before for word in request.core)
        and preposition.group(1) not in _words(request.text)
    ):
        return 0.0, []  # "shipped games in Unity" names no games
    skipped = lead.end() if lead else 0
    if dash := _LEADING_DASH.match(rest, skipped):
        skipped = dash.end()
    if label := re.match(r"[^,;:]{1,60}:\s+", rest[skipped:]):
        skipped += label.end()
    body = _DASH.split(rest[skipped:], maxsplit=1)[0]
    items = []
    at = start + behind + skipped
    if re.search(r"\bfrom\s*$", chunk.text[start:at]) and (whole := _TO_COMMA.match(body)):
        items = _ends_of_range(Member(whole.group().strip(), at, at + len(whole.group().rstrip())))
        body, at = body[whole.end() :], at + whole.end()
    items += split_items(body, at)
    other = next(
        (index for index, item in enumerate(items) if index and cues.DEMONSTRATED.match(item.name)), len(items)
    )
    items = items[:other]  # a new verb begins another story
    if items and (whole := _RANGE.match(items[0].name)):
        items[:1] = _ends_of_range(replace(items[0], name=whole.group("range")))
    is_list = len(items) > 1 and not any(_FINITE.search(item.name) for item in items)
    if len(items) == 2 and any(re.search(r"ly$|^(?:first|last)\b", item.name) for item in items):
        is_list = False  # "plans the first and last day carefully"
    return (share, items) if is_list else (0.0, [])


def _words(text: str) -> set[str]:
    return {word.text.lower() for word in split_words(text)}


def _ends_of_range(item: Member) -> list[Member]:
    """What a range goes from and to ("complete beginners to competitive athletes")."""
    return [replace(item, name=name) for name in re.split(r"\s(?:through\s|all the way\s)?to\s", item.name)]


def people_told(request: ListRequest, chunks: Sequence[Chunk]) -> list[Listed]:
    """Sorts of people that something is done for, where clients or audiences are asked for."""
    if request.core[-1] not in _PEOPLE_ASKED or len(request.core) > 1:
        return []
    for chunk in chunks:
        if chunk.kind == "heading" or is_avoided(chunk) or not request.is_within(chunk):
            continue
        for start, end in split_sentences(chunk.text):
            for match in _TO_PEOPLE.finditer(chunk.text, start, end):
                items = split_items(chunk.text[match.end() : end].rstrip("."), match.end())
                named = [item for item in items if _PEOPLE.search(without_complement(item.name).split(" (")[0])]
                if len(items) > 1 and len(named) == len(items) and not cues.DENIES.search(chunk.text, start, end):
                    passage = Passage(chunk, start, items[-1].end)
                    return [Listed(item.name, passage) for item in items]
    return []


def amounts_told(request: ListRequest, chunks: Sequence[Chunk]) -> list[Listed]:
    """The amounts of the one sentence that gives most of the kind asked for."""
    pattern = next((_AMOUNTS[word] for word in request.core if word in _AMOUNTS), None)
    if pattern is None:
        return []
    best: list[Listed] = []
    for chunk in chunks:
        for start, end in split_sentences(chunk.text):
            amounts = list(pattern.finditer(chunk.text, start, end))
            own = " ".join(stems(chunk.text[start:end]))
            # Written together or apart: "rolls out", "rollout".
            if len(amounts) > max(1, len(best)) and any(word in own for word in request.predicate):
                passage = Passage(chunk, start, end)
                best = [Listed(match.group(), passage) for match in amounts]
    return best
