"""Chunking: every word of a document lands in a chunk, and every chunk and quote points back into the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ingestion.cutting import (
    assert_quotes_stand,
    assert_stands,
    chunks_of,
    count_characters,
    count_words,
    repeatable,
    rows,
    shown,
    word_ranges,
)

from profile_rag.ingestion.blocks import tells_something
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.cleaning import normalize
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import Embedder
from profile_rag.sentences import split_sentences

T = TypeVar("T")

CORPUS = Path(__file__).parents[2] / "corpus"


# --- documents people might write, made up ----------------------------------------------------------


@dataclass
class Writer:
    """Draws pieces of Markdown and remembers which of their words a reader sees and which are private."""

    draw_any: Callable[[st.SearchStrategy[Any]], Any]
    seen: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)
    counter: int = 0

    def draw(self, strategy: st.SearchStrategy[T]) -> T:
        value: T = self.draw_any(strategy)
        return value

    def _name(self, stem: str) -> str:
        self.counter += 1
        return f"{stem}{self.counter}x"

    def word(self) -> str:
        word = self._name(self.draw(st.sampled_from(["Kafka", "word", "Zoë", "数据", "данные", "Go", "e"])))
        self.seen.append(word)
        return word

    def hidden(self) -> str:
        return self._name("hidden")

    def private(self) -> str:
        word = self._name("secret")
        self.secret.append(word)
        return word

    def inline(self, *, depth: int = 0, breaks: bool = True) -> str:
        kinds = ["plain"] * 4 + ["code", "image", "auto", "entity", "escape", "mojibake", "odd", "comment", "private"]
        kinds += ["stray"]
        if depth < 2:
            kinds += ["bold", "italic", "strike", "link", "tag", "both"]
        if breaks:
            kinds += ["soft", "hard"]
        out = []
        for _ in range(self.draw(st.integers(1, 4))):
            kind = self.draw(st.sampled_from(kinds))
            out.append(self._piece(kind, depth, breaks))
        return self.draw(st.sampled_from([" ", " ", " ", "  ", ", ", ". "])).join(out)

    def _piece(self, kind: str, depth: int, breaks: bool) -> str:
        def inner() -> str:
            return self.inline(depth=depth + 1, breaks=breaks and depth == 0)

        match kind:
            case "bold":
                return f"**{inner()}**"
            case "italic":
                return self.draw(st.sampled_from(["*{}*", "_{}_"])).format(inner())
            case "both":
                return f"***{inner()}***"
            case "strike":
                return f"~~{inner()}~~"
            case "code":
                return self.draw(st.sampled_from(["`{}`", "`` {} ` ``", "`<b>{}</b>`", "`*{}`"])).format(self.word())
            case "link":
                title = self.draw(st.sampled_from(["", ' "' + self.hidden() + '"']))
                return f"[{inner()}](https://x.example/{self.hidden()}{title})"
            case "image":
                return f"![{self.word()} alt](img/{self.hidden()}.png)"
            case "auto":
                return f"<https://x.example/{self.word()}>"
            case "entity":
                return f"{self.word()}&nbsp;&amp;&eacute;&#8212;&lt;{self.word()}&unknown;"
            case "escape":
                return f"\\*{self.word()}\\_ \\[{self.word()}\\]\\\\"
            case "mojibake":
                glue = self.draw(st.sampled_from(["â€”", "Ã©", "â€™", "ðŸ§ ", "é Ã©", "Ã\xa0", "â€œ", "éÃ©", "Ã©日"]))
                return f"{self.word()}{glue}{self.word()}"
            case "odd":
                glue = self.draw(st.sampled_from(["\u00a0", "\x00", "🧠", "\u200b", "\t", "—", "\u2028", "👩‍💻", "…"]))
                return f"{self.word()}{glue}{self.word()}"
            case "tag":
                return self.draw(
                    st.sampled_from(["<b>{}</b>", '<span class="a>b">{}</span>', "{}<br>", "<kbd>{}"])
                ).format(inner())
            case "comment":
                return f"<!-- {self.hidden()} -->"
            case "private":
                return (
                    f"{self.word()} <!-- private -->{self.private()} *{self.private()}<!-- /PRIVATE --> {self.word()}"
                )
            case "stray":
                return self.draw(st.sampled_from(["*", "**", "[", "`", "<", "&", "]", "![", "_", "~~", "\\", "|", ">"]))
            case "soft":
                return f"{self.word()}\n{self.word()}"
            case "hard":
                return f"{self.word()}{self.draw(st.sampled_from(['  ', chr(92)]))}\n{self.word()}"
        return self.word()

    def block(self, depth: int = 0) -> str:
        kinds = ["paragraph"] * 3 + ["atx", "setext", "list", "numbers", "tasks", "quote", "table", "fence", "code"]
        kinds += ["card", "entry", "private", "rule", "title", "details"]
        kind = self.draw(st.sampled_from(kinds))
        match kind:
            case "atx":
                return "#" * self.draw(st.integers(1, 6)) + f" {self.inline(breaks=False)}"
            case "setext":
                return f"{self.word()} {self.inline(breaks=False)}\n{self.draw(st.sampled_from(['===', '---']))}"
            case "list" | "numbers" | "tasks":
                marker = {"list": self.draw(st.sampled_from("-*+")) + " ", "numbers": "1. ", "tasks": "- [x] "}[kind]
                gap = self.draw(st.sampled_from(["\n", "\n\n"]))
                lead = f"{self.word()} {self.word()}:\n\n" if self.draw(st.booleans()) else ""
                return lead + gap.join(self._item(marker, depth) for _ in range(self.draw(st.integers(1, 3))))
            case "quote":
                return re.sub("^", "> ", self._blocks(depth + 1), flags=re.MULTILINE)
            case "table":
                columns = self.draw(st.integers(1, 3))
                rows = self.draw(st.integers(0, 3))
                lines = [self._row(columns), "|" + " --- |" * columns, *(self._row(columns) for _ in range(rows))]
                return "\n".join(lines)
            case "fence":
                return f"```python\n{self.word()} = '{self.word()}'  # *a* <b>\n\n  {self.word()}\n```"
            case "code":
                return f"    {self.word()} --flag\n    {self.word()}"
            case "card":
                cards = "".join(self._card() for _ in range(self.draw(st.integers(1, 3))))
                return f'<div class="grid">\n{cards}</div>'
            case "entry":
                remark = self.draw(st.sampled_from(["", f" ({self.word()})"]))
                return f"**{self.word()}**{remark}\n{self.word()} {self.inline()}"
            case "title":
                return f"**{self.word()} {self.word()}**"
            case "private":
                return f"<!-- private -->\n{self.private()}\n\n- {self.private()}\n<!-- /private -->     {self.word()}"
            case "rule":
                return "---"
            case "details":
                return f"<details><summary>{self.word()}</summary>\n\n{self.word()} **{self.word()}**\n\n</details>"
        return f"{self.word()} {self.inline()}"

    def _blocks(self, depth: int) -> str:
        return "\n\n".join(self.block(depth) for _ in range(self.draw(st.integers(1, 2)))) if depth < 3 else self.word()

    def _item(self, marker: str, depth: int) -> str:
        first = f"{self.word()} {self.inline()}"
        more = self.draw(st.sampled_from(["", "", "\n\n", "\n"])) if depth < 3 else ""
        body = first + (more + self.block(depth + 1) if more else "")
        indent = " " * (2 if marker.startswith("- [") else len(marker))
        return marker + body.replace("\n", "\n" + indent)

    def _row(self, columns: int) -> str:
        cells = (f"{self.word()} **{self.word()}** `{self.word()}`" for _ in range(columns))
        return "| " + " | ".join(cells) + " |"

    def _card(self) -> str:
        style = f"<style>.{self.hidden()} {{}}</style>" if self.draw(st.booleans()) else ""
        text = f"{self.word()}\n      {self.word()} &amp; <em>{self.word()}</em><br/>{self.word()}"
        gap = self.draw(st.sampled_from(["", "\n"]))
        return (
            f'  <div class="card">{gap}\n    {style}<h3>{self.word()}</h3>\n    <p>\n      {text}\n    </p>\n  </div>\n'
        )

    def front_matter(self) -> str:
        fields = [f"title: {self.hidden()}", f"layout: {self.hidden()}", f"location: {self.word()}"]
        fields += [f"skills:\n  - {self.word()}\n  - {self.word()}", f"bio: >\n  {self.word()}\n  {self.word()}"]
        chosen = self.draw(st.lists(st.sampled_from(fields), unique=True))
        return "---\n" + "".join(f"{line}\n" for line in chosen) + "---\n"


@dataclass(frozen=True)
class Made:
    raw: str
    seen: tuple[str, ...]
    secret: tuple[str, ...]


@st.composite
def made_documents(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Made:
    writer = Writer(draw)
    front = writer.front_matter() if draw(st.integers(0, 3)) == 0 else ""
    blocks = [writer.block() for _ in range(draw(st.integers(1, 5)))]
    text = front + "\n\n".join(blocks) + draw(st.sampled_from(["", "\n", "\n\n"]))
    line_end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    byte_order_mark = draw(st.sampled_from(["", "", "\ufeff"]))
    seen = tuple(word for word in writer.seen if word in text)  # not the words of alternatives that were not drawn
    return Made(byte_order_mark + text.replace("\n", line_end), seen, tuple(writer.secret))


# --- what holds of every chunk ----------------------------------------------------------------------


@given(made=made_documents(), data=st.data())
@repeatable(80)
def test_every_chunk_and_every_quote_stands_in_the_file(made: Made, data: st.DataObject) -> None:
    for chunk in chunks_of(made.raw):
        assert_stands(made.raw, chunk, chunk)
        assert_quotes_stand(made.raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(made.raw, chunk, word_ranges(chunk.text, data.draw, 3))


@given(made=made_documents())
@repeatable(120)
def test_no_visible_word_is_lost_and_no_private_word_is_shown(made: Made) -> None:
    chunks = chunks_of(made.raw)
    text = shown(chunks)
    assert [word for word in made.seen if word not in text] == []
    everything = text + "\n".join(chunk.title for chunk in chunks)
    assert [word for word in made.secret if word in everything] == []


@given(made=made_documents(), max_tokens=st.integers(12, 40))
@repeatable(60)
def test_a_small_limit_loses_no_word_and_is_kept(made: Made, max_tokens: int) -> None:
    chunks = chunks_of(made.raw, max_tokens=max_tokens)
    text = shown(chunks)
    assert [word for word in made.seen if word not in text] == []
    assert [word for word in made.secret if word in text] == []
    for chunk in chunks:
        assert count_words(chunk.embedding_text) <= max_tokens
        assert_stands(made.raw, chunk, chunk)


@given(raw=st.text(max_size=300), source=st.sampled_from(["a.md", "a.txt", "a.html"]), data=st.data())
@repeatable(250)
def test_any_text_is_cut_into_chunks_that_stand_in_it(raw: str, source: str, data: st.DataObject) -> None:
    for chunk in chunks_of(raw, source):
        assert_stands(raw, chunk, chunk)
        assert_quotes_stand(raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(raw, chunk, word_ranges(chunk.text, data.draw, 2))


SIGNS = st.text(alphabet=list("ab *_`[]()<>!&#-\n\r\t|~\\;/\"'=1.é€Ã©\u00a0\x00:"), max_size=60)


@given(raw=SIGNS, source=st.sampled_from(["a.md", "a.txt", "a.html"]), data=st.data())
@repeatable(400)
def test_any_heap_of_signs_is_cut_into_chunks_that_stand_in_it(raw: str, source: str, data: st.DataObject) -> None:
    for chunk in chunks_of(raw, source):
        assert_stands(raw, chunk, chunk)
        assert_quotes_stand(raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(raw, chunk, word_ranges(chunk.text, data.draw, 2))


@pytest.mark.parametrize(
    "raw",
    [
        "# " + "heading word " * 400 + "\n\ntext here\n",
        "# one\n\n## " + "two " * 90 + "\n\n### " + "three " * 90 + "\n\ntext here\n",
        "w" * 20_000,
        "# " + "h" * 20_000 + "\n\ntext here\n",
        "A sentence about bridges, long enough. " * 300,
        "word " * 3000,
        "**" + "bold words " * 1000 + "**",
        "before [" + "link words " * 1000 + "](https://x.example) after",
        "`" + "code <b>words</b> " * 1000 + "`",
        "日本語" * 2000,
        "cafÃ© donâ€™t " * 500,
        "| " + "header cell | " * 300 + "\n|" + "-|" * 300 + "\n| " + "body cell | " * 300,
    ],
    ids=range(12),
)
@pytest.mark.parametrize("kind", ["a.md", "a.txt", "a.html"])
def test_no_chunk_is_too_long_for_the_real_model(raw: str, kind: str, embedder: Embedder) -> None:
    chunks = chunks_of(raw, kind, count=embedder.count_tokens, max_tokens=embedder.max_tokens)
    text = shown(chunks)
    if raw[0] != "日":  # which has no spaces to cut at
        assert set(re.findall(r"[a-z]{3,}", raw)) - {"https", "example"} <= set(re.findall(r"[a-z]{3,}", text))
    for chunk in chunks:
        assert embedder.count_tokens(chunk.embedding_text) <= embedder.max_tokens
        assert_stands(raw, chunk, chunk)


@pytest.mark.parametrize("raw", ["z" * 2000, "**" + "bold words " * 100 + "**", "é Ã© " * 200, "a [b](c) `d` " * 60])
def test_even_a_count_of_characters_is_kept(raw: str) -> None:
    chunks = chunks_of(raw, count=count_characters, max_tokens=50)
    assert max(count_characters(chunk.embedding_text) for chunk in chunks) <= 50
    if raw[0] == "z":
        assert "".join(chunk.text for chunk in chunks) == raw


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", ">"])
def test_words_nested_deeper_than_the_parser_reads_are_kept(mark: str) -> None:
    chunks = chunks_of(mark * 2000 + "deep word")
    assert [chunk.text for chunk in chunks] == ["deep word"]


@given(made=made_documents())
@repeatable(60)
def test_ids_are_unique_and_survive_lines_inserted_above(made: Made) -> None:
    body = made.raw.removeprefix("\ufeff")
    if body.startswith("---"):
        return  # front matter stands first or is none
    before = [chunk.id for chunk in chunks_of("First.\n\n" + body)]
    after = [chunk.id for chunk in chunks_of("First.\n\n\n\n\n\n" + body)]
    assert len(set(before)) == len(before)
    assert after == before


def test_equal_paragraphs_have_ids_of_their_own() -> None:
    chunks = chunks_of("same\n\nsame\n\nsame\n")
    assert len({chunk.id for chunk in chunks}) == 3


def test_editing_a_paragraph_changes_only_its_own_id() -> None:
    paragraphs = [f"Paragraph {number} about bridges." for number in range(9)]
    before = {chunk.id for chunk in chunks_of("# Ada\n\n" + "\n\n".join(paragraphs))}
    paragraphs[4] = "Something else."
    after = {chunk.id for chunk in chunks_of("# Ada\n\n" + "\n\n".join(paragraphs))}
    assert len(before - after) == len(after - before) == 1


def test_a_private_block_that_ends_inside_a_line_of_code_shows_nothing() -> None:
    raw = "Text.\n\n<!-- private -->\nsecret <!-- /private -->     code --flag\n"
    assert "secret" not in shown(chunks_of(raw))
    assert "code --flag" in shown(chunks_of(raw))


# --- documents that read like people's --------------------------------------------------------------


def test_a_resume_with_a_table_and_nested_lists_is_cut_along_them() -> None:
    raw = """# Mira Okafor

