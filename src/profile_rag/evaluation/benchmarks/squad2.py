"""SQuAD 2.0: questions on a paragraph, half of them without an answer in it."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from profile_rag.answering.passage import PassageEmbedder, PassageReader
from profile_rag.answering.relevance import load_threshold
from profile_rag.errors import DatasetError
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Figures, Line, Progress
from profile_rag.evaluation.benchmarks.texts import as_chunk
from profile_rag.retrieval.keyword import KeywordIndex
from profile_rag.sentences import split_sentences

_STEP = "Give a SQuAD 2.0 file, such as dev-v2.0.json."
_RAJPURKAR = "Rajpurkar et al. 2018, whole development set"
PUBLISHED = (
    Line("BiDAF-No-Answer", {"EM": 0.598, "F1": 0.626}, _RAJPURKAR),
    Line("DocumentQA", {"EM": 0.619, "F1": 0.648}, _RAJPURKAR),
    Line("DocumentQA + ELMo", {"EM": 0.651, "F1": 0.676}, _RAJPURKAR),
    Line("a person", {"EM": 0.869, "F1": 0.895}, _RAJPURKAR),
    Line("lexical logistic regression", {"AvNA": 0.609}, "measured by others on the development set"),
    Line("BiDAF", {"AvNA": 0.669}, "measured by others on the development set"),
)

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question and every answer that is accepted; none where the paragraph doesn't say."""

    text: str
    answers: tuple[str, ...]

    @property
    def is_answerable(self) -> bool:
        """Whether the paragraph answers it."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text and what is asked of it."""

    article: str
    text: str
    questions: tuple[SquadQuestion, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a program says to one question."""

    article: str
    answers: tuple[str, ...]
    text: str
    """Its answer, whether or not it dares to give it."""
    score: float
    """The higher, the surer that there is an answer."""
    is_given: bool

    @property
    def is_answerable(self) -> bool:
        """Whether the paragraph answers the question."""
        return bool(self.answers)

    @property
    def said(self) -> str:
        """Empty where it abstains."""
        return self.text if self.is_given else ""


def run(data: Path, embedder: PassageEmbedder, *, on_progress: Progress) -> BenchmarkResult:
    """Ask every question of its paragraph, with the parameters that come with the package.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    paragraphs = read_paragraphs(data)
    predictions = list(_predict(paragraphs, embedder, on_progress))
    lexical = list(_predict_by_keyword(paragraphs))
    silent = [Prediction(item.article, item.answers, "", 0.0, False) for item in predictions]
    articles = list(dict.fromkeys(paragraph.article for paragraph in paragraphs))
    return BenchmarkResult(
        name="squad2",
        title="SQuAD 2.0: answered from one paragraph, or not",
        data=data,
        counts={
            "articles": len(articles),
            "questions": len(predictions),
            "unanswerable": sum(not item.is_answerable for item in predictions),
        },
        figures=score(predictions),
        trivial=(
            Line("always abstaining", score(silent)),
            Line("always the sentence that BM25 finds", score([_given(item) for item in lexical])),
            Line("the same where BM25 is above its median", score(lexical)),
        ),
        published=PUBLISHED,
        parts=tuple(
            Line(article, score([item for item in predictions if item.article == article])) for article in articles
        ),
    )


def read_paragraphs(file: Path) -> tuple[Paragraph, ...]:
    """The paragraphs of a SQuAD 2.0 file.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    if not file.is_file():
        raise DatasetError(file, "no such file", _STEP)
    try:
        articles = json.loads(file.read_text(encoding="utf-8"))["data"]
        paragraphs = tuple(
            Paragraph(str(article["title"]), str(paragraph["context"]), tuple(map(_question, paragraph["qas"])))
            for article in articles
            for paragraph in article["paragraphs"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(file, "is not of SQuAD 2.0's format", _STEP) from error
    if not any(paragraph.questions for paragraph in paragraphs):
        raise DatasetError(file, "holds no questions", _STEP)
    return paragraphs


def score(predictions: Sequence[Prediction]) -> Figures:
    """Whether there is an answer, and which: AvNA and abstention; EM and F1 as the official script has them."""
    answerable = [item for item in predictions if item.is_answerable]
    abstained = sum(not item.is_given for item in predictions)
    right = sum(not item.is_given and not item.is_answerable for item in predictions)
    unanswerable = len(predictions) - len(answerable)
    return {
        "AvNA": _mean([item.is_given == item.is_answerable for item in predictions]),
        "AUROC": auroc([item.score for item in predictions], [item.is_answerable for item in predictions]),
        "abst. precision": right / abstained if abstained else None,
        "recall": right / unanswerable if unanswerable else None,
        "abst. F1": 2 * right / (abstained + unanswerable) if abstained + unanswerable else None,
        "EM": _mean([exact_match(item.said, item.answers) for item in predictions]),
        "F1": _mean([token_f1(item.said, item.answers) for item in predictions]),
        "EM answerable": _mean([exact_match(item.said, item.answers) for item in answerable]),
        "F1 answerable": _mean([token_f1(item.said, item.answers) for item in answerable]),
    }


def normalize(text: str) -> str:
    """As the official script: lower case, no punctuation, no articles, single blanks."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(said: str, answers: Sequence[str]) -> float:
    """1 where it is one of the answers; where there is none, 1 for saying nothing."""
    return float(any(normalize(said) == normalize(answer) for answer in _gold(answers)))


def token_f1(said: str, answers: Sequence[str]) -> float:
    """The best overlap of words with an answer; where there is none, 1 for saying nothing."""
    return max(_overlap(normalize(said).split(), normalize(answer).split()) for answer in _gold(answers))


def auroc(scores: Sequence[float], wanted: Sequence[bool]) -> float | None:
    """The chance that a wanted item scores above another; ties count half."""
    values, labels = np.asarray(scores), np.asarray(wanted, dtype=bool)
    ours, others = values[labels], values[~labels]
    if not len(ours) or not len(others):
        return None
    above = sum(float((value > others).sum()) + 0.5 * float((value == others).sum()) for value in ours)
    return above / (len(ours) * len(others))


def _gold(answers: Sequence[str]) -> Sequence[str]:
    return [answer for answer in answers if normalize(answer)] or [""]


def _overlap(one: Sequence[str], other: Sequence[str]) -> float:
    if not one or not other:
        return float(one == other)
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _question(item: dict[str, Any]) -> SquadQuestion:
    answers = () if item["is_impossible"] else tuple(dict.fromkeys(str(each["text"]) for each in item["answers"]))
    return SquadQuestion(" ".join(str(item["question"]).split()), answers)


def _predict(paragraphs: Sequence[Paragraph], embedder: PassageEmbedder, on_progress: Progress) -> Iterator[Prediction]:
    threshold = load_threshold("passage")
    readers: dict[str, PassageReader] = {}
    for done, paragraph in enumerate(paragraphs, start=1):
        if paragraph.article not in readers:
            texts = [other.text for other in paragraphs if other.article == paragraph.article]
            readers[paragraph.article] = PassageReader(embedder, texts)
        asked = [question.text for question in paragraph.questions]
        found = readers[paragraph.article].answer(asked, paragraph.text)
        for question, answer in zip(paragraph.questions, found, strict=True):
            text = paragraph.text[answer.start : answer.end]
            is_given = answer.probability >= threshold
            yield Prediction(paragraph.article, question.answers, text, answer.probability, is_given)
        on_progress("Asking", done, len(paragraphs))


def _predict_by_keyword(paragraphs: Sequence[Paragraph]) -> Iterator[Prediction]:
    """The sentence with the highest BM25 score, given where that score is above the median of all questions."""
    found: list[tuple[Paragraph, SquadQuestion, str, float]] = []
    for paragraph in paragraphs:
        spans = {str(number): span for number, span in enumerate(split_sentences(paragraph.text))}
        index = KeywordIndex([as_chunk(id_, paragraph.text[start:end]) for id_, (start, end) in spans.items()])
        for question in paragraph.questions:
            best, value = next(iter(index.search(question.text, 1)), ("0", 0.0))
            start, end = spans.get(best, (0, 0))
            found.append((paragraph, question, paragraph.text[start:end], value))
    median = float(np.median([value for *_, value in found]))
    for paragraph, question, text, value in found:
        yield Prediction(paragraph.article, question.answers, text, value, value > median)


def _given(item: Prediction) -> Prediction:
    return Prediction(item.article, item.answers, item.text, item.score, True)
