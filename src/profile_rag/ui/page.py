"""The chat page of one profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_rag.offline import forbid_calling_home
from profile_rag.ui.conversation import AskableProfile, Desk

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["AskableProfile", "Desk", "build_page"]


def build_page(desk: Desk) -> gr.Blocks:
    """The page for one profile.

    It is laid out by hand: `gr.ChatInterface` shows the visitor's question as Markdown, takes the history from
    the browser, and offers "retry" where the same question always gets the same answer.
    """
    forbid_calling_home()
    # not at the top: gradio, which layout needs, reads the switches of the line above when it is imported
    from profile_rag.ui.layout import lay_out

    return lay_out(desk)