## Experience

### Harbour Rail (2019-2024)

- Led signalling software:
  - rewrote the interlocking in Rust
  - cut **delays** by 12%
- Mentored four engineers

## Skills

| Skill | Years |
|-------|-------|
| Rust | 6 |
| Go | 2 |

**Kafka** (basics)
Consumed it, never ran it.
"""
    job = ("Experience", "Harbour Rail (2019-2024)")
    assert rows(raw) == [
        ("heading", (), "Mira Okafor", 1, 1),
        ("section", ("Experience",), "Harbour Rail (2019-2024)", 5, 5),
        ("list_item", job, "Led signalling software:", 7, 7),
        ("list_item", (*job, "Led signalling software"), "rewrote the interlocking in Rust", 8, 8),
        ("list_item", (*job, "Led signalling software"), "cut delays by 12%", 9, 9),
        ("list_item", job, "Mentored four engineers", 10, 10),
        ("table_row", ("Skills", "Skill | Years"), "Rust | 6", 16, 16),
        ("table_row", ("Skills", "Skill | Years"), "Go | 2", 17, 17),
        ("entry", ("Skills",), "Kafka (basics)\nConsumed it, never ran it.", 19, 20),
    ]


def test_a_page_of_cards_gives_one_chunk_a_card() -> None:
    raw = """## How I work

