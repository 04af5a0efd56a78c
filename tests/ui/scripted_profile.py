"""A real implementation of the page's `AskableProfile` whose answers are written by hand."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from profile_rag.errors import QuestionError
from profile_rag.schema import (
    Answer,
    Chunk,
    Citation,
    Conflict,
    Person,
    Related,
    Skill,
    SourceMap,
    Target,
    Turn,
    questions_of,
)

PERSON = Person(name="Robin Vale", role="Platform engineer", subject="she", object="her", possessive="her")
EXAMPLES = ("Can she do Kafka?", "Terraform?", "How does she work?")


def citation(number: int, quote: str, *, source: str = "notes.md", line: int = 4, **changes: Any) -> Citation:
    values: dict[str, Any] = {
        "id": number,
        "source": source,
        "heading": ("Work", "Streaming"),
        "start_line": line,
        "end_line": line,
        "page": None,
        "start_char": 10,
        "end_char": 10 + len(quote),
        "quote": quote,
        "document_sha256": "0" * 64,
        "node_id": f"node-{number}",
    }
    return Citation(**(values | changes))


def partly(question: str) -> Answer:
    citations = (
        citation(
            1,
            "Haven't run production Kafka; I've mostly consumed topics others built.",
            line=12,
            start_char=30,
            end_char=101,
        ),
        citation(2, "Streaming: Kafka, Flink", source="skills.md", line=31, heading=("Skills",), end_line=32),
    )
    return Answer(
        question=question,
        understood_as="Can she do Kafka?",
        answer=(
            "**Partly.** She has consumed Kafka topics but not run Kafka in production: "
            "“Haven't run production Kafka; I've mostly consumed topics others built.” [1]\n\n"
            "Her skills list it all the same: “Streaming: Kafka, Flink” [2]. The two differ; worth asking her."
        ),
        verdict="partly",
        abstained=False,
        kind="capability",
        targets=(Target(target="Kafka", verdict="partly", basis="conceptual", citations=(1, 2)),),
        citations=citations,
        conflicts=(Conflict("Kafka", (1, 2), "one document limits what the other lists without limit."),),
    )


def abstention(question: str) -> Answer:
    return Answer(
        question=question,
        understood_as=question,
        answer="**Not stated.** The documents don't mention Terraform.",
        verdict="not_stated",
        abstained=True,
        kind="capability",
        related=(
            Related("skills.md", "Comfortable with EC2, S3, RDS and Lambda", 18, 18),
            Related(
                "notes.md", "The cluster's machines are described in Ansible playbooks that the team reviews.", 40, 41
            ),
        ),
    )


def long(question: str) -> Answer:
    quotes = [
        f"Principle {n}: I write down what I decided and why, so that others can disagree early." for n in range(1, 9)
    ]
    items = "\n".join(f"- **Principle {n}.** She writes down what was decided and why. [{n}]" for n in range(1, 9))
    return Answer(
        question=question,
        understood_as=question,
        answer=f"She describes her work in eight principles:\n\n{items}\n\nIn her words:\n\n> {quotes[0]} [1]",
        verdict=None,
        abstained=False,
        kind="open",
        citations=tuple(
            citation(n, quote, source="handbook.pdf", line=n * 3, end_line=n * 3 + 1, page=n, heading=("How I work",))
            for n, quote in enumerate(quotes, 1)
        ),
    )


def hostile(question: str) -> Answer:
    attack = (
        '<img src="http://evil.invalid/p.png" onerror="alert(1)"> ![x](http://evil.invalid/q.png) <b>bold</b> $$x$$'
    )
    return Answer(
        question=question,
        understood_as=f"hostile {attack}",
        answer=f"{attack}\n\n{attack} [1] [7] {question} [2]",
        verdict="yes",
        abstained=False,
        kind="open",
        citations=(
            citation(1, f"</blockquote><script>alert(1)</script> {attack}", source="<i>x</i>.md", heading=(attack,)),
            citation(2, question, source="<i>x</i>.md", heading=(question,)),
        ),
    )


LINES = (
    "She leads the streaming team.",
    "Haven't run production Kafka; I've mostly consumed topics others built.",
    "Streaming: Kafka, Flink",
    "</div><script>alert(1)</script> ![x](http://evil.invalid/q.png)",
)


def document(source: str) -> tuple[Chunk, ...]:
    """A small document, in which the quotes of the answers stand one below the other."""
    chunks, start = [], 0
    for line, text in enumerate(LINES, 1):
        end = start + len(text)
        chunks.append(
            Chunk(
                id=f"{source}-{line}",
                source=source,
                document_sha256="0" * 64,
                heading=("Work", "Streaming"),
                title="",
                text=text,
                kind="paragraph",
                markup="markdown",
                start_char=start,
                end_char=end,
                start_line=line,
                end_line=line,
                source_map=SourceMap(((0, len(text), start, len(text)),), (), (start,), line),
            )
        )
        start = end + 1
    return tuple(chunks)


SKILLS = (
    Skill("Kafka", "Streaming", "partly", "conceptual", partly("").citations, is_disputed=True),
    Skill("Flink", "Streaming", "yes", "listed", partly("").citations[1:]),
    Skill("Python", "Languages", "yes", "demonstrated", partly("").citations[:1]),
    Skill("<b>PHP</b>", "Languages", "no", "denied", partly("").citations[:1]),
)


class ScriptedProfile:
    """Answers by a word in the question; "together" waits until two ask at once, "think" takes its time,
    "break" fails."""

    def __init__(self) -> None:
        self.person = PERSON
        self.histories: list[tuple[str, ...]] = []
        self._together = threading.Barrier(2)

    def example_questions(self) -> tuple[str, ...]:
        return EXAMPLES

    def next_questions(self, answer: Answer, asked: Sequence[str]) -> tuple[str, ...]:
        return tuple(example for example in EXAMPLES if example not in asked)

    def skills(self) -> tuple[Skill, ...]:
        return SKILLS

    def document(self, source: str) -> tuple[Chunk, ...]:
        return document(source) if source in {"notes.md", "skills.md", "<i>x</i>.md"} else ()

    def stream(
        self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()
    ) -> Generator[Answer, None, None]:
        yield self.ask(question, history=history)

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        self.histories.append(questions_of(history))
        if not question.strip():
            raise QuestionError("question", "it is empty", "Ask something.")
        if "break" in question:
            raise RuntimeError(f"about {question}")
        if "think" in question:
            time.sleep(1.5)
        if "together" in question:
            self._together.wait(timeout=20)
        for word, answer in (("Kafka", partly), ("Flink", partly), ("work", long), ("hostile", hostile)):
            if word in question:
                return answer(question)
        return abstention(question)


if __name__ == "__main__":
    from profile_rag.question_log import QuestionLog
    from profile_rag.ui.conversation import Desk
    from profile_rag.ui.server import Door, serve

    log = QuestionLog(Path(sys.argv[4]), days=1) if sys.argv[4] else None
    serve(
        Desk(ScriptedProfile(), log),
        host=sys.argv[1],
        port=int(sys.argv[2]),
        on_ready=lambda url: print(url, flush=True),  # noqa: T201  the tests read it
        door=Door(sys.argv[3], ["https://example.org"], **json.loads(sys.argv[5])),
    )
