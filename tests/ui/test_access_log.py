"""The access log of a real server: lines of JSON, in which nobody's question stands."""

import json
import logging
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.ui.conftest import start
from tests.ui.test_api import JSON, post
from tests.ui.test_server import get

from profile_rag.ui.access_log import AccessLog, JsonLines
from profile_rag.ui.login import Login


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """What a server wrote that was asked a few things."""
    process, url = start(has_access_log=True)
    get(url, "/?q=can%20she%20zorilla")
    get(url, "/nothing-here")
    post(url, json.dumps({"question": "Does she play Kafka with the zorilla?"}), JSON)
    post(url, json.dumps({"question": "break the zorilla"}), JSON)
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "zorilla" not in errors
    assert "127.0.0.1" not in errors
    return [json.loads(line) for line in errors.splitlines()]


def test_each_request_is_a_line_with_method_path_status_and_time(lines: list[dict[str, Any]]) -> None:
    requests = [(line["method"], line["path"], line["status"]) for line in lines if line["message"] == "request"]
    expected = [
        ("GET", "/", 200),
        ("GET", "/nothing-here", 404),
        ("POST", "/api/ask", 200),
        ("POST", "/api/ask", 500),
    ]
    assert requests == expected
    assert all(line["ms"] >= 0 for line in lines if line["message"] == "request")


def test_what_goes_wrong_is_a_line_too(lines: list[dict[str, Any]]) -> None:
    (failure,) = [line for line in lines if line["level"] == "error"]
    assert failure["message"].startswith("a question could not be answered: RuntimeError")
    assert failure["logger"] == "profile_rag.ui.conversation"


def test_refusals_are_told_of_as_well(caplog: pytest.LogCaptureFixture) -> None:
    inner = Starlette(routes=[Route("/", lambda _: Response("in"))])
    with caplog.at_level(logging.INFO, "profile_rag.ui.access_log"):
        TestClient(AccessLog(Login(inner, credentials="owner:word"))).get("/")
    (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records if record.message == "request"]
    assert (line["path"], line["status"]) == ("/", 401)


def test_an_error_is_told_by_its_kind_and_place_and_not_in_its_words(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("zo" + "rilla")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    text = JsonLines().format(caplog.records[-1])
    assert json.loads(text)["error"] == "ValueError"
    assert "zorilla" not in text
