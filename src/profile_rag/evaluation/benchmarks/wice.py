"""WiCE (Kamoi et al. 2023): claims of Wikipedia held against the articles they cite."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.support import load_thresholds
from profile_rag.evaluation.benchmarks.json_lines import read_json_lines
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Figures, Line, Progress
from profile_rag.evaluation.benchmarks.squad2 import auroc
from profile_rag.models import Embedder

_STEP = "Give a file of JSON lines with claim, evidence, label and supporting_sentences."
LABELS = ("supported", "partially_supported", "not_supported")


@dataclass(frozen=True, slots=True)
class WiceClaim:
    """A claim, the sentences of the cited article, and which of them support it."""

    text: str
    evidence: tuple[str, ...]
    label: str
    supporting: tuple[frozenset[int], ...]
    """Sets of sentences that suffice, each as annotators chose it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a program says of a claim."""

    claim: WiceClaim
    score: float
    """The higher, the surer that the claim is supported."""
    is_supported: bool
    sentences: frozenset[int]


def run(data: Path, embedder: Embedder, *, on_progress: Progress) -> BenchmarkResult:
    """Check every claim against all of the article, with the parameters that come with the package.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    claims = read_claims(data)
    checker = GroundingChecker(embedder)
    predictions = []
    for done, claim in enumerate(claims):
        predictions.append(predict(claim, checker))
        on_progress("check", done + 1, len(claims))
    everything = [Prediction(claim, 1.0, True, frozenset()) for claim in claims]
    return BenchmarkResult(
        name="wice",
        title="WiCE: does the cited article support the claim",
        data=data,
        counts={"claims": len(claims), **{label.replace("_", " "): _count(claims, label) for label in LABELS}},
        figures=score(predictions),
        trivial=(Line("everything is supported", score(everything)),),
    )


def predict(claim: WiceClaim, checker: GroundingChecker) -> Prediction:
    """Check one claim; of several sentences the weakest counts."""
    checked = checker.check_answer(claim.text, ["\n".join(claim.evidence)])  # read in context, not line by line
    starts = [0, *accumulate(len(sentence) + 1 for sentence in claim.evidence)]
    spans = [span for part in checked.claims for span in part.evidence]
    found = frozenset(bisect_right(starts, span.start) - 1 for span in spans)
    support = min((part.likelihood for part in checked.claims), default=0.0)
    return Prediction(claim, support, support > load_thresholds().article, found)


def read_claims(file: Path) -> tuple[WiceClaim, ...]:
    """The claims of a file of JSON lines.

    Raises:
        DatasetError: The file is missing or of another format.
    """
    return read_json_lines(file, _claim, benchmark="WiCE", step=_STEP)


def score(predictions: Sequence[Prediction]) -> Figures:
    """F1 of supported claims, against both other labels, and of the sentences found for claims that have some."""
    wanted = [item.claim.label == LABELS[0] for item in predictions]
    said = [item.is_supported for item in predictions]
    both = sum(one and other for one, other in zip(wanted, said, strict=True))
    sentences = [_sentence_f1(item) for item in predictions if item.claim.supporting]
    return {
        "precision": both / sum(said) if any(said) else None,
        "recall": both / sum(wanted) if any(wanted) else None,
        "F1 supported": 2 * both / (sum(said) + sum(wanted)) if sum(said) + sum(wanted) else None,
        "AUROC": auroc([item.score for item in predictions], wanted),
        "sentence F1": sum(sentences) / len(sentences) if sentences else None,
    }


def _sentence_f1(item: Prediction) -> float:
    """The best over the sets that annotators chose."""
    return max(
        2 * len(item.sentences & gold) / (len(item.sentences) + len(gold)) if item.sentences or gold else 0.0
        for gold in item.claim.supporting
    )


def _count(claims: Sequence[WiceClaim], label: str) -> int:
    return sum(claim.label == label for claim in claims)


def _claim(item: dict[str, object]) -> WiceClaim:
    label, sentences, evidence = str(item["label"]), item["supporting_sentences"], item["evidence"]
    if label not in LABELS or not isinstance(sentences, list) or not isinstance(evidence, list):
        raise ValueError(label)
    return WiceClaim(
        str(item["claim"]), tuple(map(str, evidence)), label, tuple(frozenset(map(int, chosen)) for chosen in sentences)
    )
