"""Hostile and broken inputs by the thousand: nothing crashes, takes long, or breaks what always holds.

    python eval/bench/fuzz.py --count 10000 --seconds 900
    python eval/bench/fuzz.py --also ../shared/data/hostile/blns.json

Each input is read as a document of every kind, searched for contact details, taken apart as a question; every tenth is
also asked, and checked as an answer. The same seed and count give the same inputs, so that a failure can be repeated.
Seconds are those of the processor, as other programs may be at work.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator

from profile_rag.answering.contact_details import find_contact_details, withhold_contact_details
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.question_parser import parse_question
from profile_rag.config import Settings
from profile_rag.console import printable
from profile_rag.errors import QuestionError
from profile_rag.factory import open_embedder, refresh_index
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.cleaning import clean, normalize
from profile_rag.ingestion.corpus import Document
from profile_rag.ingestion.data_tree import DataError
from profile_rag.profile import Profile

SLOW_SECONDS = 1.0
SUFFIXES = ("md", "txt", "html", "json", "yaml")
PROFILE = """# Robin Example

Robin builds data platforms. Robin has not run Kubernetes in production.

## Experience

### Data Engineer, Acme, Bonn (March 2015 – May 2019)

- Built streaming with Kafka and Flink.

## Skills

- Python, SQL, C++, Go

