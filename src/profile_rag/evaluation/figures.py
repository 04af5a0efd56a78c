"""The figures of a report: what each case adds to each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from profile_rag.evaluation.metrics import Score
from profile_rag.evaluation.retrieved import Ranks
from profile_rag.evaluation.statistics import Part

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A ratio of two sums over the cases, such as a mean, a rate or an F1; or, of one, the median."""

    name: str
    title: str
    part: Callable[[Score | None], Part | None]
    """What a case adds; None where it is not scored, and for the case of an engine that failed."""
    better: Better = "higher"
    unit: Literal["share", "characters"] = "share"

    @property
    def is_median(self) -> bool:
        """Whether it is the median of the numerators, not a ratio."""
        return self.unit != "share"


def _mean(value: Callable[[Score], float | bool | None]) -> Callable[[Score | None], Part | None]:
    def part(score: Score | None) -> Part | None:
        found = None if score is None else value(score)
        return None if found is None else (float(found), 1.0)

    return part


def _ranked(value: Callable[[Ranks], float]) -> Callable[[Score | None], Part | None]:
    return _mean(lambda score: None if score.ranks is None else value(score.ranks))


def _ratio(parts: Callable[[Score], tuple[float, float]]) -> Callable[[Score | None], Part | None]:
    def part(score: Score | None) -> Part | None:
        found = None if score is None else parts(score)
        return None if found is None or not found[1] else found

    return part


def _abstention(score: Score) -> tuple[bool, bool, bool]:
    """Whether it was rightly silent, wrongly silent, wrongly answered; where both would do, nothing of it."""
    case, abstained = score.case, score.answer.abstained
    return (
        not case.is_answerable and abstained,
        not case.may_abstain and abstained,
        not case.is_answerable and not abstained,
    )


def _abstention_precision(score: Score) -> tuple[float, float]:
    right, refused, _ = _abstention(score)
    return right, right + refused


def _abstention_f1(score: Score) -> tuple[float, float]:
    right, refused, answered = _abstention(score)
    return 2 * right, 2 * right + refused + answered


FIGURES: tuple[Figure, ...] = (
    Figure("failed", "Cases the engine failed on", lambda score: (float(score is None), 1.0), better="lower"),
    Figure("right", "All that a case asks for", _mean(lambda s: s.is_right)),
    Figure("verdict_accuracy", "Verdict accuracy", _mean(lambda s: s.verdict)),
    Figure("evidence_recall", "Evidence recall", _mean(lambda s: s.evidence_recall)),
    Figure("citation_precision_gold", "Citation precision, by gold", _mean(lambda s: s.by_gold.precision)),
    Figure("citation_recall_gold", "Citation recall, by gold", _mean(lambda s: s.by_gold.recall)),
    Figure("citation_precision_check", "Citation precision, by check", _mean(lambda s: s.by_check.precision)),
    Figure("citation_recall_check", "Citation recall, by check", _mean(lambda s: s.by_check.recall)),
    Figure("quote_validity", "Quote validity", _mean(lambda s: s.valid_quotes)),
    Figure("grounded_rate", "Grounded answers", _mean(lambda s: s.grounded)),
    Figure("abstention_precision", "Abstention precision", _ratio(_abstention_precision)),
    Figure(
        "abstention_recall",
        "Abstention recall",
        _mean(lambda s: None if s.case.is_answerable else s.answer.abstained),
    ),
    Figure("abstention_f1", "Abstention F1", _ratio(_abstention_f1)),
    Figure(
        "over_refusal",
        "Over-refusal",
        _mean(lambda s: None if s.case.may_abstain else s.answer.abstained),
        better="lower",
    ),
    Figure(
        "false_answers",
        "False answers",
        _mean(lambda s: None if s.case.is_answerable else not s.answer.abstained),
        better="lower",
    ),
    Figure(
        "conflict_recall",
        "Conflict recall",
        _mean(lambda s: bool(s.answer.conflicts) if s.case.conflict else None),
    ),
    Figure(
        "false_conflicts",
        "False conflicts",
        _mean(lambda s: None if s.case.conflict else bool(s.answer.conflicts)),
        better="lower",
    ),
    Figure("list_coverage", "List coverage", _mean(lambda s: s.members)),
    Figure("wording", "Wording", _mean(lambda s: s.wording)),
    Figure("follow_ups_right", "Follow-ups right", _mean(lambda s: s.is_right if s.case.history else None)),
    Figure("follow_ups_understood", "Follow-ups understood", _mean(lambda s: s.understood)),
    Figure("retrieval_recall_at_1", "Retrieval recall@1", _ranked(lambda ranks: ranks.recall_at(1))),
    Figure("retrieval_recall_at_3", "Retrieval recall@3", _ranked(lambda ranks: ranks.recall_at(3))),
    Figure("retrieval_recall_at_5", "Retrieval recall@5", _ranked(lambda ranks: ranks.recall_at(5))),
    Figure("retrieval_recall_at_10", "Retrieval recall@10", _ranked(lambda ranks: ranks.recall_at(10))),
    Figure("mrr", "Retrieval MRR", _ranked(lambda ranks: ranks.reciprocal)),
    Figure("ndcg_at_10", "Retrieval nDCG@10", _ranked(lambda ranks: ranks.ndcg_at(10))),
    Figure(
        "cited_characters",
        "Cited characters, median",
        _mean(lambda s: None if s.answer.abstained else sum(len(item.quote) for item in s.answer.citations)),
        better="lower",
        unit="characters",
    ),
)
