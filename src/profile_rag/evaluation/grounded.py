"""Text from anywhere, checked sentence by sentence: what `profile-rag ground` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from profile_rag.answering.grounding import CheckedAnswer, CheckedClaim, EvidenceSpan, GroundingChecker
from profile_rag.evaluation.rows import AnswerRow
from profile_rag.schema import Chunk

GROUNDING_SCHEMA = "profile-rag/grounding/1"


@dataclass(frozen=True, slots=True)
class GroundedRow:
    """A checked answer with the texts it was held against."""

    row: AnswerRow
    checked: CheckedAnswer
    evidence: Sequence[str]
    chunks: Sequence[Chunk] = ()
    """Which chunk each of these texts is, where the corpus is the evidence."""

    @property
    def is_supported(self) -> bool:
        """Whether every claim is."""
        return all(claim.is_supported for claim in self.checked.claims)

    def quote(self, span: EvidenceSpan) -> tuple[str, str]:
        """The place (`profile.md:12`, or the number of a context) and the words of a span, as they stand there."""
        words = self.evidence[span.index][span.start : span.end]
        if not self.chunks:
            return f"context {span.index + 1}", words
        chunk = self.chunks[span.index]
        heading_length = len(chunk.embedding_text) - len(chunk.text)
        if span.end <= heading_length:
            return f"{chunk.source}:{chunk.start_line}", words
        quote = chunk.quote(max(0, span.start - heading_length), span.end - heading_length)
        return f"{chunk.source}:{quote.start_line}", quote.text

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        head: dict[str, Any] = {"schema": GROUNDING_SCHEMA}
        if self.row.id is not None:
            head["id"] = self.row.id
        if self.row.question:
            head["question"] = self.row.question
        return head | {
            "answer": self.row.answer,
            "supported": self.is_supported,
            "score": self.checked.score,
            "claims": [self._claim(claim) for claim in self.checked.claims],
        }

    def _claim(self, claim: CheckedClaim) -> dict[str, Any]:
        quotes = [self.quote(span) for span in claim.evidence]
        return {
            "text": claim.text,
            "start": claim.start,
            "end": claim.end,
            "support": claim.support,
            "score": claim.score,
            "evidence": [{"source": source, "quote": quote} for source, quote in quotes],
            "unsupported": [self.row.answer[start:end] for start, end in claim.unsupported],
            "reasons": list(claim.reasons),
        }


def ground_rows(
    rows: Iterator[AnswerRow], checker: GroundingChecker, open_corpus: Callable[[], Sequence[Chunk]]
) -> Iterator[GroundedRow]:
    """Check rows one after the other; the corpus is opened at the first that brings no contexts of its own."""
    corpus: list[Chunk] | None = None
    for row in rows:
        if row.contexts is not None:
            chunks, texts = [], row.contexts
        else:
            if corpus is None:
                corpus = [chunk for chunk in open_corpus() if chunk.kind != "heading"]
            chunks, texts = corpus, tuple(chunk.embedding_text for chunk in corpus)
        yield GroundedRow(row, checker.check_answer(row.answer, texts, cited=row.cited), texts, chunks)
