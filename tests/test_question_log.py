"""What visitors asked is kept for the owner, for so many days and without addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.ui.scripted_profile import abstention, partly

from profile_rag.errors import LogError
from profile_rag.question_log import QuestionLog

FIRST = date(2026, 3, 1)


class Calendar:
    def __init__(self) -> None:
        self.day = FIRST

    def __call__(self) -> date:
        return self.day

    def advance(self, days: int) -> None:
        self.day += timedelta(days=days)


def opened(path: Path, now: Callable[[], date] = lambda: FIRST) -> QuestionLog:
    return QuestionLog(path, days=30, now=now)


def test_the_unanswered_come_with_the_most_frequent_first(tmp_path: Path) -> None:
    log = opened(tmp_path / "log.db")
    for question in ("Terraform?", "Does she sing?", "does she  sing", "DOES SHE SING?"):
        log.record(abstention(question))
    log.record(partly("Can she do Kafka?"))
    assert [(item.question, item.times) for item in log.unanswered()] == [("DOES SHE SING?", 3), ("Terraform?", 1)]
    assert len(log.unanswered(with_answered=True)) == 3


def test_questions_are_forgotten_after_their_days(tmp_path: Path) -> None:
    calendar = Calendar()
    log = opened(tmp_path / "log.db", calendar)
    log.record(abstention("An old one?"))
    calendar.advance(20)
    log.record(abstention("A newer one?"))
    calendar.advance(11)
    assert len(log.unanswered()) == 2  # nothing has been written since
    reopened = opened(tmp_path / "log.db", calendar)
    assert [item.question for item in reopened.unanswered()] == ["A newer one?"]
    assert b"An old one" not in (tmp_path / "log.db").read_bytes()


def test_a_thumb_and_a_word_are_kept_with_their_question(tmp_path: Path) -> None:
    log = opened(tmp_path / "log.db")
    log.record(partly("Kafka?"))
    number = log.record(abstention("Terraform?"))
    log.add_thumb(number, is_up=False, word="w" * 10_000)
    with sqlite3.connect(tmp_path / "log.db") as connection:
        rows = connection.execute("SELECT thumb, length(word) FROM questions ORDER BY id").fetchall()
    assert rows == [(None, None), (0, 500)]


def test_several_logs_on_one_file_keep_all_they_are_told(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "log.db"), opened(tmp_path / "log.db")
    for log in (one, other, one, other):
        log.record(abstention("Terraform?"))
    assert one.unanswered() == other.unanswered()
    assert one.unanswered()[0].times == 4


def test_hostile_words_are_only_words(tmp_path: Path) -> None:
    log = opened(tmp_path / "log.db")
    question = "'); DROP TABLE questions; -- \x00 ‮"
    log.record(replace(abstention("x"), question=question, understood_as=question))
    assert log.unanswered()[0].question == question


def test_a_file_that_is_no_log_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("my notes, " * 100)
    with pytest.raises(LogError, match=r"notes\.txt"):
        opened(text)
    assert text.read_text() == "my notes, " * 100
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(LogError, match="something else"):
        opened(other)
    with pytest.raises(LogError, match="cannot be used"):
        opened(tmp_path / "missing" / "log.db")
