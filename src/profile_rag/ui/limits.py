"""What one visitor may ask of the server: so many requests a minute, none of them too long or too slow."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 4_000_000  # bytes; the page sends its conversation along
_WINDOW = 60.0  # seconds
_MAX_CLIENTS = 10_000
_ASKING = ("/api/ask", "/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/run/", "/gradio_api/mcp")
_TOO_OFTEN = "Too many requests from your address. Please wait a minute, then ask again."
_TOO_LONG = f"The request is longer than {MAX_BODY} bytes. Send a shorter one."
_TOO_SLOW = "The request did not arrive in time. Send it again."


class Limits:
    """Refuses what is too much before any work is done; plain ASGI, so that no path is forgotten.

    Programs of the machine itself are the owner's, and are not counted. Behind a proxy the address is the one that it
    forwards, as far as uvicorn trusts it.
    """

    def __init__(
        self, app: ASGIApp, *, per_minute: int, body_seconds: float = 15.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the parts.

        Args:
            app: What is guarded.
            per_minute: Requests that ask something, of one address; 0 means any number.
            body_seconds: How long a request's body may take to arrive.
            now: Seconds.
        """
        self.app = app
        self._body_seconds = body_seconds
        self._per_minute = per_minute
        self._now = now
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or tell why not."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(_ASKING) and self._is_too_often(scope["client"]):
            await _refuse(send, 429, _TOO_OFTEN, retry_after=int(_WINDOW))
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY:
            await _refuse(send, 413, _TOO_LONG)
            return
        has_begun = False

        async def send_noting_start(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, _Body(receive, seconds=self._body_seconds), send_noting_start)
        except _RefusedError as refused:
            if not has_begun:
                await _refuse(send, refused.status, str(refused))

    def _is_too_often(self, client: tuple[str, int] | None) -> bool:
        if not self._per_minute or client is None or is_own(client[0]):
            return False
        asked = self._asked.setdefault(client[0], deque())
        self._asked.move_to_end(client[0])
        if len(self._asked) > _MAX_CLIENTS:
            self._asked.popitem(last=False)
        now = self._now()
        while asked and asked[0] <= now - _WINDOW:
            asked.popleft()
        if len(asked) >= self._per_minute:
            return True
        asked.append(now)
        return False


class _RefusedError(Exception):
    """The rest of a request's body is not waited for."""

    def __init__(self, status: int, problem: str) -> None:
        self.status = status
        super().__init__(problem)


class _Body:
    """A request's body that ends the request when it is longer or slower than it may be, whatever its header said."""

    def __init__(self, receive: Receive, *, seconds: float) -> None:
        self._receive = receive
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._length = 0
        self._is_whole = False

    async def __call__(self) -> Message:
        if self._is_whole:  # what follows is the visitor's going away, which may be hours later
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise _RefusedError(408, _TOO_SLOW) from None
        self._length += len(message.get("body", b""))
        if self._length > MAX_BODY:
            raise _RefusedError(413, _TOO_LONG)
        self._is_whole = not message.get("more_body", False)
        return message


def is_own(address: str) -> bool:
    """Whether an address is this machine's own, which no other reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


async def _refuse(send: Send, status: int, problem: str, *, retry_after: int | None = None) -> None:
    # "detail" is what Gradio's page shows, "error" what our own endpoint gives.
    body = json.dumps({"error": problem, "detail": problem}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
