"""Follow-ups: each is understood as a person who read the conversation would say it in full."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_rag.answering.chat import stand_alone
from profile_rag.answering.mentions import names_in, spell_out
from profile_rag.schema import Person

KIM = Person("Kim Doe", "Data Engineer", "he", "him", "his")
ROBIN = Person("Robin Vale", "", "they", "them", "their")
MEMBERS = {"databases": ["PostgreSQL", "Redis"]}


def understood(conversation: str, person: Person = KIM) -> str:
    *earlier, question = conversation.split(" | ")
    return stand_alone(question, earlier, person, members_of=lambda category: MEMBERS.get(category, []))


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("can he do Kafka? | Flink?", "Can he do Flink?"),
        ("can he do Kafka? | how about dbt?", "Can he do dbt?"),
        ("can he do Kafka? | Flink too?", "Can he do Flink?"),
        ("can he do Kafka? | same for Go?", "Can he do Go?"),
        ("Is he any good with Excel? | and the other one, Access?", "Is he any good with Access?"),
        ("Is PyTorch one of his strengths? | and JAX?", "Is JAX one of his strengths?"),
        ("Can he produce virtual events? | and hybrid ones?", "Can he produce hybrid events?"),
        ("Has he built backends in Node? | and Django?", "Has he built backends in Django?"),
        ("Does he do canary releases on Kubernetes? | and blue-green?", "Does he do blue-green on Kubernetes?"),
        (
            "Tell me about his experience with budgeting | and forecasting?",
            "Tell me about his experience with forecasting?",
        ),
        ("Can you tell me if he knows Go? | and Rust?", "He knows Rust?"),
        ("Would he relocate? | and travel?", "Would he travel?"),
        ("Is he a team player? | and a leader?", "Is he a leader?"),
        ("Does the profile mention Kafka? | and Flink?", "Does the profile mention Flink?"),
    ],
)
def test_a_fragment_takes_the_place_of_what_was_asked_about(conversation: str, expected: str) -> None:
    assert understood(conversation) == expected


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("can he do Kafka? | in production?", "Can he do Kafka in production?"),
        ("Can he work on AWS? | and on GCP?", "Can he work on GCP?"),
        ("can he do AWS? | and on GCP?", "Can he do GCP?"),
        ("can he do Kubernetes? | on GCP?", "Can he do Kubernetes on GCP?"),
        ("Has he worked in emergency care? | in oncology?", "Has he worked in oncology?"),
        ("Does he coach teams? | remotely?", "Does he coach teams remotely?"),
        ("Is he available full time? | and part time?", "Is he available part time?"),
        ("can he do AWS? | and GCP? | in production? | and Azure?", "Can he do Azure in production?"),
        ("What did he do at Acme? | and at Globex?", "What did he do at Globex?"),
    ],
)
def test_a_qualifier_is_added_unless_one_like_it_is_there_already(conversation: str, expected: str) -> None:
    assert understood(conversation) == expected


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("does he know Kotlin? | since when?", "Since when does he know Kotlin?"),
        ("Has he managed people? | for how long?", "For how long has he managed people?"),
        ("Has he managed people? | how many?", "How many people has he managed?"),
        ("Did he cut the cost of a visit? | by how much?", "By how much did he cut the cost of a visit?"),
        ("Have they given any talks? | at which conference?", "At which conference have they given any talks?"),
        ("Is he good with AWS? | which services?", "Which AWS services is he good with?"),
        ("Does he have any certifications? | which ones?", "Which certifications does he have?"),
        ("Does he know Kafka? | how many years?", "How many years of experience does he have with Kafka?"),
        ("can he do Kafka? | how good?", "How good is he with Kafka?"),
        ("can he do Kafka? | an example?", "What has he done with Kafka?"),
        ("Does he mentor juniors? | any details?", "How does he mentor juniors?"),
        (
            "Which microcontrollers has he programmed? | in which languages?",
            "In which languages has he programmed microcontrollers?",
        ),
        ("Which microcontrollers has he programmed? | and RISC-V?", "Has he programmed RISC-V?"),
        ("Where did he study? | when?", "When did he study?"),
        ("Where did he study? | what subject?", "What subject did he study?"),
        ("What is his degree? | from which university?", "From which university is his degree?"),
    ],
)
def test_a_question_word_asks_about_the_clause_before(conversation: str, expected: str) -> None:
    person = ROBIN if "they" in conversation else KIM
    assert understood(conversation, person) == expected


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("can he do Kafka? | has he used it in production?", "Has he used Kafka in production?"),
        ("can he write Rust? | is he an expert in that?", "Is he an expert in Rust?"),
        ("can he do Kafka? | is he an expert?", "Is he an expert in Kafka?"),
        (
            "Does he find fee outliers in a portfolio? | does he lecture people about them?",
            "Does he lecture people about fee outliers?",
        ),
        ("Has he led migrations? | and where did he do that?", "Where has he led migrations?"),
        ("Can he lead a team of ten? | has he done that before?", "Did he lead a team of ten before?"),
        ("Has he won a teaching prize? | in which year did he get it?", "In which year did he get the teaching prize?"),
        ("Does he know Kafka? | does he prefer it over Flink?", "Does he prefer Kafka over Flink?"),
        ("Does he know Kafka? | Is that his strongest skill?", "Is Kafka his strongest skill?"),
        ("Does he use Figma? | has he used that tool for print?", "Has he used Figma for print?"),
        ("Did he found a company? | what is its name?", "What is the company's name?"),
        ("Did he work at Acme? | what did he do there?", "What did he do at Acme?"),
        ("Does he own a car? | does his wife have one?", "Does his wife have a car?"),
        ("Who is Perpetua? | what does she do?", "What does Perpetua do?"),
    ],
)
def test_a_pronoun_is_the_thing_asked_about_before(conversation: str, expected: str) -> None:
    assert understood(conversation) == expected


def test_they_and_them_may_be_the_person() -> None:
    assert understood("Do they know Kafka? | are they good at it?", ROBIN) == "Are they good at Kafka?"
    assert understood("Do they know Kafka? | who speaks for them?", ROBIN) == "who speaks for them?"


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("Kafka or Flink? | which of those is he better at?", "Which of Kafka and Flink is he better at?"),
        (
            "Does he know Kafka? | and Flink? | which of the two is he better at?",
            "Which of Kafka and Flink is he better at?",
        ),
        ("Does he know Vue and React? | which one does he prefer?", "Which of Vue and React does he prefer?"),
        (
            "Which databases does he know? | which of them has he run in production?",
            "Which of the databases PostgreSQL and Redis has he run in production?",
        ),
        ("Which tools does he use? | which of these is his favourite?", "Which of the tools is his favourite?"),
        ("Which databases does he know? | what else?", "Which other databases does he know?"),
        ("What has he done in NLP? | what else?", "What else has he done in NLP?"),
        ("Has he taught courses? | anything else besides those?", "What else has he taught besides courses?"),
        ("Does he know Python? | and which other languages?", "Which other languages does he know besides Python?"),
    ],
)
def test_those_and_others_are_told_by_name(conversation: str, expected: str) -> None:
    assert understood(conversation) == expected


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        ("does he know Spark? | no, I meant Spark Streaming", "Does he know Spark Streaming?"),
        ("does he know MySQL? | sorry, I meant MariaDB", "Does he know MariaDB?"),
        ("does he know Azure? | no no, AWS", "Does he know AWS?"),
        ("does he know Java? | not Java, JavaScript", "Does he know JavaScript?"),
        ("does he know Rust? | I said Go, not Rust", "Does he know Go?"),
        ("does he know Rust? | Go I mean", "Does he know Go?"),
        ("does he know Rust? | I meant in production", "Does he know Rust in production?"),
        ("does he know Rust? | No, does he know Go?", "Does he know Go?"),
    ],
)
def test_a_correction_exchanges_what_was_meant(conversation: str, expected: str) -> None:
    assert understood(conversation) == expected


@pytest.mark.parametrize(
    "opening",
    ["ok, different topic: ", "something else: ", "Next question: ", "new topic. ", "by the way, ", "unrelated - "],
)
def test_a_switch_of_topic_leaves_the_rest_as_it_is(opening: str) -> None:
    assert understood(f"can he do Kafka? | {opening}what sport does he coach?") == "What sport does he coach?"


@pytest.mark.parametrize(
    "question",
    [
        "Where did he study?",
        "does he write code and test it himself?",
        "does he review other people's code?",
        "is it true that he likes cats?",
        "what does he think about remote work?",
        "What happened at Acme?",
        "How many people report to him?",
        "how do you know that?",
        "salary?",
        "thanks!",
        "ok",
    ],
)
def test_what_stands_alone_is_left_alone(question: str) -> None:
    assert understood(f"can he do Kafka? | {question}") == question


def test_small_talk_between_two_questions_is_passed_over() -> None:
    assert understood("Hi, I'm hiring for a data role. | can he do Kafka? | thanks! | and Flink?") == "Can he do Flink?"


@given(st.lists(st.text(max_size=40), max_size=4), st.text(min_size=1, max_size=60))
def test_any_conversation_at_all_ends_in_some_question(earlier: list[str], question: str) -> None:
    assert isinstance(stand_alone(question, earlier, KIM), str)


def test_names_of_a_text_are_found_and_put_for_pronouns() -> None:
    assert names_in('She joined Blue Nile and sang "The Tide".') == ["Blue Nile", '"The Tide"']
    assert spell_out("Did her album sell?", ["Ana Ruiz"], []) == "Did Ana Ruiz's album sell?"
    assert spell_out("Who taught her in Rome?", ["Ana Ruiz"], []) == "Who taught Ana Ruiz in Rome?"
