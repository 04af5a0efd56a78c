"""The same content gets the same answers, whichever format it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ines import every_format

from profile_rag.config import Settings
from profile_rag.ingestion.pipeline import ingest
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.schema import Verdict

# A question, its verdict, and words that its answer holds.
ASKED: tuple[tuple[str, Verdict | None, tuple[str, ...]], ...] = (
    ("Can she do Kafka?", "yes", ("streaming pipelines",)),
    ("Flink?", "yes", ("port traffic",)),
    ("Does she know Snowflake?", "yes", ("Migrated",)),
    ("Airflow?", "yes", ("Airflow",)),
    ("Terraform?", "yes", ("Terraform",)),
    ("Python?", "yes", ("Python",)),
    ("Has she used Java?", "yes", ("internal tools",)),
    ("Rust?", "yes", ("tide gauges",)),
    ("Can she do COBOL?", "not_stated", ()),
    ("Go?", "not_stated", ()),
    ("Has she run Kubernetes in production?", "no", ("not run Kubernetes",)),
    ("Has she managed people?", "no", ("never managed people",)),
    ("Does she speak English?", "yes", ("fluent",)),
    ("Does she speak French?", "partly", ("basic",)),
    ("Does she speak German?", "not_stated", ()),
    ("Is she AWS certified?", "yes", ("AWS Certified Solutions Architect",)),
    ("Does she have a master's degree?", "yes", ("University of Porto",)),
    ("Where does she work now?", None, ("Harbour Analytics",)),
    ("Where did she work in 2018?", None, ("Tidewater Bank",)),
    ("Where did she work in 2012?", "not_stated", ()),
    ("Where did she work before Harbour Analytics?", None, ("Tidewater Bank",)),
    ("What was her first job?", None, ("Quay Software",)),
    ("How long was she at Tidewater Bank?", None, ("3 years and 6 months",)),
    ("How many years of Java?", None, ("2 years and 8 months",)),
    ("Where did she study?", None, ("University of Porto",)),
    ("Which languages does she speak?", None, ("Portuguese", "English", "French")),
    ("Which companies has she worked for?", None, ("Harbour Analytics", "Tidewater Bank", "Quay Software")),
    ("What is her name?", None, ("Ines Marlow",)),
    ("Where is she based?", None, ("Lisbon",)),
    ("What are her salary expectations?", "not_stated", ()),
)


@pytest.fixture(scope="module", params=every_format())
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Iterator[Profile]:
    name, data = every_format()[request.param]
    folder = tmp_path_factory.mktemp("ines")
    (folder / "corpus").mkdir()
    (folder / "corpus" / name).write_bytes(data)
    ingest(folder / "corpus", folder / ".profile_rag" / "corpus", embedder)
    with Profile(Settings(corpus=folder / "corpus"), embedder=embedder) as profile:
        yield profile


@pytest.mark.parametrize(("question", "verdict", "words"), ASKED, ids=[question for question, _, _ in ASKED])
def test_a_question_is_answered_alike_in_every_format(
    written: Profile, question: str, verdict: Verdict | None, words: tuple[str, ...]
) -> None:
    answer = written.ask(question)
    assert answer.verdict == verdict, answer.answer
    for word in words:
        assert word in answer.answer
    reader = QuoteReader(Path(written._current().index.manifest.corpus))
    assert all(reader.stands(citation) for citation in answer.citations)


def test_thirty_questions_are_asked() -> None:
    assert len(ASKED) == 30
