import logging

import pytest
from tests.ui.scripted_profile import ScriptedProfile

from profile_rag.ui import conversation
from profile_rag.ui.conversation import FAILURE, Conversation, Desk, messages_of, sources_of, stream_reply


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "STEP_SECONDS", 0)


def converse(profile: ScriptedProfile, *questions: str) -> Conversation:
    so_far: Conversation = ()
    for question in questions:
        so_far = (*so_far, list(stream_reply(Desk(profile), question, so_far))[-1].exchange)
    return so_far


def test_the_sources_are_there_from_the_first_step() -> None:
    steps = list(stream_reply(Desk(ScriptedProfile()), "Kafka?", ()))
    assert len(steps) > 1
    assert len({step.exchange for step in steps}) == 1
    assert 'id="src-1-2"' in sources_of((steps[0].exchange,))


def test_earlier_questions_are_handed_on() -> None:
    profile = ScriptedProfile()
    converse(profile, "Kafka?", "Terraform?", "and Flink?")
    assert profile.histories == [(), ("Kafka?",), ("Kafka?", "Terraform?")]


def test_a_question_that_failed_is_not_handed_on_but_keeps_its_number() -> None:
    profile = ScriptedProfile()
    so_far = converse(profile, "break", "Kafka?")
    assert profile.histories[-1] == ()
    assert "#src-2-1" in messages_of(so_far)[3]["content"]


def test_the_programs_own_errors_are_told_in_their_words() -> None:
    (step,) = stream_reply(Desk(ScriptedProfile()), " ", ())
    assert "question: it is empty. Ask something." in step.message


def test_any_other_error_is_one_plain_sentence_and_a_log_line_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        (step,) = stream_reply(Desk(ScriptedProfile()), "break: a secret", ())
    assert FAILURE in step.message
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_what_to_ask_next_stands_below_the_last_message_and_was_not_asked_yet() -> None:
    desk = Desk(ScriptedProfile())
    so_far = converse(ScriptedProfile(), "Terraform?", "Kafka?")
    *_, last = messages_of(so_far, desk.next_questions(so_far))
    assert [option["value"] for option in last["options"]] == ["Can she do Kafka?", "How does she work?"]


def test_a_message_of_the_program_leads_to_no_questions() -> None:
    assert Desk(ScriptedProfile()).next_questions(converse(ScriptedProfile(), "break")) == ()


def test_messages_alternate() -> None:
    roles = [message["role"] for message in messages_of(converse(ScriptedProfile(), "Kafka?", "break"))]
    assert roles == ["user", "assistant"] * 2
