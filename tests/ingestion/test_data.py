"""JSON and YAML résumés: read by their structure, quoted from the file."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.ingestion.cutting import (
    assert_quotes_stand,
    assert_stands,
    chunks_of,
    count_words,
    document,
    repeatable,
    rows,
    shown,
    word_ranges,
)

from profile_rag.errors import CorpusError
from profile_rag.ingestion.cleaning import clean
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.ingestion.data_tree import DataError
from profile_rag.sentences import split_sentences

KINDS = ["cv.json", "cv.yaml"]


# --- data people might write, made up ---------------------------------------------------------------


@dataclass
class Writer:
    """Draws data and remembers which of its words are public and which withheld."""

    draw_any: Callable[[st.SearchStrategy[Any]], Any]
    seen: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)
    is_secret: bool = False
    counter: int = 0

    def draw(self, choices: list[Any]) -> Any:
        return self.draw_any(st.sampled_from(choices))

    def word(self) -> str:
        self.counter += 1
        word = f"{self.draw(['Kafka', 'word', 'Zoë', '数据', 'go'])}{self.counter}x"
        (self.secret if self.is_secret else self.seen).append(word)
        return word

    def text(self) -> str:
        glue = [
            " ",
            " ",
            ", ",
            ": ",
            " - ",
            " # ",
            ". ",
            "\n",
            '"',
            "'",
            "''",
            "\\",
            "\t",
            " [",
            "] ",
            "{",
            "}",
            "&",
            "*",
        ]
        glue += [
            "—",
            "\u00a0",
            "😀",
            " **b** ",
            "`",
            "<b>",
            "|",
            "> ",
            "!",
            "% ",
            "Ã©",
            "@",
            "https://x.example/#",
            "~",
        ]
        count = self.draw([1, 1, 2, 3, 30])
        return "".join(self.word() + self.draw(glue) for _ in range(count - 1)) + self.word()

    def scalar(self) -> Any:
        return self.draw(
            [self.text(), self.text(), self.text(), "", None, 2019, 3.5, True, "2019-03", "null", " ", "~"]
        )

    def value(self, depth: int) -> Any:
        kind = self.draw(["scalar"] * 4 + (["list", "records", "mapping", "private"] if depth < 3 else []))
        if kind == "list":
            return [self.value(depth + 1) for _ in range(self.draw([0, 1, 3]))]
        if kind == "records":
            return [self.mapping(depth + 1) for _ in range(self.draw([1, 2]))]
        if kind == "mapping":
            return self.mapping(depth + 1)
        if kind == "private":
            was_secret, self.is_secret = self.is_secret, True
            mapping = {"visibility": self.draw(["private", "Private ", ["private"]]), **self.mapping(depth + 1)}
            self.is_secret = was_secret
            return mapping
        return self.scalar()

    def mapping(self, depth: int) -> dict[str, Any]:
        keys = ["name", "position", "company", "startDate", "endDate", "summary", "level", "keywords", "highlights"]
        keys += ["url", "odd key", "x: y", "#z", "title"]
        chosen = self.draw_any(st.lists(st.sampled_from(keys), unique=True, min_size=1 if depth else 3, max_size=5))
        return {key: self.value(depth) for key in chosen}


@dataclass(frozen=True)
class Made:
    raw: str
    source: str
    seen: tuple[str, ...]
    secret: tuple[str, ...]


@st.composite
def made_data(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Made:
    writer = Writer(draw)
    data = writer.mapping(0)
    source = draw(st.sampled_from(KINDS))
    if source.endswith("json"):
        indent = draw(st.sampled_from([None, 2, "\t"]))
        text = json.dumps(data, indent=indent, ensure_ascii=draw(st.booleans()))
    else:
        style = draw(st.sampled_from([None, True, False]))
        quotes = draw(st.sampled_from([None, None, "'", '"', "|", ">"]))
        width = draw(st.sampled_from([40, 1000]))
        text = yaml.safe_dump(
            data,
            default_flow_style=style,
            default_style=quotes,
            width=width,
            allow_unicode=draw(st.booleans()),
            sort_keys=False,
        )
    line_end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    held = json.dumps(data, ensure_ascii=False)  # not the words of alternatives that were not drawn
    seen = tuple(word for word in writer.seen if word in held)
    return Made(mark + text.replace("\n", line_end), source, seen, tuple(writer.secret))


@given(made=made_data(), data=st.data())
@repeatable(80)
def test_every_chunk_and_every_quote_stands_in_the_file(made: Made, data: st.DataObject) -> None:
    for chunk in chunks_of(made.raw, made.source):
        assert_stands(made.raw, chunk, chunk)
        assert_quotes_stand(made.raw, chunk, split_sentences(chunk.text))
        assert_quotes_stand(made.raw, chunk, word_ranges(chunk.text, data.draw, 3))


@given(made=made_data())
@repeatable(120)
def test_no_word_is_lost_and_what_is_private_is_not_shown(made: Made) -> None:
    chunks = chunks_of(made.raw, made.source)
    everything = shown(chunks) + "\n".join(chunk.title for chunk in chunks)
    assert [word for word in made.seen if word not in everything] == []
    assert [word for word in made.secret if word in everything] == []


@given(made=made_data(), max_tokens=st.integers(12, 40))
@repeatable(40)
def test_a_small_limit_is_kept(made: Made, max_tokens: int) -> None:
    for chunk in chunks_of(made.raw, made.source, max_tokens=max_tokens):
        assert count_words(chunk.embedding_text) <= max_tokens
        assert_stands(made.raw, chunk, chunk)


SIGNS = st.text(alphabet=list("ab -:#{}[]\"'\\,&*!?|>\n\t~%@1.é€Ã©n/"), max_size=40)


@given(raw=SIGNS, source=st.sampled_from(KINDS), data=st.data())
@repeatable(300)
def test_any_heap_of_signs_is_skipped_or_stands(raw: str, source: str, data: st.DataObject) -> None:
    try:
        chunks = chunks_of(raw, source)
    except DataError as error:
        assert "\n" not in str(error)
        return
    for chunk in chunks:
        assert_stands(raw, chunk, chunk)
        assert_quotes_stand(raw, chunk, word_ranges(chunk.text, data.draw, 2))


# --- résumés ---------------------------------------------------------------------------------------


def test_a_json_resume_gives_a_chunk_for_each_record_and_each_longer_text() -> None:
    raw = """{
  "$schema": "https://x.example/schema.json",
  "basics": {
    "name": "Mira Tollund",
    "label": "Senior Backend Engineer",
    "image": "",
    "summary": "Backend engineer who likes quiet systems. I don\\u2019t do front ends, and I never said that I would.",
    "location": {"city": "Odense"}
  },
  "work": [
    {
      "name": "Acme GmbH",
      "position": "Senior Engineer",
      "startDate": "2019-03",
      "endDate": "2022-01",
      "highlights": ["Built the \\"ledger\\" in Go, from nothing to 4 million payments a day"]
    },
    {"name": "Hafn", "position": "Engineer", "startDate": "2014-08", "endDate": "", "highlights": []}
  ],
  "skills": [
    {"name": "Languages", "level": "Advanced", "keywords": ["Go", "C#"]},
    {"name": "Terraform", "level": "beginner"}
  ],
  "languages": [{"language": "German", "fluency": "B2"}],
  "interests": [{"name": "Rowing"}],
  "meta": {"theme": "flat"}
}
"""
    acme = ("work", "Acme GmbH, Senior Engineer, 2019-03 – 2022-01")
    summary = "Backend engineer who likes quiet systems. I don’t do front ends, and I never said that I would."
    acme_text = "Acme GmbH\nposition: Senior Engineer, startDate: 2019-03, endDate: 2022-01"
    built = 'Built the "ledger" in Go, from nothing to 4 million payments a day'
    assert rows(raw, "cv.json") == [
        ("field", ("basics",), "name: Mira Tollund", 4, 4),
        ("field", ("basics",), "label: Senior Backend Engineer", 5, 5),
        ("paragraph", ("basics", "summary"), summary, 7, 7),
        ("field", ("basics", "location"), "city: Odense", 8, 8),
        ("entry", ("work",), acme_text, 12, 15),
        ("list_item", acme, built, 16, 16),
        ("entry", ("work",), "Hafn\nposition: Engineer, startDate: 2014-08", 18, 18),
        ("entry", ("skills",), "Languages\nlevel: Advanced\nkeywords: Go, C#", 21, 21),
        ("list_item", ("skills",), "Terraform: beginner", 22, 22),
        ("list_item", ("languages",), "German: B2", 24, 24),
        ("list_item", ("interests",), "Rowing", 25, 25),
    ]


def test_a_rendercv_file_is_read_like_it() -> None:
    raw = """# made up
