"""The parts of the page and their events; `page.build_page` imports this once the switches are set."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import gradio as gr
from gradio.events import Dependency, api

from profile_rag.ui.conversation import Conversation, Desk, sources_of, stream_reply
from profile_rag.ui.events import FORMATS, Events, ask_as_tool

CONCURRENT_ANSWERS = 8
MAX_WAITING_QUESTIONS = 64
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def lay_out(desk: Desk) -> gr.Blocks:
    """The page: the conversation with the sources of its answers beside it, and the skills behind a tab."""
    page = gr.Blocks(title="Ask this profile", fill_width=True)
    events = Events(desk)
    with page:
        masthead = gr.HTML(elem_id="masthead")
        conversation = gr.State(())
        with gr.Tabs(elem_id="views"):
            with gr.Tab("Ask", id="ask"), gr.Row(elem_id="desk", equal_height=False):
                with gr.Column(scale=3, min_width=320, elem_id="talk"):
                    chatbot = _chatbot(with_thumbs=desk.log is not None)
                    remark = gr.Textbox(
                        visible=False, elem_id="remark", show_label=False, label="Why?", submit_btn="Send"
                    )
                    question = _question_box("Ask about this profile")
                    with gr.Row(elem_id="keep"):
                        keepers = {name: gr.Button(f"Save as {name}", size="sm", min_width=90) for name in FORMATS}
                with gr.Column(scale=2, min_width=280, elem_id="evidence"):
                    sources = gr.HTML(sources_of(()), label="sources", elem_id="sources", apply_default_css=False)
            with gr.Tab("Skills", id="skills") as skills_tab:
                skills = gr.HTML(elem_id="skills", apply_default_css=False)
        opened = page.load(events.open, None, [masthead, chatbot, question], **_QUIET)
        _connect(events, question, chatbot, sources, conversation, opened)
        if desk.log is not None:
            _keep_opinions(events, chatbot, remark, conversation)
        _offer_transcripts(events, keepers, conversation)
        skills_tab.select(events.show_skills, None, skills, **_QUIET)
        _offer_api(desk, conversation)
    page.queue(max_size=MAX_WAITING_QUESTIONS, default_concurrency_limit=CONCURRENT_ANSWERS)
    return page


def theme() -> gr.themes.Base:
    """Gradio's own look in a quieter blue, with fonts of the visitor's system."""
    return gr.themes.Default(
        primary_hue="blue",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )


def _chatbot(*, with_thumbs: bool) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        height="100%",
        buttons=["copy"],
        feedback_options=("Like", "Dislike") if with_thumbs else None,
        latex_delimiters=[],
    )


def _question_box(placeholder: str) -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Your question",
        show_label=False,
        placeholder=placeholder,
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=True,
    )


def _connect(
    events: Events,
    question: gr.Textbox,
    chatbot: gr.Chatbot,
    sources: gr.HTML,
    conversation: gr.State,
    opened: Dependency,
) -> None:
    outputs = [question, chatbot, sources, conversation]
    # With "always_last" what is asked while an answer streams in comes next.
    asked = question.submit(
        events.answer, [question, conversation, chatbot], outputs, trigger_mode="always_last", **_QUIET
    )
    answering = [
        asked,
        chatbot.example_select(events.answer_chosen, [conversation, chatbot], outputs, **_QUIET),
        chatbot.option_select(events.answer_chosen, [conversation, chatbot], outputs, **_QUIET),
        chatbot.retry(events.answer_again, [conversation, chatbot], outputs, **_QUIET),
        opened.then(events.answer_link, conversation, outputs, **_QUIET),
    ]
    chatbot.undo(events.edit, conversation, outputs, **_QUIET)
    question.stop(events.stop, conversation, outputs, cancels=answering, **_QUIET)
    chatbot.clear(events.clear, None, outputs, cancels=answering, **_QUIET)


def _keep_opinions(events: Events, chatbot: gr.Chatbot, remark: gr.Textbox, conversation: gr.State) -> None:
    about = gr.State(None)
    chatbot.like(events.add_thumb, conversation, [remark, about], **_QUIET)
    remark.submit(events.add_word, [remark, about, conversation], remark, **_QUIET)


def _offer_transcripts(events: Events, keepers: dict[str, gr.Button], conversation: gr.State) -> None:
    made = gr.JSON(visible=False)
    for name, keeper in keepers.items():
        kept = keeper.click(partial(events.keep, name), conversation, made, **_QUIET)
        kept.then(None, made, None, js="keepFile", **_QUIET)


def _offer_api(desk: Desk, conversation: gr.State) -> None:
    # With a queue MCP would call the server once more from within, without the caller's login.
    api(ask_as_tool(desk), api_name="ask", queue=False)

    def chat(message: str, so_far: Conversation) -> Iterator[tuple[str, str, Conversation]]:
        """Ask a question; the answer and its sources come as HTML, and follow-ups know the session's questions."""
        for step in stream_reply(desk, message, so_far):
            now = (*so_far, step.exchange)
            yield step.message, sources_of(now), now

    with gr.Column(visible=False):
        message, reply, sources = gr.Textbox(label="message"), gr.Textbox(label="answer"), gr.HTML(label="sources")
        gr.Button().click(
            chat,
            [message, conversation],
            [reply, sources, conversation],
            api_name="chat",
            api_visibility="undocumented",  # as HTML it is for Gradio's clients; tools get JSON
        )
