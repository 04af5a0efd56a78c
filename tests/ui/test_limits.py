"""What one visitor may ask of the server."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from profile_rag.ui.limits import MAX_BODY, Limits

ASK = "/api/ask"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def length(request: Request) -> Response:
    return JSONResponse(len(await request.body()))


def client(address: str, clock: Clock, *, per_minute: int = 3, app: Any = None) -> TestClient:
    inner = Starlette(routes=[Route(ASK, length, methods=["GET", "POST"])])
    guarded = app or Limits(inner, per_minute=per_minute, now=clock)
    return TestClient(guarded, client=(address, 50000))


def test_an_address_that_asks_too_often_has_to_wait() -> None:
    clock = Clock()
    visitor = client("203.0.113.7", clock)
    assert [visitor.post(ASK).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = visitor.post(ASK)
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["error"] == "Too many requests from your address. Please wait a minute, then ask again."
    clock.seconds = 60
    assert visitor.post(ASK).status_code == 200


def test_each_address_has_its_own_allowance() -> None:
    guarded = Limits(Starlette(routes=[Route(ASK, length, methods=["POST"])]), per_minute=1, now=Clock())
    first, second = client("203.0.113.7", Clock(), app=guarded), client("2001:db8::7", Clock(), app=guarded)
    assert [first.post(ASK).status_code, first.post(ASK).status_code] == [200, 429]
    assert second.post(ASK).status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_programs_of_the_machine_are_not_counted(address: str) -> None:
    assert {client(address, Clock()).post(ASK).status_code for _ in range(9)} == {200}


def test_looking_is_not_asking() -> None:
    visitor = client("203.0.113.7", Clock())
    assert {visitor.get(ASK).status_code for _ in range(9)} == {200}


def test_no_limit_means_none() -> None:
    visitor = client("203.0.113.7", Clock(), per_minute=0)
    assert {visitor.post(ASK).status_code for _ in range(9)} == {200}


def test_a_long_body_is_refused_before_it_is_read() -> None:
    visitor = client("203.0.113.7", Clock())
    assert visitor.post(ASK, content=b"x" * MAX_BODY).json() == MAX_BODY
    refused = visitor.post(ASK, content=b"x" * (MAX_BODY + 1))
    assert (refused.status_code, "longer than" in refused.json()["error"]) == (413, True)


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/api/ask"])
def test_a_server_ends_a_body_without_end(url: str, path: str) -> None:
    """Chunks have no length to be refused by."""
    host, port = urlsplit(url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        headers = f"Host: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked"
        connection.sendall(f"POST {path} HTTP/1.1\r\n{headers}\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        sent = 0
        try:
            while sent < 4 * MAX_BODY:
                connection.sendall(chunk)
                sent += 0x10000
            answer = connection.recv(1000)
        except OSError:  # the server has closed the connection
            answer = b""
    assert b" 200 " not in answer
    connection_after = http.client.HTTPConnection(host, int(port), timeout=20)
    connection_after.request("GET", "/healthz")
    assert json.loads(connection_after.getresponse().read()) == {"status": "ok"}
    connection_after.close()
