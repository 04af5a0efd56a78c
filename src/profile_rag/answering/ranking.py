"""Sentences ranked by how well they answer a question that names no target."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.aspects import aspect_of, is_place_of
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.features import FEATURES, Relevance
from profile_rag.answering.question import Question
from profile_rag.answering.reading import Reading, Sentence, TokenEmbedder, read_texts
from profile_rag.answering.relevance import Form, RelevanceModel, load_model
from profile_rag.answering.setting import setting_of
from profile_rag.answering.stance import is_strength_heading
from profile_rag.schema import Chunk, ScoredChunk
from profile_rag.words import stems

_MAX_CHUNKS = 400  # a profile of more is ranked by what was retrieved alone
_NEVER = -30.0  # log odds
RERANKED = 6  # sentences read together with the question, the best by their words
_CACHED_QUESTIONS = 256
_CACHED_TEXTS = 20_000
_SIMILARITY = FEATURES.index("similarity")
_LACKS_AMOUNT = FEATURES.index("lacks_amount")

_ASKS_STRENGTHS = re.compile(
    r"\b(?:strengths?|strongest|best (?:at|skills?)|(?<!not )good at|main skills|skill set)\b", re.IGNORECASE
)
_ASKS_DETAIL = re.compile(r"\W*(?:why|where|when|who|whose|how (?:many|much|long|old|often))\b", re.IGNORECASE)


class Embedder(TokenEmbedder, Protocol):
    """Reads texts, and knows the words of English."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of unit length per text."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        ...

    def knows_word(self, word: str) -> bool:
        """Whether a word is one of the model's own, as the common words of English are."""
        ...


class Readings(Protocol):
    """What comes of reading a question with each of some sentences."""

    @property
    def answers(self) -> NDArray[np.float64]:
        """Log odds that each of them answers."""
        ...

    @property
    def says(self) -> NDArray[np.float64]:
        """A row for each of them: log probabilities that it says yes, partly or no."""
        ...


class Reranker(Protocol):
    """Reads a question and a sentence together."""

    def read(self, question: str, texts: Sequence[str]) -> Readings:
        """The question with each of the texts."""
        ...


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A sentence with what speaks for it."""

    passage: Passage
    similarity: float
    """Cosine of question and sentence."""
    score: float
    """What the ranking goes by: log odds of being the best answer there is."""
    probability: float
    """That it answers the question."""
    lacks_amount: bool = False
    """Whether the question asks for a number or a date and the sentence gives none."""
    is_under_heading: bool = False
    """Whether it stands under a heading that holds all of the question's words ("How I work")."""


