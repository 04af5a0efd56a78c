"""What kills, a full disk, damaged files and an hour of visitors do to an index: `python eval/bench/faults.py kills`.

Every run uses the real command line and a real Chroma on two small documents that bear the number of their version, so
that an answer tells which version it came from. What is random comes from `--seed`. It ends with 1 when an answer was
wrong, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from profile_rag.config import Settings
from profile_rag.errors import IndexMissingError
from profile_rag.ingestion.pipeline import ingest
from profile_rag.models import PACKAGED_MODEL, Embedder, load_embedder
from profile_rag.profile import Profile
from profile_rag.schema import Answer

PROGRAM = Path(sys.executable).with_name("profile-rag")
PROFILE = """# Ada Example

**Pronouns:** she/her

## Skills

- Kafka: ran {version} brokers in production at Acme
- Python: daily, for data pipelines
- Terraform: basics only
"""
NOTES = """# Notes

She looks after {version} Postgres servers at Acme.

She likes long walks.
"""
# What is asked, and what the answer quotes; the last is found by its vector.
QUESTIONS = (
    ("Can she do Kafka?", r"ran (\d+) brokers"),
    ("Does she know Postgres?", r"after (\d+) Postgres servers"),
    ("How many Postgres servers does she look after?", r"after (\d+) Postgres servers"),
)
UNSTATED = "Can she do COBOL?"
FILES = ("chroma.sqlite3", "data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")


class WrongError(Exception):
    """An answer that no version of the documents gives, or one of a version that cannot be."""


def write_documents(corpus: Path, version: int) -> None:
    """The two documents as of a version."""
    corpus.mkdir(parents=True, exist_ok=True)
    for name, text in (("profile.md", PROFILE), ("notes.md", NOTES)):
        (corpus / name).write_text(text.format(version=version))


def version_of(answers: dict[str, dict[str, Any]]) -> int:
    """The one version that all answers quote.

    Raises:
        WrongError: They quote none or several, or answer what no document says.
    """
    found: set[int] = set()
    for question, pattern in QUESTIONS:
        quoted = re.findall(pattern, " ".join(citation["quote"] for citation in answers[question]["citations"]))
        if answers[question]["verdict"] not in {"yes", None} or not quoted:
            raise WrongError(f"{question} {answers[question]['answer']}")
        found.update(map(int, quoted))
    if not answers[UNSTATED]["abstained"]:
        raise WrongError(answers[UNSTATED]["answer"])
    if len(found) != 1:
        raise WrongError(f"versions {found} in one index")
    return found.pop()


@dataclass
class Bench:
    """A corpus, a store, and what is known about them."""

    folder: Path
    embedder: Embedder = field(default_factory=lambda: load_embedder(PACKAGED_MODEL))
    store_folder: Path | None = None

    @property
    def corpus(self) -> Path:
        """The documents."""
        return self.folder / "documents"

    @property
    def store(self) -> Path:
        """The index."""
        return self.store_folder or self.folder / "store"

    def command(self, *words: str) -> list[str]:
        """A command line on this corpus and store."""
        return [str(PROGRAM), *words, "--corpus", str(self.corpus), "--store", str(self.store)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, run to its end."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=300)

    def ingest_here(self, version: int) -> None:
        """Bring the index to a version within this process, which spares the imports."""
        write_documents(self.corpus, version)
        ingest(self.corpus, self.store, self.embedder)

    def indexed_version(self) -> int | None:
        """The version that a newly opened index answers from; None when nothing was ingested yet."""
        try:
            profile = Profile(Settings(corpus=self.corpus, store=self.store), embedder=self.embedder)
        except IndexMissingError:
            return None
        with profile:
            asked = [question for question, _ in QUESTIONS] + [UNSTATED]
            return version_of({question: profile.ask(question).to_dict() for question in asked})


# --- kills ------------------------------------------------------------------------------------------


def kills(bench: Bench, runs: int, noise: random.Random, *, only_writing: bool) -> bool:
    """Kill `profile-rag ingest` at moments spread over its whole run, or over its writing alone."""
    seconds = {kind: _duration(bench, kind, only_writing=only_writing) for kind in ("fresh", "again")}
    print("seconds of a whole run:", {kind: round(value, 2) for kind, value in seconds.items()}, flush=True)
    outcomes: Counter[str] = Counter()
    leftovers = wrong = 0
    for number in range(runs):
        kind = ("fresh", "again")[number % 2]
        # One moment in each of as many slices of the run as there are runs, in any order, and a little beyond the end.
        share = ((number * 7919) % runs + noise.random()) / runs
        old = _prepare(bench, kind, number)
        process = _start(bench)
        if only_writing:
            _await_writing(bench, process)
        time.sleep(share * seconds[kind] * 1.05)
        is_finished = process.poll() is not None
        process.kill()
        process.communicate()
        if is_finished or share > 0.9:  # the machine has become faster or slower meanwhile
            seconds[kind] *= 0.9 if is_finished else 1.1
        if list(bench.store.glob(".building-*")):
            leftovers += 1
        try:
            version = bench.indexed_version()
            if version not in {old, number + 1}:
                raise WrongError(f"version {version}, neither {old} nor {number + 1}")
            name = "nothing yet" if version is None else "old" if version == old else "new"
            outcomes[f"{kind}: {name}{', had ended' if is_finished else ''}"] += 1
            _check_mended(bench, number + 1)
        except Exception as error:  # noqa: BLE001  whatever it is, it is a row of the report
            wrong += 1
            print(f"run {number} ({kind}, killed at {share:.2f}): {type(error).__name__}: {error}", flush=True)
        if number % 20 == 19:
            print(f"{number + 1} kills, {wrong} wrong", flush=True)
    for name, count in sorted(outcomes.items()):
        print(f"  {count:4} {name}")
    print(f"kills: {runs}, in the middle of building a generation: {leftovers}, wrong: {wrong}")
    return wrong == 0


def _prepare(bench: Bench, kind: str, number: int) -> int | None:
    """A store without an index, or with one of another version, and documents of the next; the version before."""
    shutil.rmtree(bench.store, ignore_errors=True)
    old = None
    if kind == "again":
        old = 1_000_000 + number
        bench.ingest_here(old)
        (bench.store / "writer.lock").unlink()  # shows when the process begins to write
    write_documents(bench.corpus, number + 1)
    return old


def _start(bench: Bench) -> subprocess.Popen[bytes]:
    return subprocess.Popen(bench.command("ingest"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _await_writing(bench: Bench, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not (bench.store / "writer.lock").exists():
        time.sleep(0.002)


def _duration(bench: Bench, kind: str, *, only_writing: bool) -> float:
    found = []
    for number in range(3):
        _prepare(bench, kind, number)
        started = time.monotonic()
        process = _start(bench)
        if only_writing:
            _await_writing(bench, process)
            started = time.monotonic()
        process.wait()
        found.append(time.monotonic() - started)
    return sorted(found)[1]


def _check_mended(bench: Bench, version: int) -> None:
    ingest(bench.corpus, bench.store, bench.embedder)
    if bench.indexed_version() != version:
        raise WrongError("the next ingest did not mend it")
    names = [path.name for path in bench.store.iterdir() if path.name not in {"CURRENT", "writer.lock"}]
    if any(not name.startswith("gen-") for name in names) or len(names) > 2:
        raise WrongError(f"left behind: {names}")


# --- a full disk ------------------------------------------------------------------------------------


def disk_full(bench: Bench, runs: int) -> bool:
    """Ingest into small file systems, with an index there and without; needs root to mount them."""
    outcomes: Counter[str] = Counter()
    wrong = 0
    for number in range(runs):
        for kind in ("fresh", "again"):
            kilobytes = 24 + number * 40
            with small_disk(bench.folder / "disk", kilobytes=4096) as disk:
                bench.store_folder = disk / "store"
                old = None
                if kind == "again":
                    old = 1_000_000
                    bench.ingest_here(old)
                write_documents(bench.corpus, number + 1)
                _fill(disk, leave=kilobytes * 1024)
                done = bench.run("ingest")
                try:
                    lines = done.stderr.splitlines()
                    if done.returncode and (done.returncode != 2 or len(lines) != 1 or "not writable" not in lines[0]):
                        raise WrongError(f"exit code {done.returncode}: {done.stderr}")
                    version = bench.indexed_version()  # while the disk is full
                    if version != (number + 1 if done.returncode == 0 else old):
                        raise WrongError(f"exit code {done.returncode}, version {version}")
                    outcomes[f"{kind}: {'refused in one line' if done.returncode else 'fitted'}"] += 1
                    (disk / "ballast").unlink()
                    _check_mended(bench, number + 1)
                except Exception as error:  # noqa: BLE001  a row of the report
                    wrong += 1
                    print(f"{kilobytes} kB free, {kind}: {type(error).__name__}: {error}", flush=True)
                    shutil.rmtree(disk / "store", ignore_errors=True)
    for name, count in sorted(outcomes.items()):
        print(f"  {count:4} {name}")
    print(f"full disks: {2 * runs}, wrong: {wrong}")
    return wrong == 0


@contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Iterator[Path]:
    """A file system of a size of its own, in memory."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(disk: Path, *, leave: int) -> None:
    status = os.statvfs(disk)
    with (disk / "ballast").open("wb") as file:
        file.write(b"\0" * max(0, status.f_bavail * status.f_frsize - leave))


