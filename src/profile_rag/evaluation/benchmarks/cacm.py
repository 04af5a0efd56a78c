"""CACM: abstracts found for queries, by keyword, by meaning, and by both as the program does it."""

from __future__ import annotations

import math
import re
import tarfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profile_rag.errors import DatasetError
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Figures, Line, Progress
from profile_rag.evaluation.benchmarks.texts import as_chunk
from profile_rag.retrieval.hybrid import HybridRetriever
from profile_rag.retrieval.keyword import KeywordIndex
from profile_rag.schema import Chunk

FILES = ("cacm.tar.gz", "topics.cacm.txt", "qrels.cacm.txt")
_STEP = f"Give a folder with {', '.join(FILES)}."
_DEPTH = 1000  # as trec_eval has it
_BATCH = 64
PUBLISHED = (Line("BM25 (Anserini)", {"MAP": 0.3123}, "Lucene's BM25 over the same 3,204 documents and 52 queries"),)

_TAG = re.compile(r"<[^<>]*>")
# Below each abstract: who keyed it in when, and the numbers of the articles that cite one another.
_BOOKKEEPING = re.compile(r"^(?:CA\d{6}\b.*|[\d\s]+)$", re.MULTILINE)
_TOPIC = re.compile(r"<DOCNO>\s*(\S+)\s*</DOCNO>(.*?)</DOC>", re.DOTALL)


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text."""
        ...


class _DenseIndex:
    """Cosine similarity with every abstract."""

    def __init__(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self._ids, self._vectors = ids, vectors

    def search(self, embedding: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The nearest, best first."""
        near = self._vectors @ embedding
        return [(self._ids[index], float(near[index])) for index in np.argsort(-near, kind="stable")[:k]]


def run(data: Path, embedder: Embedder, *, on_progress: Progress) -> BenchmarkResult:
    """Search for every query that has judgements.

    Args:
        data: The folder of the collection.
        embedder: What reads abstracts and queries.
        on_progress: Told how far it is.

    Raises:
        DatasetError: A file is missing or of another format.
    """
    chunks, topics, relevant = read_collection(data)
    ids = [chunk.id for chunk in chunks]
    rows = []
    for start in range(0, len(chunks), _BATCH):
        rows.append(embedder.embed([chunk.embedding_text for chunk in chunks[start : start + _BATCH]]))
        on_progress("Embedding", min(start + _BATCH, len(chunks)), len(chunks))
    dense, keyword = _DenseIndex(ids, np.vstack(rows)), KeywordIndex(chunks)
    hybrid = HybridRetriever(chunks, dense, embedder)
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for done, topic in enumerate(relevant, start=1):
        query = topics[topic]
        found["hybrid"][topic] = [item.chunk.id for item in hybrid.retrieve(query, top_k=_DEPTH)]
        found["keyword"][topic] = [id_ for id_, _ in keyword.search(query, _DEPTH)]
        found["dense"][topic] = [id_ for id_, _ in dense.search(embedder.embed([query])[0], _DEPTH)]
        on_progress("Searching", done, len(relevant))
    return BenchmarkResult(
        name="cacm",
        title="CACM: abstracts retrieved",
        data=data,
        counts={
            "abstracts": len(chunks),
            "queries": len(relevant),
            "judged relevant": sum(map(len, relevant.values())),
        },
        figures=score(found["hybrid"], relevant),
        trivial=(
            Line("our BM25 alone", score(found["keyword"], relevant)),
            Line("our embeddings alone", score(found["dense"], relevant)),
        ),
        published=PUBLISHED,
    )


def read_collection(folder: Path) -> tuple[list[Chunk], dict[str, str], dict[str, set[str]]]:
    """The abstracts as chunks, the queries, and for each judged query what is relevant.

    Raises:
        DatasetError: A file is missing or of another format.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise DatasetError(folder / name, "no such file", _STEP)
    archive, topic_file, judgement_file = (folder / name for name in FILES)
    try:
        chunks = [_chunk(name, text) for name, text in sorted(_read_archive(archive))]
        topics = {number: " ".join(text.split()) for number, text in _TOPIC.findall(topic_file.read_text())}
        relevant: dict[str, set[str]] = defaultdict(set)
        for line in judgement_file.read_text().splitlines():
            topic, _, document, grade = line.split()
            if int(grade) > 0:
                relevant[topic].add(_normal(document))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise DatasetError(folder, f"is not of CACM's format ({error})", _STEP) from error
    if not chunks or not relevant or not relevant.keys() <= topics.keys():
        raise DatasetError(folder, "is not of CACM's format (abstracts, topics and judgements don't fit)", _STEP)
    return chunks, topics, dict(relevant)


def score(found: Mapping[str, Sequence[str]], relevant: Mapping[str, Collection[str]]) -> Figures:
    """Means over the queries: average precision, nDCG of the first ten, recall of the first hundred."""
    rows = [
        (
            average_precision(found[topic], wanted),
            ndcg(found[topic], wanted, 10),
            sum(id_ in wanted for id_ in found[topic][:100]) / len(wanted),
        )
        for topic, wanted in relevant.items()
    ]
    values = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    return dict(zip(("MAP", "nDCG@10", "recall@100"), values, strict=True))


def average_precision(found: Sequence[str], relevant: Collection[str]) -> float:
    """Mean over what is relevant of the precision where it is found; 0 for what isn't."""
    hits, total = 0, 0.0
    for rank, id_ in enumerate(found, start=1):
        if id_ in relevant:
            hits += 1
            total += hits / rank
    return total / len(relevant)


def ndcg(found: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalized discounted cumulative gain where a document is relevant or not (Järvelin and Kekäläinen 2002)."""
    gain = _discounted(rank for rank, id_ in enumerate(found[:k], start=1) if id_ in relevant)
    return gain / _discounted(range(1, min(k, len(relevant)) + 1))


def _discounted(ranks: Iterable[int]) -> float:
    return sum(1 / math.log2(rank + 1) for rank in ranks)


def _read_archive(archive: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.name.endswith(".html") else None
            if content is not None:
                yield _normal(Path(member.name).stem), content.read().decode("utf-8", "replace")


def _normal(document: str) -> str:
    """An id without leading zeros: the archive has CACM-0756 for what the judgements call CACM-756."""
    return re.sub(r"-0+", "-", document)


def _chunk(name: str, page: str) -> Chunk:
    text = " ".join(_BOOKKEEPING.sub(" ", unescape(_TAG.sub(" ", page))).split())
    return as_chunk(name, text)
