"""The Skills tab: a picture of strength by area, and a table of every skill with its sources."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

from profile_rag.answering.next_questions import about_skill
from profile_rag.schema import Basis, Citation, Person, Skill
from profile_rag.ui.document import link_to
from profile_rag.ui.render import BASIS_WORDS, VERDICT_WORDS, place

_BASES: tuple[Basis, ...] = ("demonstrated", "stated", "listed", "basic", "conceptual", "denied")
"""The strongest first."""
_ORDER = {"yes": 0, "partly": 1, "no": 2, "not_stated": 3}
_COLUMNS = (("skill", "Skill"), ("area", "Area"), ("verdict", "Verdict"), ("basis", "Evidence"))


def skills_html(skills: Sequence[Skill], person: Person) -> str:
    """The whole tab.

    Args:
        skills: In the order of the documents.
        person: Whose they are.
    """
    if not skills:
        return '<section class="skills"><p class="empty">The documents list no skills. Ask about one.</p></section>'
    whose = f"of {person.name}" if person.name else "of this profile"
    return (
        f'<section class="skills" aria-label="Skills"><h2>Skills {html.escape(whose)}</h2>'
        f'<p class="note">{_summary(skills)}</p>{_picture(skills)}{_table(skills, person)}</section>'
    )


def _summary(skills: Sequence[Skill]) -> str:
    disputed = sum(skill.is_disputed for skill in skills)
    also = f" The documents disagree about {disputed} of them." if disputed else ""
    return f"{len(skills)} skills that the documents name.{also} A click on a skill asks about it."


def _picture(skills: Sequence[Skill]) -> str:
    """A bar for each area, a part of it for each strength of evidence, in shades of one colour."""
    areas: dict[str, Counter[Basis]] = {}
    for skill in skills:
        areas.setdefault(skill.area or "Other", Counter())[skill.basis] += 1
    most = max(counts.total() for counts in areas.values())
    used = [basis for basis in _BASES if any(counts[basis] for counts in areas.values())]
    legend = "".join(f'<li><span class="swatch {basis}"></span>{BASIS_WORDS[basis]}</li>' for basis in used)
    rows = "".join(_bar(area, counts, most) for area, counts in areas.items())
    return (
        '<figure class="strength"><figcaption>How strong the evidence is, by area</figcaption>'
        f'<ul class="legend">{legend}</ul><div class="bars">{rows}</div></figure>'
    )


def _bar(area: str, counts: Counter[Basis], most: int) -> str:
    said = ", ".join(f"{counts[basis]} {BASIS_WORDS[basis]}" for basis in _BASES if counts[basis])
    parts = "".join(
        f'<span class="part {basis}" style="flex-grow:{counts[basis]}">{counts[basis]}</span>'
        for basis in _BASES
        if counts[basis]
    )
    width = 100 * counts.total() / most
    name = html.escape(area)
    return (
        f'<div class="area" title="{name}">{name}</div><div class="bar" role="img" aria-label="{name}: {said}">'
        f'<span class="parts" style="width:{width:.1f}%">{parts}</span></div>'
    )


def _table(skills: Sequence[Skill], person: Person) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-sort="{key}">{name}</button></th>'
        for key, name in _COLUMNS
    )
    verdicts = [verdict for verdict in VERDICT_WORDS if any(skill.verdict == verdict for skill in skills)]
    options = "".join(f'<option value="{verdict}">{VERDICT_WORDS[verdict]}</option>' for verdict in verdicts)
    disputed = '<option value="disputed">Documents disagree</option>' if any(s.is_disputed for s in skills) else ""
    rows = "".join(_row(skill, person) for skill in skills)
    return (
        '<div class="filter"><label>Find <input type="search" id="skill-filter" autocomplete="off"></label>'
        f'<label>Show <select id="skill-verdict"><option value="">all</option>{options}{disputed}</select></label>'
        f'<output id="skill-count" aria-live="polite">{len(skills)} shown</output></div>'
        f'<table><thead><tr>{heads}<th scope="col">Sources</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(skill: Skill, person: Person) -> str:
    name, area = html.escape(skill.name), html.escape(skill.area)
    question = html.escape(about_skill(skill, person))
    badge = f'<span class="badge {skill.verdict.replace("_", "-")}">{VERDICT_WORDS[skill.verdict]}</span>'
    disputed = ' <span class="disputed">documents disagree</span>' if skill.is_disputed else ""
    return (
        f'<tr data-verdict="{skill.verdict}"{" data-disputed" if skill.is_disputed else ""}>'
        f'<th scope="row"><button type="button" data-question="{question}">{name}</button></th><td>{area}</td>'
        f'<td data-key="{_ORDER[skill.verdict]}">{badge}</td>'
        f'<td data-key="{_BASES.index(skill.basis)}">{BASIS_WORDS[skill.basis]}{disputed}</td>'
        f"<td>{' '.join(_source(citation) for citation in skill.citations)}</td></tr>"
    )


def _source(citation: Citation) -> str:
    where, quote = html.escape(place(citation)), html.escape(citation.quote)
    return f'<a href="{html.escape(link_to(citation))}" target="_blank" title="{quote}">{where}</a>'
