"""The parts of the page and their events; `page.build_page` imports this once the switches are set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.events import api

from profile_rag.schema import Answer
from profile_rag.ui.conversation import AskableProfile, Conversation, Desk, ReplyStep, messages_of, stream_reply
from profile_rag.ui.render import header_html, question_html, sources_html

CONCURRENT_ANSWERS = 8
MAX_WAITING_QUESTIONS = 64


def lay_out(desk: Desk) -> gr.Blocks:
    """The page: the conversation, and the sources of its answers beside it."""
    page = gr.Blocks(title="Ask this profile", fill_width=True)
    with page:
        masthead = gr.HTML(elem_id="masthead")
        conversation = gr.State(())
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="talk"):
                chatbot = _chatbot()
                question = _question_box("Ask about this profile")
            with gr.Column(scale=2, min_width=280, elem_id="evidence"):
                sources = gr.HTML(sources_html(()), label="sources", elem_id="sources")
        page.load(
            lambda: _opening(desk.profile),
            outputs=[masthead, chatbot, question],
            api_visibility="private",
            show_progress="hidden",
        )
        _connect(desk, question, chatbot, sources, conversation)
        _offer_api(desk, sources, conversation)
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


def _opening(profile: AskableProfile) -> tuple[Any, ...]:
    """What the page says of the person, asked anew for each visit: an owner may have made it private since."""
    person = profile.person
    examples: Any = [{"text": example} for example in profile.example_questions()]
    placeholder = f"Ask about {person.name or 'this profile'}"
    return header_html(person), gr.Chatbot(examples=examples), gr.Textbox(placeholder=placeholder)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        height="100%",
        buttons=["copy"],
        feedback_options=None,
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


def _connect(desk: Desk, question: gr.Textbox, chatbot: gr.Chatbot, sources: gr.HTML, conversation: gr.State) -> None:
    def answer(text: str, so_far: Conversation) -> Iterator[tuple[Any, ...]]:
        shown = [*messages_of(so_far), {"role": "user", "content": question_html(text)}]
        yield "", shown, gr.skip(), gr.skip()
        for step in stream_reply(desk, text, so_far):
            reply = {"role": "assistant", "content": step.message}
            yield gr.skip(), [*shown, reply], step.sources, step.conversation

    def answer_example(so_far: Conversation, example: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from answer(example.value["text"], so_far)

    outputs = [question, chatbot, sources, conversation]
    question.submit(
        answer,
        [question, conversation],
        outputs,
        show_progress="hidden",
        trigger_mode="always_last",  # what is asked while an answer streams in comes next
        api_visibility="private",
    )
    chatbot.example_select(answer_example, conversation, outputs, show_progress="hidden", api_visibility="private")
    chatbot.clear(lambda: (sources_html(()), ()), None, [sources, conversation], api_visibility="private")


def _offer_api(desk: Desk, sources: gr.HTML, conversation: gr.State) -> None:
    def ask(question: str, history: list[str] | None = None) -> str:
        """Answer a question about the person whose profile this is, from the documents alone.

        Args:
            question: In any words, such as "Can she do Kafka?".
            history: Earlier questions, oldest first; a follow-up such as "and Flink?" leans on them.

        Returns:
            The answer as JSON: a verdict (yes, partly, no, not_stated or null), the answer with numbered marks, and the
            quoted words with the file and lines at which they stand.
        """
        reply = desk.ask(question, history or []).reply
        return json.dumps(reply.to_dict() if isinstance(reply, Answer) else {"error": str(reply)}, ensure_ascii=False)

    # With a queue MCP would call the server once more from within, without the caller's login.
    api(ask, api_name="ask", queue=False)

    def chat(message: str, so_far: Conversation) -> Iterator[ReplyStep]:
        """Ask a question; the answer and its sources come as HTML, and follow-ups know the session's questions."""
        yield from stream_reply(desk, message, so_far)

    with gr.Column(visible=False):
        message, reply = gr.Textbox(label="message"), gr.Textbox(label="answer")
        gr.Button().click(
            chat,
            [message, conversation],
            [reply, sources, conversation],
            api_name="chat",
            api_visibility="undocumented",  # as HTML it is for Gradio's clients; tools get JSON
        )
