"""The faces llama-index knows: what its own code can do with a profile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import BaseChatEngine
from llama_index.core.evaluation import BatchEvalRunner
from llama_index.core.schema import QueryBundle
from llama_index.core.tools import QueryEngineTool

from profile_rag.faces import GroundingEvaluator
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


# --- the evaluator --------------------------------------------------------------------------------------

DOCKER = "He has run services in Docker for 5 years, at Acme in Bonn."


@pytest.fixture(scope="module")
def evaluator() -> GroundingEvaluator:
    return GroundingEvaluator()


def test_a_response_is_evaluated_against_its_contexts(evaluator: GroundingEvaluator) -> None:
    sound = evaluator.evaluate(query="Docker?", response="He has run services in Docker.", contexts=[DOCKER])
    assert (sound.passing, sound.score, sound.feedback) == (True, 1.0, "Every claim is supported.")
    assert (sound.query, sound.contexts) == ("Docker?", [DOCKER])
    text = "He has run services in Docker. He has run services in Podman."
    faulty = evaluator.evaluate(response=text, contexts=[DOCKER])
    assert (faulty.passing, faulty.score) == (False, 0.5)
    assert faulty.feedback == "unsupported: He has run services in Podman. [Podman]"


def test_the_response_of_a_query_engine_is_evaluated_against_its_nodes(
    profile: Profile, evaluator: GroundingEvaluator
) -> None:
    question = "Which vector databases does he know?"
    response = profile.as_query_engine().query(question)
    assert isinstance(response, Response)
    result = evaluator.evaluate_response(question, response)
    assert (result.passing, result.score) == (True, 1.0), result.feedback


def test_an_evaluation_can_be_awaited_and_comes_out_the_same(evaluator: GroundingEvaluator) -> None:
    text = "He has run services in Docker for 9 years."
    awaited = asyncio.run(evaluator.aevaluate(response=text, contexts=[DOCKER]))
    assert awaited == evaluator.evaluate(response=text, contexts=[DOCKER])
    assert awaited.feedback == "unsupported: He has run services in Docker for 9 years. [9]"


@pytest.mark.filterwarnings("ignore:asyncio_module:DeprecationWarning")  # llama-index calls its own old name
def test_many_answers_are_evaluated_by_the_batch_runner_of_llama_index(evaluator: GroundingEvaluator) -> None:
    runner = BatchEvalRunner({"grounding": evaluator}, workers=2)
    responses = ["He has run services in Docker.", "He has run services in Podman.", ""]
    found = asyncio.run(
        runner.aevaluate_response_strs(
            queries=["Docker?"] * 3, response_strs=responses, contexts_list=[[DOCKER], [DOCKER], []]
        )
    )
    assert [(item.passing, item.score) for item in found["grounding"]] == [(True, 1.0), (False, 0.0), (True, 1.0)]


@pytest.mark.parametrize("missing", ["response", "contexts"])
def test_an_evaluation_without_a_response_or_contexts_is_refused(evaluator: GroundingEvaluator, missing: str) -> None:
    arguments: dict[str, Any] = {"response": "He knows Docker.", "contexts": [DOCKER], missing: None}
    with pytest.raises(ValueError, match="needs a response and its contexts"):
        evaluator.evaluate(**arguments)


def test_the_evaluator_has_no_prompts(evaluator: GroundingEvaluator) -> None:
    assert evaluator.get_prompts() == {}