# --- damaged files ----------------------------------------------------------------------------------


def corruption(bench: Bench, runs: int, noise: random.Random, *, is_served: bool) -> bool:
    """Damage files of the store, before it is opened or under a running server."""
    if is_served:
        bench.ingest_here(1)
        with Server(bench) as server:
            return _damage_often(bench, runs, noise, server.version, ask_whole=server.version)
    # What is damaged is opened by a process of its own, which it may take down.
    return _damage_often(bench, runs, noise, lambda: _asked_version(bench), ask_whole=bench.indexed_version)


def _damage_often(
    bench: Bench,
    runs: int,
    noise: random.Random,
    ask: Callable[[], int | str],
    *,
    ask_whole: Callable[[], int | str | None],
) -> bool:
    outcomes: Counter[str] = Counter()
    wrong = 0
    for number in range(runs):
        bench.ingest_here(number + 1)
        if ask_whole() != number + 1:
            raise WrongError("the index was not whole before it was damaged")
        harm = damage(bench.store, noise)
        try:
            found = ask()
            if isinstance(found, int) and found != number + 1:
                raise WrongError(f"version {found} instead of {number + 1}")
            outcomes["answered right" if isinstance(found, int) else found] += 1
            mended = bench.run("ingest")
            if mended.returncode or mended.stderr.count("\n") > 1:
                raise WrongError(f"not mended, exit code {mended.returncode}: {mended.stderr}")
            outcomes["rebuilt by ingest, saying why" if "Built anew" in mended.stdout else "nothing to rebuild"] += 1
            if ask_whole() != number + 1:
                raise WrongError("not mended")
        except Exception as error:  # noqa: BLE001  a row of the report
            wrong += 1
            print(f"run {number}: {harm}: {type(error).__name__}: {error}", flush=True)
            shutil.rmtree(bench.store, ignore_errors=True)
        if number % 10 == 9:
            print(f"{number + 1} damages, {wrong} wrong", flush=True)
    for name, count in sorted(outcomes.items()):
        print(f"  {count:4} {name}")
    print(f"damages: {runs}, wrong: {wrong}")
    return wrong == 0


