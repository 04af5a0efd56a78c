"""Whether each statement of an answer stands on what it cites, after ALCE (Gao et al. 2023).

*Citation recall* of an answer is the share of its statements that their citations, taken together, support; its
*citation precision* the share of its citations that matter: the statement is supported, and either the quote alone
supports it or the rest without it does not. What supports is told by the gold quotes, or by a grounding check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from profile_rag.answering.citations import MARK, evidence_of, parse_marks
from profile_rag.schema import Answer, Citation, Support
from profile_rag.sentences import split_sentences


class CheckedClaim(Protocol):
    """One claim that a checker found in a text."""

    @property
    def support(self) -> Support:
        """How far the evidence carries it."""
        ...


class Checker(Protocol):
    """Holds a text against evidence."""

    def check(self, text: str, evidence: Sequence[str]) -> Sequence[CheckedClaim]:
        """The claims of the text, each with its support."""
        ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the quotes it cites."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Citation recall and precision of one answer; None where there is nothing to count."""

    recall: float | None
    precision: float | None


def statements_of(answer: Answer) -> list[Statement]:
    """The claims of an answer; of one that brings none, its sentences with the marks they bear."""
    by_number = {citation.id: citation for citation in answer.citations}
    claims = [(claim.text, claim.citations) for claim in answer.claims]
    if not claims:
        sentences = [answer.answer[start:end] for start, end in split_sentences(answer.answer)]
        claims = [(MARK.sub("", text).strip(), parse_marks(text)) for text in sentences]
    return [
        Statement(text, tuple(by_number[number] for number in numbers if number in by_number))
        for text, numbers in claims
        if any(character.isalnum() for character in text)
    ]


def attribute_by_check(answer: Answer, checker: Checker) -> Attribution:
    """Recall and precision where the checker tells what supports."""

    def supports(statement: Statement, citations: Sequence[Citation]) -> bool:
        if not citations:
            return False
        claims = checker.check(statement.text, [evidence_of(item.quote, item.heading) for item in citations])
        return all(claim.support in {"quoted", "supported"} for claim in claims)

    statements = statements_of(answer)
    supported = [supports(statement, statement.citations) for statement in statements]
    matters: list[bool] = []
    for statement, is_supported in zip(statements, supported, strict=True):
        for citation in statement.citations:
            others = [other for other in statement.citations if other is not citation]
            matters.append(
                is_supported and (not others or supports(statement, [citation]) or not supports(statement, others))
            )
    return Attribution(_share(supported), _share(matters))


def attribute_by_gold(answer: Answer, gold: Sequence[bool]) -> Attribution:
    """Recall and precision where the gold quotes tell what supports.

    Args:
        answer: What was answered.
        gold: Of each of its citations, whether it holds gold words.
    """
    of_gold = {citation.id for citation, is_gold in zip(answer.citations, gold, strict=True) if is_gold}
    cited = [any(item.id in of_gold for item in statement.citations) for statement in statements_of(answer)]
    return Attribution(_share(cited), _share(gold))


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None
