"""The programs that read texts with a model's weights: sentence-transformers and ONNX Runtime.

The packaged models are exported to ONNX once and then load in a quarter of a second, without torch, where importing
sentence-transformers takes seconds. The export is in full precision, so that both give the same answers from the same
index.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
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

_EXPORT_VERSION = 2
"""Raised whenever the export changes, so that older files are left alone."""
_OPERATOR_SET = 17
_REMEMBERED = 32  # texts; the longest takes 0.4 MB
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUT = "token_vectors"
_LARGEST_DIFFERENCE = 1e-4  # of one figure of a token's vector, whose figures are about 1
_PROBES = (
    "bread",
    "She hasn't baked for a shop; she's mostly eaten what others baked.",
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


class OnnxReader:
    """An export of a model, reading one text at a time.

    On a CPU a batch is no faster, and without padding a text's vectors depend on it alone.
    """

    def __init__(self, path: Path) -> None:
        """Load the export.

        Raises:
            Exception: Whatever a damaged file makes the library raise.
        """
        forbid_calling_home()
        # Inside the function to keep start-up light.
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.log_severity_level = 4
        # Threads that spin while they wait take the processor from whoever else has work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: InferenceSession = InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def read(self, ids: Sequence[int], segments: Sequence[int]) -> Vectors:
        """One row per token; the segments tell the first text of a pair (0) from the second (1)."""
        inputs = {
            name: np.array([values], dtype=np.int64)
            for name, values in zip(_INPUTS, (ids, [1] * len(ids), segments), strict=True)
        }
        found: Any = self._session.run([_OUTPUT], inputs)
        return np.asarray(found[0][0], dtype=np.float32)


class OnnxEncoder:
    """An export of a model that pools by the mean of its tokens."""

    def __init__(self, reader: OnnxReader, tokenizer: Tokenizer, max_tokens: int) -> None:
        """Take the parts.

        Args:
            reader: The export.
            tokenizer: The model's, neither padding nor cutting.
            max_tokens: The most the model reads.
        """
        self._reader = reader
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        # A question is read whole by one who looks for chunks and word by word by one who looks for sentences.
        self._read_recently = lru_cache(maxsize=_REMEMBERED)(self._read)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length per text."""
        means = np.stack([vectors.mean(axis=0) for vectors in self.read(texts)])
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[Vectors]:
        """One row per token of each text, up to the most the model reads."""
        return [self._read_recently(text) for text in texts]

    def _read(self, text: str) -> Vectors:
        ids = self._tokenizer.encode(text).ids
        if len(ids) > self._max_tokens:
            ids = [*ids[: self._max_tokens - 1], ids[-1]]
        vectors = self._reader.read(ids, [0] * len(ids))
        vectors.flags.writeable = False  # many hold it
        return vectors


class TorchReader:
    """A model as torch runs it: the reference of an export with an adapter, and its stand-in."""

    def __init__(self, folder: Path, adapter: Mapping[str, Vectors]) -> None:
        """Load weights and merge the adapter into them.

        Args:
            folder: The model's files.
            adapter: See `merge_adapter`.
        """
        self._model = _load_transformer(folder, adapter)

    def read(self, ids: Sequence[int], segments: Sequence[int]) -> Vectors:
        """As `OnnxReader.read`."""
        import torch

        with torch.inference_mode():
            row = torch.tensor([list(ids)])
            found = self._model(
                input_ids=row, attention_mask=torch.ones_like(row), token_type_ids=torch.tensor([list(segments)])
            )
        return np.asarray(found.last_hidden_state[0].numpy(), dtype=np.float32)


def export_path(name: str) -> Path:
    """Where the export of the weights with this name, such as their hash, is kept: in the user's cache folder."""
    return user_cache_path("profile-rag") / f"{name}-{_EXPORT_VERSION}.onnx"


