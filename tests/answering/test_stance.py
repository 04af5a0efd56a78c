"""A passage affirms, limits, denies, prefers something else or merely mentions."""

from __future__ import annotations

import pytest

from profile_rag.answering.evidence import find_evidence
from profile_rag.answering.stance import STRENGTH, Judgement
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import Document


def judgement_of(markdown: str, target: str) -> Judgement:
    """The judgement of the last passage about the target."""
    document = Document("x.md", markdown, "0" * 64, len(markdown), 0)
    chunks = chunk_document(document, count_tokens=len, max_tokens=10_000).chunks
    return find_evidence(target, chunks)[-1].judgement


@pytest.mark.parametrize(
    ("text", "target", "stance", "basis"),
    [
        ("Used Go for two payment services.", "Go", "affirms", "demonstrated"),
        ("She has built three Kafka clusters.", "Kafka", "affirms", "demonstrated"),
        ("Comfortable with Terraform modules.", "Terraform", "affirms", "stated"),
        ("I know Redis well.", "Redis", "affirms", "stated"),
        ("Understand the theory of Raft.", "Raft", "affirms", "conceptual"),
        ("I don't use Tableau.", "Tableau", "denies", "denied"),
        ("They have never touched Perl.", "Perl", "denies", "denied"),
        ("No experience with COBOL.", "COBOL", "denies", "denied"),
        ("He is not fluent in Haskell.", "Haskell", "limits", "basic"),
        ("Know Docker basics.", "Docker", "limits", "basic"),
        ("Knows enough Chef to be dangerous, enough to be dangerous.", "Chef", "limits", "basic"),
        ("Prefer Postgres over MySQL for everything.", "MySQL", "prefers_other", "stated"),
        ("Prefer Postgres over MySQL for everything.", "Postgres", "affirms", "stated"),
        ("I don't use Kubernetes if something simpler works.", "Kubernetes", "mentions", "none"),
        ("For bursts, I'd use RabbitMQ.", "RabbitMQ", "mentions", "listed"),
    ],
)
def test_a_sentence_has_the_stance_a_reader_hears(text: str, target: str, stance: str, basis: str) -> None:
    found = judgement_of(text, target)
    assert (found.stance, found.basis) == (stance, basis)


def test_the_level_of_an_entry_limits_all_that_it_names() -> None:
    entries = '{"name": "NoSQL", "level": "Beginner", "keywords": ["MongoDB"]}, {"name": "Java", "level": "Master"}'
    resume = f'{{"skills": [{entries}]}}'
    document = Document("x.json", resume, "0" * 64, len(resume), 0)
    chunks = chunk_document(document, count_tokens=len, max_tokens=10_000).chunks
    stances = {name: find_evidence(name, chunks)[-1].judgement.stance for name in ("NoSQL", "MongoDB", "Java")}
    assert stances == {"NoSQL": "limits", "MongoDB": "limits", "Java": "mentions"}


def test_not_just_is_no_denial() -> None:
    assert not judgement_of("She doesn't just write Go, she teaches it.", "Go").is_negative


def test_learning_as_a_subject_is_no_limit() -> None:
    assert judgement_of("- Deep learning: PyTorch, vision models", "PyTorch").stance == "mentions"


def test_can_and_cannot_of_something_else_is_no_denial() -> None:
    assert judgement_of("Knows what LLMs can and can't do.", "LLMs").stance == "affirms"


def test_a_remark_in_brackets_behind_a_title_limits_the_entry() -> None:
    assert judgement_of("**Scala** (basics)\nSometimes.", "Scala").stance in {"limits", "mentions"}


def test_a_section_of_what_is_not_used_limits_its_entries_when_it_says_understood() -> None:
    found = judgement_of("## What I don't use (but understand)\n\n**Perl**\nA language.", "Perl")
    assert (found.stance, found.basis) == ("limits", "conceptual")


def test_a_section_of_what_is_not_used_denies_its_entries() -> None:
    assert judgement_of("## What I don't use\n\n**Perl**\nA language.", "Perl").stance == "denies"


def test_a_denial_remembers_what_narrows_it() -> None:
    found = judgement_of("Haven't built production Kafka systems.", "Kafka")
    assert found.denied_stems == {"product"}


def test_a_denial_of_another_thing_after_but_leaves_the_target_affirmed() -> None:
    assert judgement_of("Used Go daily, but never touched Perl.", "Go").stance == "affirms"


def test_bases_are_ordered_from_denied_to_demonstrated() -> None:
    order = ["none", "denied", "conceptual", "basic", "listed", "stated", "demonstrated"]
    assert sorted(STRENGTH, key=lambda basis: STRENGTH[basis]) == order


@pytest.mark.parametrize(
    ("text", "target", "stance"),
    [
        ("Plans sprints, not wish lists.", "sprints", "mentions"),
        ("Bakes bread rather than cakes.", "cakes", "denies"),
        ("| Zig | none | leaves it to others |", "Zig", "denies"),
        ("Wrote small Zig tools, never anything for customers.", "Zig", "denies"),
        ("Zig: one two-day workshop, nothing since.", "Zig", "limits"),
        ("MATLAB used throughout the doctorate, hardly since 2016", "MATLAB", "limits"),
        ("- Zig over Rust.", "Rust", "prefers_other"),
        ("- Docker. I don't use it.", "Docker", "denies"),
        ("The museum's Zig course was run by others.", "Zig", "mentions"),
    ],
)
def test_contrast_levels_and_others_are_told_apart(text: str, target: str, stance: str) -> None:
    assert judgement_of(text, target).stance == stance


@pytest.mark.parametrize(
    ("text", "target", "stance"),
    [
        ("- Known from reading only: AUTOSAR, Matter", "Matter", "limits"),
        ("- Never used: Perl, Tcl", "Perl", "denies"),
        ("- Currently learning: Rust, Zig", "Rust", "limits"),
        ("- Machine learning: PyTorch, JAX", "JAX", "mentions"),
        ("- MongoDB: avoid, after one lost weekend", "MongoDB", "denies"),
        ("Reads events from Kafka topics; has never operated a broker.", "Kafka", "denies"),
        ("Once a year I teach a weekend Kotlin course.", "Kotlin", "mentions"),
        ("Took a weekend Kotlin course.", "Kotlin", "limits"),
        ("- Emergency First Aid, expired 2021", "Emergency First Aid", "denies"),
        ("She writes Python but does not consider herself a software engineer.", "Python", "mentions"),
        ("Works on Snowflake; BigQuery support was started but is not finished.", "Snowflake", "mentions"),
    ],
)
def test_labels_and_remarks_say_how_far(text: str, target: str, stance: str) -> None:
    assert judgement_of(text, target).stance == stance


def test_a_sentence_that_denies_its_own_opening_is_no_entry_about_it() -> None:
    text = "Railways never. Tunnels neither. The deepest thing he did was a shaft in 2018."
    assert judgement_of(text, "Tunnels").stance == "denies"
