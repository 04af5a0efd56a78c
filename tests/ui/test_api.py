"""The REST endpoint of a running server, and the login before everything that the server offers."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent
from tests.ui.scripted_profile import ScriptedProfile
from tests.ui.test_server import get

from profile_rag.errors import LogError, QuestionError
from profile_rag.question_log import QuestionLog
from profile_rag.schema import ANSWER_SCHEMA, Answer
from profile_rag.ui.api import openapi
from profile_rag.ui.conversation import FAILURE, Desk

JSON = {"Content-Type": "application/json"}


def post(url: str, body: bytes | str, headers: dict[str, str], path: str = "/api/ask") -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("POST", path, body.encode() if isinstance(body, str) else body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_question_gets_an_answer_that_keeps_to_the_contract(url: str) -> None:
    status, answer = post(url, json.dumps({"question": "Can she do Kafka?"}), JSON)
    assert status == 200
    schema = json.loads((files("profile_rag") / "data" / "answer.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(answer)
    assert answer["verdict"] == "partly"


@pytest.mark.parametrize(
    ("body", "headers", "status", "problem"),
    [
        ("{}", JSON, 400, "question: missing"),
        ('{"question": 3}', JSON, 400, "question: missing or no text"),
        ('{"question": "x", "history": "y"}', JSON, 400, "history: no list"),
        ('{"question": "x", "histroy": []}', JSON, 400, "histroy: no such field"),
        ('{"question": "  "}', JSON, 400, "it is empty"),
        ("[1]", JSON, 400, "no JSON object"),
        ("{", JSON, 400, "no JSON"),
        ("[" * 100_000, JSON, 400, "no JSON"),
        (b"\xff\xfe", JSON, 400, "no JSON"),
        (json.dumps({"question": "x" * 300_000}), JSON, 413, "longer than"),
        ('{"question": "x"}', {"Content-Type": "text/plain"}, 415, "Content-Type: application/json"),
        ('{"question": "x"}', {}, 415, "Content-Type: application/json"),
        ('{"question": "break: a secret"}', JSON, 500, FAILURE),
    ],
)
def test_what_cannot_be_answered_gets_one_line(
    url: str, body: bytes | str, headers: dict[str, str], status: int, problem: str
) -> None:
    found, reply = post(url, body, headers)
    assert found == status
    assert problem in reply["error"]
    assert "secret" not in reply["error"]


def test_the_endpoint_is_described_for_machines_and_people(url: str) -> None:
    document = json.loads(get(url, "/api/openapi.json")[1])
    assert document == openapi()
    assert set(document["paths"]) == {"/api/ask", "/healthz", "/readyz"}
    response, page = get(url, "/api")
    assert response.status == 200
    assert "POST /api/ask" in page
    assert "<script" not in page


def test_the_described_answer_is_the_contract() -> None:
    schema = openapi()["paths"]["/api/ask"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator.check_schema(schema)
    answer = ScriptedProfile().ask("Can she do Kafka?").to_dict()
    Draft202012Validator(schema).validate(json.loads(json.dumps(answer)))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/api",
        "/api/openapi.json",
        "/config",
        "/document?source=notes.md",
        "/gradio_api/info",
        "/gradio_api/mcp/",
        "/theme.css",
        "/nothing",
    ],
)
def test_a_login_guards_every_path(locked: str, path: str) -> None:
    response, body = get(locked, path)
    assert response.status == 401
    assert response.getheader("www-authenticate", "").startswith("Basic ")
    assert "Robin" not in body


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer " + base64.b64encode("owner:pass:wörd".encode()).decode(),
        "Basic " + base64.b64encode(b"owner:").decode(),
        "Basic " + base64.b64encode("owner:pass:wörd ".encode()).decode(),
    ],
)
def test_a_wrong_login_stays_outside(locked: str, header: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(locked).netloc, timeout=20)
    connection.request("POST", "/api/ask", b'{"question": "Kafka?"}', JSON | {"Authorization": header})
    assert connection.getresponse().status == 401
    connection.close()


def test_the_right_login_opens_endpoint_and_client(locked: str) -> None:
    header = {"Authorization": "Basic " + base64.b64encode("owner:pass:wörd".encode()).decode()}
    assert post(locked, '{"question": "Can she do Kafka?"}', JSON | header)[0] == 200
    client = Client(locked, verbose=False, headers=header)
    assert "#src-1-2" in client.predict("Can she do Kafka?", api_name="/chat")[0]


def test_what_is_asked_is_kept_only_with_a_log(tmp_path: Any) -> None:
    log = QuestionLog(tmp_path / "log.db", days=30)
    desk = Desk(ScriptedProfile(), log)
    exchange = desk.ask("Terraform?", [])
    desk.add_thumb(exchange, is_up=False, word="too short")
    assert [item.question for item in log.unanswered()] == ["Terraform?"]
    assert Desk(ScriptedProfile()).ask("Terraform?", []).number is None


def test_a_log_that_fails_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    class FullDisk:
        def record(self, answer: Answer) -> int:
            raise LogError("log.db", "the disk is full", "Make room.")

        def add_thumb(self, number: int, *, is_up: bool, word: str = "") -> None:
            raise LogError("log.db", "the disk is full", "Make room.")

    exchange = Desk(ScriptedProfile(), FullDisk()).ask("Terraform?", [])
    assert isinstance(exchange.reply, Answer)
    assert "the disk is full" in caplog.text


def test_an_empty_question_is_told_as_such() -> None:
    assert isinstance(Desk(ScriptedProfile()).ask(" ", []).reply, QuestionError)


async def tools_and_answer(url: str, headers: dict[str, str]) -> tuple[list[str], dict[str, Any]]:
    """What the official client finds at the server, and what the tool says to a question."""
    async with (
        httpx.AsyncClient(headers=headers, follow_redirects=True) as http_client,
        streamable_http_client(f"{url}/gradio_api/mcp/", http_client=http_client) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = [tool.name for tool in (await session.list_tools()).tools]
        result = await session.call_tool("ask", {"question": "Can she do Kafka?"})
        content = result.content[0]
        assert isinstance(content, TextContent)
        return tools, json.loads(content.text)


def test_an_mcp_client_gets_the_contract_as_json(url: str) -> None:
    tools, answer = asyncio.run(tools_and_answer(url, {}))
    assert tools == ["ask"]
    assert answer["schema"] == ANSWER_SCHEMA
    assert answer["verdict"] == "partly"


def test_an_mcp_client_needs_the_login_too(locked: str) -> None:
    with pytest.raises(BaseExceptionGroup):
        asyncio.run(tools_and_answer(locked, {}))
    header = {"Authorization": "Basic " + base64.b64encode("owner:pass:wörd".encode()).decode()}
    assert asyncio.run(tools_and_answer(locked, header))[1]["verdict"] == "partly"
