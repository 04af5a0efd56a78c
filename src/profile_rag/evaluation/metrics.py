"""How one answer meets its case; each figure is None where the case asks for no such thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from profile_rag.evaluation.dataset import Case, GoldQuote
from profile_rag.schema import Answer, Citation
from profile_rag.words import content_words, stems

_MIN_SHARE = 0.6  # of a gold quote's words, in order, that a shorter citation has to hold


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

    @property
    def is_right(self) -> bool:
        """Whether nothing is missing."""
        shares = (self.evidence_recall, self.members)
        return self.verdict and all(share in {None, 1.0} for share in shares) and self.conflict in {None, True}


def score_answer(case: Case, answer: Answer) -> Score:
    """Hold an answer against its case."""
    return Score(
        case=case,
        answer=answer,
        verdict=verdict_of(answer) in case.verdicts,
        evidence_recall=_evidence_recall(case, answer.citations),
        members=_share(_says(answer.answer, member) for member in case.members),
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
    quote = " ".join(citation.quote.split())
    if citation.source != gold.source:
        return False
    return gold.text in quote or (quote in gold.text and len(quote.split()) >= _MIN_SHARE * len(gold.text.split()))


def _evidence_recall(case: Case, citations: Sequence[Citation]) -> float | None:
    found = [any(covers(citation, gold) for citation in citations) for gold in case.quotes]
    if case.any_quotes:
        found.append(any(covers(citation, gold) for citation in citations for gold in case.any_quotes))
    return sum(found) / len(found) if found else None


def _share(found: Iterable[bool]) -> float | None:
    values = list(found)
    return sum(values) / len(values) if values else None


def _says(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _conflict(case: Case, answer: Answer) -> bool | None:
    if not case.conflict:
        return None if not answer.conflicts else False
    return bool(answer.conflicts)


def _wording(case: Case, text: str) -> bool | None:
    if not case.must_say and not case.must_not_say:
        return None
    return all(_says(text, words) for words in case.must_say) and not any(
        _says(text, words.strip()) for words in case.must_not_say
    )


def _understood(case: Case, answer: Answer) -> float | None:
    if not case.understood_as:
        return None
    wanted = {word.stem for word in content_words(case.understood_as)}
    return len(wanted & set(stems(answer.understood_as))) / len(wanted) if wanted else None
