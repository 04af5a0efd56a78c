"""What to ask after an answer: the skills beside those it spoke of, then questions of other kinds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from profile_rag.schema import Answer, Person, Skill
from profile_rag.words import find_name, squash

MAX_NEXT = 3
_MAX_NEIGHBOURS = 2


def next_questions(
    answer: Answer, person: Person, *, skills: Sequence[Skill], examples: Sequence[str], asked: Sequence[str]
) -> tuple[str, ...]:
    """Up to three questions that the documents can answer and that were not asked yet.

    Args:
        answer: The newest answer.
        person: Whom it is about.
        skills: What the documents name as skills.
        examples: Questions of different kinds that they can answer.
        asked: Every question of the conversation.
    """
    said = [*asked, answer.question, answer.understood_as]
    near = (skill for skill in _near(answer, skills) if not any(find_name(skill.name, text) for text in said))
    neighbours = [about_skill(skill, person) for skill in islice(near, _MAX_NEIGHBOURS)]
    known = {squash(text) for text in said}
    others = [example for example in examples if squash(example) not in known]
    # An answer that names no skill, or one alone in its area, leads on by the examples.
    return tuple(dict.fromkeys([*neighbours, *others]))[:MAX_NEXT]


def about_skill(skill: Skill, person: Person) -> str:
    """The question whether the person can do it."""
    return f"Can {person.subject} do {skill.name}?"


def _near(answer: Answer, skills: Sequence[Skill]) -> list[Skill]:
    """The skills of the areas that an answer speaks of, nearest first: those behind the one asked for."""
    targets = {squash(target.target) for target in answer.targets}
    places = {(item.source, item.start_line) for item in answer.citations}
    places |= {(item.source, item.start_line) for item in answer.related}
    own = [
        number
        for number, skill in enumerate(skills)
        if squash(skill.name) in targets or any((item.source, item.start_line) in places for item in skill.citations)
    ]
    if not own:
        return []
    first = next((number for number in own if squash(skills[number].name) in targets), own[0])
    areas = {skills[number].area for number in own}
    near = [number for number, skill in enumerate(skills) if skill.area in areas]
    return [skills[number] for number in sorted(near, key=lambda number: (number - first) % len(skills))]
