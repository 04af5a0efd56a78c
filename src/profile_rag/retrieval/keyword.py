"""Keyword retrieval by BM25 over stems, so that an exact name is always found."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s

from profile_rag.schema import Chunk
from profile_rag.words import content_words, spellings, split_words


class KeywordIndex:
    """BM25 (Robertson et al. 1994, Lucene's variant as in bm25s) over the headings and texts of chunks."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._ids = [chunk.id for chunk in chunks]
        documents = [[word.stem for word in split_words(chunk.embedding_text)] for chunk in chunks]
        self._vocabulary: dict[str, int] = {}
        token_ids = [
            [self._vocabulary.setdefault(token, len(self._vocabulary)) for token in tokens] for tokens in documents
        ]
        self._bm25 = bm25s.BM25(method="lucene")
        self._bm25.index((token_ids, self._vocabulary), show_progress=False)

    def search(self, query: str, top_k: int) -> list[tuple[str, float]]:
        """Node ids and scores, best first; chunks that share no word with the query are left out."""
        tokens = [stem for stem in expand_query(query) if stem in self._vocabulary]
        if not tokens or not self._ids:
            return []
        scores = self._bm25.get_scores(tokens)
        order = sorted(range(len(self._ids)), key=lambda i: (-scores[i], i))[:top_k]
        return [(self._ids[i], float(scores[i])) for i in order if scores[i] > 0]


def expand_query(query: str) -> list[str]:
    """The stems of a query's content words and of every other spelling of the names in it."""
    words = content_words(query) or split_words(query)
    found = [word.stem for word in words]
    for length in (1, 2, 3):
        for index in range(len(words) - length + 1):
            phrase = " ".join(word.text for word in words[index : index + length])
            found.extend(stem for spelling in spellings(phrase)[1:] for stem in spelling)
    return list(dict.fromkeys(found))
