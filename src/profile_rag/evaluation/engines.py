"""What can be evaluated: anything with `ask`; three engines go by a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from profile_rag.config import Settings
from profile_rag.evaluation.starter import Starter
from profile_rag.factory import refresh_index
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.schema import Answer, ScoredChunk

ENGINES = ("extractive", "generative", "starter")


@runtime_checkable
class Engine(Protocol):
    """Answers questions about one person."""

    def ask(self, question: str, *, history: Sequence[str] = ()) -> Answer:
        """The answer to a question; `history` holds the earlier ones, oldest first."""
        ...


@runtime_checkable
class Retriever(Protocol):
    """Shows what it finds for a question; an engine that does gets figures of retrieval."""

    def retrieve(self, question: str, *, top_k: int) -> list[ScoredChunk]:
        """The best chunks, best first."""
        ...


@contextmanager
def open_engine(name: str, folder: Path, store: Path, *, settings: Settings, embedder: Embedder) -> Iterator[Engine]:
    """An engine over a folder of documents.

    Args:
        name: One of `ENGINES`.
        folder: The documents.
        store: Where the index is kept; the starter keeps none.
        settings: All but these two folders.
        embedder: Shared by all that are opened.

    Raises:
        CorpusError: The folder holds no document.
        StoreError: The index cannot be written.
        LanguageModelError: The settings' language model cannot be had.
    """
    if name == "starter":
        yield Starter(load_corpus(folder).documents, embedder)
        return
    llm = settings.llm if name == "generative" else ""
    own = settings.model_copy(update={"corpus": folder, "store": store, "llm": llm})
    refresh_index(own, embedder)
    with Profile(own, embedder=embedder) as profile:
        yield profile