<div class="grid">
  <div class="card">
    <h3>Slow first</h3>
    <p>
      I measure, then
      I cut &amp; sand.
    </p>
  </div>

  <div class="card"><h3>Open</h3><p>I publish.</p></div>
</div>
"""
    assert rows(raw) == [
        ("card", ("How I work", "Slow first"), "I measure, then I cut & sand.", 7, 8),
        ("card", ("How I work", "Open"), "I publish.", 12, 12),
    ]


def test_a_plain_text_cv_is_cut_at_headings_and_bullets() -> None:
    raw = """TOMAS LINDQVIST

WORK
\t• Ran the night desk
\t– Trained two juniors

Education
---------
MSc, hydrology, 2011
"""
    assert rows(raw, "cv.txt") == [
        ("heading", (), "TOMAS LINDQVIST", 1, 1),
        ("list_item", ("WORK",), "Ran the night desk", 4, 4),
        ("list_item", ("WORK",), "Trained two juniors", 5, 5),
        ("paragraph", ("Education",), "MSc, hydrology, 2011", 9, 9),
    ]


def test_a_readme_with_badges_keeps_its_words() -> None:
    raw = """# Hi, I'm Noor 👋

[![build](https://x.example/b.svg)](https://x.example) ![stars](s.svg)

- [x] Ship `tidy` v2
- [ ] Learn ~~Perl~~ Zig
"""
    assert rows(raw) == [
        ("heading", (), "Hi, I'm Noor 👋", 1, 1),
        ("paragraph", (), "build stars", 3, 3),
        ("list_item", (), "[x] Ship tidy v2", 5, 5),
        ("list_item", (), "[ ] Learn Perl Zig", 6, 6),
    ]


def test_a_heading_that_tells_something_can_be_quoted_and_a_section_name_cannot() -> None:
    raw = """# Ada Brandt, Data Engineer

## What She's Good At

Text.

## Experience

### Quillmark

Text.

### AcmeCorp | Data Engineer | 2019–2022

Text.

## Awards & Certifications, Talks

**Hafn AS** — *Engineer* (2016–2019)
- Wrote Perl

**Some thing (2012)**

Text.
"""
    told = [row[2] for row in rows(raw) if row[0] == "section"]
    assert told == [
        "Ada Brandt, Data Engineer",
        "Quillmark",
        "AcmeCorp | Data Engineer | 2019–2022",
        "Hafn AS — Engineer (2016–2019)",
        "Some thing (2012)",
    ]
    perl = ("Awards & Certifications, Talks", "Hafn AS — Engineer (2016–2019)")
    assert ("list_item", perl, "Wrote Perl", 20, 20) in rows(raw)


@pytest.mark.parametrize(
    ("heading", "tells"),
    [
        ("Staff Engineer, Quillmark, Grevenholm (March 2021 – present)", True),
        ("Engineer at Acme", True),
        ("Engineer @ Acme", True),
        ("Acme – Engineer", True),
        ("What I'm Good At", False),
        ("Tools, Languages & Frameworks", False),
        ("Working Style", False),
        ("Hi, I'm Noor", False),
        ("Kubernetes", False),
        ("!!", False),
    ],
)
def test_a_heading_tells_something_by_a_date_or_by_names_side_by_side(heading: str, tells: bool) -> None:
    assert tells_something(heading, ()) is tells


def test_fields_of_front_matter_are_read_with_their_lists() -> None:
    raw = "---\ntitle: CV\nskills:\n  - Rust\n  - Go\nbase: Oslo\n---\nText.\n"
    assert rows(raw) == [
        ("field", (), "skills: - Rust - Go", 3, 5),
        ("field", (), "base: Oslo", 6, 6),
        ("paragraph", (), "Text.", 8, 8),
    ]


def test_every_chunk_of_the_corpus_stands_in_its_file(embedder: Embedder) -> None:
    for made in load_corpus(CORPUS).documents:
        chunks = chunk_document(made, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens).chunks
        assert chunks
        for chunk in chunks:
            assert_stands(made.raw, chunk, chunk)
            assert_quotes_stand(made.raw, chunk, split_sentences(chunk.text))


@given(raw=st.text(max_size=200))
@repeatable(200)
def test_normalizing_keeps_the_number_of_lines(raw: str) -> None:
    assert normalize(raw).text.count("\n") == len(re.findall(r"\r\n?|\n", raw))


def test_each_footnote_is_a_chunk_without_its_mark() -> None:
    raw = "She built a parser[^1].\n\n[^1]: It was written in Haskell.\n[^long]: It took *two* years.\n"
    chunks = chunks_of(raw)
    assert [chunk.text for chunk in chunks[1:]] == ["It was written in Haskell.", "It took two years."]
    for chunk in chunks:
        assert_stands(raw, chunk, chunk)
