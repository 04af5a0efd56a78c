"""The README: every block in it runs, and what it shows is what comes out.

`make test PYTEST_ARGS=tests/test_readme.py UPDATE_README=1` writes into it what came out.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from profile_rag.config import DEFAULT_CORPUS, Settings
from profile_rag.errors import ProfileRagError

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Block:
    """A fenced block, and the output the README shows behind it."""

    language: str
    code: str
    shown: str | None
    number: int

    def __str__(self) -> str:
        return f"{self.number} {self.code.splitlines()[0]}"


def blocks() -> Iterator[Block]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    for number, (language, code) in enumerate(found):
        if language != "text":
            behind = found[number + 1] if number + 1 < len(found) else ("", "")
            yield Block(language, code, behind[1] if behind[0] == "text" else None, number)


def commands(kind: str) -> list[str]:
    lines = [line for block in blocks() if block.language == "bash" for line in block.code.splitlines()]
    return [line for line in lines if line.startswith("make ") == (kind == "make")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the corpus, as a reader of the README has it; the blocks run in it in order."""
    path = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "corpus", path / "corpus")
    return path


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PROFILE_RAG_")}
    return plain | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}


def run_chat(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Start the page on a free port, wait until it is ready, end it."""
    words = re.sub(r"--port \d+", "--port 0", command).split()
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    ready = process.stdout.readline().decode()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    return ready


@pytest.mark.parametrize("block", [block for block in blocks() if block.language in {"bash", "python"}], ids=str)
def test_a_block_runs_and_shows_what_the_readme_shows(block: Block, folder: Path, environment: dict[str, str]) -> None:
    if block.language == "python":
        scripts = [[sys.executable, "-c", block.code]]
    else:
        scripts = [["bash", "-c", line] for line in block.code.splitlines() if not line.startswith("make ")]
    shown = ""
    for script in scripts:
        if script[-1].startswith("profile-rag chat"):
            assert re.fullmatch(r"Ready: http://127\.0\.0\.1:\d+\n", run_chat(script[-1], folder, environment))
            continue
        result = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
        assert (result.returncode, result.stderr) == (0, ""), script
        shown += result.stdout
    shown = shown.replace(str(folder), "…").rstrip() + "\n"
    if block.shown is not None and os.environ.get("UPDATE_README"):
        path = ROOT / "README.md"
        path.write_text(path.read_text(encoding="utf-8").replace(f"```text\n{block.shown}```", f"```text\n{shown}```"))
    elif block.shown is not None:
        assert shown == block.shown


@pytest.mark.parametrize("command", commands("make"))
def test_a_make_command_has_its_target(command: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    would_run = subprocess.run(
        ["bash", "-c", f"{command} --dry-run"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert ".venv/bin/" in would_run.stdout


def test_every_language_of_a_block_is_known() -> None:
    assert {block.language for block in blocks()} == {"bash", "python"}


def rows(heading: str) -> list[list[str]]:
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_settings_is_complete() -> None:
    found = {name: (variable, default) for name, variable, _, default, _ in rows("Settings")}
    assert list(found) == list(Settings.model_fields)
    for name, (variable, default) in found.items():
        assert variable == f"PROFILE_RAG_{name.upper()}"
        unset = {
            "corpus": str(DEFAULT_CORPUS),
            "store": ".profile_rag/NAME` beside the corpus",
            "frame_origins": "[]",
            "access_log": "false",  # as TOML writes it
            "log": "",
        }
        standard = Settings.model_fields[name].default
        assert default == unset.get(name, str(standard).lower() if isinstance(standard, bool) else str(standard))


def test_the_table_of_settings_names_the_options_there_are(folder: Path, environment: dict[str, str]) -> None:
    shown = subprocess.run(["profile-rag", "chat", "--help"], env=environment, capture_output=True, text=True).stdout
    options = {option for _, _, option, _, _ in rows("Settings") if option}
    assert options == set(re.findall(r"^  (--[\w-]+)", shown, re.MULTILINE)) - {"--config", "--help"}


def test_the_table_of_commands_names_those_there_are(environment: dict[str, str]) -> None:
    shown = subprocess.run(["profile-rag", "--help"], env=environment, capture_output=True, text=True).stdout
    there_are = re.findall(r"^  (\w+)", shown.split("Commands:")[1], re.MULTILINE)
    assert list(dict.fromkeys(cells[0].split()[1] for cells in rows("On the command line"))) == there_are


def test_the_exit_codes_are_those_of_the_errors() -> None:
    def family(kind: type[ProfileRagError]) -> Iterator[type[ProfileRagError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from family(child)

    sentence = README.split("Exit codes: ")[1].split(".")[0]
    named = {int(code) for code in re.findall(r"(?:^|, )(\d+) ", sentence)}
    assert named == {kind.exit_code for kind in family(ProfileRagError)} | {0, 1, 70}


def test_what_the_readme_points_at_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
