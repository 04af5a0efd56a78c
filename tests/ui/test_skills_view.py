from dataclasses import replace

from tests.ui.scripted_profile import PERSON, SKILLS
from tests.ui.test_render import ATTACKS, Page

from profile_rag.ui.skills_view import skills_html

ELEMENTS = {
    "section", "h2", "h3", "p", "figure", "figcaption", "ul", "li", "span", "div", "label", "select", "option",
    "output", "table", "thead", "tbody", "tr", "th", "td", "button", "a",
}  # fmt: skip


class SkillsPage(Page):
    """Its search field has no end tag."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "input":
            super().handle_starttag(tag, attrs)


def test_each_skill_is_a_row_with_verdict_basis_and_sources() -> None:
    page = SkillsPage(skills_html(SKILLS, PERSON))
    assert [row["data-verdict"] for row in page.all("tr") if row] == ["partly", "yes", "yes", "no"]
    assert "KafkaStreamingPartlyin concept only documents disagreenotes.md:12 skills.md:31–32" in page.text
    assert "4 skills that the documents name. The documents disagree about 1 of them." in page.text


def test_the_picture_says_in_words_what_it_shows() -> None:
    labels = [bar["aria-label"] for bar in SkillsPage(skills_html(SKILLS, PERSON)).all("div", class_="bar")]
    assert labels == ["Streaming: 1 listed only, 1 in concept only", "Languages: 1 shown in work, 1 ruled out"]


def test_a_skill_asks_about_itself() -> None:
    buttons = SkillsPage(skills_html(SKILLS, PERSON)).all("button")
    assert buttons[4]["data-question"] == "Can she do Kafka?"


def test_markup_in_a_skill_is_text() -> None:
    for attack in ATTACKS:
        (cited,) = SKILLS[2].citations
        skill = replace(SKILLS[2], name=attack, area=attack, citations=(replace(cited, source=attack, quote=attack),))
        page = SkillsPage(skills_html([skill], replace(PERSON, name=attack, subject=attack)))
        assert {tag for tag, _ in page.elements} <= ELEMENTS, attack


def test_a_profile_without_skills_says_so() -> None:
    assert "The documents list no skills." in skills_html((), PERSON)
