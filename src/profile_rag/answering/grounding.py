"""Whether evidence supports what an answer says: the same check at run time, on the command line and in evaluation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from profile_rag.answering.alignment import (
    Alignment,
    Evidence,
    PlacedSentence,
    WindowEmbedder,
    align,
    read_sentences,
    read_spans,
)
from profile_rag.answering.claims import ClaimText, split_claims
from profile_rag.answering.copies import find_alterations
from profile_rag.answering.dates import time_covered_in
from profile_rag.answering.discrepancies import HARD, Discrepancy, end_of_words, find_discrepancies, is_number
from profile_rag.answering.quotations import (
    Quotation,
    SourceText,
    find_quotations,
    find_sources,
    has_quotation,
    is_quoted,
    outside,
)
from profile_rag.answering.reading import Sentence, is_negated
from profile_rag.answering.support import (
    DOUBTED,
    Row,
    claim_row,
    is_counted,
    is_light,
    load_model,
    unsaid_words,
    word_rows,
)
from profile_rag.schema import Support
from profile_rag.words import Word, split_words, stems

# What an answer says about its evidence and not from it.
_REPORTING = frozenset(
    stems(
        "document documents profile resume cv say says state states mention mentions mentioned list lists listed"
        " describe describes described show shows note notes according words quote quotes passage passages evidence"
        " yes partly partially stated elsewhere also place places disagree differ limit limits limited project"
        " strength done something else experience worth asking ask name names named"
        " text speak speaks level given dates prefers one all"
    )
)
_SAYS_NOTHING = re.compile(
    r"\b(?:do(?:es)?n['’]t|do(?:es)? not|did not|never|no(?:where)?|not|nothing)\b[^.;]{0,40}?\b(?:mention|say"
    r"|state|specif|list|describe|provide"
    r"|include|contain|cover|address|indicate)\w*|\bnot (?:stated|mentioned|specified|given|listed)\b|\bunable to\b"
    r"|\bI (?:don['’]t|do not) know\b",
    re.IGNORECASE,
)
_SUPPORTED, _PARTIAL = 0.5, 0.25
_FOREIGN = 1 / 3  # of a claim's words that the evidence has to hold for the others to be paraphrases
_CAP = {True: 0.1, False: 0.4}  # of the score where a rule speaks against the whole claim, or a part of it
_BETWEEN_ITEMS = re.compile(r",\s+(?:and\s+)?|\s+and\s+|[:;]\s+")
_MOST_WORDS_OF_A_NAME = 6
_MAX_SPANS = 3
_MIN_SHARE_OF_BEST = 0.8
_CACHED_TEXTS = 4000
# "About 3 years and 7 months, by the dates given": held to the dates of the evidence, and to nothing else.
_COUNTED = re.compile(
    r"\babout (?P<length>\d+ (?:year|month)s?(?: and \d+ months?)?)\b[^:]{0,80}, by the dates given", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """Characters of one of the evidence texts."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One sentence of an answer, and what the evidence says to it."""

    text: str
    start: int
    end: int
    support: Support
    score: float
    """Probability that the evidence supports it, after the rules have spoken."""
    evidence: tuple[EvidenceSpan, ...]
    """What it rests on, best first; where it is unsupported, what comes nearest."""
    unsupported: tuple[tuple[int, int], ...]
    """Ranges of the answer's characters whose words nothing supports."""
    reasons: tuple[str, ...]
    """Why not: `quote`, `number`, `name`, `negation`, … or `words`."""
    marks: tuple[int, ...]
    """The numbers it cites."""
    likelihood: float
    """The fitted model's own probability of support."""

    @property
    def is_supported(self) -> bool:
        """Whether it may be said."""
        return self.support in {"quoted", "supported"}


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer's claims in order, and the probability that all of it is supported."""

    claims: tuple[CheckedClaim, ...]
    score: float