def damage(store: Path, noise: random.Random) -> str:
    """Harm one file of the current generation, or CURRENT; tells what was done."""
    generation = store / (store / "CURRENT").read_text().split()[0]
    files = sorted(path for path in generation.rglob("*") if path.is_file())
    path = noise.choice([store / "CURRENT", *files, *(file for file in files if file.name == "chroma.sqlite3")])
    data = path.read_bytes()
    harm = noise.choice(["truncate", "overwrite", "zero", "delete", "swap"])
    if harm == "truncate":
        os.truncate(path, noise.randrange(len(data)) if data else 0)
    elif harm == "overwrite":
        start = noise.randrange(len(data)) if data else 0
        with path.open("r+b") as file:
            file.seek(start)
            file.write(noise.randbytes(noise.randint(1, max(1, len(data) - start))))
    elif harm == "zero":
        with path.open("r+b") as file:
            file.write(b"\0" * len(data))
    elif harm == "delete":
        path.unlink()
    else:
        other = noise.choice([file for file in files if file != path])
        path.write_bytes(other.read_bytes())
    return f"{harm} {path.relative_to(store)}"


def _asked_version(bench: Bench) -> int | str:
    """What three questions to the command line give: a version, or that they are refused in one line."""
    asked = [question for question, _ in QUESTIONS] + [UNSTATED]
    batch = bench.folder / "questions.jsonl"
    batch.write_text("".join(json.dumps({"question": question}) + "\n" for question in asked))
    done = bench.run("ask", "--batch", str(batch), "--json")
    if done.returncode == 0:
        values = [json.loads(line) for line in done.stdout.splitlines()]
        return version_of(dict(zip(asked, values, strict=True)))
    lines = done.stderr.splitlines()
    if done.returncode != 3 or len(lines) != 1 or "Run `profile-rag ingest" not in lines[0]:
        raise WrongError(f"exit code {done.returncode}: {done.stderr}")
    return "refused in one line that names the command"


