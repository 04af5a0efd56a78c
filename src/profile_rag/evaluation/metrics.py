"""How one answer meets its case; each figure is None where the case asks for no such thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from profile_rag.evaluation.attribution import Attribution, Checker, attribute_by_check, attribute_by_gold
from profile_rag.evaluation.dataset import Case, GoldQuote
from profile_rag.evaluation.retrieved import Ranks, rank_pieces
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.schema import Answer, Chunk, Citation
from profile_rag.words import content_words, stems

_MIN_SHARE = 0.6  # of a gold quote's words, in order, that a shorter citation has to hold
_NOTHING = Attribution(None, None)


@dataclass(frozen=True, slots=True)
class Score:
    """One answer held against its case."""

    case: Case
    answer: Answer
    verdict: bool
    evidence_recall: float | None
    """Share of the gold quotes cited."""
    members: float | None
    """Share of a list's members named."""
    conflict: bool | None
    """Whether the conflict asked for is reported; False also for one reported where there is none."""
    wording: bool | None
    """Whether the answer says what it must and nothing it must not."""
    understood: float | None
    """Share of a follow-up's content words in what it was understood as."""
    by_gold: Attribution = _NOTHING
    """Citation recall and precision where the gold quotes tell what supports."""
    by_check: Attribution = _NOTHING
    """The same where the grounding check tells."""
    valid_quotes: float | None = None
    """Share of the citations that stand in their file as quoted."""
    grounded: bool | None = None
    """Whether every claim of the answer is supported."""
    ranks: Ranks | None = None
    """How high the retriever ranked the gold quotes' chunks."""

    @property
    def is_right(self) -> bool:
        """Whether all that the case asks for is met, and every quote stands in its file."""
        shares = (self.evidence_recall, self.members, self.valid_quotes)
        flags = (self.conflict, self.wording)
        return self.verdict and all(share in {None, 1.0} for share in shares) and False not in flags

    @property
    def confidence(self) -> float | None:
        """Score of the answer's weakest claim; None where it makes none."""
        return None if self.answer.abstained else min((claim.score for claim in self.answer.claims), default=None)


def score_answer(
    case: Case,
    answer: Answer,
    *,
    quotes: QuoteReader | None = None,
    checker: Checker | None = None,
    retrieved: Sequence[Chunk] | None = None,
) -> Score:
    """Hold an answer against its case.

    Args:
        case: What is expected.
        answer: What was said.
        quotes: Reads the quotes again; without it their validity is unknown.
        checker: Tells what a citation supports; without it the support noted in the claims counts.
        retrieved: What the retriever found for the question, best first.
    """
    cites = not answer.abstained  # of an abstention nothing has to be supported
    asks_more = cites or not case.may_abstain  # a right abstention is all that its case asks for
    by_check = attribute_by_check(answer, checker) if cites and checker else _NOTHING
    return Score(
        case=case,
        answer=answer,
        verdict=verdict_of(answer) in case.verdicts,
        evidence_recall=_evidence_recall(case, answer.citations) if asks_more else None,
        by_gold=attribute_by_gold(answer, _gold_citations(case, answer)) if cites and gold_quotes(case) else _NOTHING,
        by_check=by_check,
        valid_quotes=_share(map(quotes.stands, answer.citations)) if quotes else None,
        grounded=_grounded(answer, by_check if checker else None),
        ranks=_ranks(case, retrieved),
        members=_share(says(answer.answer, member) for member in case.members) if asks_more else None,
        conflict=_conflict(case, answer),
        wording=_wording(case, answer.answer),
        understood=_understood(case, answer),
    )


def verdict_of(answer: Answer) -> str:
    """The verdict by its name in a case: "none" for null, "not_stated" for every abstention."""
    if answer.abstained:
        return "not_stated"
    return answer.verdict or "none"


def covers(citation: Citation, gold: GoldQuote) -> bool:
    """Whether a citation holds the gold words, or is most of them."""
    return _holds(citation.source, citation.quote, gold)


def gold_quotes(case: Case) -> tuple[GoldQuote, ...]:
    """All quotes that may serve, those first that have to be cited."""
    return (*case.quotes, *case.any_quotes)


def missing_quotes(score: Score) -> tuple[GoldQuote, ...]:
    """The gold quotes that an answer had to cite and did not."""
    citations = score.answer.citations
    missing = [gold for gold in score.case.quotes if not any(covers(citation, gold) for citation in citations)]
    serves = any(covers(citation, gold) for citation in citations for gold in score.case.any_quotes)
    return (*missing, *(() if serves else score.case.any_quotes))


def missing_members(score: Score) -> tuple[str, ...]:
    """The members of a list that an answer does not name."""
    return tuple(member for member in score.case.members if not says(score.answer.answer, member))


def _holds(source: str, text: str, gold: GoldQuote) -> bool:
    quote = " ".join(text.split())
    if source != gold.source:
        return False
    return gold.text in quote or (quote in gold.text and len(quote.split()) >= _MIN_SHARE * len(gold.text.split()))


def _gold_citations(case: Case, answer: Answer) -> list[bool]:
    return [any(covers(citation, gold) for gold in gold_quotes(case)) for citation in answer.citations]


def _grounded(answer: Answer, by_check: Attribution | None) -> bool | None:
    if answer.abstained:
        return None
    if by_check is not None:
        return None if by_check.recall is None else by_check.recall == 1.0
    return all(claim.support in {"quoted", "supported"} for claim in answer.claims) if answer.claims else None


def _ranks(case: Case, retrieved: Sequence[Chunk] | None) -> Ranks | None:
    if retrieved is None:
        return None
    golds = gold_quotes(case)
    holds = [[_holds(chunk.source, chunk.text, gold) for gold in golds] for chunk in retrieved]
    alternatives = tuple(range(len(case.quotes), len(golds)))
    pieces = [(number,) for number in range(len(case.quotes))]
    return rank_pieces(holds, [*pieces, *((alternatives,) if alternatives else ())])


def _evidence_recall(case: Case, citations: Sequence[Citation]) -> float | None:
    found = [any(covers(citation, gold) for citation in citations) for gold in case.quotes]
    if case.any_quotes:
        found.append(any(covers(citation, gold) for citation in citations for gold in case.any_quotes))
    return sum(found) / len(found) if found else None


def _share(found: Iterable[bool]) -> float | None:
    values = list(found)
    return sum(values) / len(values) if values else None


def says(text: str, words: str) -> bool:
    """Whether a text holds words, whole and in any case."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _conflict(case: Case, answer: Answer) -> bool | None:
    if not case.conflict:
        return None if not answer.conflicts else False
    return bool(answer.conflicts)


def _wording(case: Case, text: str) -> bool | None:
    if not case.must_say and not case.must_not_say:
        return None
    return all(says(text, words) for words in case.must_say) and not any(
        says(text, words.strip()) for words in case.must_not_say
    )


def _understood(case: Case, answer: Answer) -> float | None:
    if not case.understood_as:
        return None
    wanted = {word.stem for word in content_words(case.understood_as)}
    return len(wanted & set(stems(answer.understood_as))) / len(wanted) if wanted else None
