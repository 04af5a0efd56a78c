"""What visitors asked, for the owner: kept only when the owner turns it on, and only for so many days.

Questions, verdicts and thumbs; no addresses, no sessions, no answers.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from profile_rag.errors import LogError
from profile_rag.schema import Answer, Verdict

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    question TEXT NOT NULL,
    understood_as TEXT NOT NULL,
    asked TEXT NOT NULL,
    verdict TEXT,
    abstained INTEGER NOT NULL,
    thumb INTEGER,
    word TEXT
)
"""
# Beside max() SQLite takes the other columns from the row that holds the most: here the last one asked.
_UNANSWERED = """
SELECT understood_as, count(*), day, verdict, max(id) FROM questions WHERE abstained OR :all
GROUP BY asked ORDER BY count(*) DESC, max(id) DESC
"""
_MAX_WORD = 500  # characters
_BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, however often it was asked."""

    question: str
    times: int
    last: str
    """The day it was asked last, as YYYY-MM-DD."""
    verdict: Verdict | None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


class QuestionLog:
    """A log in one SQLite file. Safe to use from several threads and processes."""

    def __init__(self, path: Path, *, days: int, now: Callable[[], date] = today) -> None:
        """Open the log, or begin it, and forget what is older than it may be.

        Args:
            path: The file.
            days: How long a question is kept.
            now: The day.

        Raises:
            LogError: The file cannot be written or is something else.
        """
        self._path = path
        self._days = days
        self._now = now
        self._lock = threading.Lock()
        with self._connected() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if version not in (0, _SCHEMA_VERSION) or (version == 0 and tables):
                raise LogError(path, "it is a database of something else", "Give --log another file.")
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            self._forget(connection)

    def record(self, answer: Answer) -> int:
        """Keep a question and what came of it; returns its number, by which a thumb is added.

        Raises:
            LogError: The file cannot be written.
        """
        values = (
            self._now().isoformat(),
            answer.question,
            answer.understood_as,
            _same(answer.understood_as),
            answer.verdict,
            answer.abstained,
        )
        with self._connected() as connection:
            self._forget(connection)
            cursor = connection.execute(
                "INSERT INTO questions (day, question, understood_as, asked, verdict, abstained)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
            return int(cursor.lastrowid or 0)

    def add_thumb(self, number: int, *, is_up: bool, word: str = "") -> None:
        """Keep whether the visitor liked an answer, and why.

        Raises:
            LogError: The file cannot be written.
        """
        with self._connected() as connection:
            connection.execute(
                "UPDATE questions SET thumb = ?, word = ? WHERE id = ?", (int(is_up), word[:_MAX_WORD], number)
            )

    def unanswered(self, *, with_answered: bool = False) -> list[Asked]:
        """The questions that the documents did not answer, the most frequent first.

        Raises:
            LogError: The file cannot be read.
        """
        with self._connected() as connection:
            rows = connection.execute(_UNANSWERED, {"all": with_answered}).fetchall()
        return [Asked(str(question), int(times), str(last), verdict) for question, times, last, verdict, _ in rows]

    def _forget(self, connection: sqlite3.Connection) -> None:
        oldest = self._now() - timedelta(days=self._days)
        connection.execute("DELETE FROM questions WHERE day < ?", (oldest.isoformat(),))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each step: nothing is held open that a copy of the file would miss."""
        try:
            with self._lock, closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                yield connection
        except (sqlite3.Error, OSError) as error:
            problem = f"the log cannot be used ({error})"
            raise LogError(self._path, problem, "Give --log a file that can be written.") from error


def _same(question: str) -> str:
    """What questions have in common that differ in case, punctuation and white space alone."""
    return " ".join("".join(character if character.isalnum() else " " for character in question.casefold()).split())
