"""Language models of a few kilobytes with random weights: they speak, and say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

WORDS = (
    " he she is not has built used production Kafka Flink Python systems data years the a of in with and for . expert"
    " never 12 [1] [2] models yes no Kubernetes knows can team led"
).split(" ")[1:]
DIMENSIONS, LAYERS, HEADS, FEED = 64, 2, 4, 128


def write_gguf(path: Path, *, seed: int = 0) -> None:
    """A llama of two layers, whose words are those of answers."""
    import gguf

    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    pieces += [f"▁{word}" for word in WORDS]
    kinds += [gguf.TokenType.NORMAL] * len(WORDS)
    numbers = np.random.default_rng(seed)

    def weights(*shape: int) -> np.ndarray:
        return numbers.normal(0, 0.5, shape).astype(np.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(DIMENSIONS)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(DIMENSIONS // HEADS)
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([0.0] * len(pieces))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{% for m in messages %}{{ m['content'] }}\n{% endfor %}")
    output = weights(len(pieces), DIMENSIONS)
    output[: -len(WORDS)] *= 0.01  # words rather than bytes, and no early end
    writer.add_tensor("token_embd.weight", weights(len(pieces), DIMENSIONS))
    writer.add_tensor("output_norm.weight", np.ones(DIMENSIONS, np.float32))
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        writer.add_tensor(f"{block}.attn_norm.weight", np.ones(DIMENSIONS, np.float32))
        writer.add_tensor(f"{block}.ffn_norm.weight", np.ones(DIMENSIONS, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{block}.{name}.weight", weights(DIMENSIONS, DIMENSIONS))
        writer.add_tensor(f"{block}.ffn_gate.weight", weights(FEED, DIMENSIONS))
        writer.add_tensor(f"{block}.ffn_up.weight", weights(FEED, DIMENSIONS))
        writer.add_tensor(f"{block}.ffn_down.weight", weights(DIMENSIONS, FEED))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@contextmanager
def serve_gguf(path: Path) -> Iterator[str]:
    """llama.cpp's own server over a model, at the URL given."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {"tiny"}
    parameters.n_ctx = 4096
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_gpu_layers = 0
    parameters.warmup = False
    parameters.cpuparams.n_threads = 1
    parameters.n_parallel = 1
    parameters.offline = True
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


def write_transformers_model(folder: Path) -> None:
    """A llama of two layers as transformers keeps it, with a tokenizer of whole words."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(["<unk>", "<s>", "</s>", *WORDS])}
    words = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106  no password
    words.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words,
        unk_token="<unk>",  # noqa: S106
        bos_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        pad_token="</s>",  # noqa: S106
    )
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMENSIONS,
        intermediate_size=FEED,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        max_position_embeddings=8192,
        bos_token_id=1,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
