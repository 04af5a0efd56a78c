"""Names in texts: found in every spelling, and not inside names of something else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_rag.words import find_name, is_technology, spellings, split_words


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Java", "Java and Kotlin"),
        ("C", "C, C++ and C#"),
        ("C++", "C, C++ and C#"),
        ("C#", "C, C++ and C#"),
        ("R", "R and Python"),
        ("Go", "Python, Go"),
        ("Golang", "services in Go"),
        ("Spark", "Apache Spark jobs"),
        ("SQL", "writes SQL"),
        ("Kubernetes", "ran k8s clusters"),
        ("Postgres", "PostgreSQL"),
        ("wandb", "Weights & Biases"),
        (".NET", "ASP.NET services"),
        ("R", "Languages: R, D, Julia"),
    ],
)
def test_a_name_is_found(name: str, text: str) -> None:
    assert find_name(name, text) is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Java", "JavaScript"),
        ("C", "C++ and C#"),
        ("C++", "C and C#"),
        ("C#", "C and C++"),
        ("R", "leads R&D"),
        ("Go", "Go to market plans; they go home"),
        ("Golang", "they go home"),
        ("Spark", "Spark Streaming"),
        ("SQL", "NoSQL stores"),
        ("NoSQL", "writes SQL"),
        (".NET", "see www.example.net"),
    ],
)
def test_a_name_of_something_else_is_not_found(name: str, text: str) -> None:
    assert find_name(name, text) is None


NAMES = st.sampled_from(
    ["Kafka", "scikit-learn", "C++", "k8s", "Node.js", ".NET", "Go", "R", "Weights & Biases", "A/B testing"]
)


@given(name=NAMES, before=st.text(max_size=30), after=st.text(max_size=30))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_a_span_lies_inside_the_text(name: str, before: str, after: str) -> None:
    text = f"{before} {name} {after}"
    span = find_name(name, text)
    assert span is None or 0 <= span[0] < span[1] <= len(text)


@given(name=st.from_regex(r"[A-Z][a-z]{1,8}[0-9]?( [A-Z][a-z]{1,8})?", fullmatch=True) | NAMES)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_a_name_always_finds_itself(name: str) -> None:
    assert find_name(name, name) is not None
    assert spellings(name)[0] == tuple(word.stem for word in split_words(name))


@pytest.mark.parametrize("text", ["the NEC4 Option C contract", "a Class C licence", "Appendix R", "Type D adapters"])
def test_a_letter_behind_what_it_numbers_is_no_language(text: str) -> None:
    assert not any(find_name(letter, text) for letter in ("C", "D", "R"))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("tableau", True), ("Oracle", True), ("oracle", False), ("of", False), ("linux", True), ("go", False)],
)
def test_a_technology_is_told_from_an_everyday_word(word: str, expected: bool) -> None:
    assert is_technology(word) is expected
