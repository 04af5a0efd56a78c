"""HTML pages: what a visitor sees is cut into chunks, what nobody sees is no evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ingestion.cutting import (
    assert_quotes_stand,
    assert_stands,
    chunks_of,
    count_words,
    repeatable,
    rows,
    shown,
    word_ranges,
)

from profile_rag.ingestion.html_blocks import read_html
from profile_rag.sentences import split_sentences

# --- pages people might write, made up --------------------------------------------------------------

HIDING = [
    "<{0} hidden>{1}</{0}>",
    '<{0} class="a>b" hidden="">{1}</{0}>',
    '<{0} aria-hidden="true">{1}</{0}>',
    "<{0} ARIA-HIDDEN=true>{1}</{0}>",
    '<{0} style="color: red; display: none">{1}</{0}>',
    "<{0} style='visibility:hidden'>{1}</{0}>",
    "<script>if (a<b) '{1}'</script>",
    "<style>.{1} {{}}</style>",
    "<template><p>{1}</p></template>",
    "<noscript>{1}</noscript>",
    "<dialog>{1}</dialog>",
    "<!-- {1} -->",
    '<img alt="" title="{1}">',
]


@dataclass
class Writer:
    """Draws pieces of a page and remembers which of their words a visitor sees and which nobody may."""

    draw_any: Callable[[st.SearchStrategy[Any]], Any]
    seen: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    counter: int = 0

    def draw(self, choices: list[Any]) -> Any:
        return self.draw_any(st.sampled_from(choices))

    def word(self) -> str:
        self.counter += 1
        self.seen.append(f"{self.draw(['Kafka', 'word', 'Zoë', '数据', 'go'])}{self.counter}x")
        return self.seen[-1]

    def secret(self) -> str:
        self.counter += 1
        self.hidden.append(f"secret{self.counter}x")
        return self.hidden[-1]

    def unseen(self, tag: str) -> str:
        kind = self.draw([*HIDING, "private"])
        if kind == "private":
            return f"<!-- private -->{self.secret()} <b>{self.secret()}</b><!-- /private -->"
        nested = "b" if tag == "p" else tag  # a paragraph ends where the next begins
        inner = (
            f"{self.secret()} <{nested}>{self.secret()}</{nested}> {self.secret()}" if "{0}" in kind else self.secret()
        )
        return str(kind.format(tag, inner))

    def inline(self, depth: int = 0) -> str:
        pieces = []
        for _ in range(self.draw([1, 2, 3])):
            kind = self.draw(
                ["plain", "plain", "plain", "bold", "link", "entity", "unseen", "break", "stray", "private"]
            )
            match kind:
                case "bold" if depth < 2:
                    pieces.append(f"<b>{self.inline(depth + 1)}</b>")
                case "link" if depth < 2:
                    pieces.append(f'<a href="#{self.draw([1, 2])}" title="a>b">{self.inline(depth + 1)}</a>')
                case "entity":
                    pieces.append(f"{self.word()}&nbsp;&amp;&eacute;&#8212;{self.word()}")
                case "unseen":
                    pieces.append(self.unseen("span"))
                case "break":
                    pieces.append(f"{self.word()}<br>{self.word()}")
                case "stray":
                    pieces.append(self.draw(["</b>", "<i>", "&", "</span>", "Ã©", "\x00", "\u00a0", "[a](b)", "*x*"]))
            pieces.append(self.word())
        return str(self.draw([" ", "\n   "])).join(pieces)

    def block(self, depth: int = 0) -> str:
        kinds = ["p", "p", "heading", "ul", "table", "dl", "unseen", "section", "div", "details", "bold", "text"]
        kind = self.draw(kinds if depth < 3 else ["p", "text"])
        match kind:
            case "heading":
                level = self.draw([1, 2, 3, 4])
                return f"<h{level}>{self.inline()}</h{level}>"
            case "ul":
                end = self.draw(["</li>", ""])
                items = [self.inline() + self.maybe(depth) + end for _ in range(self.draw([1, 2]))]
                return "<ul>\n  <li>" + "\n  <li>".join(items) + "\n</ul>"
            case "table":
                header = self.draw(["", f"<tr><th>{self.word()}</th><th>{self.word()}</th></tr>"])
                made = [f"<tr><td>{self.inline()}<td>{self.inline()}{self.maybe(depth)}</tr>" for _ in range(2)]
                return f"<table>{header}{''.join(made)}</table>"
            case "dl":
                return f"<dl><dt>{self.inline()}<dd>{self.inline()}{self.maybe(depth)}<dt>{self.word()}</dl>"
            case "unseen":
                return self.unseen(self.draw(["div", "p", "section", "span"]))
            case "section" | "div":
                return f"<{kind}>{self.block(depth + 1)}\n{self.block(depth + 1)}</{kind}>"
            case "details":
                return f"<details><summary>{self.inline()}</summary>{self.block(depth + 1)}</details>"
            case "bold":
                return f"<p><strong>{self.word()}</strong> (2019)</p>{self.block(depth + 1)}"
            case "text":
                return f"{self.inline()} <hr>"
        return f"<p>{self.inline()}{self.draw(['</p>', chr(10)])}"

    def maybe(self, depth: int) -> str:
        return self.block(depth + 1) if depth < 3 and self.draw([True, False, False]) else ""


@dataclass(frozen=True)
class Made:
    raw: str
    seen: tuple[str, ...]
    hidden: tuple[str, ...]


@st.composite
def made_pages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Made:
    writer = Writer(draw)
    body = "\n".join(writer.block() for _ in range(draw(st.integers(1, 5))))
    head = f"<!DOCTYPE html><html><head><title>{writer.secret()}</title></head><body>"
    raw = (head + body + "</body></html>").replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    seen = tuple(word for word in writer.seen if word in raw)  # not the words of alternatives that were not drawn
    return Made(draw(st.sampled_from(["", "\ufeff"])) + raw, seen, tuple(writer.hidden))


@given(made=made_pages(), data=st.data())
@repeatable(80)
def test_every_chunk_and_every_quote_stands_in_the_page(made: Made, data: st.DataObject) -> None:
    for chunk in chunks_of(made.raw, "index.html"):
        assert_stands(made.raw, chunk, chunk)
        assert_quotes_stand(made.raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(made.raw, chunk, word_ranges(chunk.text, data.draw, 3))


@given(made=made_pages())
@repeatable(120)
def test_no_visible_word_is_lost_and_no_hidden_one_is_shown(made: Made) -> None:
    chunks = chunks_of(made.raw, "index.html")
    everything = shown(chunks) + "\n".join(chunk.title for chunk in chunks)
    assert [word for word in made.seen if word not in everything] == []
    assert [word for word in made.hidden if word in everything] == []


@given(made=made_pages(), max_tokens=st.integers(12, 40))
@repeatable(60)
def test_a_small_limit_loses_no_word_and_is_kept(made: Made, max_tokens: int) -> None:
    chunks = chunks_of(made.raw, "index.html", max_tokens=max_tokens)
    text = shown(chunks)
    assert [word for word in made.seen if word not in text] == []
    for chunk in chunks:
        assert count_words(chunk.embedding_text) <= max_tokens
        assert_stands(made.raw, chunk, chunk)


# --- pages -----------------------------------------------------------------------------------------


def test_a_page_is_cut_along_what_it_shows() -> None:
    raw = """<!DOCTYPE html>
