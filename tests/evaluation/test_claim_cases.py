"""The claims of eval/claims: how they are read, that their gold stands in the documents, what spoiling is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from eval.bench import spoilt

from profile_rag.answering.grounding import GroundingChecker
from profile_rag.errors import DatasetError
from profile_rag.evaluation.claims import ClaimCase, load_claims
from profile_rag.evaluation.dataset import load_cases
from profile_rag.evaluation.documents import Documents
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import Embedder
from profile_rag.profile import Profile

EVAL = Path(__file__).parents[2] / "eval"
CLAIMS = EVAL / "claims"
FILE = """\
corpus: people/robin
claims:
- id: robin-1
  style: near
  text: She ran it for four years.
  evidence:
  - source: profile.md
    text: |-
      ran it
      for four years
  faulty:
  - fault: number
    text: She ran it for six years.
    wrong: [six]
- id: robin-2
  corpus: people/other
  held: true
  text: She knows Rust.
  evidence: []
  faulty: []
"""


def test_a_claim_is_followed_by_its_faulty_twins(tmp_path: Path) -> None:
    (tmp_path / "robin.yaml").write_text(FILE)
    assert load_claims(tmp_path / "robin.yaml") == load_claims(tmp_path)
    sound, twin, held = load_claims(tmp_path)
    quotes = ("ran it for four years",)
    assert sound == ClaimCase("robin-1", "people/robin", "She ran it for four years.", quotes)
    assert twin == ClaimCase("robin-1-1", "people/robin", "She ran it for six years.", quotes, "number", ("six",))
    assert (held.corpus, held.is_held) == ("people/other", True)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "claims: 3", "claims:\n- 7", "claims:\n- {id: a, text: b}", "claims: {", "claims: null", "\0"],
)
def test_a_file_that_is_not_of_claims_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(DatasetError, match=r"bad\.yaml: cannot be read"):
        load_claims(tmp_path)


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.yaml: cannot be read"):
        load_claims(tmp_path / "none.yaml")
    with pytest.raises(DatasetError, match="holds no claims"):
        load_claims(tmp_path)


# --- ours -----------------------------------------------------------------------------------------------


def test_every_claim_has_an_id_of_its_own_and_every_fault_its_words() -> None:
    cases = load_claims(CLAIMS)
    assert [name for name, count in Counter(case.id for case in cases).items() if count > 1] == []
    for case in cases:
        assert case.evidence, case.id
        for words in case.wrong:
            assert words in case.text, case.id
        assert bool(case.fault) == bool(case.wrong) or case.fault == "negation", case.id


@pytest.mark.parametrize("file", sorted(CLAIMS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_gold_quote_stands_in_its_document(file: Path, tmp_path: Path, embedder: Embedder) -> None:
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    documents = Documents.beside(CLAIMS)
    texts: dict[str, set[tuple[str, str]]] = {}
    for claim in values["claims"]:
        corpus = claim.get("corpus", values.get("corpus", ""))
        if corpus not in texts:
            folder = documents.find(corpus, tmp_path)
            if folder is None and corpus.startswith("pool/"):
                pytest.skip("the pool of profiles is not beside the checkout")
            assert folder is not None, corpus
            texts[corpus] = {
                (document.source, " ".join(text.split()))
                for document in load_corpus(folder).documents
                for chunk in chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=256).chunks
                for text in (*chunk.heading, chunk.text)
            }
        for quote in claim["evidence"]:
            words = " ".join(quote["text"].split())
            assert any(source == quote["source"] and words in text for source, text in texts[corpus]), claim["id"]


def test_spoilt_answers_are_flagged_and_sound_ones_pass(profile: Profile, embedder: Embedder) -> None:
    cases = [case for case in load_cases(EVAL / "cases") if case.corpus == "corpus" and not case.is_held]
    answers = [profile.ask(case.question, history=case.history) for case in cases[:40]]
    told = [answer for answer in answers if answer.citations and not answer.abstained]
    found = spoilt.measure(told, GroundingChecker(embedder), per_way=4)
    total = sum(found.values(), Counter())
    assert total["spoilt"] >= 20
    assert total["flagged"] >= 0.95 * total["spoilt"]
    assert total["right word"] >= 0.95 * total["spoilt"]
    # Two of these are: one that affirms what no document names, and one whose limit stands in the sentence before it.
    assert total["sound flagged"] <= 2
