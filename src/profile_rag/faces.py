"""The faces llama-index knows: a retriever, a query engine and a chat engine over a profile, and an evaluator."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.evaluation.base import BaseEvaluator, EvaluationResult
from llama_index.core.prompts.mixin import PromptDictType, PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from profile_rag.answering.grounding import CheckedAnswer, GroundingChecker
from profile_rag.models import PACKAGED_MODEL, load_embedder
from profile_rag.schema import Answer, Chunk, ScoredChunk, Turn


class AskableProfile(Protocol):
    """What the faces need of a profile."""

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        """Answer a question."""
        ...

    def retrieve(self, question: str, *, top_k: int = 5) -> list[ScoredChunk]:
        """The chunks nearest to a question."""
        ...


def to_node(chunk: Chunk) -> TextNode:
    """A chunk as a llama-index node with the same id; its place stands in the metadata."""
    metadata = {
        "source": chunk.source,
        "heading": " > ".join(chunk.heading),
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
    }
    return TextNode(
        id_=chunk.id,
        text=chunk.text,
        metadata=metadata,
        start_char_idx=chunk.start_char,
        end_char_idx=chunk.end_char,
    )


class ProfileRetriever(BaseRetriever):
    """Hybrid retrieval as a llama-index retriever."""

    def __init__(self, profile: AskableProfile, *, top_k: int) -> None:
        self._profile = profile
        self._top_k = top_k
        super().__init__(callback_manager=CallbackManager([]))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._profile.retrieve(query_bundle.query_str, top_k=self._top_k)
        return [NodeWithScore(node=to_node(item.chunk), score=item.score) for item in found]


class ProfileQueryEngine(BaseQueryEngine):
    """Grounded answers as a llama-index query engine."""

    def __init__(self, profile: AskableProfile) -> None:
        self._profile = profile
        super().__init__(callback_manager=CallbackManager([]))

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _to_response(self._profile.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return self._query(query_bundle)


class ProfileChatEngine(BaseChatEngine):
    """A grounded conversation as a llama-index chat engine."""

    def __init__(self, profile: AskableProfile) -> None:
        self._profile = profile
        self._messages: list[ChatMessage] = []

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The messages so far."""
        return list(self._messages)

    def reset(self) -> None:
        """Forget the conversation."""
        self._messages = []

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer the next message."""
        if chat_history is not None:
            self._messages = list(chat_history)
        earlier = [str(item.content) for item in self._messages if item.role == MessageRole.USER]
        answer = self._profile.ask(message, history=earlier)
        self._messages += [
            ChatMessage(role=MessageRole.USER, content=message),
            ChatMessage(role=MessageRole.ASSISTANT, content=answer.answer),
        ]
        response = _to_response(answer)
        return AgentChatResponse(response=answer.answer, source_nodes=response.source_nodes, metadata=response.metadata)

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """Answer the next message; the answer is known at once and handed over word by word."""
        whole = self.chat(message, chat_history)
        stream = _stream_of(whole)
        for word in _words(whole.response):
            stream.put_in_queue(word)
        stream.is_done = True
        return stream

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer the next message."""
        return self.chat(message, chat_history)

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Answer the next message as a stream."""
        whole = self.chat(message, chat_history)
        stream = _stream_of(whole)
        stream._ensure_async_setup()  # llama-index makes its asynchronous queue only here
        for word in _words(whole.response):
            stream.aput_in_queue(word)
        stream.is_done = True
        return stream


class GroundingEvaluator(BaseEvaluator):
    """The grounding check as a llama-index evaluator: no language model, the same result each time.

    The score is the share of claims that the contexts support; 1 where nothing is claimed. An answer passes when
    all of them are. The feedback names what is not supported.
    """

    def __init__(self, checker: GroundingChecker | None = None) -> None:
        """Use a checker, or make one on the packaged model."""
        self._checker = checker or GroundingChecker(load_embedder(PACKAGED_MODEL))

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        """There are none."""

    async def aevaluate(
        self,
        query: str | None = None,
        response: str | None = None,
        contexts: Sequence[str] | None = None,
        **_: object,
    ) -> EvaluationResult:
        """Hold a response against its contexts.

        Raises:
            ValueError: The response or the contexts are missing.
        """
        if response is None or contexts is None:
            raise ValueError("the grounding check needs a response and its contexts")
        checked = self._checker.check_answer(response, list(contexts))
        claims = checked.claims
        return EvaluationResult(
            query=query,
            response=response,
            contexts=contexts,
            passing=all(claim.is_supported for claim in claims),
            score=sum(claim.is_supported for claim in claims) / len(claims) if claims else 1.0,
            feedback=_feedback(response, checked),
        )


def _feedback(response: str, checked: CheckedAnswer) -> str:
    lines = []
    for claim in checked.claims:
        if not claim.is_supported:
            words = ", ".join(response[start:end] for start, end in claim.unsupported)
            lines.append(f"{claim.support}: {claim.text}" + (f" [{words}]" if words else ""))
    return "\n".join(lines) or "Every claim is supported."


def _stream_of(whole: AgentChatResponse) -> StreamingAgentChatResponse:
    return StreamingAgentChatResponse(response=whole.response, source_nodes=whole.source_nodes)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _to_response(answer: Answer) -> Response:
    nodes = [
        NodeWithScore(
            node=TextNode(
                id_=citation.node_id,
                text=citation.quote,
                metadata={"source": citation.source, "start_line": citation.start_line, "end_line": citation.end_line},
                start_char_idx=citation.start_char,
                end_char_idx=citation.end_char,
            ),
            score=1.0,
        )
        for citation in answer.citations
    ]
    return Response(response=answer.answer, source_nodes=nodes, metadata={"answer": answer.to_dict()})
