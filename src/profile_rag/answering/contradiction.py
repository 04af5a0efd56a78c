"""Two places that answer the same question with different numbers."""

from __future__ import annotations

from collections.abc import Sequence

from profile_rag.answering.amounts import differ
from profile_rag.answering.draft import Disagreement
from profile_rag.answering.evidence import Passage
from profile_rag.answering.extractive import Statement, quoted
from profile_rag.answering.ranking import RankedPassage

_SHARE = 0.6  # of the best passage's probability: what contradicts it answers the question nearly as well


def find_contradiction(
    question: str, good: Sequence[RankedPassage], ranked: Sequence[RankedPassage]
) -> Disagreement | None:
    """The best passage that gives an amount or a year, and the best one that gives another for the same thing."""
    least = _SHARE * good[0].probability
    rivals = [item.passage for item in ranked if item.probability >= least]
    for item in good:
        one = item.passage
        for other in rivals:
            if differ(question, one.text, other.text):
                return disagreement_of(one, other)
    return None


def state_contradiction(found: Disagreement) -> list[Statement]:
    """Both sides, and that they differ."""
    one, other = found.passages
    lead = "Elsewhere they say:"
    remark = "The two places disagree; it is worth asking about."
    return [
        Statement(f"The documents say: {quoted(one)}", (one,), frame="The documents say"),
        Statement(f"{lead} {quoted(other)}", (other,), frame=lead),
        Statement(remark, found.passages, frame=remark),
    ]


def disagreement_of(one: Passage, other: Passage) -> Disagreement:
    """That two passages give different numbers."""
    places = [f"{passage.chunk.source}:{passage.quote.start_line}" for passage in (one, other)]
    return Disagreement("amount", (one, other), f"{places[0]} and {places[1]} give different numbers.")
