"""The parts of the page and their events; `page.build_page` imports this once the switches are set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.events import Dependency, api

from profile_rag.schema import Answer, Person
from profile_rag.ui.conversation import AskableProfile, Conversation, Desk, ReplyStep, messages_of, stream_reply
from profile_rag.ui.render import header_html, question_html, sources_html
from profile_rag.ui.transcript import to_html, to_json, to_markdown

Renderer = Callable[[Sequence[Answer], Person], str]

_FORMATS: dict[str, tuple[str, str, Renderer]] = {
    "Markdown": ("md", "text/markdown", to_markdown),
    "HTML": ("html", "text/html", to_html),
    "JSON": ("json", "application/json", to_json),
}
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
                chatbot = _chatbot(with_thumbs=desk.log is not None)
                question = _question_box("Ask about this profile")
                with gr.Row(elem_id="keep"):
                    keepers = [gr.Button(f"Save as {name}", size="sm", min_width=90) for name in _FORMATS]
            with gr.Column(scale=2, min_width=280, elem_id="evidence"):
                sources = gr.HTML(sources_html(()), label="sources", elem_id="sources")
        opened = page.load(
            lambda: _opening(desk.profile),
            outputs=[masthead, chatbot, question],
            api_visibility="private",
            show_progress="hidden",
        )
        _connect(desk, question, chatbot, sources, conversation, opened)
        _offer_transcripts(desk.profile, keepers, conversation)
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
    desk: Desk,
    question: gr.Textbox,
    chatbot: gr.Chatbot,
    sources: gr.HTML,
    conversation: gr.State,
    opened: Dependency,
) -> None:
    def answer(text: str, so_far: Conversation) -> Iterator[tuple[Any, ...]]:
        shown = [*messages_of(so_far), {"role": "user", "content": question_html(text)}]
        yield "", shown, gr.skip(), gr.skip()
        for step in stream_reply(desk, text, so_far):
            reply = {"role": "assistant", "content": step.message}
            yield gr.skip(), [*shown, reply], step.sources, step.conversation

    def answer_example(so_far: Conversation, example: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from answer(example.value["text"], so_far)

    def answer_link(so_far: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The question in a link to one: `/?q=…`."""
        linked = request.query_params.get("q", "").strip()
        if linked and not so_far:
            yield from answer(linked, so_far)
        else:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()

    def keep_thumb(so_far: Conversation, liked: gr.LikeData) -> None:
        message = liked.index[0] if isinstance(liked.index, list | tuple) else liked.index
        if 0 <= message // 2 < len(so_far):
            desk.add_thumb(so_far[message // 2], is_up=liked.liked is True)

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
    opened.then(answer_link, conversation, outputs, show_progress="hidden", api_visibility="private")
    if desk.log is not None:
        chatbot.like(keep_thumb, conversation, None, show_progress="hidden", api_visibility="private")
    chatbot.clear(lambda: (sources_html(()), ()), None, [sources, conversation], api_visibility="private")


def _offer_transcripts(profile: AskableProfile, keepers: Sequence[gr.Button], conversation: gr.State) -> None:
    """The conversation as a file that the browser makes: nothing is left on the server."""
    made = gr.JSON(visible=False)
    for keeper, (suffix, media_type, render) in zip(keepers, _FORMATS.values(), strict=True):

        def make(
            so_far: Conversation, suffix: str = suffix, media_type: str = media_type, render: Renderer = render
        ) -> dict[str, str]:
            answers = [item.reply for item in so_far if isinstance(item.reply, Answer)]
            text = render(answers, profile.person) if answers else ""
            return {"name": f"conversation.{suffix}", "type": media_type, "text": text}

        kept = keeper.click(make, conversation, made, show_progress="hidden", api_visibility="private")
        kept.then(None, made, None, js="keepFile", api_visibility="private")


def _offer_api(desk: Desk, sources: gr.HTML, conversation: gr.State) -> None:
    def ask(question: str, history: list[str] | None = None) -> str:
        """Answer a question about the person whose profile this is, from the documents alone.

        Args:
            question: In any words, such as "Does she speak Spanish?".
            history: Earlier questions, oldest first; a follow-up such as "and Italian?" leans on them.

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