class GroundingChecker:
    """Holds answers against evidence. The texts read are kept, so that many answers may be held against the same."""

    def __init__(self, embedder: WindowEmbedder, *, known: Collection[str] = ()) -> None:
        """Use this model.

        Args:
            embedder: Reads texts.
            known: Stems that need no evidence, such as the person's own names.
        """
        self._embedder = embedder
        self.known = frozenset(known)
        self._read: dict[str, list[PlacedSentence]] = {}

    def check(
        self, text: str, evidence: Sequence[str], *, cited: Mapping[int, int] | None = None
    ) -> list[CheckedClaim]:
        """Check every claim of an answer; see `check_answer`."""
        return list(self.check_answer(text, evidence, cited=cited).claims)

    def check_answer(
        self, text: str, evidence: Sequence[str], *, cited: Mapping[int, int] | None = None
    ) -> CheckedAnswer:
        """Check an answer claim by claim, and as a whole.

        Args:
            text: The answer; Markdown is allowed.
            evidence: The texts it may rest on.
            cited: Which evidence text each of its marks ([1]) stands for. A claim that cites is held to what it
                cites; one that only other evidence supports is partial, for the reason `citation`.
        """
        said = [claim for claim in split_claims(text) if not _claims_nothing(claim)]
        evidence, wrong = _count_again(said, evidence, cited)
        sources = [SourceText(item) for item in evidence]
        plain = [_plainly_there(claim, sources, self.known, cited) for claim in said]
        if all(plain) and not wrong:  # nothing has to be read to know that words are there
            return CheckedAnswer(tuple(claim for claim in plain if claim), 1.0)
        claims = self.read_claims(text)
        read = self._sentences(evidence)
        pool = Evidence(read)
        model = load_model()
        checked, rows = [], []
        for place, (claim, sentence) in enumerate(claims):
            if not sentence.words or _claims_nothing(claim):
                continue
            against = _Against(claim, sentence, sources, self.known, place, len(claims))
            row, found = against.judge(pool)
            rows.append(row)
            if cited is not None and claim.marks and not _SAYS_NOTHING.search(claim.text):
                chosen = {cited[mark] for mark in claim.marks if mark in cited}
                _, own = against.judge(Evidence([item for item in read if item.index in chosen]))
                if own.is_supported or not found.is_supported:
                    found = own
                else:
                    found = replace(
                        found, support="partial", score=min(found.score, _CAP[False]), reasons=("citation",)
                    )
            if claim.start in wrong:
                found = replace(found, support="unsupported", score=_CAP[True], reasons=("number",))
            checked.append(found)
        whole = model.support_of_answer(rows) if rows and pool.sentences else float(not rows)
        return CheckedAnswer(tuple(checked), round(whole, 4))

    def read_evidence(self, texts: Sequence[str]) -> Evidence:
        """The words of the evidence."""
        return Evidence(self._sentences(texts))

    def read_claims(self, text: str) -> list[tuple[ClaimText, Sentence]]:
        """The claims of an answer, each read with those around it."""
        claims = split_claims(text)
        spans, at = [], 0
        for claim in claims:
            spans.append((at, at + len(claim.text)))
            at += len(claim.text) + 1
        whole = "\n".join(claim.text for claim in claims)
        read = read_spans([(whole, spans)], self._embedder)
        return [(claim, item.sentence) for claim, item in zip(claims, read, strict=True)]

    def _sentences(self, texts: Sequence[str]) -> list[PlacedSentence]:
        known = self._read  # other threads may put another in its place meanwhile
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            fresh: dict[str, list[PlacedSentence]] = {text: [] for text in missing}
            for item in read_sentences(missing, self._embedder):
                fresh[missing[item.index]].append(item)
            known = (known if len(known) + len(fresh) <= _CACHED_TEXTS else {}) | fresh
            self._read = known
            known = known | fresh
        return [replace(item, index=index) for index, text in enumerate(texts) for item in known[text]]


@dataclass(frozen=True, slots=True)
class _Fault:
    """Something in a claim that the evidence does not say."""

    reason: str
    ranges: tuple[tuple[int, int], ...]
    """Characters of the claim's text."""
    is_hard: bool = True


