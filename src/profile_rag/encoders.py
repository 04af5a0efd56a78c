"""The two programs that read a text with the model's weights: sentence-transformers and ONNX Runtime.

The packaged model is exported to ONNX once and then loads in a quarter of a second, without torch, where importing
sentence-transformers takes seconds. The export is in full precision, so that both give the same answers from the same
index.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from profile_rag.offline import forbid_calling_home

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

_logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

_EXPORT_VERSION = 1
"""Raised whenever the export changes, so that older files are left alone."""
_OPERATOR_SET = 17
_REMEMBERED = 32  # texts; the longest takes 0.4 MB
_INPUTS = ("input_ids", "attention_mask")
_OUTPUT = "token_vectors"
_LARGEST_DIFFERENCE = 1e-4  # of one figure of a token's vector, whose figures are about 1
_PROBES = (
    "Kafka",
    "Haven't built production Kafka systems; I've mostly consumed them.",
    "Where did she work between 2014 and 2019, and who for?",
    "C++ und Zürich 🧠 日本語",
    "word " * 400,
)


class SentenceTransformersEncoder:
    """Any sentence-transformers model; the reference for every other way to read its weights."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        """Load the weights.

        Raises:
            Exception: Whatever a damaged folder makes the library raise: OSError, ValueError, RuntimeError …
        """
        forbid_calling_home()
        # Inside the function: this import takes seconds, and most commands never embed.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        # On the CPU, so that every machine finds the same neighbours; safetensors only, as a pickle runs code.
        self._model: SentenceTransformer = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self._model.max_seq_length = max_tokens

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length per text."""
        encoded = self._model.encode(
            list(texts),
            batch_size=len(texts),
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(encoded, dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[Vectors]:
        """One row per token of each text, up to the most the model reads."""
        encoded: Any = self._model.encode(
            list(texts), batch_size=len(texts), show_progress_bar=False, output_value="token_embeddings"
        )
        return [np.asarray(each, dtype=np.float32) for each in encoded]


class OnnxEncoder:
    """An export of a model that pools by the mean of its tokens."""

    def __init__(self, path: Path, tokenizer: Tokenizer, max_tokens: int) -> None:
        """Load the export.

        Raises:
            Exception: Whatever a damaged file makes the library raise.
        """
        # Inside the function to keep start-up light.
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.log_severity_level = 4
        # Threads that spin while they wait take the processor from whoever else has work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: InferenceSession = InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        # A question is read whole by one who looks for chunks and word by word by one who looks for sentences.
        self._read_recently = lru_cache(maxsize=_REMEMBERED)(self._read)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length per text."""
        means = np.stack([vectors.mean(axis=0) for vectors in self.read(texts)])
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[Vectors]:
        """One row per token of each text, up to the most the model reads.

        Text by text: on a CPU a batch is no faster, and without padding a text's vectors depend on it alone.
        """
        return [self._read_recently(text) for text in texts]

    def _read(self, text: str) -> Vectors:
        ids = self._tokenizer.encode(text).ids
        if len(ids) > self._max_tokens:
            ids = [*ids[: self._max_tokens - 1], ids[-1]]
        row = np.array([ids], dtype=np.int64)
        found: Any = self._session.run([_OUTPUT], dict(zip(_INPUTS, (row, np.ones_like(row)), strict=True)))
        vectors = np.asarray(found[0][0], dtype=np.float32)
        vectors.flags.writeable = False  # many hold it
        return vectors


def export_path(sha256: str) -> Path:
    """Where the export of the weights with this hash is kept: in the user's cache folder."""
    return user_cache_path("profile-rag") / f"{sha256[:16]}-{_EXPORT_VERSION}.onnx"


def open_export(path: Path, folder: Path, tokenizer: Tokenizer, max_tokens: int) -> OnnxEncoder | None:
    """An encoder of the weights in a folder, exported first if they are not yet.

    Args:
        path: Of the export.
        folder: The model's files.
        tokenizer: The model's, neither padding nor cutting.
        max_tokens: The most the model reads.

    Returns:
        None where the export can be neither read nor made: the reason is logged, and the reference reads the same.
    """
    with suppress(Exception):  # absent or damaged: it is made anew
        return OnnxEncoder(path, tokenizer, max_tokens)
    try:
        _logger.info("preparing the embedding model, once: %s", path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            made = Path(scratch) / path.name
            _export(folder, made)
            encoder = OnnxEncoder(made, tokenizer, max_tokens)
            _check(encoder, SentenceTransformersEncoder(folder, max_tokens))
            made.replace(path)
    except (OSError, ImportError, RuntimeError, ValueError) as error:  # disk, package, exporter, another result
        _logger.warning("the embedding model stays slow to load, as %s cannot be made (%s)", path, error)
        return None
    return encoder


def _export(folder: Path, path: Path) -> None:
    forbid_calling_home()
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    class TokenVectors(torch.nn.Module):
        """The model with its last layer alone as output, and every text the first of a pair."""

        def __init__(self, model: torch.nn.Module) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            kinds = torch.zeros_like(input_ids)
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=kinds)
            vectors: torch.Tensor = found.last_hidden_state
            return vectors

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModel.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, attn_implementation="eager"
    )
    sample = torch.ones(1, 8, dtype=torch.long)
    free = {1: "tokens"}
    with warnings.catch_warnings():
        # torch's newer exporter needs another package, takes nine times as long, and its file is slower.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            TokenVectors(model.eval()),
            (sample, torch.ones_like(sample)),
            str(path),
            input_names=list(_INPUTS),
            output_names=[_OUTPUT],
            dynamic_axes=dict.fromkeys((*_INPUTS, _OUTPUT), free),
            opset_version=_OPERATOR_SET,
            dynamo=False,
        )


def _check(encoder: OnnxEncoder, reference: SentenceTransformersEncoder) -> None:
    for text in _PROBES:
        one, other = encoder.read([text])[0], reference.read([text])[0]
        difference = float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
        if not difference <= _LARGEST_DIFFERENCE:
            raise ValueError(f"it reads {text[:20]!r} otherwise than the original, by {difference:.2g}")
