import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tests.ui.scripted_profile import abstention, citation, hostile, long, partly

from profile_rag.schema import Answer, Conflict, Person, Related, Verdict
from profile_rag.ui.render import (
    answer_html,
    answer_steps,
    escape,
    header_html,
    notice_html,
    place,
    question_html,
    sources_html,
)

ALLOWED = {
    "div": {"class", "role", "aria-label"}, "p": {"class"}, "span": {"class"}, "strong": set(), "br": set(),
    "ul": set(), "li": set(), "blockquote": set(), "code": set(), "sup": {"class"},
    "a": {"href", "title", "target"}, "h1": set(), "h2": set(), "h3": set(), "header": {"class"},
    "section": {"class", "aria-label", "tabindex"},
    "article": {"class", "id", "tabindex"}, "button": {"type", "data-sources", "aria-pressed"},
}  # fmt: skip

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<b>bold</b>",
    "<a href='javascript:alert(1)'>x</a>",
    "</div></blockquote></article><h1>mine</h1>",
    "<!-- comment --><![CDATA[x]]>",
    "![x](http://evil.invalid/p.png?q=secret)",
    "[click](javascript:alert(1))",
    "[click]: http://evil.invalid",
    "![x][click]",
    "<http://evil.invalid>",
    "http://evil.invalid/plain",
    "`code` ~~struck~~ _emphasis_ $$x$$ \\(y\\)",
    "# heading",
    "```\nfence\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "\n\n<iframe src=//evil.invalid></iframe>\n\n![x](http://evil.invalid/p.png)",
    "&lt;img src=x&gt; &#60;script&#62;",
    "{{7*7}} ${7*7} <%= 7 %>",
    "[1](http://evil.invalid) [99] [[1]] [-1] [٣]",
    "<details open ontoggle=alert(1)><summary>x</summary>",
    "a\rb\r\nc\u2028d\x85e\x0bf\x00g",
    "\\<img src=x\\> \\[1\\]",
)
BLNS = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "blns.json"


def attacks() -> Iterator[str]:
    yield from ATTACKS
    if BLNS.is_file():
        yield from json.loads(BLNS.read_text(encoding="utf-8"))


