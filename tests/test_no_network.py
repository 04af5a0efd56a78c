"""Nothing but loopback is ever called, and nothing is loaded that a command does not need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

WATCH = """
import sys

def watch(event, arguments):
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.bind"}:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else "localhost"  # else a path: a local socket
    else:
        return
    if host not in {"127.0.0.1", "::1", "localhost", None}:
        sys.stderr.write(f"CALLED {event} {host}\\n")
        raise OSError(f"no network in this test: {event} {host}")

sys.addaudithook(watch)
"""

ANSWERS = """
from profile_rag import Profile
with Profile.open("corpus") as profile:
    for question in ("can he do Kafka?", "How does he work?", "Terraform?"):
        profile.ask(question)
    profile.chat().ask("can he do Kafka?")
    profile.as_retriever().retrieve("Kafka")
    profile.as_query_engine().query("can he do Kafka?")
    list(profile.as_chat_engine().stream_chat("How does he work?").response_gen)
"""

COMMANDS = """
from profile_rag.cli import main
for arguments in (["ingest"], ["doctor"], ["ask", "can he do Kafka?"], ["ask", "and Flink?", "--json"]):
    sys.argv = ["profile-rag", *arguments]
    try:
        main()
    except SystemExit as end:
        assert not end.code, arguments
print("done")
"""

PAGE = """
import os, signal, threading
from urllib.request import urlopen
import profile_rag.ui.server as server
from profile_rag.ui.conversation import Desk
from profile_rag import Profile

def visit(url):
    try:
        from gradio_client import Client
        assert b"<html" in urlopen(url, timeout=30).read()
        answer, sources = Client(url, verbose=False).predict("How does he work?", api_name="/chat")
        print(answer[:4])
    finally:
        os.kill(os.getpid(), signal.SIGTERM)

visitors = []

def on_ready(url):
    visitors.append(threading.Thread(target=visit, args=[url]))
    visitors[0].start()

server.serve(Desk(Profile.open("corpus")), host="127.0.0.1", port=0, on_ready=on_ready)
visitors[0].join()
print("done")
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # A folder of its own for what libraries cache, so that nothing cached hides a call.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PROFILE_RAG", "HF_"))}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [(COMMANDS, "done\n"), (ANSWERS + PAGE, "<div\ndone\n")],
    ids=["commands", "python and page"],
)
def test_nothing_but_loopback_is_called(home: Path, code: str, expected: str) -> None:
    result = run(WATCH + code, home)
    assert result.returncode == 0
    assert "CALLED" not in result.stderr
    assert result.stdout.endswith(expected)


def test_the_watch_sees_a_call(tmp_path: Path) -> None:
    result = run(WATCH + "import urllib.request; urllib.request.urlopen('http://example.com')", tmp_path)
    assert "CALLED socket.getaddrinfo example.com" in result.stderr


STACK = ("torch", "transformers", "sentence_transformers", "tokenizers", "llama_index", "chromadb", "gradio", "fastapi")

LOADED = """
import sys
from profile_rag.cli import main
sys.argv = ["profile-rag", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code
print("LOADED", *(name for name in {stack!r} if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["ask", "--help"], set()),
        (["eval", "--help"], set()),
        (["doctor"], set()),
        (["ask", "can he do Kafka?"], {"chromadb", "tokenizers"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_only_what_it_needs(home: Path, arguments: list[str], allowed: set[str]) -> None:
    result = run(LOADED.format(arguments=arguments, stack=STACK), home)
    assert (result.returncode, result.stderr) == (0, "")
    loaded = re.search(r"^LOADED(.*)$", result.stdout, re.MULTILINE)
    assert loaded
    assert set(loaded.group(1).split()) <= allowed


def test_importing_every_module_calls_nobody_and_leaves_nothing_behind(tmp_path: Path) -> None:
    code = """
import os, pkgutil, sys
from importlib import import_module
import profile_rag
for found in pkgutil.walk_packages(profile_rag.__path__, "profile_rag."):
    import_module(found.name)
print(sorted(os.listdir()))
"""
    result = run(WATCH + code, tmp_path)
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "[]\n")
