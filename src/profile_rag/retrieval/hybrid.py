"""Dense and keyword retrieval fused by rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.retrieval.keyword import KeywordIndex
from profile_rag.schema import Chunk, ScoredChunk

RANK_CONSTANT = 60
"""Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion": the k of 1 / (k + rank)."""


class DenseIndex(Protocol):
    """Nearest chunks to an embedding."""

    def search(self, embedding: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Node ids and cosine similarities, best first."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text."""
        ...


class HybridRetriever:
    """Finds chunks by meaning and by word; the two rankings are fused by node id."""

    def __init__(self, chunks: Sequence[Chunk], dense: DenseIndex, embedder: Embedder) -> None:
        """Put it together.

        Args:
            chunks: What may be found; the dense index may hold more, which is withheld.
            dense: The index of their embeddings.
            embedder: What they were embedded with.
        """
        self._chunks = {chunk.id: chunk for chunk in chunks}
        self._dense = dense
        self._embedder = embedder
        self._keyword = KeywordIndex(chunks)

    def retrieve(self, query: str, *, top_k: int) -> list[ScoredChunk]:
        """The best chunks for a query, best first."""
        embedding = self._embedder.embed([query])[0]
        found = self._dense.search(embedding, min(2 * top_k, len(self._chunks)))
        dense = [(node_id, similarity) for node_id, similarity in found if node_id in self._chunks]
        keyword = self._keyword.search(query, 2 * top_k)
        similarities = dict(dense)
        fused = fuse_rankings([[node_id for node_id, _ in dense], [node_id for node_id, _ in keyword]])
        return [
            ScoredChunk(self._chunks[node_id], score, similarities.get(node_id))
            for node_id, score in list(fused.items())[:top_k]
        ]

    def mentioning(self, names: str, *, top_k: int) -> list[Chunk]:
        """Chunks that share a word with these names, in any spelling, best first."""
        return [self._chunks[node_id] for node_id, _ in self._keyword.search(names, top_k)]


def fuse_rankings(rankings: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Reciprocal rank fusion: node ids with their scores, best first; equal scores by id."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, node_id in enumerate(ranking, start=1):
            scores[node_id] = scores.get(node_id, 0.0) + 1 / (RANK_CONSTANT + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
