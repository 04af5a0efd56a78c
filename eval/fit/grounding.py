"""Fit the models of answering/support.py: `python eval/fit/grounding.py --data ragtruth_train.jsonl [--write]`.

One regression tells of a word that the evidence doesn't hold whether anything supports it, fitted on the sound and the
faulty claims of eval/claims; the second whether a claim is supported, on these and on RAGTruth's sentences; the third
whether all of an answer is, on RAGTruth. Figures of RAGTruth are by five folds of sources (a passage and all answers
to it lie in one fold), those of the claims by six folds of people.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from regression import Regression, regress
from sklearn.metrics import roc_auc_score

from profile_rag.answering.alignment import Evidence, align
from profile_rag.answering.discrepancies import find_discrepancies
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.person import find_person
from profile_rag.answering.reading import Sentence
from profile_rag.answering.support import (
    ANSWER_FEATURES,
    CLAIM_FEATURES,
    WORD_FEATURES,
    answer_row,
    claim_row,
    unsaid_words,
    with_doubts,
    word_rows,
)
from profile_rag.evaluation.benchmarks.ragtruth import Prediction, Response, read_responses, score
from profile_rag.evaluation.claims import ClaimCase, load_claims
from profile_rag.evaluation.documents import Documents
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import PACKAGED_MODEL, Embedder, load_embedder
from profile_rag.schema import Chunk
from profile_rag.words import split_words, stems

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "eval" / "claims"
TARGET = ROOT / "src" / "profile_rag" / "data" / "grounding.json"
COMMAND = "python eval/fit/grounding.py --data ../shared/data/grounding/ragtruth_train.jsonl --write"
FOLDS, CLAIM_FOLDS = 5, 6
WORD_STRENGTH = 0.3  # inverse of the L2 penalty over standardized features; a third or thrice as much differ by chance
CLAIM_STRENGTH = 0.1
ANSWER_STRENGTH = 0.03
ARTICLE_THRESHOLD = 0.82  # of support by a whole article: the best F1 on WiCE's development part
CLAIM_WEIGHT = 3.0  # of a claim of ours beside a sentence of RAGTruth, of which there are thirty times as many

Rows = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Read:
    """A claim against its evidence, before any model has spoken."""

    features: Rows
    """Its claim features, without the doubts about its words."""
    words: Rows
    """The features of its unsaid words."""
    unsaid: tuple[str, ...]

    def row(self, words: Regression) -> Rows:
        """Its claim features, with the doubts of this model about its words."""
        return with_doubts(self.features, 1 / (1 + np.exp(-words.log_odds(self.words))))


def main() -> None:
    """Collect, cross-validate, fit; with `--write` put the parameters into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="RAGTruth's training part")
    parser.add_argument("--pool", type=Path, help="folder of the profile pool")
    parser.add_argument("--write", action="store_true", help="write the parameters to the package")
    arguments = parser.parse_args()
    documents = Documents.beside(CLAIMS, pool=arguments.pool)
    for path in (arguments.data, documents.pool_folder):
        if not path.exists():
            sys.exit(f"{path}: no such file or folder; the fit would not be the same without it.")
    embedder = load_embedder(PACKAGED_MODEL)
    checker = GroundingChecker(embedder)
    cases = [case for case in load_claims(CLAIMS) if not case.is_held]
    ours = list(read_cases(cases, documents, checker, embedder))
    responses = read_responses(arguments.data)
    theirs = [list(read_answer(checker, item.text, [item.context])) for item in responses]
    corpus = Corpus(responses, theirs, cases, ours)
    figures = {"claims": corpus.claim_figures(), "ragtruth": corpus.answer_figures()}
    print(json.dumps(figures, indent=1))
    if arguments.write:
        words, claims, answers = corpus.fit(list(range(len(responses))))
        values = {
            "provenance": {
                "command": COMMAND,
                "data": "eval/claims without those set aside; RAGTruth's training part (labels MIT)",
                "figures": figures,
            },
            "thresholds": {
                "answer": figures["ragtruth"]["threshold"],
                "span": figures["ragtruth"]["span_threshold"],
                "article": ARTICLE_THRESHOLD,
            },
            "words": words.named(WORD_FEATURES, digits=5),
            "claims": claims.named(CLAIM_FEATURES, digits=5),
            "answers": answers.named(ANSWER_FEATURES, digits=5),
        }
        TARGET.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


# --- what is read -------------------------------------------------------------------------------


def read_answer(
    checker: GroundingChecker, text: str, evidence: Sequence[str], known: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[int, int], Read]]:
    """Every claim of an answer with its place."""
    pool = checker.read_evidence(evidence)
    claims = checker.read_claims(text)
    for place, (claim, sentence) in enumerate(claims):
        if sentence.words:
            yield (claim.start, claim.end), read_claim(sentence, pool, place, len(claims), known)