cv:
  name: Jonas Aldgrave
  label: Data Engineer
  phone:
  sections:
    experience:
      - company: Fjordkraft Analytics
        position: Data Engineer, Platform   # since the merger
        start_date: 2021-05
        end_date: present
        highlights:
          - Moved **120 models** to [Snowflake](https://x.example)
          - >-
            Built the dashboard in Power BI,
            read by the board.
          - 'It''s hers'
    skills:
      - label: Languages
        details: Python, SQL, some Scala
      - name: dbt
        level: expert
        keywords:
          - macros
          - testing   # unit tests
      - {name: Airflow, level: basic}
    languages:
      - Norwegian: native
design:
  theme: classic
"""
    job = ("experience", "Fjordkraft Analytics, Data Engineer, Platform, 2021-05 – present")
    job_text = "Fjordkraft Analytics\nposition: Data Engineer, Platform start_date: 2021-05 end_date: present"
    assert rows(raw, "cv.yaml") == [
        ("field", (), "name: Jonas Aldgrave", 3, 3),
        ("field", (), "label: Data Engineer", 4, 4),
        ("entry", ("experience",), job_text, 8, 11),
        ("list_item", job, "Moved 120 models to Snowflake", 13, 13),
        ("list_item", job, "Built the dashboard in Power BI, read by the board.", 15, 16),
        ("list_item", job, "It's hers", 17, 17),
        ("list_item", ("skills",), "Languages: Python, SQL, some Scala", 19, 20),
        ("entry", ("skills",), "dbt\nlevel: expert\nkeywords: macros, testing", 21, 25),
        ("list_item", ("skills",), "Airflow: basic", 26, 26),
        ("list_item", ("languages",), "Norwegian: native", 28, 28),
    ]


def test_a_mapping_of_anybodys_own_making_is_read_too() -> None:
    raw = """name: Ida Quist
areasOfWork: [Payments, Loyalty]
tools:
  figma: every day
  sql: basics
jobs:
  acme: {title: Group PM, from: 2020, to: 2023}
  brug:
    title: PM
    to: 2020
employer:
  name: Hafn
about: |
  I like small teams.

  - Based in Aarhus
"""
    assert rows(raw, "me.yml") == [
        ("field", (), "name: Ida Quist", 1, 1),
        ("field", (), "areasOfWork: Payments, Loyalty", 2, 2),
        ("field", ("tools",), "figma: every day", 4, 4),
        ("field", ("tools",), "sql: basics", 5, 5),
        ("entry", ("jobs",), "acme\ntitle: Group PM, from: 2020, to: 2023", 7, 7),
        ("entry", ("jobs",), "brug\ntitle: PM to: 2020", 8, 10),
        ("section", ("employer",), "Hafn", 12, 12),
        ("paragraph", ("about",), "I like small teams.", 14, 14),
        ("list_item", ("about",), "Based in Aarhus", 16, 16),
    ]


def test_what_a_record_says_is_quoted_whole() -> None:
    raw = '[{"name": "Go", "level": "beginner", "keywords": ["gRPC", "testing"]}]'
    (chunk,) = chunks_of(raw, "skills.json")
    quote = chunk.quote(chunk.text.index("gRPC"), chunk.text.index("gRPC") + 4)
    assert quote.text == "Go\nlevel: beginner\nkeywords: gRPC, testing"
    assert raw[quote.start_char : quote.end_char] == '"Go", "level": "beginner", "keywords": ["gRPC", "testing"]'


def test_an_alias_is_read_once_where_it_is_written() -> None:
    raw = "base: &b {skill: Rust}\nother: *b\nlist: [*b, *b]\n"
    assert [row[2] for row in rows(raw, "a.yaml")] == ["Rust"]


def test_a_file_may_hold_several_documents() -> None:
    assert [row[2] for row in rows("---\nname: Ada\n---\nskill: Go\n...\n", "a.yaml")] == ["name: Ada", "skill: Go"]


@pytest.mark.parametrize(
    ("raw", "markup", "text"),
    [
        (r"\ud83d\ude00 \u00e9 \" \\ \/ \n x \ud83d", "string", '😀 é " \\ /\nx \ufffd'),
        ('"a": "", "b": null, "c": [], "d": 1', "json", "d: 1"),
        ('"A", "k": ["x", "y"], "u": "z"', "json", "A\nk: x, y\nu: z"),
        ("A  # c, d\n  k: 'it''s' # e\n  l:\n  m: n", "yaml", "A\nk: it's m: n"),
        ("a:\n  - x\n  # c\n  - y z", "yaml", "a: x, y z"),
        ("go:\n  level: basic\n  years: 1", "yaml", "go\nlevel: basic years: 1"),
        ("go:\n  level: basic", "yaml", "go: basic"),
        ('"go": {"level": "basic"', "json", "go: basic"),
        ('"Tools", "level": "", "keywords": ["x", "y"]', "json", "Tools: x, y"),
        ("Tools\n  items:\n  - x\n  - y", "yaml", "Tools: x, y"),
    ],
)
def test_syntax_is_dropped_and_words_are_kept(raw: str, markup: Any, text: str) -> None:
    assert clean(raw, markup).text == text


# --- what is skipped or withheld -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '{"a": 1,}', "not valid JSON (line 1, column"),
        ("a.json", '{"a": 1} // c', "not valid JSON (line 1, column 10: Extra data)"),
        ("a.json", "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a.json", "[" * 80 + "]" * 80, "nested too deeply"),
        ("a.yaml", "a: b: c\n", "not valid YAML (line 1: mapping values are not allowed here)"),
        ("a.yaml", "a: *nowhere\n", "not valid YAML (line 1: found undefined alias 'nowhere')"),
        ("a.yaml", "a: \x07\n", "not valid YAML (character U+0007 at 3)"),
        ("a.yml", "[" * 5000, "nested too deeply"),
        ("a.yml", "a: " + "b " * 300_000, "too long to be read as data (more than 500,000 characters); split it"),
    ],
)
def test_data_that_cannot_be_read_is_named_with_the_reason(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    (tmp_path / name).write_text(content)
    (tmp_path / "b.md").write_text("Text.")
    (skipped,) = load_corpus(tmp_path).skipped
    assert skipped.source == name
    assert skipped.reason.startswith(reason)
    assert "\n" not in skipped.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"visibility": "private", "name": "x"}'),
        ("a.json", '{"Visibility": ["Private "]}'),
        ("a.json", '{"visibility": "public", "visibility": "private"}'),
        ("a.json", '{"visibility": "\\u0070rivate"}'),
        ("a.json", '{"visibility": "private", broken'),
        ("a.yaml", "name: x\nvisibility: private\n"),
        ("a.yaml", "x: &p private\nvisibility: *p\n"),
        ("a.yaml", "name: x\n---\nvisibility: [internal, private]\n"),
        ("a.yml", "visibility: private\nname: a: b\n"),
        ("a.yaml", "# <!-- note -->\nvisibility: >-\n  private\n"),
    ],
)
def test_private_data_is_withheld(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert load_corpus(tmp_path).private == (name,)


@pytest.mark.parametrize(
    "content", ['{"visibility": "privately"}', '{"a": {"visibility": "private"}}', '["visibility"]']
)
def test_data_that_only_speaks_of_privacy_is_not_private(content: str) -> None:
    assert not document(content, "a.json").is_private


def test_a_private_block_in_yaml_is_withheld() -> None:
    raw = "name: Ada\n# <!-- private -->\nsalary: 9000\n# <!-- /private -->\nskill: Go\n"
    assert "9000" not in shown(chunks_of(raw, "a.yaml"))
    assert [row[2] for row in rows(raw, "a.yaml")] == ["name: Ada", "skill: Go"]


def test_a_folder_of_broken_data_alone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(CorpusError, match=r"a\.json: not valid JSON"):
        load_corpus(tmp_path)


def test_aliases_that_multiply_take_no_time() -> None:
    lines = ["a0: &a0 [word, word]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    began = time.monotonic()
    assert len(re.findall("word", shown(chunks_of("\n".join(lines), "a.yaml")))) == 2
    assert time.monotonic() - began < 5
