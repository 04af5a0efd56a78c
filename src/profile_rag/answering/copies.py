"""Sentences that are nearly a copy of their evidence, and what was altered in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

import numpy as np

from profile_rag.answering.alignment import Alignment, Evidence
from profile_rag.answering.discrepancies import Discrepancy
from profile_rag.answering.reading import is_name, is_negated

_MIN_COPIED = 0.6  # of a claim's words that stand in a sentence in the same order: it was taken from there
_MOST_COMPARED = 3


def find_alterations(alignment: Alignment, evidence: Evidence, said: Collection[int]) -> Iterator[Discrepancy]:
    """Names and numbers exchanged, and denials left out, where the claim is otherwise a sentence of the evidence.

    Args:
        alignment: The claim's words against the evidence.
        evidence: What it is held against.
        said: Which of the claim's words stand outside quotation marks.
    """
    claim = alignment.claim
    order = np.argsort(-alignment.by_sentence.sum(axis=1), kind="stable")[:_MOST_COMPARED]
    own = [word.stem for word in claim.words]
    for place in order:
        source = evidence.sentences[int(place)].sentence
        matcher = SequenceMatcher(None, own, [word.stem for word in source.words], autojunk=False)
        if sum(block.size for block in matcher.get_matching_blocks()) < _MIN_COPIED * len(own):
            continue
        for tag, left, right, first, last in matcher.get_opcodes():
            dropped = " ".join(word.text for word in source.words[first:last])
            if tag == "replace" and right - left == last - first and left > 0:
                names = [
                    left + step
                    for step in range(right - left)
                    if left + step in said
                    and is_name(claim.words[left + step], claim.reading.text)
                    and is_name(source.words[first + step], source.reading.text)
                ]
                if names:
                    yield Discrepancy("name", tuple(names))
            elif tag == "insert" and is_negated(dropped) and left < len(own) and not is_negated(claim.text):
                yield Discrepancy("negation", (left,))
        return
