"""Sentences ranked by how well they answer a question that names no target."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.question import Question
from profile_rag.answering.stance import is_strength_heading
from profile_rag.schema import Chunk, ScoredChunk
from profile_rag.words import stems

_LEXICAL_WEIGHT = 0.5  # similarity runs from about 0 to 0.8 here, coverage from 0 to 1
_MAX_SENTENCES = 24  # embedded per question; more change no answer on the corpus and cost 4 ms each
_CACHED_SENTENCES = 20_000


_ASKS_STRENGTHS = re.compile(
    r"\b(?:strengths?|strongest|best (?:at|skills?)|(?<!not )good at|main skills|skill set)\b", re.IGNORECASE
)
_ASKS_DETAIL = re.compile(r"\W*(?:where|when|who|whose|how (?:many|much|long|old|often))\b", re.IGNORECASE)


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text."""
        ...

    def knows_word(self, word: str) -> bool:
        """Whether a word is one of the model's own, as the common words of English are."""
        ...


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A sentence with what speaks for it."""

    passage: Passage
    similarity: float
    """Cosine of question and sentence, the sentence read under its heading."""
    coverage: float
    """Share of the question's words found in the sentence or its heading, rare words counting more; 0 to 1."""
    is_under_heading: bool = False
    """Whether it stands under a heading that holds all of the question's words ("How I work")."""

    @property
    def score(self) -> float:
        """What the ranking goes by."""
        return self.similarity + _LEXICAL_WEIGHT * self.coverage


class SentenceRanker:
    """Ranks the sentences of retrieved chunks for a question."""

    def __init__(self, chunks: Sequence[Chunk], embedder: Embedder) -> None:
        self._embedder = embedder
        self._chunks = chunks
        self._chunk_count = len(chunks)
        self._document_frequency = Counter(stem for chunk in chunks for stem in set(stems(chunk.embedding_text)))
        self._cache: dict[str, NDArray[np.float32]] = {}
        self._by_heading: dict[str, list[Chunk]] = {}
        for chunk in chunks:
            for heading in chunk.heading:
                self._by_heading.setdefault(heading, []).append(chunk)

    def rank(self, question: Question, retrieved: Sequence[ScoredChunk]) -> list[RankedPassage]:
        """The sentences of these chunks, best first."""
        headed = self._under_heading(question)
        chunks = dict.fromkeys([*headed, *(item.chunk for item in retrieved if item.chunk.kind != "heading")])
        passages = [passage for chunk in chunks for passage in sentences_of(chunk)][:_MAX_SENTENCES]
        if not passages:
            return []
        vectors = self._vectors([question.text, *(_in_context(passage) for passage in passages)])
        similarities = vectors[1:] @ vectors[0]
        ranked = [
            RankedPassage(passage, float(similarity), self.coverage(question, passage), passage.chunk in headed)
            for passage, similarity in zip(passages, similarities, strict=True)
        ]
        # A section that the question names is told in its own order; sorting is stable.
        return sorted(ranked, key=lambda item: (not item.is_under_heading, 0 if item.is_under_heading else -item.score))

    def _under_heading(self, question: Question) -> list[Chunk]:
        if _ASKS_DETAIL.match(question.text):
            return []  # "where does he work?" is not answered by how he works
        if _ASKS_STRENGTHS.search(question.text):
            return [chunk for chunk in self._chunks if is_strength_heading(chunk)]
        wanted = set(question.content_stems)
        return [
            chunk
            for heading, chunks in self._by_heading.items()
            if wanted and wanted <= set(stems(heading))
            for chunk in chunks
        ]

    def coverage(self, question: Question, passage: Passage) -> float:
        """Share of the question's content words in the passage or its headings, weighted by rarity."""
        found = set(stems(" ".join((*passage.chunk.heading, passage.chunk.title, passage.text))))
        weights = {stem: self.rarity(stem) for stem in question.content_stems}
        total = sum(weights.values())
        return sum(weight for stem, weight in weights.items() if stem in found) / total if total else 0.0

    def rarity(self, stem: str) -> float:
        """Inverse document frequency (Spärck Jones 1972, smoothed); highest for a word no chunk holds."""
        return math.log(1 + (self._chunk_count + 0.5) / (self._document_frequency[stem] + 0.5))

    def holds(self, stem: str) -> bool:
        """Whether any chunk holds this word."""
        return self._document_frequency[stem] > 0

    def similarities(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of a text with each of these others."""
        vectors = self._vectors([text, *others])
        return [float(value) for value in vectors[1:] @ vectors[0]]

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        cache = self._cache  # other threads may put another in its place meanwhile
        missing = list(dict.fromkeys(text for text in texts if text not in cache))
        fresh = dict(zip(missing, self._embedder.embed(missing), strict=True)) if missing else {}
        vectors = np.stack([fresh[text] if text in fresh else cache[text] for text in texts])
        self._cache = fresh if len(cache) + len(fresh) > _CACHED_SENTENCES else cache | fresh
        return vectors


def _in_context(passage: Passage) -> str:
    context = passage.chunk.title or (passage.chunk.heading[-1] if passage.chunk.heading else "")
    return f"{context}: {passage.text}" if context else passage.text
