"""A server on loopback that speaks the chat APIs of OpenAI and Ollama, and says what a test tells it to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-very-secret-0123456789"


@dataclass(frozen=True)
class Reply:
    """What the server does with a request."""

    words: Sequence[str] = ()
    status: int = 200
    body: str | None = None
    """Sent as it is, instead of the words."""
    headers: tuple[tuple[str, str], ...] = ()
    before_seconds: float = 0.0
    between_seconds: float = 0.0
    breaks_off: bool = False
    """The connection is closed behind the words, in the middle of the stream."""
    is_endless: bool = False


def says(text: str, **changes: Any) -> Reply:
    """A reply that comes in pieces of a few characters, so that marks arrive by halves."""
    return Reply(re.findall(r".{1,3}", text, re.DOTALL), **changes)


@dataclass
class ScriptedServer:
    """Who answers; the last reply is repeated."""

    replies: list[Reply | Callable[[dict[str, Any]], Reply]]
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a client went away in the middle of a stream."""
    url: str = ""

    def next_reply(self, request: dict[str, Any]) -> Reply:
        self.requests.append(request)
        chosen = self.replies[min(len(self.requests), len(self.replies)) - 1]
        return chosen(request) if callable(chosen) else chosen


@contextmanager
def serve(*replies: Reply | Callable[[dict[str, Any]], Reply]) -> Iterator[ScriptedServer]:
    script = ScriptedServer(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.authorizations.append(self.headers.get("Authorization", ""))
            reply = script.next_reply(request)
            is_ollama = self.path.startswith("/api/")
            try:
                self._wait(reply.before_seconds)
                self._answer(reply, is_ollama)
            except (BrokenPipeError, ConnectionResetError):
                script.left.set()

        def _answer(self, reply: Reply, is_ollama: bool) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.body is not None:
                self.end_headers()
                self.wfile.write(reply.body.encode())
                return
            self.send_header("Content-Type", "application/x-ndjson" if is_ollama else "text/event-stream")
            if reply.breaks_off:
                self.send_header("Content-Length", "1000000")  # so that the end is known to come too early
            self.end_headers()
            while True:
                for word in reply.words:
                    self.wfile.write(_event(word, is_ollama))
                    self.wfile.flush()
                    self._wait(reply.between_seconds)
                if not reply.is_endless:
                    break
            if not reply.breaks_off:
                self.wfile.write(_end(is_ollama))

        def _wait(self, seconds: float) -> None:
            stopped.wait(seconds)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass  # a client that left is what some tests are about

    stopped = threading.Event()
    server = Server(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _event(word: str, is_ollama: bool) -> bytes:
    if is_ollama:
        message = {"role": "assistant", "content": word}
        return (
            json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False}).encode()
            + b"\n"
        )
    choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
    value = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _end(is_ollama: bool) -> bytes:
    if is_ollama:
        message = {"role": "assistant", "content": ""}
        value = {
            "model": "m",
            "created_at": "2026-01-01T00:00:00Z",
            "message": message,
            "done": True,
            "done_reason": "stop",
        }
        return json.dumps(value).encode() + b"\n"
    choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
    value = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(value).encode() + b"\n\ndata: [DONE]\n\n"


def free_port() -> int:
    """A port at which nobody listens."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(is_so: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Whether something came true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()