<html><head><title>not shown</title><style>p {}</style></head><body>
<header><h1>Ana Petrov</h1><p>Platform engineer, Lund<br>she/her</header>
<div class="head"><h2>Experience</h2></div>
<div class="job"><h3>Kestrel AB &ndash; Lead, 2019&ndash;2023</h3>
  <ul><li>Built X<li hidden>Flash<li>Built Y:<ul><li>in Go</ul></ul></div>
<p><strong>Foo Ltd</strong>, Engineer (2016&ndash;2019)</p><ul><li>Did Z</li></ul>
<h2>Skills</h2>
<table><thead><tr><th>Skill<th>Level</thead><tbody><tr><td>Go<td>expert<tr><td>R<td>basic, one course</table>
<table><tr><td>2019<td>Moved to Lund</table>
<dl><dt>Languages<dd>Swedish<dd>English<dt>Hobbies<dd><ul><li>chess</ul></dl>
<section><h2>More</h2><p>I know <span style="display: none">Flash</span> Svelte.</section>
<p>After.
</body></html>
"""
    kestrel = ("Experience", "Kestrel AB – Lead, 2019–2023")
    foo = "Foo Ltd, Engineer (2016–2019)"
    assert rows(raw, "index.html") == [
        ("heading", (), "Ana Petrov", 3, 3),
        ("paragraph", (), "Platform engineer, Lund\nshe/her", 3, 3),
        ("section", ("Experience",), "Kestrel AB – Lead, 2019–2023", 5, 5),
        ("list_item", kestrel, "Built X", 6, 6),
        ("list_item", kestrel, "Built Y:", 6, 6),
        ("list_item", (*kestrel, "Built Y"), "in Go", 6, 6),
        ("section", kestrel, foo, 7, 7),
        ("list_item", (*kestrel, foo), "Did Z", 7, 7),
        ("entry", ("Skills", "Skill Level"), "Go\nexpert", 9, 9),
        ("entry", ("Skills", "Skill Level"), "R\nbasic, one course", 9, 9),
        ("table_row", ("Skills",), "2019 Moved to Lund", 10, 10),
        ("entry", ("Skills",), "Languages\nSwedish\nEnglish", 11, 11),
        ("list_item", ("Skills", "Hobbies"), "chess", 11, 11),
        ("paragraph", ("More",), "I know Svelte.", 12, 12),
        ("paragraph", (), "After.", 13, 13),
    ]


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        ("<p>a<p hidden>b<p>c", ["a", "c"]),
        ("<div hidden><div>b</div>b</div>c", ["c"]),
        ("a <span hidden>b <span>b</span> b</span> c", ["a c"]),
        ("a <b hidden>b</i> b</b> c", ["a c"]),
        ("<div hidden>b<p>b", []),
        ("a <img hidden> <input hidden> b", ["a b"]),
        ('<p>a <svg aria-hidden="true"><path d="M0"/></svg> b', ["a b"]),
        ("<p>a <input type=hidden value=b> c", ["a c"]),
        ("<dialog open>a</dialog>", ["a"]),
        ("<p class='hidden'>a<p data-hidden=x>b", ["a", "b"]),
        ("<p style='display:block'>a", ["a"]),
        ("<ul><li hidden>b<ul><li>b</ul><li>c</ul>", ["c"]),
        ("<table><tr><td hidden>b<td>c</table>", ["c"]),
        ("<dl><dt hidden>b<dd>c</dl>", ["c"]),
    ],
)
def test_what_is_hidden_ends_where_a_browser_ends_it(raw: str, texts: list[str]) -> None:
    assert [row[2] for row in rows(raw, "a.htm")] == texts


def test_what_is_hidden_in_the_html_of_markdown_is_not_read_either() -> None:
    raw = "I know <span hidden>Flash</span> Svelte.\n\n<div>\n<p hidden>Flash</p>\n<p>Vue</p>\n</div>\n"
    assert [row[2] for row in rows(raw)] == ["I know Svelte.", "Vue"]


@pytest.mark.parametrize(
    "sign", ["<b>", "<p>", "<li>", "<div>", "<dt>", "<td>", "<span hidden>", "</p>", "<i><div>", "<ul><li>", "<dl><dt>"]
)
def test_tags_that_never_close_are_read_in_one_pass(sign: str) -> None:
    began = time.monotonic()
    read_html(sign * 20_000 + "</i>" * 20_000, is_page=True)
    chunks_of(sign * 3000 + "word" + "</i>" * 3000, "a.html")
    assert time.monotonic() - began < 20
