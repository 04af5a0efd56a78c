"""Ask a person's profile anything; every sentence of the answer shows the words it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profile_rag.errors import ProfileRagError
    from profile_rag.profile import Conversation, Profile
    from profile_rag.schema import Answer, Citation

__version__ = "0.1.0"
__all__ = ["Answer", "Citation", "Conversation", "Profile", "ProfileRagError", "__version__"]

_HOMES = {
    "Answer": "profile_rag.schema",
    "Citation": "profile_rag.schema",
    "Conversation": "profile_rag.profile",
    "Profile": "profile_rag.profile",
    "ProfileRagError": "profile_rag.errors",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module attribute can be anything
    """Load the public names at first use, so that `profile-rag --help` imports none of the stack."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