class Page(HTMLParser):
    """What a browser would make of the HTML: elements, with a stack that must come out even, and text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        named = {name.rstrip("_"): value for name, value in wanted.items()}
        return [found for name, found in self.elements if name == tag and named.items() <= found.items()]


def assert_harmless(markup: str) -> Page:
    page = Page(markup)
    for tag, attributes in page.elements:
        assert tag in ALLOWED, (tag, markup)
        assert set(attributes) <= ALLOWED[tag], (tag, attributes, markup)
        assert (attributes.get("href") or "#src-1-1").startswith(("#src-", "document?source=")), markup
    return page


def attacked(attack: str) -> Answer:
    return replace(
        hostile(attack),
        understood_as=f"{attack}!",
        answer=f"{attack}\n\n- {attack} [1]\n\n> {attack}\n\n**{attack}**",
        abstained=True,
        citations=(citation(1, attack, source=attack, heading=(attack, attack)),),
        conflicts=(Conflict(attack, (1,), attack),),
        related=(Related(attack, attack + " ", 1, 2),),
    )


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def test_no_markup_of_a_document_or_question_acts(markdown: MarkdownIt) -> None:
    for attack in attacks():
        answer = attacked(attack)
        message, question = answer_html(answer, turn=1), question_html(attack)
        for shown in (message, question, notice_html(attack)):
            assert_harmless(shown)
            assert len(shown.splitlines()) == 1
            assert_harmless(markdown.render(shown))
        assert_harmless(sources_html([(1, answer), (2, answer)]))
        assert_harmless(header_html(Person(attack, attack, "they", "them", "their")))


def test_a_question_is_shown_to_the_letter() -> None:
    for attack in attacks():
        assert squeezed(Page(question_html(attack)).text) in (squeezed(attack), "(empty)")


def test_a_quote_is_shown_to_the_letter() -> None:
    for attack in attacks():
        assert squeezed(attack) in squeezed(Page(sources_html([(1, attacked(attack))])).text)


@pytest.mark.parametrize("step", list(answer_steps(hostile("?"), turn=1)))
def test_a_growing_message_is_harmless_at_every_step(step: str) -> None:
    assert_harmless(step)


def test_marks_link_to_the_source_of_their_turn() -> None:
    links = Page(answer_html(partly("Kafka?"), turn=3)).all("a")
    assert links[0] == {"href": "#src-3-1", "title": "notes.md:12"}
    assert links[1] == {"href": "#src-3-2", "title": "skills.md:31–32"}


@pytest.mark.parametrize("text", ["[7]", "[0]", "[01]", "[٣]", "[1 ]", "[]", r"\[1\]"])
def test_a_mark_without_a_citation_stays_text(text: str) -> None:
    answer = replace(partly("Kafka?"), answer=text, conflicts=())
    page = Page(answer_html(answer, turn=1))
    assert page.all("a") == []
    assert page.text.endswith(text.replace("\\", ""))


def test_marks_side_by_side_are_all_links() -> None:
    answer = replace(partly("Kafka?"), answer="Both. [1][2]", conflicts=())
    assert len(Page(answer_html(answer, turn=1)).all("a")) == 2


def test_the_markdown_subset_becomes_html() -> None:
    answer = replace(long("?"), answer="**Bold** text\nnext line\n\n- one\n- two [1]\n\n> quoted", citations=())
    assert answer_html(answer, turn=1) == (
        '<div class="answer"><p><strong>Bold</strong> text<br>next line</p>'
        "<ul><li>one</li><li>two &#91;1&#93;</li></ul><blockquote>quoted</blockquote></div>"
    )


@pytest.mark.parametrize(
    ("verdict", "words"), [("yes", "Yes"), ("partly", "Partly"), ("no", "No"), ("not_stated", "Not stated")]
)
def test_the_verdict_is_said_once_in_words(verdict: Verdict, words: str) -> None:
    answer = replace(partly("Kafka?"), verdict=verdict, answer=f"**{words}.** So it is.", understood_as="")
    page = Page(answer_html(answer, turn=1))
    assert page.all("span", class_=f"badge {verdict.replace('_', '-')}")
    assert page.text.count(words) == 1


def test_there_is_no_badge_without_a_verdict() -> None:
    assert "badge" not in answer_html(long("?"), turn=1)


def test_the_understanding_is_shown_when_it_differs() -> None:
    assert "Understood as: Can she do Kafka?" in Page(answer_html(partly("and Kafka?"), turn=1)).text


@pytest.mark.parametrize("question", ["Can she do Kafka?", " Can she do Kafka? "])
def test_the_understanding_is_not_shown_when_it_is_the_question(question: str) -> None:
    assert "Understood as" not in answer_html(partly(question), turn=1)


def test_a_conflict_is_called_out_with_both_sides() -> None:
    answer = replace(partly("Kafka?"), answer="Partly.")
    page = Page(answer_html(answer, turn=1))
    assert "The documents disagree" in page.text
    assert [link["href"] for link in page.all("a")] == ["#src-1-1", "#src-1-2"]


def test_an_abstention_lists_what_is_closest() -> None:
    page = Page(answer_html(abstention("Terraform?"), turn=1))
    assert page.all("div", class_="answer abstained")
    assert "skills.md:18 “Comfortable with EC2, S3, RDS and Lambda”" in page.text


def test_a_related_passage_the_answer_quotes_already_is_only_placed() -> None:
    answer = abstention("Terraform?")
    answer = replace(answer, answer=f"Closest: “{answer.related[0].quote}”.")
    page = Page(answer_html(answer, turn=1))
    assert page.text.count("Comfortable with EC2") == 1
    assert "skills.md:18" in page.text


@pytest.mark.parametrize("answer", [partly("?"), abstention("?"), long("?")], ids=["partly", "abstention", "long"])
def test_the_message_grows_to_the_whole_answer(answer: Answer) -> None:
    steps = list(answer_steps(answer, turn=1))
    texts = [Page(step).text for step in steps]
    assert 1 < len(steps) <= 17
    assert steps[-1] == answer_html(answer, turn=1)
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)
    assert not any("**" in text or "[" in text for text in texts)


@pytest.mark.parametrize("text", ["", "Word.", "**One two three**"])
def test_a_short_answer_comes_in_one_step(text: str) -> None:
    answer = replace(long("?"), answer=text)
    assert list(answer_steps(answer, turn=1))[-1] == answer_html(answer, turn=1)


def test_a_place_names_lines_and_page() -> None:
    assert place(citation(1, "x", line=4)) == "notes.md:4"
    assert place(citation(1, "x", line=4, end_line=6, page=2)) == "notes.md:4–6, page 2"


def test_the_panel_shows_the_newest_sources_before_the_earlier() -> None:
    markup = sources_html([(1, partly("Kafka?")), (2, abstention("Terraform?")), (3, long("How?"))])
    page = Page(markup)
    assert [article["id"] for article in page.all("article")][:2] == ["src-3-1", "src-3-2"]
    assert {"src-1-1", "src-1-2"} <= {article["id"] for article in page.all("article")}
    assert len(page.all("div", class_="earlier")) == 1
    assert markup.index("src-3-8") < markup.index('class="earlier"') < markup.index("src-1-1")


def test_the_panel_offers_a_choice_only_where_there_is_one() -> None:
    assert Page(sources_html([(1, partly("Kafka?"))])).all("button") == []
    assert len(Page(sources_html([(1, partly("Kafka?")), (2, long("How?"))])).all("button")) == 2


def test_the_panel_says_so_when_nothing_is_cited() -> None:
    assert "cites nothing" in sources_html([(1, abstention("Terraform?"))])
    assert "appear here" in sources_html([])


def test_a_source_shows_number_place_heading_and_quote() -> None:
    text = Page(sources_html([(1, partly("Kafka?"))])).text
    assert "1 notes.md:12Work › StreamingHaven't run production Kafka" in text


def test_a_badge_tells_what_it_stands_on() -> None:
    assert "Partly (in concept only)" in Page(answer_html(partly("Kafka?"), turn=1)).text


def test_a_greeting_gets_no_badge() -> None:
    assert Page(answer_html(replace(abstention("Hello!"), kind="off_subject"), turn=1)).all("span") == []


@pytest.mark.parametrize(("name", "title"), [("Robin Vale", "Robin Vale"), ("", "Ask this profile")])
def test_the_header_names_the_person_if_the_documents_do(name: str, title: str) -> None:
    page = Page(header_html(Person(name, "", "they", "them", "their")))
    assert page.text == f"{title}Answers are automatic and quote the documents."


def test_escaped_text_reads_as_it_was() -> None:
    assert Page(escape("a*b [1] <c> http://x")).text == "a*b [1] <c> http://x"
