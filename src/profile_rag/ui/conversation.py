"""A visitor's conversation: questions go to the profile, its answers come back a few words at a time."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from profile_rag.errors import ProfileRagError, QuestionError
from profile_rag.schema import Answer, Person, Turn
from profile_rag.ui.render import answer_html, answer_steps, notice_html, question_html, sources_html

logger = logging.getLogger(__name__)

STEP_SECONDS = 0.025  # 16 steps at most: a long answer is complete within half a second
FAILURE = "Something went wrong while answering. Please ask again, or in other words."


class AskableProfile(Protocol):
    """What the page needs of a profile."""

    @property
    def person(self) -> Person:
        """Whom the documents are about."""

    def example_questions(self) -> tuple[str, ...]:
        """Questions the documents can answer."""

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        """Answer a question, in the light of the earlier ones."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, or the message that stands in for one."""

    question: str
    reply: Answer | str


Conversation = tuple[Exchange, ...]


class ReplyStep(NamedTuple):
    """What the page shows while a reply streams in."""

    message: str
    sources: str
    conversation: Conversation
    """With this exchange added."""


def stream_reply(profile: AskableProfile, question: str, conversation: Conversation) -> Iterator[ReplyStep]:
    """Ask, then yield the message as it grows; its sources are complete from the first step on."""
    reply = _ask(profile, question, conversation)
    now = (*conversation, Exchange(question, reply))
    panel = sources_html([(turn, item.reply) for turn, item in enumerate(now, 1) if isinstance(item.reply, Answer)])
    if isinstance(reply, str):
        yield ReplyStep(notice_html(reply), panel, now)
        return
    for message in answer_steps(reply, turn=len(now)):
        yield ReplyStep(message, panel, now)
        time.sleep(STEP_SECONDS)


def messages_of(conversation: Conversation) -> list[dict[str, str]]:
    """The conversation as chat messages, each of them HTML."""
    messages = []
    for turn, exchange in enumerate(conversation, 1):
        reply = exchange.reply
        message = notice_html(reply) if isinstance(reply, str) else answer_html(reply, turn=turn)
        messages.append({"role": "user", "content": question_html(exchange.question)})
        messages.append({"role": "assistant", "content": message})
    return messages


def _ask(profile: AskableProfile, question: str, conversation: Conversation) -> Answer | str:
    history = [exchange.question for exchange in conversation if isinstance(exchange.reply, Answer)]
    try:
        return profile.ask(question, history=history)
    except QuestionError as error:
        return str(error)
    except ProfileRagError as error:
        # It may name folders of the server, which are the owner's to know.
        logger.error("a question could not be answered: %s", error)
        return FAILURE
    except Exception as error:  # noqa: BLE001  a visitor gets a sentence, not a broken page
        # The frames only: the error's own message may quote the question or the documents.
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("a question could not be answered: %s\n%s", type(error).__name__, frames)
        return FAILURE
