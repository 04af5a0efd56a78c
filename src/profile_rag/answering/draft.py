"""From statements to an Answer: numbers the quotes, checks every claim, drops what is not supported."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from profile_rag.answering.citations import CitationList, escape_marks, evidence_of, heading_of, render_marks
from profile_rag.answering.evidence import Passage
from profile_rag.answering.extractive import Statement, state_nothing
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.verdict import Finding
from profile_rag.schema import Answer, Claim, Conflict, Related, Support, Target, Verdict

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two passages that contradict each other."""

    about: str
    passages: tuple[Passage, Passage]
    explanation: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its claims are checked."""

    statements: Sequence[Statement]
    verdict: Verdict | None = None
    findings: tuple[Finding, ...] = ()
    related: tuple[Passage, ...] = ()
    abstained: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    """Those that belong to no target."""

    def ground(self, checker: GroundingChecker, *, question: str, understood_as: str, kind: str) -> Answer:
        """Hold every claim against the quotes it cites; one that they don't support is left out."""
        citations = CitationList()
        claims: list[Claim] = []
        lines: list[str] = []
        for statement in self.statements:
            numbers: tuple[int, ...] = ()
            if statement.passages:
                support, score = _check(statement, checker)
                if support in {"partial", "unsupported"}:
                    continue
                numbers = tuple(dict.fromkeys(citations.cite(passage) for passage in statement.passages))
                claims.append(Claim(statement.text, numbers, support, score))
            # A quote that ends without a full stop gets one behind its marks.
            stop = "" if statement.text.rstrip('”"').endswith((".", "!", "?", ":")) else "."
            marks = f" {render_marks(numbers)}{stop}" if numbers else ""
            separator = ("\n" if statement.opens.startswith("- ") else " ") if lines else ""
            lines.append(f"{separator}{statement.opens}{escape_marks(statement.text)}{marks}")
        if not claims and any(statement.passages for statement in self.statements):
            _logger.debug("no statement was supported by its quotes; abstaining")
            nothing = Draft(state_nothing([]), "not_stated", abstained=True)
            return nothing.ground(checker, question=question, understood_as=understood_as, kind=kind)
        conflicts = tuple(self._conflict(finding, citations) for finding in self.findings if finding.disagrees)
        conflicts += tuple(
            Conflict(item.about, tuple(citations.cite(passage) for passage in item.passages), item.explanation)
            for item in self.disagreements
        )
        return Answer(
            question=question,
            understood_as=understood_as,
            answer="".join(lines),
            verdict=self.verdict,
            abstained=self.abstained,
            kind=kind,
            targets=tuple(self._target(finding, citations) for finding in self.findings),
            claims=tuple(claims),
            citations=citations.citations,
            conflicts=conflicts,
            related=tuple(_related(passage) for passage in self.related),
        )

    @staticmethod
    def _target(finding: Finding, citations: CitationList) -> Target:
        evidence = (*finding.limits, *finding.support)
        numbers = (citations.number_of(item.passage) for item in evidence)
        return Target(
            finding.target, finding.verdict, finding.basis, tuple(sorted({n for n in numbers if n is not None}))
        )

    @staticmethod
    def _conflict(finding: Finding, citations: CitationList) -> Conflict:
        sides = (finding.limits[0].passage, finding.support[0].passage)
        places = [f"{passage.chunk.source}:{passage.quote.start_line}" for passage in sides]
        return Conflict(
            target=finding.target,
            citations=tuple(citations.cite(passage) for passage in sides),
            explanation=f"{places[1]} presents {finding.target} as a strength; {places[0]} limits or denies it.",
        )


_WORST_FIRST: tuple[Support, ...] = ("unsupported", "partial", "supported", "quoted")


def _check(statement: Statement, checker: GroundingChecker) -> tuple[Support, float]:
    """What the passages of a statement say to it; what the program itself says around their words needs no support."""
    evidence = [evidence_of(passage.quote.text, heading_of(passage)) for passage in statement.passages]
    claims = checker.check(statement.text, [*evidence, *filter(None, [statement.frame])])
    if not claims:
        return "supported", 1.0
    worst = min(claims, key=lambda claim: (_WORST_FIRST.index(claim.support), claim.score))
    return worst.support, worst.score


def _related(passage: Passage) -> Related:
    quote = passage.quote
    return Related(passage.chunk.source, quote.text, quote.start_line, quote.end_line)
