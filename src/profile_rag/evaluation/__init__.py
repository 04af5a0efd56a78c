"""Cases, and how well answers meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profile_rag.evaluation.dataset import Case, load_cases
    from profile_rag.evaluation.results import Evaluation
    from profile_rag.evaluation.runner import evaluate

__all__ = ["Case", "Evaluation", "evaluate", "load_cases"]

_HOMES = {
    "Case": "profile_rag.evaluation.dataset",
    "Evaluation": "profile_rag.evaluation.results",
    "evaluate": "profile_rag.evaluation.runner",
    "load_cases": "profile_rag.evaluation.dataset",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module attribute can be anything
    """Load the public names at first use; a part of the evaluation is used without the rest."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
