"""RAGTruth (Niu et al. 2024): answers of language models, every span that their passage does not support marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from profile_rag.answering.grounding import CheckedAnswer, GroundingChecker
from profile_rag.answering.support import load_thresholds
from profile_rag.evaluation.benchmarks.json_lines import read_json_lines
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Figures, Line, Progress
from profile_rag.evaluation.benchmarks.squad2 import auroc
from profile_rag.models import Embedder
from profile_rag.words import content_words, stems

_STEP = "Give a file of JSON lines with context, response and labels."
_TEST = "QA part of the test set"
PUBLISHED = (
    Line("RAGAS faithfulness", {"F1": 0.357}, _TEST),
    Line("TruLens", {"F1": 0.366}, _TEST),
    Line("prompt to GPT-4-turbo", {"F1": 0.456}, _TEST),
    Line("Luna, 440 M parameters", {"F1": 0.513}, _TEST),
    Line("17 lexical features", {"F1": 0.519, "balanced accuracy": 0.735, "AUROC": 0.820}, _TEST),
    Line("fine-tuned Llama-2-13B", {"F1": 0.682}, _TEST),
    Line("LettuceDetect-large", {"F1": 0.702}, _TEST),
)
_PASSAGE_NUMBER = re.compile(r"^passage \d+:[ \t]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with the passages it was given."""

    source: str
    writer: str
    task: str
    context: str
    text: str
    spans: tuple[tuple[int, int], ...]
    """Characters that the context does not support."""

    @property
    def is_unsupported(self) -> bool:
        """Whether any part of it is."""
        return bool(self.spans)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a program says of one answer."""

    response: Response
    score: float
    """The higher, the surer that something is unsupported."""
    is_flagged: bool
    spans: tuple[tuple[int, int], ...]


def run(data: Path, embedder: Embedder, *, on_progress: Progress) -> BenchmarkResult:
    """Check every answer against its passages, with the parameters that come with the package.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    responses = read_responses(data)
    checker = GroundingChecker(embedder)
    predictions = []
    for done, response in enumerate(responses):
        predictions.append(predict(response, checker.check_answer(response.text, [response.context])))
        on_progress("check", done + 1, len(responses))
    everything = [Prediction(item, 1.0, True, ((0, len(item.text)),)) for item in responses]
    lexical = [_by_words(item) for item in responses]
    tasks = sorted({response.task for response in responses})
    by_writer = [Line(name, score(part)) for name, part in _by_writer(predictions)]
    by_task = [Line(name, score([item for item in predictions if item.response.task == name])) for name in tasks]
    return BenchmarkResult(
        name="ragtruth",
        title="RAGTruth: does an answer hold anything that its passages don't support",
        data=data,
        counts={
            "answers": len(responses),
            "with something unsupported": sum(item.is_unsupported for item in responses),
        },
        figures=score_all(predictions),
        trivial=(
            Line("flag everything", score_all(everything)),
            Line("share of words that the passages lack", score_all(lexical)),
        ),
        published=PUBLISHED,
        parts=(*(by_task if len(tasks) > 1 else ()), *by_writer),
    )


def read_responses(file: Path) -> tuple[Response, ...]:
    """The answers of a file of JSON lines.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    return read_json_lines(file, _response, benchmark="RAGTruth", step=_STEP)


def _response(item: dict[str, object]) -> Response:
    labels = item["labels"]
    if not isinstance(labels, list):
        raise TypeError("labels")
    return Response(
        str(item["source_id"]),
        str(item.get("model", "")),
        str(item.get("task", "")),
        # Its own numbering of the passages is no evidence.
        _PASSAGE_NUMBER.sub("", str(item["context"])),
        str(item["response"]),
        tuple((int(label["start"]), int(label["end"])) for label in labels),
    )


def predict(response: Response, checked: CheckedAnswer) -> Prediction:
    """Flag an answer, and what of it."""
    thresholds = load_thresholds()
    spans = tuple((claim.start, claim.end) for claim in checked.claims if 1 - claim.likelihood > thresholds.span)
    return Prediction(response, 1 - checked.score, 1 - checked.score > thresholds.answer, spans)


def score(predictions: Sequence[Prediction]) -> Figures:
    """Over whole answers F1, balanced accuracy, AUROC; over characters, all answers together, F1 of the spans."""
    flagged = sum(item.is_flagged for item in predictions)
    wrong = sum(item.response.is_unsupported for item in predictions)
    hit = sum(item.is_flagged and item.response.is_unsupported for item in predictions)
    sound = len(predictions) - wrong
    passed = sum(not item.is_flagged and not item.response.is_unsupported for item in predictions)
    found = [(_characters(item.spans), _characters(item.response.spans)) for item in predictions]
    marked, gold = sum(len(one) for one, _ in found), sum(len(other) for _, other in found)
    both = sum(len(one & other) for one, other in found)
    return {
        "precision": hit / flagged if flagged else None,
        "recall": hit / wrong if wrong else None,
        "F1": 2 * hit / (flagged + wrong) if flagged + wrong else None,
        "balanced accuracy": (hit / wrong + passed / sound) / 2 if wrong and sound else None,
        "AUROC": auroc([item.score for item in predictions], [item.response.is_unsupported for item in predictions]),
        "span F1": 2 * both / (marked + gold) if marked + gold else None,
    }


def score_all(predictions: Sequence[Prediction]) -> Figures:
    """As `score`, and the mean F1 of the writers that have one."""
    of_writers = [score(part)["F1"] for _, part in _by_writer(predictions)]
    known = [value for value in of_writers if value is not None]
    return {**score(predictions), "F1, mean of writers": sum(known) / len(known) if known else None}


def _by_writer(predictions: Sequence[Prediction]) -> list[tuple[str, list[Prediction]]]:
    writers = sorted({item.response.writer for item in predictions})
    return [(name, [item for item in predictions if item.response.writer == name]) for name in writers]


def _characters(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def _by_words(response: Response) -> Prediction:
    known = set(stems(response.context))
    words = content_words(response.text)
    missing = [word for word in words if word.stem not in known]
    share = len(missing) / len(words) if words else 0.0
    return Prediction(response, share, share > 0.2, tuple((word.start, word.end) for word in missing))
