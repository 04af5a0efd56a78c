"""Switches that keep the libraries from calling home; set before any of them is imported."""

import os

SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime writes a device id and uploads at its import; two names,
    "ORT_TELEMETRY_DISABLED": "1",  # since its versions differ in which of them they heed
    "TOKENIZERS_PARALLELISM": "false",
}


def forbid_calling_home() -> None:
    """Turn off telemetry, version checks and model downloads of gradio, chromadb, ONNX Runtime and Hugging Face."""
    os.environ.update(SWITCHES)
