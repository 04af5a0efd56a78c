"""What a user would write instead: the plain LlamaIndex starter, without a language model.

Passages cut by LlamaIndex's splitter with its own defaults, the three nearest to the question by embedding, and silence
where not even the nearest reaches a threshold. It has no verdict but "it is there", and hears no history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.question_parser import parse_question
from profile_rag.ingestion.cleaning import normalize
from profile_rag.ingestion.corpus import Document
from profile_rag.schema import Answer, Chunk, Citation, Claim, Person, ScoredChunk, SourceMap

TOP_PASSAGES = 3
THRESHOLD = 0.27
"""Cosine below which it is silent, with the best balanced accuracy on the cases that may be looked at: 0.55, where
chance gives 0.50. The best abstention F1 (eval/ablation.py) would refuse four of five questions that can be answered.
"""
_ANYBODY = Person("", "", "they", "them", "their")


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text."""
        ...


class Starter:
    """Answers with the passages nearest to the question as it stands."""

    def __init__(self, documents: Sequence[Document], embedder: Embedder, *, threshold: float = THRESHOLD) -> None:
        self._embedder = embedder
        self._threshold = threshold
        self._chunks = [chunk for document in documents for chunk in _cut(document)]
        self._vectors = embedder.embed([chunk.text for chunk in self._chunks])

    def ask(self, question: str, *, history: Sequence[str] = ()) -> Answer:
        """The nearest passages, one claim each, scored by their similarity."""
        found = self.retrieve(question, top_k=TOP_PASSAGES)
        # Told the kind of question, for it has no verdict of its own; that is to its advantage.
        kind = parse_question(question, _ANYBODY).kind
        if not found or found[0].score < self._threshold:
            return Answer(question, question, "", "not_stated", True, kind, engine="starter")
        citations = tuple(_cite(number, item.chunk) for number, item in enumerate(found, start=1))
        claims = tuple(
            Claim(citation.quote, (citation.id,), "quoted", min(1.0, max(0.0, item.score)))
            for citation, item in zip(citations, found, strict=True)
        )
        return Answer(
            question=question,
            understood_as=question,
            answer="\n\n".join(f"{citation.quote} [{citation.id}]" for citation in citations),
            verdict="yes" if kind == "capability" else None,
            abstained=False,
            kind=kind,
            claims=claims,
            citations=citations,
            engine="starter",
        )

    def retrieve(self, question: str, *, top_k: int) -> list[ScoredChunk]:
        """The passages nearest to a question."""
        similarities = self._vectors @ self._embedder.embed([question])[0]
        best = np.argsort(-similarities, kind="stable")[:top_k]
        return [ScoredChunk(self._chunks[i], float(similarities[i]), float(similarities[i])) for i in best]


def _cut(document: Document) -> list[Chunk]:
    from llama_index.core.node_parser import SentenceSplitter  # takes seconds to import

    readable = normalize(document.raw)
    chunks = []
    start = 0
    for number, text in enumerate(SentenceSplitter().split_text(readable.text)):
        # Passages overlap, so the next may begin before this one ends, but not before it begins.
        start = readable.text.index(text, start)
        raw_start, raw_end = readable.starts[start], readable.starts[start + len(text)]
        first_line = _line_of(readable.text, start)
        chunks.append(
            Chunk(
                id=f"{document.source}#{number}",
                source=document.source,
                document_sha256=document.sha256,
                heading=(),
                title="",
                text=text,
                kind="paragraph",
                markup="text",
                start_char=raw_start,
                end_char=raw_end,
                start_line=first_line,
                end_line=_line_of(readable.text, start + len(text) - 1),
                source_map=SourceMap(((0, len(text), raw_start, raw_end - raw_start),), (), (raw_start,), first_line),
            )
        )
    return chunks


def _line_of(text: str, offset: int) -> int:
    return 1 + text.count("\n", 0, offset)


def _cite(number: int, chunk: Chunk) -> Citation:
    return Citation(
        id=number,
        source=chunk.source,
        heading=(),
        start_line=chunk.start_line,
        end_line=chunk.end_line,
        page=None,
        start_char=chunk.start_char,
        end_char=chunk.end_char,
        quote=chunk.text,
        document_sha256=chunk.document_sha256,
        node_id=chunk.id,
    )
