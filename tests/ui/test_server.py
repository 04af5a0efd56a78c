import asyncio
import errno
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from starlette.testclient import TestClient
from tests.ui.conftest import start
from tests.ui.scripted_profile import ScriptedProfile

from profile_rag.config import Settings
from profile_rag.errors import AddressError
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.ui.conversation import Desk
from profile_rag.ui.server import address_error, create_app, listen, serve, url_of


def get(url: str, path: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def test_the_server_says_that_it_is_well(url: str) -> None:
    response, body = get(url, "/healthz")
    assert response.status == 200
    assert json.loads(body) == {"status": "ok"}


@pytest.fixture
def loops_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # gradio makes event loops to find out whether there is one, and leaves them open
    loops = []
    new_event_loop = asyncio.new_event_loop

    def recorded() -> asyncio.AbstractEventLoop:
        loops.append(new_event_loop())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", recorded)
    yield
    for loop in loops:
        loop.close()


@pytest.mark.usefixtures("loops_closed")
def test_the_server_is_ready_while_there_is_an_index(robin_home: Path, tmp_path: Path, embedder: Embedder) -> None:
    corpus, store = robin_home / "corpus", tmp_path / "store"
    ingest(corpus, store, embedder)
    with Profile(Settings(corpus=corpus, store=store), embedder=embedder) as profile:
        visitor = TestClient(create_app(Desk(profile)))
        seen = []
        for step in (lambda: None, lambda: shutil.rmtree(store), lambda: ingest(corpus, store, embedder)):
            step()
            ready, well = visitor.get("/readyz"), visitor.get("/healthz")
            seen.append((ready.status_code, ready.json()["status"], well.status_code))
    assert seen == [(200, "ready", 200), (503, "no index", 200), (200, "ready", 200)]


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/nothing-here"])
def test_every_response_forbids_other_hosts(url: str, path: str) -> None:
    policy = get(url, path)[0].getheader("content-security-policy") or ""
    assert "default-src 'self'" in policy
    assert "img-src 'self' data: blob:" in policy
    assert policy.endswith("frame-ancestors 'self' https://example.org")


def test_the_page_names_no_font_host(url: str) -> None:
    _, body = get(url, "/")
    assert "fonts.googleapis" not in body
    assert "fonts.gstatic" not in body


def test_visitors_cannot_leave_files(url: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    connection.request("POST", "/gradio_api/upload", body, {"Content-Type": "multipart/form-data; boundary=x"})
    assert connection.getresponse().status == 413
    connection.close()


def test_fastapi_documentation_is_off(url: str) -> None:
    assert "swagger" not in get(url, "/docs")[1].lower()


def test_a_caller_gets_answer_and_sources_and_can_follow_up(url: str) -> None:
    client = Client(url, verbose=False)
    answer, sources = client.predict("Can she do Kafka?", api_name="/chat")
    assert "#src-1-2" in answer
    assert 'id="src-1-2"' in sources
    answer, sources = client.predict("and Flink?", api_name="/chat")
    assert "#src-2-1" in answer
    assert 'class="earlier"><h3>Can she do Kafka?' in sources


def test_a_callers_answer_streams(url: str) -> None:
    job = Client(url, verbose=False).submit("How does she work?", api_name="/chat")
    job.result(timeout=20)
    assert len(job.outputs()) > 5


def test_two_callers_are_answered_at_once(url: str) -> None:
    # each answer waits until the other is asked for
    jobs = [Client(url, verbose=False).submit("together, Kafka?", api_name="/chat") for _ in range(2)]
    for job in jobs:
        answer, sources = job.result(timeout=25)
        assert "#src-1-1" in answer
        assert "Earlier" not in sources


def test_only_the_tool_for_programs_is_described(url: str) -> None:
    api = json.loads(get(url, "/gradio_api/info")[1])
    assert list(api["named_endpoints"]) == ["/ask"]
    assert api["unnamed_endpoints"] == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_the_server_ends_well_while_a_tab_is_open(number: signal.Signals) -> None:
    process, url = start()
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as tab:
        tab.sendall(b"GET /gradio_api/heartbeat/tab HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"text/event-stream" in tab.recv(4096)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)  # an open tab ends its stream never
    assert process.returncode == 0, errors
    assert not errors, "a clean end says nothing"


@pytest.mark.usefixtures("loops_closed")
def test_serving_returns_after_the_signal() -> None:
    seen = []

    def visit(url: str) -> None:
        try:
            seen.append(get(url, "/healthz")[0].status)
            seen.append(Client(url, verbose=False).predict("Can she do Kafka?", api_name="/chat")[0][:4])
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    visitors = []

    def on_ready(url: str) -> None:
        visitors.append(threading.Thread(target=visit, args=[url]))
        visitors[0].start()

    serve(Desk(ScriptedProfile()), host="127.0.0.1", port=0, on_ready=on_ready)
    visitors[0].join(timeout=10)
    assert seen == [200, "<div"]


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressError, match="the port is taken") as caught:
            serve(Desk(ScriptedProfile()), host="127.0.0.1", port=port, on_ready=print)
    assert caught.value.thing == f"127.0.0.1:{port}"
    assert caught.value.next_step == "Stop the other program or give another --port."


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "not a host", "a" * 70 + ".x"])
def test_a_host_that_is_not_here_is_refused(host: str) -> None:
    with pytest.raises(AddressError, match="not an address of this machine"):
        serve(Desk(ScriptedProfile()), host=host, port=0, on_ready=print)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")],  # noqa: S104
)
def test_the_url_can_be_opened(host: str, shown: str) -> None:
    try:
        listener = listen(host, 0)
    except AddressError:
        pytest.skip(f"this machine has no {host}")
    with listener:
        assert url_of(listener).startswith(shown)


@pytest.mark.parametrize(
    ("number", "problem"),
    [(errno.EADDRINUSE, "taken"), (errno.EACCES, "reserved"), (errno.EADDRNOTAVAIL, "not an address")],
)
def test_each_reason_has_its_own_words(number: int, problem: str) -> None:
    assert problem in address_error("127.0.0.1", 80, number).problem


def test_importing_the_server_leaves_gradio_alone() -> None:
    check = "import sys, profile_rag.ui.server; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
