"""A visitor's conversation: questions go to the profile, its answers come back a few words at a time."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from profile_rag.errors import ProfileRagError, QuestionError
from profile_rag.schema import Answer, Chunk, Person, Skill, Turn
from profile_rag.ui.render import answer_html, answer_steps, answer_text, notice_html, question_html, sources_html

logger = logging.getLogger(__name__)

STEP_SECONDS = 0.025  # 16 steps at most: a long answer is complete within half a second
FAILURE = "Something went wrong while answering. Please ask again, or in other words."
STOPPED = "You stopped this answer. Ask again to see all of it."
RESTARTED = "The connection was lost, and the conversation above with it. It goes on from here."


class AskableProfile(Protocol):
    """What the page needs of a profile."""

    @property
    def person(self) -> Person:
        """Whom the documents are about."""

    def example_questions(self) -> tuple[str, ...]:
        """Questions the documents can answer."""

    def next_questions(self, answer: Answer, asked: Sequence[str]) -> tuple[str, ...]:
        """What to ask after an answer, of what was not asked yet."""

    def skills(self) -> tuple[Skill, ...]:
        """What the documents name as skills."""

    def document(self, source: str) -> tuple[Chunk, ...]:
        """What the index holds of a document; nothing of one that it does not know."""

    def stream(
        self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()
    ) -> Generator[Answer, None, None]:
        """Answer a question, in the light of the earlier ones; the last answer is whole, those before it grow."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, or what stands in for one."""

    question: str
    reply: Answer | QuestionError | str
    """A text is a message of the program: something went wrong."""
    number: int | None = None
    """In the owner's log, if there is one."""
    is_whole: bool = True
    """Not while a language model is still writing."""


Conversation = tuple[Exchange, ...]


class Log(Protocol):
    """Keeps what was asked, for the owner."""

    def record(self, answer: Answer) -> int:
        """Keep a question and what came of it; returns its number."""

    def add_thumb(self, number: int, *, is_up: bool, word: str = "") -> None:
        """Keep whether the visitor liked an answer, and why."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where every question of a visitor arrives, whichever way it came."""

    profile: AskableProfile
    log: Log | None = None

    def ask(self, question: str, history: Sequence[str]) -> Exchange:
        """The answer to a question, or a sentence that says why there is none."""
        *_, exchange = self.stream(question, history)
        return exchange

    def stream(self, question: str, history: Sequence[str]) -> Generator[Exchange, None, None]:
        """The same as it grows: answers that are not whole yet, then what `ask` gives."""
        try:
            whole: Answer | None = None
            with closing(self.profile.stream(question, history=history)) as answers:
                for answer in answers:
                    if whole is not None:
                        yield Exchange(question, whole, is_whole=False)
                    whole = answer
            if whole is None:
                raise RuntimeError("a profile gave no answer")
        except QuestionError as error:
            yield Exchange(question, error)
        except ProfileRagError as error:
            # It may name folders of the server, which are the owner's to know.
            logger.error("a question could not be answered: %s", error)
            yield Exchange(question, FAILURE)
        except Exception as error:  # noqa: BLE001  a visitor gets a sentence, not a broken page
            # The frames only: the error's own message may quote the question or the documents.
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a question could not be answered: %s\n%s", type(error).__name__, frames)
            yield Exchange(question, FAILURE)
        else:
            yield Exchange(question, whole, self._record(whole))

    def is_ready(self) -> bool:
        """Whether there is an index to answer from."""
        try:
            _ = self.profile.person
        except ProfileRagError:
            return False
        return True

    def next_questions(self, conversation: Conversation) -> tuple[str, ...]:
        """What to ask next; nothing after a message of the program."""
        reply = conversation[-1].reply if conversation else None
        if not isinstance(reply, Answer):
            return ()
        try:
            return self.profile.next_questions(reply, [item.question for item in conversation])
        except ProfileRagError as error:  # the index went away behind the answer
            logger.error("no questions to ask next: %s", error)
            return ()

    def add_thumb(self, exchange: Exchange, *, is_up: bool, word: str = "") -> None:
        """Keep a visitor's opinion of an answer, if there is a log and the answer is in it."""
        if self.log is not None and exchange.number is not None:
            try:
                self.log.add_thumb(exchange.number, is_up=is_up, word=word)
            except ProfileRagError as error:
                logger.error("an opinion was not kept: %s", error)

    def _record(self, answer: Answer) -> int | None:
        try:
            return self.log.record(answer) if self.log is not None else None
        except ProfileRagError as error:  # the visitor's answer matters more
            logger.error("a question was not kept: %s", error)
            return None


class ReplyStep(NamedTuple):
    """What the page shows while a reply streams in."""

    message: str
    exchange: Exchange


def stream_reply(desk: Desk, question: str, so_far: Conversation) -> Iterator[ReplyStep]:
    """Ask, then yield the message as it grows."""
    turn = len(so_far) + 1
    is_growing = False
    with closing(desk.stream(question, [item.question for item in so_far if isinstance(item.reply, Answer)])) as steps:
        for exchange in steps:
            reply = exchange.reply
            if not isinstance(reply, Answer):
                yield ReplyStep(notice_html(str(reply)), exchange)
            elif not exchange.is_whole:
                is_growing = True
                yield ReplyStep(answer_html(reply, turn=turn, text=answer_text(reply) or "…"), exchange)
            elif is_growing:
                yield ReplyStep(answer_html(reply, turn=turn), exchange)
            else:
                for message in answer_steps(reply, turn=turn):
                    yield ReplyStep(message, exchange)
                    time.sleep(STEP_SECONDS)


def messages_of(conversation: Conversation, options: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The conversation as chat messages, each of them HTML.

    Args:
        conversation: Oldest first.
        options: Questions to offer below the last one.
    """
    messages: list[dict[str, Any]] = []
    for turn, exchange in enumerate(conversation, 1):
        reply = exchange.reply
        message = answer_html(reply, turn=turn) if isinstance(reply, Answer) else notice_html(str(reply))
        messages.append({"role": "user", "content": question_html(exchange.question)})
        messages.append({"role": "assistant", "content": message})
    if messages and options:
        messages[-1]["options"] = [{"value": option} for option in options]
    return messages


def sources_of(conversation: Conversation) -> str:
    """The Sources panel of a conversation."""
    replies = [(turn, item.reply) for turn, item in enumerate(conversation, 1)]
    return sources_html([(turn, reply) for turn, reply in replies if isinstance(reply, Answer)])
