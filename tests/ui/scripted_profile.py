"""A real implementation of the page's `AskableProfile` whose answers are written by hand."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from profile_rag.errors import QuestionError
from profile_rag.schema import Answer, Citation, Conflict, Person, Related, Target, Turn, questions_of

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
        citation(1, "Haven't run production Kafka; I've mostly consumed topics others built.", line=12),
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
        answer=f"{attack}\n\n{attack} [1] [7]",
        verdict="yes",
        abstained=False,
        kind="open",
        citations=(
            citation(1, f"</blockquote><script>alert(1)</script> {attack}", source="<i>x</i>.md", heading=(attack,)),
        ),
    )


class ScriptedProfile:
    """Answers by a word in the question; "together" waits until two ask at once, "break" fails."""

    def __init__(self) -> None:
        self.person = PERSON
        self.histories: list[tuple[str, ...]] = []
        self._together = threading.Barrier(2)

    def example_questions(self) -> tuple[str, ...]:
        return EXAMPLES

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        self.histories.append(questions_of(history))
        if not question.strip():
            raise QuestionError("question", "it is empty", "Ask something.")
        if "break" in question:
            raise RuntimeError(f"about {question}")
        if "together" in question:
            self._together.wait(timeout=20)
        for word, answer in (("Kafka", partly), ("Flink", partly), ("work", long), ("hostile", hostile)):
            if word in question:
                return answer(question)
        return abstention(question)


if __name__ == "__main__":
    from profile_rag.ui.conversation import Desk
    from profile_rag.ui.server import serve

    serve(
        Desk(ScriptedProfile()),
        host=sys.argv[1],
        port=int(sys.argv[2]),
        on_ready=lambda url: print(url, flush=True),  # noqa: T201  the tests read it
        login=sys.argv[3] if len(sys.argv) > 3 else "",
        frame_origins=["https://example.org"],
    )
