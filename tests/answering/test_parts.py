"""The smaller parts: grounding, citations, clauses, verdicts over several targets, person, examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.citations import escape_marks, parse_marks, render_marks
from profile_rag.answering.draft import Draft
from profile_rag.answering.evidence import Evidence, Passage, clauses_of, sentences_of
from profile_rag.answering.extractive import Statement, speak, state_capabilities
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.person import find_person
from profile_rag.answering.stance import Judgement
from profile_rag.answering.verdict import Finding, combine_verdicts
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document
from profile_rag.models import Embedder
from profile_rag.profile import Profile
from profile_rag.schema import Chunk, Person


def chunks_of(markdown: str, source: str = "x.md") -> tuple[Chunk, ...]:
    document = Document(source, markdown, "0" * 64, len(markdown), 0)
    return chunk_document(document, count_tokens=len, max_tokens=10_000).chunks


@pytest.mark.parametrize(("is_named", "lead"), [(False, "of Rye bread: “Bakes"), (True, "say so: “Bakes")])
def test_words_found_by_their_meaning_are_told_with_the_name_of_their_entry(is_named: bool, lead: str) -> None:
    chunk = next(c for c in chunks_of("# Ann Lee\n\n## Food\n\n**Rye bread**\nBakes it every week.\n") if c.title)
    evidence = Evidence(sentences_of(chunk)[0], Judgement("affirms", "stated"), names_target=is_named)
    (statement,) = state_capabilities(
        [Finding("loaves", "yes", "stated", (evidence,))], Person("", "", "she", "her", "her")
    )
    assert lead in statement.text


# --- grounding --------------------------------------------------------------------------------------

QUOTE = "Haven't built production Kafka systems; I've mostly consumed them."


@pytest.fixture(scope="module")
def checker(embedder: Embedder) -> GroundingChecker:
    return GroundingChecker(embedder)


@pytest.mark.parametrize(
    ("claim", "is_kept"),
    [
        (f"He has limits: “{QUOTE}”", True),
        ("He has limits: “Haven't built production Kafka systems”", True),
        ("Has mostly consumed Kafka systems for 5 years.", False),
        ("He led a team of nine at a bank.", False),
        ("The words are “has built production Kafka systems”.", False),
    ],
)
def test_a_claim_is_held_to_the_words_it_cites(checker: GroundingChecker, claim: str, is_kept: bool) -> None:
    chunk = chunks_of(QUOTE)[0]
    statement = Statement(claim, (Passage(chunk, 0, len(chunk.text)),), frame="He has limits:")
    answer = Draft([statement], "yes").ground(checker, question="q", understood_as="q", kind="open")
    assert [each.text for each in answer.claims] == ([claim] if is_kept else [])


def test_what_no_quote_supports_is_left_out_and_nothing_left_is_an_abstention(checker: GroundingChecker) -> None:
    chunk = chunks_of("Paints in oil.")[0]
    passage = Passage(chunk, 0, len(chunk.text))
    sound = Statement("Paints in oil.", (passage,))
    unsound = Statement("Led a team of nine at a bank.", (passage,))
    both = Draft([sound, unsound], "yes").ground(checker, question="q", understood_as="q", kind="open")
    assert [claim.text for claim in both.claims] == ["Paints in oil."]
    assert "bank" not in both.answer
    none = Draft([unsound], "yes").ground(checker, question="q", understood_as="q", kind="open")
    assert none.abstained
    assert (none.verdict, none.claims, none.citations) == ("not_stated", (), ())


# --- citations --------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 99), max_size=6))
def test_marks_survive_rendering_and_parsing(numbers: list[int]) -> None:
    assert parse_marks(render_marks(numbers)) == tuple(dict.fromkeys(numbers))


@given(st.text(alphabet="[]0123*a \\", max_size=40))
def test_a_documents_own_brackets_never_read_as_marks(text: str) -> None:
    escaped = escape_marks(text.replace("\\", ""))
    assert parse_marks(escaped) == ()
    assert "**" not in escaped


# --- clauses ----------------------------------------------------------------------------------------


def clauses(markdown: str) -> list[str]:
    chunk = chunks_of(markdown)[0]
    return [clause.text for clause in clauses_of(Passage(chunk, 0, len(chunk.text)))]


def test_a_labelled_list_is_cut_at_the_commas_outside_brackets() -> None:
    assert clauses("- Data: pipelines (Airflow, dbt), streaming (Kafka, Flink)") == [
        "pipelines (Airflow, dbt)",
        "streaming (Kafka, Flink)",
    ]


def test_prose_is_not_cut_at_its_commas() -> None:
    text = "When the data arrives, she checks it, then she loads it into the warehouse that everybody uses."
    assert clauses(text) == [text]


# --- verdicts, person, words ------------------------------------------------------------------------


def test_verdicts_that_agree_stay_and_others_make_partly() -> None:
    assert combine_verdicts(["yes", "yes"]) == "yes"
    assert combine_verdicts(["not_stated", "not_stated"]) == "not_stated"
    assert combine_verdicts(["yes", "no"]) == "partly"
    assert combine_verdicts(["yes", "not_stated"]) == "partly"


@pytest.mark.parametrize(
    ("markdown", "name", "subject"),
    [
        ("# Notes\n\n- **Name:** Li Wei\n- **Pronouns:** she/her", "Li Wei", "she"),
        ("# Jean-Luc de la Tour\n\nHe paints. He sings.", "Jean-Luc de la Tour", "he"),
        ("---\nname: Kim Park\n---\n\nI paint.", "Kim Park", "they"),
        ("# TECH STACK\n\nI paint.", "", "they"),
    ],
)
def test_the_person_is_who_the_documents_say(markdown: str, name: str, subject: str) -> None:
    person = find_person(chunks_of(markdown))
    assert (person.name, person.subject) == (name, subject)


def test_a_second_first_name_in_the_text_is_noticed() -> None:
    text = "# Ada Okafor\n\nGrace started in support. Grace is patient. Her team likes Grace."
    assert find_person(chunks_of(text)).other_name == "Grace"


@pytest.mark.parametrize(
    "text",
    [
        "# Ada Okafor\n\nAda started in support. Ada is patient.",
        "# Ada Okafor\n\n- Python\n\nPython is her language. Python has grown on her.",
        "# Ada Okafor\n\nGrace started in support.",
        "# Ada Okafor\n\nData is her craft. Data has to be clean. She loves data.",
    ],
)
def test_what_is_no_second_name_is_not_taken_for_one(text: str) -> None:
    assert find_person(chunks_of(text)).other_name == ""


def test_verbs_agree_with_the_pronoun() -> None:
    she = Person("", "", "she", "her", "her")
    they = Person("", "", "they", "them", "their")
    assert [speak(she, verb) for verb in ("has", "understands")] == ["she has", "she understands"]
    assert [speak(they, verb) for verb in ("has", "understands")] == ["they have", "they understand"]


def test_example_questions_come_from_the_documents_and_can_be_answered(ada: Profile) -> None:
    questions = ada.example_questions()
    assert 2 <= len(questions) <= 4
    assert not any(ada.ask(question).abstained for question in questions)


def test_example_questions_of_someone_else_are_other_questions(ada: Profile, sam: Profile) -> None:
    assert set(ada.example_questions()).isdisjoint(sam.example_questions())