@dataclass(frozen=True, slots=True)
class _Against:
    """A claim that is to be held against evidence."""

    claim: ClaimText
    sentence: Sentence
    sources: Sequence[SourceText]
    known: frozenset[str]
    place: int
    count: int

    def judge(self, pool: Evidence) -> tuple[Row, CheckedClaim]:
        """The claim's features and what the evidence says to it."""
        alignment = align(self.sentence, pool, known=self.known)
        found = find_discrepancies(alignment, pool)
        model = load_model()
        doubts = model.doubts_of_words(word_rows(alignment, pool))
        row = claim_row(alignment, pool, found, doubts, place=self.place, count=self.count)
        sources = {item.index: self.sources[item.index] for item in pool.sentences}
        quotations = find_quotations(self.claim.text, sources.values())
        said = [
            index
            for index, word in enumerate(self.sentence.words)
            if not is_quoted(word.start - self.sentence.start, quotations)
        ]
        if _SAYS_NOTHING.search(self.claim.text) and all(part.is_term for part in quotations):
            said, quotations = list(range(len(self.sentence.words))), []
        claimed = [index for index in said if _is_claimed(self.sentence.words[index])]
        if _SAYS_NOTHING.search(self.claim.text) and not quotations:
            return row, _judge_silence(self.claim, alignment, claimed)
        faults = [_Fault("quote", part.altered) for part in quotations if part.altered]
        if claimed:
            unsaid = unsaid_words(alignment)
            # Where little is held, the rest says nothing of the kind in other words.
            is_foreign = alignment.held[claimed].mean() < _FOREIGN
            doubted = [index for index, doubt in zip(unsaid, doubts, strict=True) if is_foreign or doubt > DOUBTED]
            faults += self._faults(alignment, pool, found, frozenset(said), sorted({*claimed} & {*doubted}))
        if unread := tuple(self._unread(pool, quotations)):
            faults.append(_Fault("words", unread, is_hard=False))
        likelihood = model.support_of(row) if pool.sentences else 0.0
        # Numbers and their units have rules of their own, which found no fault with those that are left.
        is_held = bool(pool.sentences) and all(
            alignment.held[index] or is_counted(self.sentence.words[index]) for index in claimed
        )
        support = _support_of(likelihood, faults, is_held=is_held, is_quoted=bool(quotations))
        score = min([likelihood, *(_CAP[fault.is_hard] for fault in faults)])
        if support in {"quoted", "supported"}:
            score = 1.0 if support == "quoted" else max(likelihood, _SUPPORTED)
        return row, CheckedClaim(
            self.claim.text,
            self.claim.start,
            self.claim.end,
            support,
            round(score, 4),
            tuple(_spans(self.claim.text, quotations, alignment, pool, sources)),
            _in_answer(self.claim, [span for fault in faults for span in fault.ranges]),
            tuple(dict.fromkeys(fault.reason for fault in faults)),
            self.claim.marks,
            round(likelihood, 4),
        )

    def _faults(
        self,
        alignment: Alignment,
        pool: Evidence,
        found: Sequence[Discrepancy],
        said: frozenset[int],
        doubted: Sequence[int],
    ) -> Iterator[_Fault]:
        """What is wrong with what stands outside quotation marks."""
        outside_quotes = (item for item in found if said.issuperset(item.words))
        for item in (*outside_quotes, *find_alterations(alignment, pool, said)):
            yield _Fault(item.kind, _ranges(self.sentence, item.words), item.kind in HARD)
        if doubted:
            yield _Fault("words", _ranges(self.sentence, doubted), is_hard=False)

    def _unread(self, pool: Evidence, quotations: Sequence[Quotation]) -> Iterator[tuple[int, int]]:
        """Words behind what the model reads of a very long claim: they have to stand in the evidence as they are."""
        start = end_of_words(self.sentence)
        for word in split_words(self.claim.text[start:]):
            is_held = word.stem in pool.places or word.stem in self.known
            if not is_held and _is_claimed(word) and not is_quoted(start + word.start, quotations):
                yield start + word.start, start + word.end


def _count_again(
    said: Sequence[ClaimText], evidence: Sequence[str], cited: Mapping[int, int] | None
) -> tuple[list[str], frozenset[int]]:
    """The evidence, with the time that claims count by its dates; and where claims begin that count wrong."""
    texts, wrong = list(evidence), set()
    for claim in said:
        told = _COUNTED.search(claim.text)
        if not told:
            continue
        chosen = [cited[mark] for mark in claim.marks if mark in cited] if cited is not None and claim.marks else None
        indices = range(len(evidence)) if chosen is None else chosen
        if told["length"] == time_covered_in([evidence[index] for index in indices], claim.text):
            texts[indices[0]] += f"\n{told['length']}"
        else:
            wrong.add(claim.start)
    return texts, frozenset(wrong)


