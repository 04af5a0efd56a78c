"""One login for the whole server: the page, its events, the REST endpoint, MCP and health."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_REALM = b'Basic realm="profile-rag", charset="UTF-8"'
_UNAUTHORIZED = b"A login is needed.\n"
_POLICY_VIOLATION = 1008  # of a web socket


class Login:
    """HTTP Basic (RFC 7617) before everything else; plain ASGI, so that no path is forgotten and no stream held back.

    Browsers, Gradio's client and MCP clients all know it. It keeps nothing secret without https.
    """

    def __init__(self, app: ASGIApp, *, credentials: str) -> None:
        """Take the credentials.

        Args:
            app: What is guarded.
            credentials: `USER:PASSWORD`.
        """
        self.app = app
        self._expected = credentials.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what brings the credentials, and nothing else but the server's own start and end."""
        if scope["type"] == "lifespan" or self._is_known(dict(scope["headers"]).get(b"authorization", b"")):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            headers = [
                (b"www-authenticate", _REALM),
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(_UNAUTHORIZED)).encode()),
            ]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": _UNAUTHORIZED})

    def _is_known(self, header: bytes) -> bool:
        scheme, _, encoded = header.partition(b" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except binascii.Error:
            return False
        return scheme.lower() == b"basic" and hmac.compare_digest(given, self._expected)