def read_claim(claim: Sentence, pool: Evidence, place: int, count: int, known: frozenset[str]) -> Read:
    """One claim of an answer of so many."""
    alignment = align(claim, pool, known=known)
    found = find_discrepancies(alignment, pool)
    unsaid = tuple(claim.words[index].text.lower() for index in unsaid_words(alignment))
    row = claim_row(alignment, pool, found, np.zeros(len(unsaid)), place=place, count=count)
    return Read(row, word_rows(alignment, pool), unsaid)


def read_cases(
    cases: Sequence[ClaimCase], documents: Documents, checker: GroundingChecker, embedder: Embedder
) -> Iterator[list[Read]]:
    """The claims of ours, their evidence with the headings it stands under."""
    for case, (texts, known) in zip(cases, with_headings(cases, documents, embedder), strict=True):
        yield [read for _, read in read_answer(checker, case.text, texts, known)]


# --- the fit ------------------------------------------------------------------------------------


def fit_words(cases: Sequence[ClaimCase], ours: Sequence[list[Read]], chosen: Sequence[int]) -> Regression:
    """Which unsaid words are wrong: those that a faulty twin was given."""
    rows, labels = [], []
    for index in chosen:
        wrong = {word.text.lower() for part in cases[index].wrong for word in split_words(part)}
        for read in ours[index]:
            rows.append(read.words)
            labels += [word in wrong for word in read.unsaid]
    return regress(np.vstack(rows), np.array(labels), strength=WORD_STRENGTH)


def fit_claims(
    responses: Sequence[Response],
    theirs: Sequence[list[tuple[tuple[int, int], Read]]],
    cases: Sequence[ClaimCase],
    ours: Sequence[list[Read]],
    words: Regression,
    sources: Sequence[int],
    people: Sequence[int],
) -> Regression:
    """Whether a claim is unsupported, over RAGTruth's sentences and our claims."""
    rows = [read.row(words) for index in sources for _, read in theirs[index]]
    labels = [is_wrong(responses[index], span) for index in sources for span, _ in theirs[index]]
    more = [read.row(words) for index in people for read in ours[index]]
    more_labels = [bool(cases[index].fault) for index in people for _ in ours[index]]
    # There are three faulty twins to a sound claim, which says nothing of how often answers are wrong.
    own = np.where(more_labels, CLAIM_WEIGHT / 3, CLAIM_WEIGHT)
    weights = np.concatenate([np.ones(len(rows)), own])
    return regress(np.array(rows + more), np.array(labels + more_labels), strength=CLAIM_STRENGTH, weights=weights)


def fit_answers(
    responses: Sequence[Response],
    theirs: Sequence[list[tuple[tuple[int, int], Read]]],
    rows: Sequence[list[Rows]],
    doubts: Sequence[Rows],
    chosen: Sequence[int],
) -> Regression:
    """Whether anything in an answer is unsupported; `doubts` come of models that never saw its source."""
    used = [index for index in chosen if theirs[index]]
    table = np.array([answer_row(rows[index], doubts[index].tolist()) for index in used])
    return regress(table, np.array([responses[index].is_unsupported for index in used]), strength=ANSWER_STRENGTH)


def is_wrong(response: Response, span: tuple[int, int]) -> bool:
    """Whether a claim holds a character that is marked as unsupported."""
    return any(start < span[1] and end > span[0] for start, end in response.spans)