def _plainly_there(
    claim: ClaimText, sources: Sequence[SourceText], known: frozenset[str], cited: Mapping[int, int] | None
) -> CheckedClaim | None:
    """A claim of quotations and words that stand in the evidence, or an enumeration of what it names; else None."""
    chosen = [cited[mark] for mark in claim.marks if mark in cited] if cited is not None and claim.marks else None
    evidence = {index: source for index, source in enumerate(sources) if chosen is None or index in chosen}
    quotations = find_quotations(claim.text, evidence.values())
    if any(part.altered for part in quotations):
        return None
    if not quotations:
        return _enumerated(claim, evidence)
    held = known.union(*(source.stems for source in evidence.values()))
    for word in split_words(claim.text):
        if _is_claimed(word) and word.stem not in held and not is_quoted(word.start, quotations):
            return None
    rest = outside(claim.text, quotations)
    if is_negated(rest) and not any(source.holds(rest) for source in evidence.values()):
        return None  # what it denies has to be compared with what the evidence denies
    spans = tuple(EvidenceSpan(*place) for place in find_sources(claim.text, quotations, evidence))
    return CheckedClaim(claim.text, claim.start, claim.end, "quoted", 1.0, spans, (), (), claim.marks, 1.0)


def _enumerated(claim: ClaimText, evidence: Mapping[int, SourceText]) -> CheckedClaim | None:
    """A claim whose parts, between commas, all stand to the letter in evidence that denies nothing; else None."""
    spans = []
    for part in filter(None, (piece.strip(" .:;") for piece in _BETWEEN_ITEMS.split(claim.text))):
        if len(part.split()) > _MOST_WORDS_OF_A_NAME:
            return None
        at = next(((index, source.text.find(part)) for index, source in evidence.items() if part in source.text), None)
        if at is None or is_negated(evidence[at[0]].text):
            return None
        spans.append(EvidenceSpan(at[0], at[1], at[1] + len(part)))
    return CheckedClaim(claim.text, claim.start, claim.end, "supported", 1.0, tuple(spans), (), (), claim.marks, 1.0)


def _support_of(score: float, faults: Sequence[_Fault], *, is_held: bool, is_quoted: bool) -> Support:
    if any(fault.is_hard for fault in faults):
        return "unsupported"
    if faults:
        return "partial" if score >= _PARTIAL else "unsupported"
    if is_held:
        return "quoted" if is_quoted else "supported"
    return "supported" if score >= _SUPPORTED else "partial" if score >= _PARTIAL else "unsupported"


def _judge_silence(claim: ClaimText, alignment: Alignment, claimed: Sequence[int]) -> CheckedClaim:
    """That the documents don't say something is true of what they don't hold."""
    is_there = bool(claimed) and all(alignment.held[index] for index in claimed)
    words = _ranges(alignment.claim, claimed) if is_there else ()
    return CheckedClaim(
        claim.text,
        claim.start,
        claim.end,
        "unsupported" if is_there else "supported",
        _CAP[True] if is_there else 1.0,
        (),
        _in_answer(claim, words),
        ("mentioned",) if is_there else (),
        claim.marks,
        0.0 if is_there else 1.0,
    )


def _is_claimed(word: Word) -> bool:
    return not is_light(word) and word.stem not in _REPORTING


def _claims_nothing(claim: ClaimText) -> bool:
    """Whether a sentence only speaks of the documents ("The two places disagree."), or gives a verdict."""
    if has_quotation(claim.text) or _SAYS_NOTHING.search(claim.text):
        return False
    words = [word for word in split_words(claim.text) if _is_claimed(word)]
    return all(is_number(word.text) for word in words)


# --- places ------------------------------------------------------------------------------------------


def _ranges(sentence: Sentence, words: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Where words stand in the claim's text."""
    chosen = [sentence.words[index] for index in words]
    return tuple((word.start - sentence.start, word.end - sentence.start) for word in chosen)


def _in_answer(claim: ClaimText, ranges: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges of a claim as ranges of the answer, in order, each once."""
    return tuple(
        sorted({(claim.positions[start], claim.positions[end - 1] + 1) for start, end in ranges if end > start})
    )


def _spans(
    text: str,
    quotations: Sequence[Quotation],
    alignment: Alignment,
    pool: Evidence,
    sources: Mapping[int, SourceText],
) -> Iterator[EvidenceSpan]:
    """The quoted words where they stand; else the sentences that hold most of the claim."""
    quoted = [EvidenceSpan(*place) for place in find_sources(text, quotations, sources)]
    yield from quoted
    if quoted or not pool.sentences:
        return
    weights = alignment.by_sentence.sum(axis=1) + alignment.similarity
    for place in np.argsort(-weights, kind="stable")[:_MAX_SPANS]:
        if weights[place] >= _MIN_SHARE_OF_BEST * weights.max():
            item = pool.sentences[int(place)]
            yield EvidenceSpan(item.index, item.start, item.end)
