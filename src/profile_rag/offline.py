"""Switches that keep the libraries from calling home; set before any of them is imported."""

import os

SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def forbid_calling_home() -> None:
    """Turn off telemetry, version checks and model downloads of gradio, chromadb and Hugging Face."""
    os.environ.update(SWITCHES)
