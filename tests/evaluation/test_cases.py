"""The cases of eval/: every gold quote stands in its document."""

from __future__ import annotations

import html
import re
from pathlib import Path

import ftfy
import pytest

from profile_rag.errors import DatasetError
from profile_rag.evaluation.dataset import Case, load_cases

ROOT = Path(__file__).parents[2]
POOL = ROOT.parent / "shared" / "data" / "profiles" / "pool"
CASES = load_cases(ROOT / "eval" / "cases")


def folder_of(case: Case) -> Path:
    kind, _, _ = case.corpus.partition("/")
    return {"corpus": ROOT / "corpus", "people": ROOT / "eval" / case.corpus, "pool": POOL}[kind]


def read(path: Path) -> str:
    """A document as a reader sees it, near enough: encoding repaired, marks dropped, white space folded."""
    text = "\n".join(ftfy.fix_encoding(line) for line in path.read_text(encoding="utf-8").split("\n"))
    if path.suffix == ".html":
        text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", text, flags=re.DOTALL))
    return " ".join(text.replace("**", "").replace("`", "").split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_gold_quote_stands_in_its_document(case: Case) -> None:
    if case.corpus.startswith("pool/") and not POOL.is_dir():
        pytest.skip("the pool of profiles is not beside the checkout")
    for gold in (*case.quotes, *case.any_quotes):
        assert gold.text in read(folder_of(case) / gold.source)


def test_there_are_enough_cases_of_each_sort() -> None:
    def count(tag: str) -> int:
        return sum(tag in case.tags for case in CASES)

    assert sum(case.corpus == "corpus" for case in CASES) >= 180
    assert sum(case.corpus.startswith("people/") for case in CASES) >= 80
    assert len({case.corpus for case in CASES if case.corpus.startswith("people/")}) >= 6
    assert sum(case.corpus.startswith("pool/") for case in CASES) >= 150
    assert len({case.corpus for case in CASES if case.corpus.startswith("pool/")}) >= 15
    assert count("unanswerable") >= 40
    assert count("limit") + count("denial") >= 25
    assert sum(case.kind == "follow_up" for case in CASES) >= 25
    assert sum(bool(case.conflict) for case in CASES) >= 15
    assert count("typo") >= 15
    assert count("hostile") >= 10


def test_about_a_quarter_is_set_aside() -> None:
    assert 0.2 <= sum(case.is_held for case in CASES) / len(CASES) <= 0.3


def test_no_two_cases_ask_the_same_of_the_same_person() -> None:
    keys = [(case.corpus, case.question.lower(), case.history) for case in CASES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cases: 3", "no list of cases"),
        ("corpus: corpus\ncases:\n  - {id: a, kind: capability, question: q}", "case a: misses 'verdicts'"),
        ("corpus: corpus\ncases:\n  - {id: a, kind: odd, question: q, verdicts: [yes]}", "unknown kind odd"),
        ("corpus: corpus\ncases:\n  - {id: a, kind: open, question: q, verdicts: [maybe]}", "verdicts are of"),
        (
            "corpus: corpus\ncases:\n  - {id: a, kind: open, question: q, verdicts: [none], colour: red}",
            "unknown field",
        ),
        ("cases: [", "cannot be read"),
        ("cases: []", "holds no cases"),
    ],
)
def test_a_bad_case_is_named_with_its_file(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(DatasetError, match=r"bad\.yaml") as caught:
        load_cases(file)
    assert problem in str(caught.value)


def test_a_bare_yes_is_read_as_the_word(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("corpus: corpus\ncases:\n  - {id: a, kind: capability, question: q, verdicts: [yes, no]}")
    assert load_cases(file)[0].verdicts == ("yes", "no")
