"""What tests of the evaluation share: cases about Robin, answers made by hand, a folder of cases and documents."""

from __future__ import annotations

import shutil
from pathlib import Path

from profile_rag.evaluation.dataset import Case, GoldQuote
from profile_rag.schema import Answer, Citation, Claim, Verdict

DOCUMENTS = Path(__file__).parents[1] / "data" / "robin"
STREAMING = "Streaming: event pipelines (Kafka, Flink)"
LIMITED = "Haven't run Kafka in production; I've mostly consumed topics others built."

CASES = f"""\
corpus: corpus
cases:
  - id: kafka
    kind: capability
    question: Can she do Kafka?
    verdicts: [partly]
    quotes:
      - {{source: notes.md, text: "{LIMITED}"}}
      - {{source: profile.md, text: "{STREAMING}"}}
    conflict: notes say she has not run it, the profile lists it
  - id: flink
    kind: follow_up
    history: ["Can she do Kafka?"]
    question: and Flink?
    verdicts: ["yes"]
    quotes: [{{source: profile.md, text: "{STREAMING}"}}]
    understood_as: Can she do Flink?
  - id: haskell
    kind: capability
    question: Haskell?
    verdicts: [not_stated]
  - id: databases
    kind: list
    question: Which databases does she know?
    verdicts: [none]
    quotes: [{{source: profile.md, text: "databases (PostgreSQL, Redis)"}}]
    members: [PostgreSQL, Redis]
  - id: set-aside
    kind: capability
    question: Rust?
    verdicts: ["yes"]
    quotes: [{{source: profile.md, text: "Languages: Python, Rust"}}]
    held: true
"""


def write_cases(folder: Path, text: str = CASES) -> Path:
    """A folder with Robin's documents in `corpus/` and cases about them in `cases/`."""
    shutil.copytree(DOCUMENTS, folder / "corpus")
    (folder / "cases").mkdir()
    (folder / "cases" / "robin.yaml").write_text(text, encoding="utf-8")
    return folder


def make_case(identifier: str = "case", **values: object) -> Case:
    """A case of which only what matters is given."""
    given: dict[str, object] = {"corpus": "corpus", "kind": "capability", "question": "Kafka?", "verdicts": ("yes",)}
    return Case(id=identifier, **(given | values))  # type: ignore[arg-type]  # checked by the tests that use it


def gold(text: str, source: str = "profile.md") -> GoldQuote:
    """Words of a document of Robin's."""
    return GoldQuote(source, text)


def cite(number: int, text: str, source: str = "profile.md") -> Citation:
    """Words of a document of Robin's, where they stand."""
    raw = (DOCUMENTS / source).read_text(encoding="utf-8")
    start = raw.index(text)
    line = 1 + raw.count("\n", 0, start)
    return Citation(number, source, (), line, line, None, start, start + len(text), text, "", "")


def make_answer(
    text: str = "",
    *,
    verdict: Verdict | None = "yes",
    citations: tuple[Citation, ...] = (),
    claims: tuple[Claim, ...] = (),
    abstained: bool = False,
) -> Answer:
    """An answer to any question."""
    return Answer("Kafka?", "Kafka?", text, verdict, abstained, "capability", claims=claims, citations=citations)


def abstention() -> Answer:
    """An answer that says nothing."""
    return make_answer("**Not stated.**", verdict="not_stated", abstained=True)
