import pytest
from tests.ui.scripted_profile import EXAMPLES, PERSON, SKILLS, abstention, citation, long, partly

from profile_rag import Profile
from profile_rag.answering.next_questions import next_questions
from profile_rag.schema import Skill

AREA = (
    *SKILLS[:2],
    Skill("Pulsar", "Streaming", "yes", "listed", (citation(1, "Pulsar", line=50),)),
    Skill("RabbitMQ", "Streaming", "yes", "listed", (citation(1, "RabbitMQ", line=51),)),
    *SKILLS[2:],
)


def test_the_skills_behind_the_one_asked_for_come_first() -> None:
    asked = next_questions(partly("Kafka?"), PERSON, skills=AREA, examples=EXAMPLES, asked=["Kafka?"])
    assert asked == ("Can she do Flink?", "Can she do Pulsar?", "Terraform?")


def test_what_was_asked_is_not_offered_again() -> None:
    asked = ["Flink?", "and what of Pulsar?", "terraform", "Kafka?"]
    offered = next_questions(partly("Kafka?"), PERSON, skills=AREA[:4], examples=EXAMPLES, asked=asked)
    assert offered == ("Can she do RabbitMQ?", "How does she work?")


def test_an_abstention_leads_to_the_skills_that_stand_nearest() -> None:
    skills = [Skill("S3", "Cloud", "yes", "listed", (citation(1, "S3", source="skills.md", line=18),)), *SKILLS]
    offered = next_questions(abstention("Terraform?"), PERSON, skills=skills, examples=EXAMPLES, asked=["Terraform?"])
    assert offered[0] == "Can she do S3?"


def test_an_answer_about_no_skill_leads_on_by_the_examples() -> None:
    offered = next_questions(long("How does she work?"), PERSON, skills=(), examples=EXAMPLES, asked=[])
    assert offered == ("Can she do Kafka?", "Terraform?")


@pytest.mark.parametrize("question", ["Can he do Kafka?", "Who is he?", "Is he a pilot?", "Hello!"])
def test_what_is_offered_can_be_answered(profile: Profile, question: str) -> None:
    offered = profile.next_questions(profile.ask(question), [question])
    assert 2 <= len(offered) <= 3
    assert not any(profile.ask(each).abstained for each in offered)
