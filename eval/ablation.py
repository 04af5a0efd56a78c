"""What each part is worth: `python eval/ablation.py [--held]` scores the engine with one part taken out at a time.

The plain starter of `profile-rag eval --engine starter` stands beside it. Thresholds on similarity are chosen on the
cases that may be looked at, whichever cases are scored, and printed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from profile_rag import Profile
from profile_rag.answering import evidence, target_evidence
from profile_rag.answering.features import FEATURES
from profile_rag.answering.relevance import RelevanceModel
from profile_rag.answering.stance import Judgement
from profile_rag.config import Settings
from profile_rag.evaluation.dataset import Case, load_cases
from profile_rag.evaluation.documents import Documents
from profile_rag.evaluation.metrics import Score, score_answer
from profile_rag.evaluation.starter import Starter
from profile_rag.factory import open_embedder, refresh_index
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import Embedder, TokenVectors
from profile_rag.retrieval.hybrid import HybridRetriever
from profile_rag.schema import Answer, Chunk, ScoredChunk

CASES = Path(__file__).parent / "cases"
SIMILAR = 0.4  # cosine from which a sentence answers where nothing but similarity is asked
THRESHOLDS = np.arange(0.0, 0.9, 0.01)


@dataclass(frozen=True, slots=True)
class Run:
    """One way of answering: the score of each case, and the similarity that a threshold may abstain on."""

    case: Case
    score: Score
    similarity: float


def main() -> None:
    """Score every variant and print a table for each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="score the quarter set aside")
    parser.add_argument("--pool", type=Path, help="folder of the profile pool")
    arguments = parser.parse_args()
    cases = load_cases(CASES)
    documents = Documents.beside(CASES, pool=arguments.pool)
    variants: dict[str, Callable[[], object]] = {
        "whole engine": _nothing_out,
        "dense only": _dense_only,
        "keyword only": _keyword_only,
        "no stance": _no_stance,
        "threshold abstention": _nothing_out,
        "starter": _nothing_out,
    }
    for name, variant in variants.items():
        with variant():  # type: ignore[attr-defined]
            runs = _run_all(cases, documents, _open_starter if name == "starter" else _open_profile)
        if name in {"threshold abstention", "starter"}:
            runs = _with_threshold(name, runs, abstains_itself=name != "starter")
        _print(name, [run for run in runs if run.case.is_held == arguments.held])


Ask = Callable[[Case], tuple[Answer, float]]


def _run_all(
    cases: Sequence[Case], documents: Documents, open_corpus: Callable[[Path, Path], AbstractContextManager[Ask]]
) -> list[Run]:
    by_corpus: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_corpus[case.corpus].append(case)
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        for corpus, chosen in by_corpus.items():
            folder = documents.find(corpus, Path(scratch))
            if folder is None:
                continue
            with open_corpus(folder, Path(scratch) / f"store-{corpus.replace('/', '-')}") as ask:
                for case in chosen:
                    answer, similarity = ask(case)
                    runs.append(Run(case, score_answer(case, answer), similarity))
    return runs


@contextmanager
def _open_profile(folder: Path, store: Path) -> Iterator[Ask]:
    settings = Settings(corpus=folder, store=store)
    refresh_index(settings, _embedder())
    with Profile(settings, embedder=_embedder()) as profile:

        def ask(case: Case) -> tuple[Answer, float]:
            answer = profile.ask(case.question, history=case.history)
            nearest = profile.retrieve(answer.understood_as, top_k=1)
            return answer, nearest[0].similarity or 0.0 if nearest else 0.0

        yield ask


@contextmanager
def _open_starter(folder: Path, _: Path) -> Iterator[Ask]:
    starter = Starter(load_corpus(folder).documents, _embedder(), threshold=-1.0)

    def ask(case: Case) -> tuple[Answer, float]:
        answer = starter.ask(case.question)
        return answer, max(claim.score for claim in answer.claims)

    yield ask


@cache
def _embedder() -> Embedder:
    return open_embedder(Settings())