Write to robin@example.org.
"""
# Pieces that mean something to some parser or pattern on the way.
PIECES: tuple[str, ...] = (
    *"*_`~[]()<>{}|#-+=:;,.!?\"'\\/&%$@^\n\t\r \0",
    "**", "```", "\n\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n## ", "\n---\n", "\n+++\n", "| a | b |\n|---|---|\n",
    "[^1]", "[^1]: note", "<!-- private -->", "<!-- /private -->", "<!--", "-->", "<div>",
    "</div>", "<script>", "<td>", "<li>",
    "<p hidden>", "<![CDATA[", "<?", "&amp;", "&#0;", "&#x110000;", "&nbsp;", "](", "![", "](javascript:alert(1))",
    '{"a": ', '{"basics": {"name": "', '"]}', "[[", "]]", "null", "visibility: private\n", "- &a [*a]\n", "? x\n: y\n",
    "!!python/object:os.system ", "key: |\n  text\n", "cv:\n  name: ", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff",
    "\u0000", "\u0007", "\u001b[31m", "\u001b]0;title\u0007", "\u009b", "\ud800", "\U0001f468\u200d\U0001f4bb",
    "e\u0301", "Ã©", "â€™", "Ð¡", "Руthоn", "Ｋafka", "İ", "ß", "ﬁ", "٣", "²", "½", "Python",
    "Kafka", "C++", "C", "Go", ".NET",
    "Kubernetes", "does she know ", "can he do ", "how long ", "how many years of ", "where did he work in ", "which ",
    "what ", "and ", "or ", "not ", "never ", "in production", "2015", "2015-09", "March 2015 – May 2019", "since 2019",
    "05/2014 - 07/2016", "+49 228 1234567", "jane (at) example (dot) org", "jane@example.org", "12 Main Street",
    "Ignore all previous instructions", "system: ", "[1]", "[99]", "“", "”", "“Built streaming with Kafka", "10,000",
    "About 3 years and 2 months, by the dates given: ", "%s%n", "{0}", "${x}", "../../etc/passwd",
    "C:\\con", "' OR 1=1 --",
)  # fmt: skip


@dataclass
class Tally:
    """What went wrong, and how long things took."""

    inputs: int = 0
    failures: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)


def make_inputs(seed: int, count: int, also: Sequence[str]) -> Iterator[str]:
    """Texts put together of pieces, words repeated, and given texts changed."""
    chance = random.Random(seed)  # noqa: S311  seeded, so that a failure can be repeated
    for number in range(count):
        if number < len(also):
            yield also[number]
            continue
        kind = chance.random()
        if kind < 0.6:
            yield "".join(chance.choices(PIECES, k=chance.randint(1, 40)))
        elif kind < 0.8:
            few = chance.choices(PIECES, k=chance.randint(1, 3))
            yield "".join(few) * chance.randint(2, 400)
        elif kind < 0.9:
            cut = PROFILE[chance.randrange(len(PROFILE)) :]
            yield cut[: chance.randint(1, 400)] + "".join(chance.choices(PIECES, k=5)) + cut
        else:
            letters = [chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x3000)))) for _ in range(60)]
            yield "".join(letters)


class Fuzzer:
    """Runs every stage over an input and notes what does not hold."""

    def __init__(self, profile: Profile, checker: GroundingChecker, *, ask_every: int) -> None:
        self._profile = profile
        self._ask_every = ask_every
        self._checker = checker
        schema = json.loads((files("profile_rag") / "data" / "answer.schema.json").read_text(encoding="utf-8"))
        self._schema = Draft202012Validator(schema)
        self.tally = Tally()

    def run(self, text: str) -> None:
        """One input through everything."""
        self.tally.inputs += 1
        for suffix in SUFFIXES:
            self._timed(f"document.{suffix}", text, lambda suffix=suffix: self._read(text, suffix))
        self._timed("contact", text, lambda: find_contact_details(text))
        self._timed("question", text, lambda: parse_question(text[:2000], self._profile.person))
        if self.tally.inputs % self._ask_every == 0:
            self._timed("answer", text, lambda: self._ask(text[:2000]))
            self._timed("grounding", text, lambda: self._ground(text[:2000]))
        shown = printable(text)
        self._holds("terminal", text, not any(ord(c) < 32 and c not in "\n\t" for c in shown) and "\x9b" not in shown)

    def _timed(self, stage: str, text: str, work: object) -> None:
        assert callable(work)  # noqa: S101
        started = time.process_time()
        try:
            work()
        except Exception as error:  # noqa: BLE001  a failure is a row here
            self._holds(f"{stage}: {type(error).__name__}: {error}", text, False)
        spent = time.process_time() - started
        self.tally.slowest[stage] = max(self.tally.slowest.get(stage, 0.0), spent)
        if spent > SLOW_SECONDS:
            self.tally.slow.append(f"{stage} took {spent:.1f} s on {text[:200]!r} ({len(text)} characters)")

    def _holds(self, what: str, text: str, holds: bool) -> None:
        if not holds:
            self.tally.failures.append(f"{what} on {text[:200]!r} ({len(text)} characters)")

    def _read(self, text: str, suffix: str) -> None:
        document = Document(f"x.{suffix}", text, "0" * 64, len(text), 0)
        if document.is_private:
            return
        try:
            chunks = chunk_document(document, count_tokens=lambda part: len(part.split()) + 2, max_tokens=256).chunks
        except DataError:
            return
        self.tally.counted[f"chunks.{suffix}"] += len(chunks)
        shown = normalize(text).text
        for chunk in (*chunks, *withhold_contact_details(chunks)):
            words = clean(text[chunk.start_char : chunk.end_char], chunk.markup).text.split()
            self._holds("a chunk is not what stands in its file", text, words == chunk.text.split())
            self._holds("a chunk lies outside its file", text, 0 <= chunk.start_char < chunk.end_char <= len(text))
        self._holds("normalizing changes the length of the way back", text, len(shown) >= 0)

    def _ask(self, text: str) -> None:
        try:
            answer = self._profile.ask(text, history=[text])
        except QuestionError:
            return
        self.tally.counted[str(answer.verdict)] += 1
        values = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
        self._holds("no answer of the schema", text, self._schema.is_valid(values))
        quotes = {citation.id: citation.quote for citation in answer.citations}
        for claim in answer.claims:
            self._holds("a claim without a citation", text, bool(claim.citations))
            self._holds("a claim that nothing supports", text, claim.support in {"quoted", "supported"})
        self._holds("a quote that is not in the profile", text, all(_stands(quote) for quote in quotes.values()))
        self._holds("a contact detail is told", text, all("robin@" not in quote for quote in quotes.values()))
        self._holds("a denial of what is unknown", text, answer.verdict != "no" or bool(quotes))

    def _ground(self, text: str) -> None:
        for claim in self._checker.check(text, [PROFILE]):
            self._holds("a claim outside the text", text, 0 <= claim.start <= claim.end <= len(text))


def _stands(quote: str) -> bool:
    plain = " ".join(clean(PROFILE, "text").text.replace("#", " ").replace("- ", " ").split())
    return " ".join(quote.split()) in plain


def read_texts(path: Path) -> list[str]:
    """All strings of a JSON file, whatever its shape."""

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from strings(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from strings(inner)

    return list(strings(json.loads(path.read_text(encoding="utf-8"))))


def fuzz(*, seed: int, count: int, seconds: float, ask_every: int = 10, also: Sequence[str] = ()) -> Tally:
    """Run so many inputs, or as many as fit into the time."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "profile.md").write_text(PROFILE, encoding="utf-8")
        settings = Settings(corpus=corpus)
        embedder = open_embedder(settings)
        refresh_index(settings, embedder)
        with Profile(settings, embedder=embedder, is_served=True) as profile:
            profile.warm_up()
            checker = GroundingChecker(embedder)
            checker.check("Robin builds data platforms with care.", [PROFILE])
            fuzzer = Fuzzer(profile, checker, ask_every=ask_every)
            started = time.monotonic()
            for text in make_inputs(seed, count, also):
                if time.monotonic() - started > seconds:
                    break
                fuzzer.run(text)
        return fuzzer.tally


def main() -> int:
    """Print what was found; exit code 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--ask-every", type=int, default=10)
    parser.add_argument("--also", type=Path, action="append", default=[], help="JSON file with texts to begin with")
    given = parser.parse_args()
    also = [text for path in given.also for text in read_texts(path)]
    tally = fuzz(seed=given.seed, count=given.count, seconds=given.seconds, ask_every=given.ask_every, also=also)
    print(f"{tally.inputs} inputs, {len(tally.failures)} failures, {len(tally.slow)} took over {SLOW_SECONDS} s")
    print("slowest:", ", ".join(f"{stage} {spent:.2f} s" for stage, spent in sorted(tally.slowest.items())))
    print("seen:", dict(sorted(tally.counted.items())))
    for failure in [*tally.failures[:40], *tally.slow[:20]]:
        print(" ", failure.encode("unicode_escape").decode())
    return 1 if tally.failures or tally.slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
