"""The web server of the chat page: health, readiness, security headers, a clean end."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import ip_address
from typing import TYPE_CHECKING

from profile_rag.errors import AddressError, ConfigurationError
from profile_rag.offline import forbid_calling_home
from profile_rag.ui.access_log import AccessLog, write_json_lines
from profile_rag.ui.api import add_api
from profile_rag.ui.document import add_documents
from profile_rag.ui.limits import Limits
from profile_rag.ui.login import Login
from profile_rag.ui.page import Desk, build_page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio needs inline scripts, inline styles and eval. What matters here: nothing is loaded from or sent to
# another host, whatever a document or a question makes the page show.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
SHUTDOWN_SECONDS = 3  # an open tab holds a stream that never ends by itself


class SecurityHeaders:
    """Adds the security headers to every response; plain ASGI, so that streams are not held back."""

    def __init__(self, app: ASGIApp, *, frame_origins: Sequence[str] = ()) -> None:
        """Take the parts.

        Args:
            app: Whose responses they are.
            frame_origins: Sites that may show the page in a frame, such as `https://example.org`.
        """
        self.app = app
        self._headers = (
            (b"content-security-policy", " ".join([_POLICY, *frame_origins]).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its response back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in."""

    login: str = ""
    """`USER:PASSWORD`, without which nothing is served; empty lets everybody in."""
    frame_origins: Sequence[str] = ()
    """Sites that may show the page in a frame, such as `https://example.org`."""
    requests_per_minute: int = 0
    """Of one address other than this machine's own; 0 means any number."""
    has_access_log: bool = False
    """Whether each request is told of on standard error, as a line of JSON."""
    patience_seconds: float = 15.0
    """How long a connection may take to bring the head of a request, or a request its body."""
    has_private: bool = False
    """Whether the owner's index is behind it: then it opens to this machine alone, or with a login."""


OPEN_DOOR = Door()


def create_app(desk: Desk, door: Door = OPEN_DOOR) -> FastAPI:
    """The page at `/`, its documents at `/document`, the REST endpoint at `/api/ask`, `/healthz` and `/readyz`.

    Args:
        desk: Where questions arrive.
        door: Who may come in.
    """
    forbid_calling_home()
    # not at the top: gradio reads the switches of the line above when it is imported
    import gradio as gr
    from fastapi import FastAPI
    from starlette.responses import JSONResponse

    from profile_rag.ui.layout import theme

    # FastAPI's own documentation pages load scripts from elsewhere
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    def readyz(_: Request) -> Response:
        is_ready = desk.is_ready()
        return JSONResponse({"status": "ready" if is_ready else "no index"}, 200 if is_ready else 503)

    app.add_route("/readyz", readyz)
    add_api(app, desk)
    add_documents(app, desk)
    app.add_middleware(Limits, per_minute=door.requests_per_minute, body_seconds=door.patience_seconds)
    if door.login:
        app.add_middleware(Login, credentials=door.login)
    app.add_middleware(SecurityHeaders, frame_origins=door.frame_origins)
    if door.has_access_log:
        app.add_middleware(AccessLog)
    package = files("profile_rag.ui")
    gr.mount_gradio_app(
        app,
        build_page(desk),
        path="/",
        theme=theme(),
        css=(package / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{(package / 'page.js').read_text(encoding='utf-8')}</script>",
        footer_links=[],
        ssr_mode=False,
        run_history=False,  # would keep the questions in the browser, for the next person at a shared machine
        max_file_size=1,  # the page takes no files
        show_error=False,
        enable_monitoring=False,
        mcp_server=True,  # at /gradio_api/mcp/
    )
    return app


def serve(
    desk: Desk,
    *,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    door: Door = OPEN_DOOR,
) -> None:
    """Serve the page until SIGTERM or SIGINT.

    Args:
        desk: Where questions arrive.
        host: An address or name of this machine.
        port: 0 means any free one.
        on_ready: Called with the page's URL once it answers.
        door: Who may come in.

    Raises:
        AddressError: The host is not of this machine, or the port is taken or reserved.
        ConfigurationError: What is private would be open to other machines.
    """
    listener = listen(host, port)
    if door.has_private and not door.login and not ip_address(listener.getsockname()[0]).is_loopback:
        listener.close()
        step = "Set auth, serve on 127.0.0.1, or leave include_private away."
        raise ConfigurationError("include_private", f"private text is not served to others at {host}", step)
    import uvicorn  # not at the top: it is needed here only

    from profile_rag.ui.connections import PatientProtocol  # as above

    class DoorProtocol(PatientProtocol):
        patience_seconds = door.patience_seconds

    class PageServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready(url_of(listener))

        def handle_exit(self, sig: int, frame: object) -> None:
            # uvicorn's own would raise the signal again after a clean end, and the command would look failed
            self.force_exit = self.should_exit
            self.should_exit = True
            logging.getLogger("uvicorn.error").addFilter(is_no_farewell)

    with listener:
        app = create_app(desk, door)
        if door.has_access_log:
            write_json_lines()
        config = uvicorn.Config(
            app,
            http=DoorProtocol,
            log_config=None if door.has_access_log else uvicorn.config.LOGGING_CONFIG,
            log_level="warning",
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        PageServer(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at this host and port.

    Raises:
        AddressError: See `serve`.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:  # a name that resolves to nothing, or is none
        raise address_error(host, port, None) from error
    try:
        return socket.create_server((str(address[0]), port), family=family)
    except OSError as error:
        raise address_error(host, port, error.errno) from error


def address_error(host: str, port: int, number: int | None) -> AddressError:
    """What to tell about a socket that could not be had, by the number of the system's error."""
    if number == errno.EADDRINUSE:
        return AddressError(f"{host}:{port}", "the port is taken", "Stop the other program or give another --port.")
    if number in (errno.EACCES, errno.EPERM):
        return AddressError(f"{host}:{port}", "the port is reserved for administrators", "Give a --port above 1023.")
    return AddressError(host, "not an address of this machine", "Give --host 127.0.0.1, or 0.0.0.0 for all networks.")


def is_no_farewell(record: logging.LogRecord) -> bool:
    """Whether a log record is worth showing at the end: that open tabs are cut off then is no error."""
    is_cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not is_cut_off and "running task(s)" not in record.getMessage()


def url_of(listener: socket.socket) -> str:
    """The URL at which a browser on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
