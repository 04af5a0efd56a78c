"""Slow visitors, and too many of them, at a real server: they are let go, and hold up nobody."""

import contextlib
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.ui.conftest import end, start
from tests.ui.test_server import get

PATIENCE_SECONDS = 1.0


@pytest.fixture(scope="module")
def hasty() -> Iterator[str]:
    """A server that waits a second for a request."""
    process, url = start(patience_seconds=PATIENCE_SECONDS)
    yield url
    end(process)


def connect(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=30)


def trickle(connection: socket.socket, data: bytes) -> bytes:
    """Send a byte at a time, for ever if nobody ends it; what the server said before it closed the connection."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for number in range(10_000):
            connection.sendall(data[number % len(data) :][:1])
            time.sleep(0.02)
        pytest.fail("the server has waited for ever")
    return b""


def test_a_head_that_comes_byte_by_byte_is_not_waited_for_and_holds_up_nobody(hasty: str) -> None:
    with connect(hasty) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert get(hasty, "/healthz")[0].status == 200
        trickle(connection, b"x")


def test_a_second_request_that_comes_byte_by_byte_is_not_waited_for(hasty: str) -> None:
    with connect(hasty) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        trickle(connection, b"x")


def test_a_connection_that_asks_nothing_is_let_go(hasty: str) -> None:
    with connect(hasty) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/queue/join"])
def test_a_body_that_does_not_arrive_is_told_so_and_let_go(path: str, hasty: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    with connect(hasty) as connection:
        connection.sendall(f"{head}\r\n\r\n{{".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.split(b" ")[1] in (b"408", b"400")  # FastAPI makes 400 of whatever hinders a body


def test_an_open_tab_is_not_let_go(hasty: str) -> None:
    with connect(hasty) as tab:
        tab.sendall(b"GET /gradio_api/heartbeat/tab HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"text/event-stream" in tab.recv(4096)
        tab.settimeout(3 * PATIENCE_SECONDS)
        with contextlib.suppress(TimeoutError):
            while data := tab.recv(4096):
                assert data
            pytest.fail("the stream has ended")


def test_connections_beyond_the_last_place_are_closed_and_the_server_lives() -> None:
    process, url = start(patience_seconds=60)
    with contextlib.ExitStack() as held:
        connections = [held.enter_context(connect(url)) for _ in range(520)]
        connections[-1].settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert connections[-1].recv(1) == b""
        connections[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connections[0].recv(4096).startswith(b"HTTP/1.1 200")
    assert get(url, "/healthz")[0].status == 200
    end(process)