class Corpus:
    """All that is fitted on, and the fits."""

    def __init__(
        self,
        responses: Sequence[Response],
        theirs: Sequence[list[tuple[tuple[int, int], Read]]],
        cases: Sequence[ClaimCase],
        ours: Sequence[list[Read]],
    ) -> None:
        self.responses, self.theirs, self.cases, self.ours = responses, theirs, cases, ours
        sources = list(dict.fromkeys(response.source for response in responses))
        of_source = {source: place % FOLDS for place, source in enumerate(sources)}
        self.fold = np.array([of_source[response.source] for response in responses])
        people = sorted({case.corpus for case in cases})
        self.claim_fold = np.array([people.index(case.corpus) % CLAIM_FOLDS for case in cases])
        self.everyone = list(range(len(cases)))

    def fit(self, chosen: Sequence[int]) -> tuple[Regression, Regression, Regression]:
        """Words, claims and answers, on these answers and all claims of ours."""
        words = fit_words(self.cases, self.ours, self.everyone)
        rows = [[read.row(words) for _, read in items] for items in self.theirs]
        doubts: list[Rows] = [np.zeros(0)] * len(self.responses)
        for fold in range(FOLDS):
            others = [index for index in chosen if self.fold[index] != fold]
            if len(others) == len(chosen):
                continue
            inner = fit_claims(self.responses, self.theirs, self.cases, self.ours, words, others, self.everyone)
            for index in chosen:
                if self.fold[index] == fold and rows[index]:
                    doubts[index] = inner.log_odds(np.array(rows[index]))
        claims = fit_claims(self.responses, self.theirs, self.cases, self.ours, words, chosen, self.everyone)
        return words, claims, fit_answers(self.responses, self.theirs, rows, doubts, chosen)

    def answer_figures(self) -> dict[str, Any]:
        """Of RAGTruth, each source by models that never saw it."""
        doubt = np.zeros(len(self.responses))
        by_claim: list[list[tuple[tuple[int, int], float]]] = [[] for _ in self.responses]
        for fold in range(FOLDS):
            words, claims, answers = self.fit(np.flatnonzero(self.fold != fold).tolist())
            for index in np.flatnonzero(self.fold == fold).tolist():
                items = self.theirs[index]
                if items:
                    rows = [read.row(words) for _, read in items]
                    odds = claims.log_odds(np.array(rows))
                    doubt[index] = 1 / (1 + np.exp(-answers.log_odds(answer_row(rows, odds.tolist()))))
                    by_claim[index] = [
                        (span, float(1 / (1 + np.exp(-odd)))) for (span, _), odd in zip(items, odds, strict=True)
                    ]
        threshold = max(np.arange(0.2, 0.7, 0.01), key=lambda step: _merit(self._predict(doubt, by_claim, step, 0.5)))
        span_threshold = max(
            np.arange(0.1, 0.9, 0.02), key=lambda step: score(self._predict(doubt, by_claim, 0.5, step))["span F1"] or 0
        )
        predictions = self._predict(doubt, by_claim, threshold, span_threshold)
        qa = [item for item in predictions if item.response.task == "QA"]
        writers = sorted({item.response.writer for item in qa})
        f1s = [_f1_of([item for item in qa if item.response.writer == writer]) for writer in writers]
        return {
            "threshold": round(float(threshold), 2),
            "span_threshold": round(float(span_threshold), 2),
            "qa": {name: round(value, 4) for name, value in score(qa).items() if value is not None},
            "qa_mean_f1_of_writers": round(sum(f1s) / len(f1s), 4),
        }

    def _predict(
        self,
        doubt: Rows,
        by_claim: Sequence[Sequence[tuple[tuple[int, int], float]]],
        threshold: float,
        span_threshold: float,
    ) -> list[Prediction]:
        return [
            Prediction(
                response,
                float(doubt[index]),
                bool(doubt[index] > threshold),
                tuple(span for span, chance in by_claim[index] if chance > span_threshold),
            )
            for index, response in enumerate(self.responses)
        ]

    def claim_figures(self) -> dict[str, Any]:
        """Of our claims, each person by models that never saw them."""
        doubt = np.zeros(len(self.cases))
        everything = list(range(len(self.responses)))
        for fold in range(CLAIM_FOLDS):
            people = np.flatnonzero(self.claim_fold != fold).tolist()
            words = fit_words(self.cases, self.ours, people)
            claims = fit_claims(self.responses, self.theirs, self.cases, self.ours, words, everything, people)
            for index in np.flatnonzero(self.claim_fold == fold).tolist():
                rows = np.array([read.row(words) for read in self.ours[index]])
                doubt[index] = claims.log_odds(rows).max()
        is_faulty = np.array([bool(case.fault) for case in self.cases])
        return {"claims": len(self.cases), "auroc": round(float(roc_auc_score(is_faulty, doubt)), 4)}


def _merit(predictions: Sequence[Prediction]) -> float:
    """F1 alone would flag nearly everything; with balanced accuracy beside it, sound answers count too."""
    figures = score([item for item in predictions if item.response.task == "QA"])
    return (figures["F1"] or 0.0) + (figures["balanced accuracy"] or 0.0)


def _f1_of(predictions: Sequence[Prediction]) -> float:
    return score(predictions)["F1"] or 0.0


# --- our claims' evidence -------------------------------------------------------------------------


def with_headings(
    cases: Sequence[ClaimCase], documents: Documents, embedder: Embedder
) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Each case's quotes with the headings they stand under, as an answer cites them, and the person's names."""
    with tempfile.TemporaryDirectory() as scratch:
        read: dict[str, tuple[list[Chunk], frozenset[str]]] = {}
        for corpus in dict.fromkeys(case.corpus for case in cases):
            folder = documents.find(corpus, Path(scratch))
            if folder is None:
                sys.exit(f"{corpus}: no such documents; the fit would not be the same without them.")
            chunks = [
                chunk
                for document in load_corpus(folder).documents
                for chunk in chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=256).chunks
            ]
            person = find_person(chunks)
            read[corpus] = chunks, frozenset(stems(f"{person.name} {person.other_name}"))
        for case in cases:
            chunks, known = read[case.corpus]
            yield tuple(_with_heading(quote, chunks) for quote in case.evidence), known


def _with_heading(quote: str, chunks: Sequence[Chunk]) -> str:
    for chunk in chunks:
        if chunk.kind != "heading" and quote in " ".join(chunk.text.split()):
            title = [chunk.title] if chunk.title and chunk.title not in quote else []
            return ": ".join(filter(None, (" > ".join((*chunk.heading, *title)), quote)))
    return quote


if __name__ == "__main__":
    main()
