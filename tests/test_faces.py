"""The faces llama-index knows: what its own code can do with a profile."""

from __future__ import annotations

import asyncio

import pytest
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import BaseChatEngine
from llama_index.core.schema import QueryBundle
from llama_index.core.tools import QueryEngineTool

from profile_rag.profile import Profile

KAFKA = "can he do Kafka?"


def test_the_retriever_returns_nodes_that_know_their_place(profile: Profile) -> None:
    nodes = profile.as_retriever(top_k=3).retrieve("Kafka")
    assert len(nodes) == 3
    assert [node.score for node in nodes] == sorted((node.score for node in nodes), key=lambda s: -(s or 0))
    first = nodes[0].node
    assert "Kafka" in first.get_content()
    assert set(first.metadata) == {"source", "heading", "start_line", "end_line"}
    assert first.node_id == profile.retrieve("Kafka", top_k=3)[0].chunk.id


def test_the_retriever_can_be_awaited(profile: Profile) -> None:
    retriever = profile.as_retriever(top_k=2)
    awaited = asyncio.run(retriever.aretrieve(QueryBundle("Kafka")))
    assert [node.node_id for node in awaited] == [node.node_id for node in retriever.retrieve("Kafka")]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_the_query_engine_returns_the_answer_with_its_quotes_as_nodes(profile: Profile, is_async: bool) -> None:
    engine = profile.as_query_engine()
    response = asyncio.run(engine.aquery(KAFKA)) if is_async else engine.query(KAFKA)
    assert isinstance(response, Response)
    answer = profile.ask(KAFKA)
    assert str(response) == answer.answer
    assert [node.text for node in response.source_nodes] == [citation.quote for citation in answer.citations]
    assert [node.node_id for node in response.source_nodes] == list(answer.cited_node_ids)
    assert response.metadata is not None
    assert response.metadata["answer"]["verdict"] == "partly"


def test_the_query_engine_is_a_tool_among_others(profile: Profile) -> None:
    tool = QueryEngineTool.from_defaults(profile.as_query_engine(), name="profile", description="A person's profile.")
    assert str(tool.call(KAFKA)) == profile.ask(KAFKA).answer


def say(engine: BaseChatEngine, message: str, how: str, history: list[ChatMessage] | None = None) -> str:
    async def streamed() -> str:
        stream = await engine.astream_chat(message, history)
        return "".join([token async for token in stream.async_response_gen()])

    match how:
        case "chat":
            return str(engine.chat(message, history))
        case "achat":
            return str(asyncio.run(engine.achat(message, history)))
        case "stream_chat":
            return "".join(engine.stream_chat(message, history).response_gen)
        case _:
            return asyncio.run(streamed())


WAYS = ["chat", "achat", "stream_chat", "astream_chat"]


@pytest.mark.parametrize("how", WAYS)
def test_the_chat_engine_keeps_the_conversation(profile: Profile, how: str) -> None:
    engine = profile.as_chat_engine()
    assert say(engine, KAFKA, how) == profile.ask(KAFKA).answer
    assert say(engine, "and Flink?", how) == profile.ask("can he do Flink?").answer
    assert [(item.role, item.content) for item in engine.chat_history] == [
        (MessageRole.USER, KAFKA),
        (MessageRole.ASSISTANT, profile.ask(KAFKA).answer),
        (MessageRole.USER, "and Flink?"),
        (MessageRole.ASSISTANT, profile.ask("can he do Flink?").answer),
    ]
    engine.reset()
    assert engine.chat_history == []


@pytest.mark.parametrize("how", WAYS)
def test_a_history_that_is_handed_over_replaces_the_one_kept(profile: Profile, how: str) -> None:
    engine = profile.as_chat_engine()
    engine.chat("can he do Airflow?")
    history = [
        ChatMessage(role=MessageRole.USER, content=KAFKA),
        ChatMessage(role=MessageRole.ASSISTANT, content="Can he do Snowflake?"),
    ]
    assert say(engine, "and Flink?", how, history) == profile.ask("can he do Flink?").answer
    assert len(engine.chat_history) == 4
    assert len(history) == 2


def test_a_stream_carries_the_quotes_too(profile: Profile) -> None:
    stream = profile.as_chat_engine().stream_chat(KAFKA)
    assert [node.node_id for node in stream.source_nodes] == list(profile.ask(KAFKA).cited_node_ids)


def test_faces_of_one_profile_share_no_conversation(profile: Profile) -> None:
    first, second = profile.as_chat_engine(), profile.as_chat_engine()
    first.chat(KAFKA)
    assert second.chat_history == []
