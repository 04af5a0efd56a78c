"""How high the retriever ranks the chunks that hold the gold quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

DEPTH = 50
"""Chunks asked for; a gold quote beyond counts as not found."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """At which rank, from 1, each piece of evidence was first found; None where it was not.

    Where any of several quotes serves, they are one piece, found at the best of their ranks.
    """

    ranks: tuple[int | None, ...]

    def recall_at(self, k: int) -> float:
        """Share of the pieces found among the first k chunks."""
        return sum(rank is not None and rank <= k for rank in self.ranks) / len(self.ranks)

    @property
    def reciprocal(self) -> float:
        """One over the rank of the first piece found; 0 when none is."""
        return max((1 / rank for rank in self.ranks if rank is not None), default=0.0)

    def ndcg_at(self, k: int) -> float:
        """Discounted gain of the pieces, over the gain of the best order their chunks could have."""
        gain = sum(1 / log2(1 + rank) for rank in self.ranks if rank is not None and rank <= k)
        # One chunk may hold several pieces: then all of them can stand at rank 1.
        together = Counter(rank for rank in self.ranks if rank is not None)
        sizes = sorted([*together.values(), *(1 for rank in self.ranks if rank is None)], reverse=True)[:k]
        return gain / sum(size / log2(1 + place) for place, size in enumerate(sizes, start=1))


def rank_pieces(holds: Sequence[Sequence[bool]], pieces: Sequence[Sequence[int]]) -> Ranks | None:
    """Ranks of pieces of evidence; None where the case has none.

    Args:
        holds: Of each chunk, best first, which gold quotes it holds.
        pieces: Of each piece, the numbers of the gold quotes that serve.
    """

    def first(numbers: Sequence[int]) -> int | None:
        ranks = (rank for rank, held in enumerate(holds, start=1) if any(held[number] for number in numbers))
        return next(ranks, None)

    return Ranks(tuple(first(numbers) for numbers in pieces)) if pieces else None
