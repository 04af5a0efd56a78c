"""llama.cpp's own server with a model of random weights: it speaks, and nothing that it says is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tiny_models import serve_gguf, write_gguf

from profile_rag.answering.generative import UNSUPPORTED
from profile_rag.config import Settings
from profile_rag.profile import Profile

SKILLS = (
    "Kafka Kubernetes Snowflake PyTorch Airflow dbt AWS GCP Docker Python SQL Scala MLflow Optuna XGBoost spaCy NLTK"
    " Plotly Tableau Databricks PostgreSQL DuckDB Metaflow Pandas PySpark Polars UMAP HDBSCAN Ray TensorFlow"
).split()
QUESTIONS = [
    *(f"Does he know {skill}?" for skill in SKILLS),
    "Which vector databases does he know?",
    "Which BI tools does he know?",
    "Which languages does he program in?",
    "How does he work?",
    "What does he avoid?",
    "What are his projects?",
    "What is his current role?",
    "Tell me about him",
    "Why should we hire him?",
    "What is he good at?",
    "Has he built computer vision pipelines?",
    "Has he deployed NLP systems?",
    "Has he built production Kafka systems?",
    "Is he an expert in Kubernetes?",
    "Can he fine-tune language models?",
    "Does he prefer PyTorch or TensorFlow?",
    "Does he do time series?",
    "Does he do marketing attribution?",
    "Can he build dashboards?",
    "What does he do with data quality?",
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_gguf(path)
    with serve_gguf(path) as served:
        yield served


def test_nothing_that_a_random_model_says_is_shown(home: Path, profile: Profile, url: str) -> None:
    settings = Settings(corpus=home / "corpus", llm=f"openai-like/tiny@{url}", llm_max_tokens=64, llm_timeout=60)
    assert len(QUESTIONS) == 50
    words = asked = 0
    with Profile(settings) as random:
        for question in QUESTIONS:
            expected = profile.ask(question)
            grown = list(random.stream(question))
            answer = grown[-1]
            assert all(not part.claims for part in grown[:-1]), (question, [part.answer for part in grown])
            assert (answer.answer, answer.claims, answer.engine) == (expected.answer, expected.claims, "extractive")
            if not expected.abstained:
                asked += 1
                assert answer.notice == UNSUPPORTED, question
                words += sum(len(claim.text.split()) for claim in answer.withheld)
    assert asked > 40
    assert words > 200, "it did speak"
