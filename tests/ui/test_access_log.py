"""The access log of a real server: lines of JSON, in which nobody's question stands."""

import json
from typing import Any

import pytest
from tests.ui.conftest import LOGIN, start
from tests.ui.test_api import JSON, post
from tests.ui.test_server import get


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


def test_refusals_are_told_of_as_well() -> None:
    process, url = start(login=LOGIN, has_access_log=True)
    get(url, "/")
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert [json.loads(line)["status"] for line in errors.splitlines()] == [401]


def test_without_it_nothing_is_written() -> None:
    process, url = start()
    get(url, "/nothing-here")
    process.terminate()
    assert process.communicate(timeout=30)[1] == ""
