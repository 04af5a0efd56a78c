"""The words of a claim beside those of the evidence that come nearest to them in meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.reading import Sentence, TokenEmbedder, Vector, read_texts
from profile_rag.sentences import split_sentences
from profile_rag.words import spellings

_SPACE = re.compile(r"\s")
_WINDOW_TOKENS = 250  # the model reads 256, its own two among them


class WindowEmbedder(TokenEmbedder, Protocol):
    """Reads texts token by token, and tells how many tokens it would read."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence with the place it stands at: which text, and which characters of it."""

    index: int
    start: int
    end: int
    sentence: Sentence


def read_sentences(texts: Sequence[str], embedder: WindowEmbedder) -> list[PlacedSentence]:
    """The sentences of texts of any length, each read with those around it."""
    return read_spans(
        [
            (text, [part for start, end in split_sentences(text) for part in _readable(text, start, end, embedder)])
            for text in texts
        ],
        embedder,
    )


def read_spans(
    texts: Sequence[tuple[str, Sequence[tuple[int, int]]]], embedder: WindowEmbedder
) -> list[PlacedSentence]:
    """Parts of texts, read in windows of neighbouring parts that the model can take in."""
    windows = [
        (index, window) for index, (text, spans) in enumerate(texts) for window in _windows(text, spans, embedder)
    ]
    readings = read_texts([texts[index][0][window[0][0] : window[-1][1]] for index, window in windows], embedder)
    return [
        PlacedSentence(index, start, end, Sentence(reading, start - window[0][0], end - window[0][0]))
        for (index, window), reading in zip(windows, readings, strict=True)
        for start, end in window
    ]


def _readable(text: str, start: int, end: int, embedder: WindowEmbedder) -> Iterator[tuple[int, int]]:
    """A sentence, cut into halves until the model reads all of each: a list or a transcript may know no full stop."""
    if embedder.count_tokens(text[start:end]) <= _WINDOW_TOKENS:
        yield start, end
        return
    middle = (start + end) // 2
    cut = next((found.start() for found in _SPACE.finditer(text, middle, end)), middle)
    yield from _readable(text, start, cut, embedder)
    yield from _readable(text, cut, end, embedder)


def _windows(text: str, spans: Sequence[tuple[int, int]], embedder: WindowEmbedder) -> Iterator[list[tuple[int, int]]]:
    window: list[tuple[int, int]] = []
    for start, end in spans:
        if window and embedder.count_tokens(text[window[0][0] : end]) > _WINDOW_TOKENS:
            yield window
            window = []
        window.append((start, end))
    if window:
        yield window


class Evidence:
    """All sentences that claims are held against."""

    def __init__(self, sentences: Sequence[PlacedSentence]) -> None:
        """Gather the words of sentences that have any."""
        self.sentences = [item for item in sentences if item.sentence.words]
        parts = [item.sentence for item in self.sentences]
        self.words = [word for part in parts for word in part.words]
        self.owner = np.repeat(np.arange(len(parts)), [len(part.words) for part in parts])
        self.vectors: Vector = np.vstack([part.vectors for part in parts]) if parts else np.zeros((0, 1), np.float32)
        self.embeddings: Vector = (
            np.stack([part.embedding for part in parts]) if parts else np.zeros((0, 1), np.float32)
        )
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self.places.setdefault(word.stem, []).append(place)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim's words against the evidence: one entry of each array per word of the claim."""

    claim: Sentence
    held: NDArray[np.bool_]
    """Whether any evidence holds the word, in whatever spelling."""
    near: NDArray[np.float64]
    """Cosine to the evidence word that is nearest in its context."""
    best: NDArray[np.intp]
    """Which evidence word that is; of words spelt the same, the nearest; -1 where there is no evidence."""
    by_sentence: NDArray[np.bool_]
    """Rows: evidence sentences; whether each holds the word."""
    similarity: NDArray[np.float64]
    """Of the claim to each evidence sentence."""


def align(claim: Sentence, evidence: Evidence, *, known: Collection[str] = ()) -> Alignment:
    """Hold a claim's words against those of the evidence.

    Args:
        claim: One sentence.
        evidence: What it may rest on.
        known: Stems that need no evidence, such as the person's own names.
    """
    count = len(claim.words)
    by_sentence = np.zeros((len(evidence.sentences), count), dtype=bool)
    if not evidence.sentences:
        nothing = np.zeros(count)
        return Alignment(claim, nothing > 0, nothing, np.full(count, -1), by_sentence, np.zeros(0))
    cosines = np.asarray(claim.vectors @ evidence.vectors.T, dtype=np.float64)
    best = cosines.argmax(axis=1)
    for index, word in enumerate(claim.words):
        same = [place for spelling in spellings(word.text) for place in _places(spelling, evidence)]
        if same:
            by_sentence[evidence.owner[same], index] = True
            best[index] = same[int(cosines[index, same].argmax())]
    return Alignment(
        claim,
        by_sentence.any(axis=0) | np.array([word.stem in known for word in claim.words], dtype=bool),
        cosines.max(axis=1),
        best,
        by_sentence,
        np.asarray(evidence.embeddings @ claim.embedding, dtype=np.float64),
    )


def _places(spelling: tuple[str, ...], evidence: Evidence) -> list[int]:
    """Where a run of stems stands in the evidence: the place of its first word."""
    return (
        [
            place
            for place in evidence.places.get(spelling[0], ())
            if tuple(word.stem for word in evidence.words[place : place + len(spelling)]) == spelling
        ]
        if spelling
        else []
    )
