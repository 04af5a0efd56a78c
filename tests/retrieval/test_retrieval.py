"""Keyword and dense retrieval, and their fusion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document
from profile_rag.models import Embedder
from profile_rag.retrieval.hybrid import HybridRetriever, fuse_rankings
from profile_rag.retrieval.keyword import KeywordIndex, expand_query
from profile_rag.schema import Chunk

TEXT = """\
## Tools

- Kubernetes clusters on three clouds
- PostgreSQL and Redis in daily use
- JavaScript for dashboards
- Finding out why a service is slow

## Habits

- Reviews pull requests within a day
"""


def make_chunks(text: str = TEXT) -> tuple[Chunk, ...]:
    document = Document("x.md", text, "0" * 64, len(text), 0)
    return chunk_document(document, count_tokens=len, max_tokens=10_000).chunks


class ExactIndex:
    """Nearest neighbours by brute force: a dense index without a database."""

    def __init__(self, chunks: tuple[Chunk, ...], embeddings: NDArray[np.float32]) -> None:
        self._ids = [chunk.id for chunk in chunks]
        self._embeddings = embeddings

    def search(self, embedding: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        similarities = self._embeddings @ embedding
        return [(self._ids[i], float(similarities[i])) for i in np.argsort(-similarities, kind="stable")[:k]]


Search = Callable[[str, int], list[str]]


@pytest.fixture(scope="module", params=["keyword", "hybrid"])
def search(request: pytest.FixtureRequest, embedder: Embedder) -> Search:
    """Every retriever under one signature: query and number in, texts out."""
    chunks = make_chunks()
    texts = {chunk.id: chunk.text for chunk in chunks}
    if request.param == "keyword":
        keyword = KeywordIndex(chunks)
        return lambda query, k: [texts[node_id] for node_id, _ in keyword.search(query, k)]
    dense = ExactIndex(chunks, embedder.embed([chunk.embedding_text for chunk in chunks]))
    hybrid = HybridRetriever(chunks, dense, embedder)
    return lambda query, k: [item.chunk.text for item in hybrid.retrieve(query, top_k=k)]


def test_the_chunk_with_the_word_comes_first(search: Search) -> None:
    assert search("who reviews pull requests?", 3)[0] == "Reviews pull requests within a day"


def test_another_spelling_of_a_name_finds_it(search: Search) -> None:
    assert search("k8s", 3)[0] == "Kubernetes clusters on three clouds"
    assert search("postgres", 3)[0] == "PostgreSQL and Redis in daily use"


def test_no_more_than_asked_for_and_none_twice(search: Search) -> None:
    found = search("clusters in daily use", 2)
    assert len(found) == len(set(found)) <= 2


def test_the_same_query_finds_the_same(search: Search) -> None:
    assert search("dashboards", 5) == search("dashboards", 5)


def test_a_keyword_search_for_unknown_words_finds_nothing() -> None:
    assert KeywordIndex(make_chunks()).search("zeppelin", 5) == []


def test_a_keyword_search_of_nothing_indexed_finds_nothing() -> None:
    assert KeywordIndex(make_chunks("One.")).search("zeppelin", 5) == []


def test_a_shorter_name_does_not_find_a_longer_one() -> None:
    assert KeywordIndex(make_chunks()).search("Java", 5) == []


def test_a_paraphrase_that_shares_no_word_is_found_by_meaning(embedder: Embedder) -> None:
    chunks = make_chunks()
    dense = ExactIndex(chunks, embedder.embed([chunk.embedding_text for chunk in chunks]))
    found = HybridRetriever(chunks, dense, embedder).retrieve("performance profiling and latency", top_k=1)
    assert found[0].chunk.text == "Finding out why a service is slow"


def test_a_query_is_searched_in_every_spelling_of_its_names() -> None:
    assert {"k8s", "kubernet"} <= set(expand_query("does she know k8s?"))


RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), max_size=4)


@given(RANKINGS)
def test_fusion_invents_no_id_and_loses_none(rankings: list[list[str]]) -> None:
    assert set(fuse_rankings(rankings)) == {node_id for ranking in rankings for node_id in ranking}


@given(RANKINGS)
def test_fusion_does_not_depend_on_the_order_of_the_retrievers(rankings: list[list[str]]) -> None:
    shuffled = sorted(rankings, key=repr)
    one, other = fuse_rankings(rankings), fuse_rankings(shuffled)
    assert {node_id: pytest.approx(score) for node_id, score in one.items()} == dict(other)


@given(RANKINGS)
def test_fusion_orders_by_score(rankings: list[list[str]]) -> None:
    scores = list(fuse_rankings(rankings).values())
    assert scores == sorted(scores, reverse=True)


def test_an_id_that_two_retrievers_find_outranks_one_that_only_one_finds() -> None:
    assert next(iter(fuse_rankings([["a", "b"], ["c", "b"]]))) == "b"