def _with_threshold(name: str, runs: Sequence[Run], *, abstains_itself: bool) -> list[Run]:
    """Abstention by one threshold on similarity, the one with the best F1 on the cases that may be looked at."""
    seen = [run for run in runs if not run.case.is_held]

    def f1(threshold: float) -> float:
        silent = [run for run in seen if not run.case.is_answerable]
        spoken = [run for run in seen if "not_stated" not in run.case.verdicts]
        right = sum(run.similarity < threshold for run in silent)
        wrong = sum(run.similarity < threshold for run in spoken)
        return 2 * right / (2 * right + wrong + len(silent) - right)

    best = max(THRESHOLDS, key=f1)
    print(f"{name}: silent below a similarity of {best:.2f}")
    return [_abstaining(run, run.similarity < best, abstains_itself=abstains_itself) for run in runs]


def _abstaining(run: Run, abstains: bool, *, abstains_itself: bool) -> Run:
    answer = run.score.answer
    if abstains:
        answer = replace(answer, abstained=True, verdict="not_stated", citations=(), conflicts=())
    elif answer.abstained and abstains_itself:
        # It has to say something: what is nearest, which it would call a yes.
        answer = replace(answer, abstained=False, verdict=None if "none" in run.case.verdicts else "yes")
    return replace(run, score=score_answer(run.case, answer))


@contextmanager
def _nothing_out() -> Iterator[None]:
    yield


@contextmanager
def _dense_only() -> Iterator[None]:
    def retrieve(self: HybridRetriever, query: str, *, top_k: int) -> list[ScoredChunk]:
        found = self._dense.search(self._embedder.embed([query])[0], min(top_k, len(self._chunks)))
        return [ScoredChunk(self._chunks[node_id], similarity, similarity) for node_id, similarity in found]

    def mentioning(self: HybridRetriever, names: str, *, top_k: int) -> list[Chunk]:
        return [item.chunk for item in retrieve(self, names, top_k=min(top_k, 12))]

    def judge(self: RelevanceModel, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        similarity = rows[:, FEATURES.index("similarity")]
        return similarity, np.where(similarity >= SIMILAR, 1.0, 0.0)

    with (
        patch.object(HybridRetriever, "retrieve", retrieve),
        patch.object(HybridRetriever, "mentioning", mentioning),
        patch.object(RelevanceModel, "judge", judge),
    ):
        yield


@contextmanager
def _keyword_only() -> Iterator[None]:
    def retrieve(self: HybridRetriever, query: str, *, top_k: int) -> list[ScoredChunk]:
        return [ScoredChunk(self._chunks[i], score, 0.0) for i, score in self._keyword.search(query, top_k)]

    def embed(self: Embedder, texts: Sequence[str], **_: object) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        vectors[:, 0] = 1e-6
        return vectors

    read = Embedder.embed_tokens

    def embed_tokens(self: Embedder, texts: Sequence[str]) -> list[TokenVectors]:
        return [TokenVectors(np.zeros_like(item.vectors), item.spans) for item in read(self, texts)]

    with (
        patch.object(HybridRetriever, "retrieve", retrieve),
        patch.object(Embedder, "embed", embed),
        patch.object(Embedder, "embed_tokens", embed_tokens),
    ):
        yield


@contextmanager
def _no_stance() -> Iterator[None]:
    def judge(*_: object, **__: object) -> Judgement:
        return Judgement("affirms", "stated")

    with (
        patch.object(evidence, "judge", judge),
        patch.object(target_evidence, "judge_phrase", judge),
    ):
        yield


def mean(values: Iterable[float | bool | None]) -> float | None:
    """The mean of what is there."""
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _print(name: str, runs: Sequence[Run]) -> None:
    for group in ("corpus", "people", "pool"):
        scores = [run.score for run in runs if run.case.corpus.startswith(group)]
        if not scores:
            continue
        silent = [score for score in scores if not score.case.is_answerable]
        spoken = [score for score in scores if "not_stated" not in score.case.verdicts]
        right = sum(score.answer.abstained for score in silent)
        wrong = sum(score.answer.abstained for score in spoken)
        lengths = sorted(sum(len(c.quote) for c in score.answer.citations) for score in spoken)
        print(
            f"| {name} | {group} | {len(scores)} | {mean(score.verdict for score in scores):.2f}"
            f" | {mean(score.evidence_recall for score in scores) or 0:.2f}"
            f" | {2 * right / max(1, 2 * right + wrong + len(silent) - right):.2f} | {wrong / len(spoken):.1%}"
            f" | {lengths[len(lengths) // 2]} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
