"""The Python face: open a profile, ask it, or hand it to llama-index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from profile_rag.answering.examples import example_questions
from profile_rag.answering.next_questions import next_questions
from profile_rag.config import Settings, load_settings
from profile_rag.errors import CorpusError, IndexUnavailableError, LanguageModelError
from profile_rag.factory import Engine, open_embedder, open_engine, open_language_model, refresh_index
from profile_rag.ingestion.pipeline import find_changes
from profile_rag.manifest import ingest_command
from profile_rag.schema import Answer, Chunk, Person, ScoredChunk, Skill, Turn

if TYPE_CHECKING:
    from profile_rag.faces import ProfileChatEngine, ProfileQueryEngine, ProfileRetriever
    from profile_rag.models import Embedder

_Found = TypeVar("_Found")
_ATTEMPTS = 5  # an ingest takes longer than a question; so many in the middle of one are none


class Profile:
    """One person's documents, ready to be asked. Safe to use from several threads."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None, is_served: bool = False) -> None:
        """Open it.

        Args:
            settings: Which index, and what may be told of it.
            embedder: What the index was built with; unset means that of the settings.
            is_served: Whether strangers ask: then contact details are left out, unless the settings say otherwise.

        Raises:
            IndexUnavailableError: There is no index that can be used.
        """
        self._settings = settings
        self._embedder = embedder or open_embedder(settings)
        self._is_served = is_served
        self._llm = open_language_model(settings)  # outlives the index: what failed stays known
        self._engine: Engine = open_engine(settings, self._embedder, self._llm, is_served=is_served)
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, corpus: str | Path | None = None, *, store: str | Path | None = None, refresh: bool = True
    ) -> Profile:
        """Open the profile in a folder of documents.

        Args:
            corpus: The folder; unset means the configured one, else `corpus`.
            store: Where the index is kept; unset means `.profile_rag/NAME` beside the folder.
            refresh: Bring the index up to date first; only new or changed text is embedded.

        Raises:
            CorpusError: The folder is missing or holds no document.
            IndexUnavailableError: With `refresh=False`, there is no index that can be used.
        """
        settings = load_settings(corpus=corpus, store=store)
        if refresh:
            refresh_index(settings, open_embedder(settings))
        return cls(settings)

    @property
    def person(self) -> Person:
        """Whom the documents are about."""
        return self._current().query_engine.person

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        """Answer a question from the documents.

        Args:
            question: In any words.
            history: Earlier questions of the conversation, oldest first.

        Raises:
            QuestionError: The question is empty or too long.
            IndexUnavailableError: The index was removed since the profile was opened, or built anew by something else.
        """
        *_, answer = self.stream(question, history=history)
        return answer

    def stream(
        self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()
    ) -> Generator[Answer, None, None]:
        """Answer a question as `ask` does; with a language model, yield the answer as it grows. The last one is whole.

        What is yielded before it holds the verdict, the quotes and the sentences checked so far. Closing the iterator
        ends the request to the model.

        Raises:
            QuestionError: The question is empty or too long.
            IndexUnavailableError: As for `ask`.
        """
        answer, synthesizer = self._using(
            lambda engine: (engine.query_engine.ask(question, history=history), engine.synthesizer)
        )
        if synthesizer is None:
            yield answer
        else:
            yield from synthesizer.stream(answer)

    def chat(self) -> Conversation:
        """Start a conversation: each question may lean on those before it."""
        return Conversation(self)

    def retrieve(self, question: str, *, top_k: int = 5) -> list[ScoredChunk]:
        """The chunks nearest to a question, by meaning and by word, best first."""
        return self._using(lambda engine: engine.retriever.retrieve(question, top_k=top_k))

    def example_questions(self) -> tuple[str, ...]:
        """A few questions these documents can answer."""
        engine = self._current()
        return example_questions(engine.chunks, engine.query_engine.person)

    def next_questions(self, answer: Answer, asked: Sequence[str]) -> tuple[str, ...]:
        """A few questions to ask after an answer.

        Args:
            answer: The newest one.
            asked: Every question of the conversation.
        """
        return next_questions(answer, self.person, skills=self.skills(), examples=self.example_questions(), asked=asked)

    def skills(self) -> tuple[Skill, ...]:
        """What the documents name as skills, in their order, with what they say of each."""
        return self._using(lambda engine: engine.query_engine.skills)

    def document(self, source: str) -> tuple[Chunk, ...]:
        """What the index holds of a document, in its order.

        Args:
            source: Its path below the corpus folder, as citations give it; of any other there is nothing.
        """
        return tuple(chunk for chunk in self._current().chunks if chunk.source == source)

    def warm_up(self) -> None:
        """Load the weights, read the sentences and find the skills now rather than at the first question."""
        self._current().query_engine.warm_up()
        if self._llm is not None:
            with suppress(LanguageModelError):  # logged, and remembered for the first questions
                self._llm.load()

    def changed_sources(self) -> tuple[str, ...]:
        """Documents that changed since they were indexed; empty too when the folder is out of reach."""
        manifest = self._current().index.manifest
        try:
            return find_changes(manifest, Path(manifest.corpus))
        except CorpusError:
            return ()

    @property
    def ingest_command(self) -> str:
        """The command that brings the index up to date."""
        return ingest_command(self._settings.store_folder, self._settings.corpus)

    def as_retriever(self, *, top_k: int = 5) -> ProfileRetriever:
        """A llama-index retriever over the profile."""
        from profile_rag.faces import ProfileRetriever  # llama-index takes seconds to import

        return ProfileRetriever(self, top_k=top_k)

    def as_query_engine(self) -> ProfileQueryEngine:
        """A llama-index query engine; the Answer contract stands in the response's metadata."""
        from profile_rag.faces import ProfileQueryEngine  # llama-index takes seconds to import

        return ProfileQueryEngine(self)

    def as_chat_engine(self) -> ProfileChatEngine:
        """A llama-index chat engine, which keeps the conversation."""
        from profile_rag.faces import ProfileChatEngine  # llama-index takes seconds to import

        return ProfileChatEngine(self)

    def close(self) -> None:
        """Let go of the index."""
        self._engine.index.close()

    def __enter__(self) -> Profile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _using(self, ask: Callable[[Engine], _Found]) -> _Found:
        """What the newest generation gives, though it be replaced or damaged in the middle of the question."""
        engine = self._current()
        for _ in range(_ATTEMPTS - 1):
            try:
                return ask(engine)
            except IndexUnavailableError:
                engine = self._reopened(engine)  # or why it cannot be
        return ask(engine)

    def _current(self) -> Engine:
        """The engine on the newest generation: an ingest by another process is taken up at the next question."""
        engine = self._engine
        return engine if engine.index.is_current() else self._reopened(engine)

    def _reopened(self, stale: Engine) -> Engine:
        with self._lock:
            if self._engine is stale or not self._engine.index.is_current():
                # What cannot be opened is not replaced by the old: what was public once may be private now. The old one
                # is closed first: each holds files and threads, and Chroma would hand out its system once more for
                # a store that was removed and built again at the same path. Who is in the middle of a question on it
                # asks again.
                self._engine.index.close()
                self._engine = open_engine(self._settings, self._embedder, self._llm, is_served=self._is_served)
            return self._engine


class Conversation:
    """A conversation with one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.turns: list[Turn] = []

    def ask(self, question: str) -> Answer:
        """Answer the next question and remember it.

        Raises:
            QuestionError: The question is empty or too long; the conversation goes on without it.
        """
        answer = self._profile.ask(question, history=self.turns)
        self.turns.append(Turn(question, answer))
        return answer
