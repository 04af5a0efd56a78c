"""Cleaning: markup goes, words stay, and what was damaged on the way through encodings is repaired."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_rag.ingestion.cleaning import clean, normalize
from profile_rag.ingestion.html_blocks import read_html
from profile_rag.schema import Markup

SOUND = [
    "é",
    "€",
    "naïve café",
    "日本語",
    "😀 🧠",
    "Привет",
    "Tiếng Việt ế ộ ữ",
    "Ærøskøbing",
    "“quoted” — it’s",
    "20 °C",
    "²",
]


@pytest.mark.parametrize("text", SOUND)
def test_text_already_right_is_left_alone(text: str) -> None:
    normalized = normalize(text)
    assert (normalized.text, normalized.repaired) == (text, 0)


@pytest.mark.parametrize("text", ["é", "—", "’", "ü", "🧠", "“a”"])
def test_damaged_characters_are_repaired_and_counted(text: str) -> None:
    damaged = "".join(bytes((b,)).decode("cp1252", "replace") for b in text.encode())
    if "\ufffd" in damaged:
        damaged = text.encode().decode("latin-1")
    normalized = normalize(f"a {damaged} b")
    assert normalized.text == f"a {text} b"
    assert normalized.repaired == sum(not character.isascii() for character in text)


@pytest.mark.parametrize("raw", ["éÃ©", "Ã©é", "日Ã©", "ÃƒÂ©", "Ã©ÃƒÂ©日"])
def test_sound_and_damaged_characters_may_stand_together(raw: str) -> None:
    normalized = normalize(raw)
    assert len(normalized.starts) == len(normalized.text) + 1
    assert list(normalized.starts) == sorted(normalized.starts)
    assert normalized.starts[-1] == len(raw)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("**Name** (basics)\ntext", "Name (basics)\ntext"),
        ("a *b* _c_ ~~d~~ `e`", "a b c d e"),
        ("[a](b 'c') ![d](e) <https://f.example>", "a d https://f.example"),
        ("&amp; &#8212; &unknown; \\*", "& — &unknown; *"),
        ("a  \nb\\\nc\nd", "a\nb\nc d"),
        ("x<!-- y -->z<script>w</script>", "xz"),
        ("a\x00b", "a\ufffdb"),
        ("a <!-- private -->b<!-- /private --> c", "a c"),
    ],
)
def test_markdown_is_dropped_and_its_words_are_kept(raw: str, text: str) -> None:
    assert clean(raw, "markdown").text == text


@given(raw=st.text(max_size=200), markup=st.sampled_from(["markdown", "html", "text"]))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_segments_cover_the_cleaned_text_in_order(raw: str, markup: Markup) -> None:
    cleaned = clean(raw, markup)
    position = source = 0
    for text_start, text_length, source_start, source_length in cleaned.segments:
        assert text_start == position
        assert source_start >= source
        position, source = text_start + text_length, source_start + source_length
    assert position == len(cleaned.text)
    assert source <= len(raw)
    assert not re.search(r"[ \n]{2}|^[ \n]|[ \n]$", cleaned.text)


@pytest.mark.parametrize(
    "sign", ["<!--", "<a ", "<a href='", "<?", "<![CDATA[", "<script>", "<style>a", "<title", "&#x"]
)
def test_markup_that_never_ends_is_read_in_one_pass(sign: str) -> None:
    assert len(read_html(sign * 50_000)) <= 1
    assert clean(sign * 50_000, "html").text is not None


def test_html_gives_headings_texts_and_containers_in_order() -> None:
    html = "<div><h3>A &amp; B</h3><p>text <!-- no --><style>p {}</style>more</p></div>"
    assert [(event.kind, html[event.start : event.end]) for event in read_html(html)] == [
        ("open", ""),
        ("heading", "A &amp; B"),
        ("text", "text <!-- no --><style>p {}</style>more"),
        ("close", ""),
    ]


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("a <!-- private -->b<!-- /private --> c", "a c"),
        ("a <!-- private -->b<!-- private -->c<!-- /private -->d<!-- /private --> e", "a e"),
        ("a <!-- /private --> b", "a b"),
        ("a <!– private –>b<!— /private —> c", "a c"),
        ("a &lt;!-- private --&gt;b&lt;!-- /private --&gt; c", "a c"),
        ("a <!--PRIVATE-->b", "a"),
        ("<!-- private -->a<!-- /private -->b<!-- private -->c<!-- /private -->d", "b d"),
    ],
)
def test_private_blocks_nest_and_an_open_one_reaches_to_the_end(raw: str, left: str) -> None:
    assert " ".join(clean(raw, "markdown").text.split()) == left
