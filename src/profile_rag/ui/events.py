"""What happens on the page: each event's function, from and to the values of the page's components."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from profile_rag.schema import Answer, Person
from profile_rag.ui.conversation import (
    RESTARTED,
    STOPPED,
    Conversation,
    Desk,
    Exchange,
    messages_of,
    sources_of,
    stream_reply,
)
from profile_rag.ui.render import header_html, notice_html, question_html
from profile_rag.ui.skills_view import skills_html
from profile_rag.ui.transcript import to_html, to_json, to_markdown

Renderer = Callable[[Sequence[Answer], Person], str]
Update = tuple[Any, ...]
"""New values of the question box, the chatbot, the Sources panel and the conversation."""

FORMATS: dict[str, tuple[str, str, Renderer]] = {
    "Markdown": ("md", "text/markdown", to_markdown),
    "HTML": ("html", "text/html", to_html),
    "JSON": ("json", "application/json", to_json),
}


class Events:
    """The page's side of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self) -> Update:
        """What the page says of the person, asked anew for each visit: an owner may have made it private since."""
        person = self._desk.profile.person
        examples: Any = [{"text": example} for example in self._desk.profile.example_questions()]
        placeholder = f"Ask about {person.name or 'this profile'}"
        return header_html(person), gr.Chatbot(examples=examples), gr.Textbox(placeholder=placeholder)

    def show_skills(self) -> str:
        """The Skills tab."""
        return skills_html(self._desk.profile.skills(), self._desk.profile.person)

    # --- a question ---------------------------------------------------------------------------------

    def answer(self, text: str, so_far: Conversation, shown: Sequence[Any]) -> Iterator[Update]:
        """The answer as it grows.

        Args:
            text: The question.
            so_far: The conversation as the server knows it.
            shown: The messages as the page shows them.
        """
        # The server was started anew behind an open page.
        notice = [{"role": "assistant", "content": notice_html(RESTARTED)}] if shown and not so_far else []
        before = [*notice, *messages_of(so_far), {"role": "user", "content": question_html(text)}]
        # What is in the conversation until the answer is there is what stays if it is stopped.
        yield _busy(), before, gr.skip(), (*so_far, Exchange(text, STOPPED))
        now = so_far
        for step in stream_reply(self._desk, text, so_far):
            is_first, now = now is so_far, (*so_far, step.exchange)
            sources = sources_of(now) if is_first else gr.skip()
            yield gr.skip(), [*before, {"role": "assistant", "content": step.message}], sources, gr.skip()
        yield _idle(), [*notice, *messages_of(now, self._desk.next_questions(now))], gr.skip(), now

    def answer_chosen(self, so_far: Conversation, shown: Sequence[Any], chosen: gr.SelectData) -> Iterator[Update]:
        """The answer to an example or to a question offered next."""
        text = chosen.value if isinstance(chosen.value, str) else chosen.value["text"]
        yield from self.answer(text, so_far, shown)

    def answer_link(self, so_far: Conversation, request: gr.Request) -> Iterator[Update]:
        """The answer to the question in a link to one: `/?q=…`."""
        linked = request.query_params.get("q", "").strip()
        if linked and not so_far:
            yield from self.answer(linked, so_far, ())
        else:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()

    def answer_again(self, so_far: Conversation, shown: Sequence[Any], again: gr.RetryData) -> Iterator[Update]:
        """The answer to a question asked before, in place of the old one and of all behind it."""
        turn = _turn_of(again.index)
        if turn < len(so_far):
            yield from self.answer(so_far[turn].question, so_far[:turn], shown if turn else ())
        else:
            yield gr.skip(), *self.shown(so_far)

    def edit(self, so_far: Conversation, edited: gr.UndoData) -> Update:
        """The question back in its box, and the conversation as it was before it."""
        turn = _turn_of(edited.index)
        question = so_far[turn].question if turn < len(so_far) else gr.skip()
        return question, *self.shown(so_far[:turn])

    def stop(self, so_far: Conversation) -> Update:
        """The conversation without the rest of the answer."""
        return _idle(), *self.shown(so_far)

    def clear(self) -> Update:
        """A conversation not yet begun."""
        return _idle(), *self.shown(())

    def shown(self, conversation: Conversation) -> Update:
        """A conversation as it stands: messages, sources, itself."""
        options = self._desk.next_questions(conversation)
        return messages_of(conversation, options), sources_of(conversation), conversation

    # --- what visitors keep, and say of it ----------------------------------------------------------

    def keep(self, name: str, so_far: Conversation) -> dict[str, str]:
        """The conversation as a file that the browser makes: nothing is left on the server."""
        suffix, media_type, render = FORMATS[name]
        answers = [item.reply for item in so_far if isinstance(item.reply, Answer)]
        text = render(answers, self._desk.profile.person) if answers else ""
        return {"name": f"conversation.{suffix}", "type": media_type, "text": text}

    def add_thumb(self, so_far: Conversation, liked: gr.LikeData) -> tuple[Any, Any]:
        """Keep an opinion, and ask why: the box for it, and which answer it is about."""
        turn = _turn_of(liked.index)
        if turn >= len(so_far):
            return gr.skip(), gr.skip()
        is_up = liked.liked is True
        self._desk.add_thumb(so_far[turn], is_up=is_up)
        asked = "What was good about it? (optional)" if is_up else "What was wrong with it? (optional)"
        return gr.Textbox(visible=True, value="", placeholder=asked), (turn, is_up)

    def add_word(self, word: str, about: tuple[int, bool] | None, so_far: Conversation) -> gr.Textbox:
        """Keep why, and put the box away."""
        if about is not None and about[0] < len(so_far):
            self._desk.add_thumb(so_far[about[0]], is_up=about[1], word=word.strip())
        return gr.Textbox(visible=False)


def ask_as_tool(desk: Desk) -> Callable[..., str]:
    """The function that MCP clients call."""

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

    return ask


def _busy() -> gr.Textbox:
    return gr.Textbox(value="", submit_btn=False, stop_btn=True)


def _idle() -> gr.Textbox:
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _turn_of(index: int | tuple[int, int] | list[int]) -> int:
    """Which exchange a message belongs to, from 0."""
    return (index if isinstance(index, int) else index[0]) // 2