class SentenceRanker:
    """Ranks the sentences of a profile for a question.

    All of them where the profile is small: each chunk is read once, at the first question that needs it.
    """

    def __init__(
        self, chunks: Sequence[Chunk], embedder: Embedder, reranker: Reranker, *, known: Collection[str] = ()
    ) -> None:
        """Count words.

        Args:
            chunks: The profile.
            embedder: What reads them.
            reranker: What reads the best of their sentences with the question.
            known: Stems of the person's names, which ask for nothing.
        """
        self._embedder = embedder
        self._reranker = reranker
        self._known = frozenset(known)
        self._chunks = chunks
        self._relevance = Relevance([set(stems(chunk.embedding_text)) for chunk in chunks], known=known)
        self._read: dict[str, dict[Passage, Sentence]] = {}
        self._questions: dict[str, Reading] = {}
        self._cache: dict[str, NDArray[np.float32]] = {}
        self._by_heading: dict[str, list[Chunk]] = {}
        for chunk in chunks:
            for heading in (*chunk.heading, *filter(None, [chunk.title])):
                self._by_heading.setdefault(heading, []).append(chunk)

    def rank(
        self,
        question: Question,
        retrieved: Sequence[ScoredChunk],
        *,
        form: Form = "question",
        asked_as: str = "",
        is_habit: bool = False,
        is_rough: bool = False,
    ) -> list[RankedPassage]:
        """The sentences of the profile, or of these chunks of a large one, best first.

        Args:
            question: What they are held against.
            retrieved: Where to look when the profile is large.
            form: Whether it is a whole question or only the thing that one asks about.
            asked_as: What the best sentences are read together with; empty means the question itself.
            is_habit: Whether it asks what the person would do or does, not what they can do.
            is_rough: Whether the words alone are to judge, which takes a tenth of the time.
        """
        headed = self._under_heading(question) if form == "question" else []
        small = len(self._chunks) <= _MAX_CHUNKS
        found = self._chunks if small else list(dict.fromkeys([*headed, *(item.chunk for item in retrieved)]))
        sentences = self._sentences(found)
        asked = self._reading(question.text)
        if not sentences or not asked.words:
            return []
        passages = list(sentences)
        rows = self._relevance.features(asked, list(sentences.values()), is_habit=is_habit)
        model = load_model(form)
        scores, chances = model.judge(rows)
        if not is_rough:
            scores, chances = self._read_again(asked_as or question.text, passages, scores, chances, model)
        probabilities = 1 / (1 + np.exp(-chances))
        spoken, placed = self._of_aspect(question, passages) if form == "question" and not headed else ((), ())
        in_order = {*placed, *(passage for passage in passages if passage.chunk in headed)}
        ranked = [
            RankedPassage(
                passage,
                similarity=float(row[_SIMILARITY]),
                score=float(score),
                probability=float(probability),
                lacks_amount=bool(row[_LACKS_AMOUNT]),
                is_under_heading=passage in in_order or passage in spoken,
            )
            for passage, row, score, probability in zip(passages, rows, scores, probabilities, strict=True)
        ]
        # A section that the question names is told in its own order; sorting is stable.
        return sorted(
            ranked,
            key=lambda item: (not item.is_under_heading, 0 if item.passage in in_order else -item.score),
        )

    def _read_again(
        self,
        question: str,
        passages: Sequence[Passage],
        scores: NDArray[np.float64],
        chances: NDArray[np.float64],
        model: RelevanceModel,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores and log odds with the best passages read together with the question; the others stand behind them."""
        order = np.argsort(-scores, kind="stable")
        best, rest = order[:RERANKED], order[RERANKED:]
        logits = self.read(question, [passages[index] for index in best]).answers
        new_scores, new_chances = np.empty_like(scores), np.full_like(chances, _NEVER)
        new_scores[best], new_chances[best] = model.judge_again(scores[best], chances[best], logits)
        new_scores[rest] = new_scores[best].min() - 1.0 - np.arange(len(rest))
        return new_scores, new_chances

    def read(self, question: str, passages: Sequence[Passage]) -> Readings:
        """These passages read together with a question."""
        return self._reranker.read(question, [text_for_reranker(passage) for passage in passages])

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

    def _of_aspect(
        self, question: Question, passages: Sequence[Passage]
    ) -> tuple[Collection[Passage], Collection[Passage]]:
        """What speaks of the side of the person that is asked about, or the place where the documents tell of it."""
        aspect = aspect_of(question, self._known)
        if aspect is None:
            return (), ()
        there = [passage for passage in passages if is_place_of(aspect, passage)]
        where = passages if aspect.is_anywhere else there or passages
        speaking = [passage for passage in where if aspect.wording.search(passage.text)]
        return (speaking, ()) if speaking else ((), there)

    def holds(self, stem: str) -> bool:
        """Whether any chunk holds this word."""
        return self._relevance.holds(stem)

    def similarities(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of a text with each of these others."""
        vectors = self._vectors([text, *others])
        return [float(value) for value in vectors[1:] @ vectors[0]]

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        cache = self._cache  # other threads may put another in its place meanwhile
        missing = list(dict.fromkeys(text for text in texts if text not in cache))
        fresh = dict(zip(missing, self._embedder.embed(missing), strict=True)) if missing else {}
        vectors = np.stack([fresh[text] if text in fresh else cache[text] for text in texts])
        self._cache = fresh if len(cache) + len(fresh) > _CACHED_TEXTS else cache | fresh
        return vectors

    def _sentences(self, chunks: Sequence[Chunk]) -> dict[Passage, Sentence]:
        """The sentences of these chunks, those not seen before read now."""
        known = self._read  # other threads may put another in its place meanwhile
        missing = [chunk for chunk in chunks if chunk.id not in known and chunk.kind != "heading"]
        if missing:
            readings = read_texts([chunk.embedding_text for chunk in missing], self._embedder)
            fresh = {
                chunk.id: {passage: sentence_in(passage, reading) for passage in sentences_of(chunk)}
                for chunk, reading in zip(missing, readings, strict=True)
            }
            known = (known if len(known) + len(fresh) <= _MAX_CHUNKS else {}) | fresh
            self._read = known
        return {passage: sentence for chunk in chunks for passage, sentence in known.get(chunk.id, {}).items()}

    def _reading(self, question: str) -> Reading:
        known = self._questions
        if question not in known:
            known = (known if len(known) < _CACHED_QUESTIONS else {}) | {
                question: read_texts([question], self._embedder)[0]
            }
            self._questions = known
        return known[question]


def asked_about(target: str, asked: Question) -> str:
    """What is read together with a sentence when a question asks about a target: all of it, if that is its only one."""
    return asked.text if len(asked.targets) == 1 else target


def text_for_reranker(passage: Passage) -> str:
    """A sentence below the headings that say what it is about."""
    chunk = passage.chunk
    headings = " > ".join(filter(None, [*chunk.heading, chunk.title]))
    text = " ".join(passage.text.split())
    return f"{headings}. {text}" if headings else text


def sentence_in(passage: Passage, reading: Reading) -> Sentence:
    """A passage as part of its chunk's reading, in which the headings stand first."""
    before = len(passage.chunk.embedding_text) - len(passage.chunk.text)
    return Sentence(
        reading,
        before + passage.start,
        before + passage.end,
        heading_length=before,
        setting=setting_of(passage.chunk, passage.text),
    )