def open_encoder(path: Path, folder: Path, tokenizer: Tokenizer, max_tokens: int) -> OnnxEncoder | None:
    """An encoder of the weights in a folder, exported first if they are not yet.

    Args:
        path: Of the export.
        folder: The model's files.
        tokenizer: The model's, neither padding nor cutting.
        max_tokens: The most the model reads.

    Returns:
        None where the export can be neither read nor made: the reason is logged, and the reference reads the same.
    """

    def check(reader: OnnxReader) -> None:
        encoder, reference = OnnxEncoder(reader, tokenizer, max_tokens), SentenceTransformersEncoder(folder, max_tokens)
        for text in _PROBES:
            _compare(text, encoder.read([text])[0], reference.read([text])[0])

    reader = _open_export(path, folder, {}, check)
    return OnnxEncoder(reader, tokenizer, max_tokens) if reader else None


def open_adapted(path: Path, folder: Path, adapter: Mapping[str, Vectors]) -> OnnxReader | TorchReader:
    """A reader of the weights in a folder with an adapter merged into them, exported first if they are not yet.

    Args:
        path: Of the export.
        folder: The model's files.
        adapter: See `merge_adapter`.
    """
    probe = list(range(1000, 1012))  # any words: what matters is that both read them alike
    segments = [0] * 4 + [1] * 8

    def check(reader: OnnxReader) -> None:
        _compare("a pair", reader.read(probe, segments), TorchReader(folder, adapter).read(probe, segments))

    return _open_export(path, folder, adapter, check) or TorchReader(folder, adapter)


def _open_export(
    path: Path, folder: Path, adapter: Mapping[str, Vectors], check: Callable[[OnnxReader], None]
) -> OnnxReader | None:
    with suppress(Exception):  # absent or damaged: it is made anew
        return OnnxReader(path)
    try:
        _logger.info("preparing a model, once: %s", path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            made = Path(scratch) / path.name
            _export(folder, adapter, made)
            reader = OnnxReader(made)
            check(reader)
            made.replace(path)
    except (OSError, ImportError, RuntimeError, ValueError) as error:  # disk, package, exporter, another result
        _logger.warning("a model stays slow to load, as %s cannot be made (%s)", path, error)
        return None
    return reader


def _load_transformer(folder: Path, adapter: Mapping[str, Vectors]) -> Any:  # noqa: ANN401  torch is imported late
    forbid_calling_home()
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModel.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, attn_implementation="eager"
    ).eval()
    merge_adapter(model, adapter)
    return model


def merge_adapter(model: Any, adapter: Mapping[str, Vectors]) -> None:  # noqa: ANN401  torch is imported late
    """Add the product of two narrow matrices to each weight that an adapter names (LoRA, Hu et al. 2021).

    Args:
        model: A torch module.
        adapter: `NAME.down` of shape (rank, inputs) and `NAME.up` of shape (outputs, rank) for each linear layer NAME.
    """
    import torch

    layers = dict(model.named_modules())
    with torch.no_grad():
        for name in {key.rpartition(".")[0] for key in adapter}:
            change = adapter[f"{name}.up"].astype(np.float32) @ adapter[f"{name}.down"].astype(np.float32)
            layers[name].weight += torch.from_numpy(change)


def _export(folder: Path, adapter: Mapping[str, Vectors], path: Path) -> None:
    import torch

    class TokenVectors(torch.nn.Module):
        """The model with its last layer alone as output."""

        def __init__(self, model: torch.nn.Module) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
            found = self.model(input_ids=ids, attention_mask=mask, token_type_ids=segments)
            vectors: torch.Tensor = found.last_hidden_state
            return vectors

    model = _load_transformer(folder, adapter)
    sample = torch.ones(1, 8, dtype=torch.long)
    with warnings.catch_warnings():
        # torch's newer exporter needs another package, takes nine times as long, and its file is slower.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            TokenVectors(model),
            (sample, torch.ones_like(sample), torch.zeros_like(sample)),
            str(path),
            input_names=list(_INPUTS),
            output_names=[_OUTPUT],
            dynamic_axes={name: {1: "tokens"} for name in (*_INPUTS, _OUTPUT)},
            opset_version=_OPERATOR_SET,
            dynamo=False,
        )


def _compare(text: str, one: Vectors, other: Vectors) -> None:
    difference = float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
    if not difference <= _LARGEST_DIFFERENCE:
        raise ValueError(f"it reads {text[:20]!r} otherwise than the original, by {difference:.2g}")
