"""Answers with a language model, from the command line to the server: what the reader gets, and what the log says."""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path

import pytest
from tests.command_line import Run
from tests.scripted_llm import KEY, Reply, ScriptedServer, free_port, says, serve
from tests.test_llms import CONTEXT, FAULTS, KINDS

from profile_rag.answering.generative import UNAVAILABLE
from profile_rag.config import Settings
from profile_rag.profile import Profile

GOOD = (
    "He has not built production Kafka systems and has mostly consumed them [1]. "
    "Streaming with Kafka and Flink is listed among the things he is good at [2]."
)
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OLLAMA_HOST", raising=False)


def with_model(home: Path, server: ScriptedServer) -> Profile:
    return Profile(Settings(corpus=home / "corpus", llm=KINDS["openai-like"].format(server.url)))


@pytest.mark.parametrize(("reply", "problem"), FAULTS.values(), ids=FAULTS)
def test_whatever_happens_the_reader_has_the_extractive_answer_in_time(
    home: Path,
    profile: Profile,
    reply: Reply,
    problem: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROFILE_RAG_LLM_API_KEY", KEY)
    expected = profile.ask("can he do Kafka?")
    with serve(reply) as server:
        settings = Settings(corpus=home / "corpus", llm=KINDS["openai-like"].format(server.url), llm_timeout=2)
        with Profile(settings) as opened:
            opened.warm_up()
            started = time.monotonic()
            answer = opened.ask("can he do Kafka?")
            spent = time.monotonic() - started
    assert (answer.answer, answer.engine, answer.notice) == (expected.answer, "extractive", UNAVAILABLE)
    assert spent < 2 + 5  # the limit, and what a busy machine adds
    assert re.search(problem, caplog.text)
    assert KEY not in caplog.text + json.dumps(answer.to_dict())


def test_a_server_that_breaks_off_midway_leaves_the_extractive_answer(home: Path, profile: Profile) -> None:
    with serve(says(GOOD + " He", breaks_off=True)) as server, with_model(home, server) as opened:
        grown = list(opened.stream("can he do Kafka?"))
    assert any(part.claims and part.engine.startswith("generative") for part in grown[:-1])
    assert (grown[-1].answer, grown[-1].notice) == (profile.ask("can he do Kafka?").answer, UNAVAILABLE)


def test_a_model_that_is_down_is_not_tried_at_each_question(home: Path) -> None:
    with serve(Reply(status=500, body="{}")) as server, with_model(home, server) as opened:
        assert opened.ask("can he do Kafka?").notice == UNAVAILABLE
        tried = len(server.requests)
        assert opened.ask("Can he do PyTorch?").notice == UNAVAILABLE
        assert len(server.requests) == tried


def test_too_long_a_question_is_no_failure_of_the_model(home: Path) -> None:
    with serve(Reply(status=400, body=CONTEXT), says(GOOD)) as server, with_model(home, server) as opened:
        assert opened.ask("can he do Kafka?").notice == UNAVAILABLE
        assert opened.ask("can he do Kafka?").engine == "generative:openai-like/m"


def test_without_a_model_the_answer_is_as_it_was(profile: Profile) -> None:
    [answer] = profile.stream("can he do Kafka?")
    assert (answer.engine, answer.withheld, answer.notice) == ("extractive", (), None)


# --- the command line, as the README tells it --------------------------------------------------------


def readme_command(word: str, name: str) -> list[str]:
    """The first command of the README's section on language models that holds a word."""
    section = README.split("## With a language model\n")[1].split("\n## ")[0]
    line = next(line.strip() for line in section.splitlines() if line.startswith("    ") and word in line)
    quoted = re.findall(r'"[^"]*"|\S+', line)
    return [part.strip('"').replace("ollama/llama3.1", name) for part in quoted][1:]


def test_ollama_is_used_as_the_readme_tells(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(says("Ready."), says(GOOD)) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        checked = run(home, *readme_command("profile-rag doctor --llm", "ollama/llama3.1"))
        asked = run(home, *readme_command("profile-rag ask", "ollama/llama3.1"))
    assert re.search(r"^ok +language model +ollama/llama3\.1 answers$", checked.out, re.MULTILINE)
    assert checked.code == asked.code == 0
    assert asked.out.startswith("Partly. He has not built production Kafka systems")
    assert [request["model"] for request in server.requests] == ["llama3.1", "llama3.1"]


def test_vllm_is_used_as_the_readme_tells(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    exported = re.search(r"export PROFILE_RAG_LLM=(\S+)", README)
    assert exported
    with serve(says("Ready."), says(GOOD)) as server:
        run(home)
        monkeypatch.setenv("PROFILE_RAG_LLM", exported[1].replace("http://127.0.0.1:8000", server.url))
        monkeypatch.setenv("PROFILE_RAG_LLM_API_KEY", KEY)
        checked = run(home, "doctor")
        asked = run(home, "ask", "can he do Kafka?", "--json")
    assert "openai-like/Qwen/Qwen3-8B answers" in checked.out
    assert json.loads(asked.out)["engine"] == "generative:openai-like/Qwen/Qwen3-8B"
    assert server.authorizations == [f"Bearer {KEY}"] * 2
    assert KEY not in checked.out + checked.err + asked.out + asked.err


def test_doctor_tells_what_is_wrong_with_a_model(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE_RAG_LLM_API_KEY", KEY)
    down = run(home, "doctor", "--llm", f"openai-like/m@http://127.0.0.1:{free_port()}/v1")
    assert (down.code, KEY in down.out + down.err) == (4, False)
    assert "mend language model         openai-like/m: it cannot be reached" in down.out
    with serve(Reply(status=401, body=f'{{"error": {{"message": "no: {KEY}"}}}}')) as server:
        refused = run(home, "doctor", "--llm", f"openai-like/m@{server.url}/v1")
    assert (refused.code, KEY in refused.out + refused.err) == (4, False)
    assert "it refuses the key (HTTP 401)" in refused.out


def test_a_model_named_wrongly_is_one_line_and_exit_code_4(home: Path, run: Run) -> None:
    told = run(home, "ask", "can he do Kafka?", "--llm", "gpt")
    assert (told.code, told.out) == (4, "")
    assert told.err.startswith("profile-rag: gpt: names no language model.")
    assert told.err.count("\n") == 1


def test_asked_with_a_dead_model_the_answer_stands_with_a_note(home: Path, run: Run) -> None:
    logging.getLogger("profile_rag.language_model").setLevel(logging.WARNING)
    told = run(home, "ask", "can he do Kafka?", "--llm", f"openai-like/m@http://127.0.0.1:{free_port()}/v1")
    assert told.code == 0
    assert told.out.startswith("Partly. He understands it")
    assert f"Note: {UNAVAILABLE}" in told.out


CASES = """\
corpus: corpus
cases:
  - id: kafka
    kind: capability
    question: can he do Kafka?
    verdicts: [partly]
    conflict: Kafka
    quotes:
      - source: tech-stack.md
        text: Haven't built production Kafka systems
  - id: terraform
    kind: capability
    question: Terraform?
    verdicts: [not_stated]
"""


def test_eval_prints_the_model_beside_the_extractive_engine(home: Path, run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "eval" / "cases.yaml"
    cases.parent.mkdir()
    cases.write_text(CASES, encoding="utf-8")
    arguments = ["eval", "--cases", str(cases), "--corpus", str(home / "corpus"), "--engine", "generative"]
    refused = run(tmp_path, *arguments)
    assert (refused.code, "give --llm" in refused.err) == (2, True)
    with serve(says(GOOD + " He led a team of 12 [1].")) as server:
        told = run(tmp_path, *arguments, "--llm", f"openai-like/m@{server.url}/v1")
    assert told.err == ""
    assert re.search(r"generative +extractive\n", told.out)
    assert "Answers: 1 by extractive, 1 by generative:openai-like/m. Sentences withheld: 1." in told.out
    assert told.code == 0