# --- a server ---------------------------------------------------------------------------------------


@dataclass
class Server:
    """`profile-rag chat` in a process of its own."""

    bench: Bench
    port: int = 0
    process: subprocess.Popen[str] | None = None
    log: IO[str] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate()
        if self.log is not None:
            self.log.close()

    def start(self) -> None:
        """Start it, on the port it had before if it had one."""
        self.log = self.log or (self.bench.folder / "server.log").open("w")
        words = self.bench.command("chat", "--port", str(self.port))
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout is not None  # noqa: S101  it is a pipe
        line = self.process.stdout.readline()
        if not line.startswith("Ready: "):
            raise WrongError(f"the server did not start: {line}")
        self.port = int(line.rsplit(":", 1)[1])

    def ask(self, question: str) -> tuple[int, dict[str, Any]]:
        """Status and body of one question."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps({"question": question})
            connection.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def version(self) -> int | str:
        """The version it answers from, or that it answers with a sentence instead."""
        answers = {}
        for question in [*(question for question, _ in QUESTIONS), UNSTATED]:
            status, body = self.ask(question)
            if status == 500 and "Something went wrong" in body.get("error", ""):
                return "a sentence instead of an answer, the server lives"
            if status != 200:
                raise WrongError(f"status {status}: {body}")
            answers[question] = body
        return version_of(answers)

    def memory(self) -> tuple[float, int, int]:
        """Megabytes resident, open files, threads."""
        assert self.process is not None  # noqa: S101  only asked while it runs
        folder = Path("/proc") / str(self.process.pid)
        pages = int((folder / "statm").read_text().split()[1])
        return (
            pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
            len(list((folder / "fd").iterdir())),
            len(list((folder / "task").iterdir())),
        )


# --- growth -----------------------------------------------------------------------------------------


def growth(bench: Bench, runs: int) -> bool:
    """Ingest changed documents again and again under an open profile; disk, memory, files and threads stay flat."""
    bench.ingest_here(0)
    rows = []
    with Profile(Settings(corpus=bench.corpus, store=bench.store), embedder=bench.embedder) as profile:
        for number in range(1, runs + 1):
            bench.ingest_here(number)
            quoted = _quotes(profile.ask(QUESTIONS[0][0]))
            if f"ran {number} brokers" not in quoted:
                raise WrongError(quoted)
            if number in {1, runs // 4, runs // 2, runs}:
                kilobytes = sum(path.stat().st_size for path in bench.store.rglob("*") if path.is_file()) // 1000
                pages = int(Path("/proc/self/statm").read_text().split()[1])
                in_use = [len(list(Path("/proc/self", name).iterdir())) for name in ("fd", "task")]
                rows.append((kilobytes, *in_use))
                print(
                    f"ingest {number}: store {kilobytes} kB in {len(list(bench.store.iterdir()))} entries, "
                    f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB, {in_use[0]} files, {in_use[1]} threads",
                    flush=True,
                )
    return all(last <= 1.2 * first + 8 for first, last in zip(rows[0], rows[-1], strict=True))


def large(bench: Bench, files: int) -> bool:
    """Ingest folders of a tenth, a third and all of so many files, then move them all and change one of them."""
    is_well = True
    for count in (files // 10, files // 3, files):
        bench.corpus.mkdir(exist_ok=True)
        for number in range(count):
            folder = bench.corpus / f"{number % 20:02d}"
            folder.mkdir(exist_ok=True)
            text = f"# Project {number}\n\nBuilt bridge {number} at Acme.\n\n- Kafka: ran {number} brokers\n"
            (folder / f"{number:05d}.md").write_text(text)
        is_well &= _print_cost(bench, f"{count} files")
    for folder in sorted(bench.corpus.glob("??")):
        folder.rename(folder.with_name(f"moved-{folder.name}"))
    is_well &= _print_cost(bench, "all of them moved")
    next(bench.corpus.rglob("00007.md")).write_text("# Project 7\n\nBuilt a tunnel.\n")
    return _print_cost(bench, "one of them changed") and is_well


def _print_cost(bench: Bench, name: str) -> bool:
    began = time.monotonic()
    process = subprocess.Popen(bench.command("ingest"), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101  it is a pipe
    report = process.stdout.read().strip().splitlines()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    print(
        f"{name}: {time.monotonic() - began:.1f} s, at most {usage.ru_maxrss / 1000:.0f} MB; {report[-2]}", flush=True
    )
    return process.returncode == 0


def _quotes(answer: Answer) -> str:
    return " ".join(citation.quote for citation in answer.citations)


# --- load -------------------------------------------------------------------------------------------


@dataclass
class Traffic:
    """What visitors have seen, and which versions an answer may come from."""

    lowest: int = 0
    highest: int = 0
    is_over: bool = False
    is_down: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def load(bench: Bench, minutes: float, users: int, noise: random.Random) -> bool:
    """Visitors ask a server while documents change every minute; once the server is killed and started again."""
    bench.ingest_here(1)
    traffic = Traffic(lowest=1, highest=1)
    with Server(bench) as server:
        started = time.monotonic()
        threads = [
            threading.Thread(target=_visit, args=(server, traffic, random.Random(noise.random())))  # noqa: S311  seeded
            for _ in range(users)
        ]
        for thread in threads:
            thread.start()
        marks = {0.02: "start", 0.5: "middle", 0.98: "end"}
        killed_at = 0.3
        next_ingest = 60.0
        while (elapsed := time.monotonic() - started) < minutes * 60:
            share = elapsed / (minutes * 60)
            for mark in [mark for mark in marks if share >= mark]:
                _print_state(marks.pop(mark), elapsed, server, traffic)
            if killed_at and share >= killed_at:
                killed_at = 0
                _kill_and_start(server, traffic)
                _print_state("restarted", elapsed, server, traffic)
            if elapsed >= next_ingest:
                next_ingest += 60
                traffic.highest += 1
                write_documents(bench.corpus, traffic.highest)
                done = bench.run("ingest")
                if done.returncode:
                    traffic.wrong.append(f"ingest: {done.stderr}")
                traffic.lowest = traffic.highest
            time.sleep(0.2)
        traffic.is_over = True
        for thread in threads:
            thread.join()
    for name, count in sorted(traffic.outcomes.items()):
        print(f"  {count:6} {name}")
    times = sorted(traffic.seconds)
    median, slowest = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"seconds per answer: median {median:.2f}, 99 of 100 below {slowest:.2f}")
    print("\n".join(traffic.wrong[:10]))
    print(f"load: {minutes} minutes, {users} users, {traffic.highest - 1} ingests, wrong or lost: {len(traffic.wrong)}")
    return not traffic.wrong


def _visit(server: Server, traffic: Traffic, noise: random.Random) -> None:
    while not traffic.is_over:
        question, pattern = noise.choice([*QUESTIONS, (UNSTATED, "")])
        lowest, was_down, began = traffic.lowest, traffic.is_down, time.monotonic()
        try:
            status, body = server.ask(question)
        except (OSError, http.client.HTTPException) as error:
            if was_down or traffic.is_down:
                traffic.outcomes["cut off by the kill, or while it started again"] += 1
            else:
                traffic.wrong.append(f"lost: {question} {type(error).__name__}: {error}")
            time.sleep(0.5)
            continue
        quoted = re.findall(pattern, json.dumps(body.get("citations", []))) if pattern else []
        is_right = (
            status == 200
            and bool(pattern) != body["abstained"]
            and bool(pattern) == bool(quoted)
            and all(lowest <= int(version) <= traffic.highest for version in quoted)
        )
        if is_right:
            traffic.outcomes["right"] += 1
            traffic.seconds.append(time.monotonic() - began)
        else:
            answer = body.get("answer", body)
            traffic.wrong.append(f"{question} {status} {answer} (versions {lowest} to {traffic.highest})")
        time.sleep(noise.uniform(0.5, 3.5))  # what a visitor takes to read


def _kill_and_start(server: Server, traffic: Traffic) -> None:
    assert server.process is not None  # noqa: S101  it runs
    traffic.is_down = True
    server.process.send_signal(signal.SIGKILL)
    server.process.communicate()
    server.start()
    time.sleep(1)  # connections that were cut off are told so
    traffic.is_down = False


def _print_state(mark: str, elapsed: float, server: Server, traffic: Traffic) -> None:
    megabytes, files, threads = server.memory()
    answers = traffic.outcomes["right"]
    print(
        f"{mark} ({elapsed:.0f} s): {megabytes:.0f} MB, {files} files, {threads} threads, {answers} right answers, "
        f"{len(traffic.wrong)} wrong or lost",
        flush=True,
    )


def main() -> int:
    """Run one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands: dict[str, Callable[[Bench, random.Random], bool]] = {
        "kills": lambda bench, noise: kills(bench, chosen.runs, noise, only_writing=False),
        "kills-writing": lambda bench, noise: kills(bench, chosen.runs, noise, only_writing=True),
        "disk-full": lambda bench, _: disk_full(bench, chosen.runs),
        "corruption": lambda bench, noise: corruption(bench, chosen.runs, noise, is_served=False),
        "corruption-served": lambda bench, noise: corruption(bench, chosen.runs, noise, is_served=True),
        "growth": lambda bench, _: growth(bench, chosen.runs),
        "large": lambda bench, _: large(bench, chosen.runs),
        "load": lambda bench, noise: load(bench, chosen.minutes, chosen.users, noise),
    }
    parser.add_argument("what", choices=commands)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261201)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        noise = random.Random(chosen.seed)  # noqa: S311  seeded, so that a failure can be repeated
        return 0 if commands[chosen.what](Bench(Path(folder)), noise) else 1


if __name__ == "__main__":
    sys.exit(main())
