"""Public benchmarks: their own formats and scoring, on data small enough to score by hand."""

from __future__ import annotations

import io
import json
import math
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from profile_rag.cli import app
from profile_rag.errors import DatasetError
from profile_rag.evaluation.benchmarks import cacm, canard, ragtruth, squad2, wice
from profile_rag.evaluation.benchmarks.catalogue import BENCHMARKS, run_benchmark
from profile_rag.evaluation.benchmarks.result import BenchmarkResult, Line
from profile_rag.models import Embedder

SHARED = Path(__file__).parents[3] / "shared" / "data"
HARBOUR = (
    "Oldwick is a harbour town in the county of Marrowshire. The lighthouse was built in 1871 by Ada Fenwick."
    " Ferries leave for the islands every morning."
)


def ignore_progress(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def squad_file(folder: Path) -> Path:
    """Two questions that the paragraph answers and one that it does not."""
    questions = [
        ("When was the lighthouse built?", ["1871", "in 1871"]),
        ("Who built the lighthouse?", ["Ada Fenwick"]),
        ("How many people were not saved by the lifeboat of Grimsby in 1905?", []),
    ]
    qas = [
        {
            "id": str(number),
            "question": text,
            "is_impossible": not answers,
            "answers": [{"text": answer, "answer_start": HARBOUR.index(answer)} for answer in answers],
        }
        for number, (text, answers) in enumerate(questions)
    ]
    file = folder / "squad.json"
    article = {"title": "Oldwick", "paragraphs": [{"context": HARBOUR, "qas": qas}]}
    file.write_text(json.dumps({"version": "v2.0", "data": [article]}))
    return file


def canard_file(folder: Path) -> Path:
    rows = [
        {
            "History": ["Ada Fenwick", "Career"],
            "QuAC_dialog_id": "C_1",
            "Question": "What did she build?",
            "Rewrite": "What did Ada Fenwick build?",
        },
        {
            "History": ["Ada Fenwick", "Career", "What did she build?", "A lighthouse in Oldwick."],
            "QuAC_dialog_id": "C_1",
            "Question": "When did she build it?",
            "Rewrite": "When did Ada Fenwick build the lighthouse?",
        },
    ]
    file = folder / "canard.json"
    file.write_text(json.dumps(rows))
    return file


def cacm_folder(folder: Path) -> Path:
    abstracts = {
        "CACM-0001": "Sorting by merging\n\nA method of sorting records on tape.\n\nCACM May, 1960\n\n"
        "CA600501 JB March 1\n\n1\t5\t1",
        "CACM-0002": "Spline interpolation\n\nSmooth curves through given points.",
        "CACM-0003": "A compiler for small machines\n\nTranslating formulas with little memory.",
    }
    with tarfile.open(folder / "cacm.tar.gz", "w:gz") as archive:
        for name, text in abstracts.items():
            content = f"<html>\n<pre>\n{text}\n</pre>\n</html>".encode()
            member = tarfile.TarInfo(f"./{name}.html")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    topics = {"1": "sorting records", "2": "drawing smooth curves", "3": "nobody judged this"}
    text = "".join(f"<DOC>\n<DOCNO> {number} </DOCNO>\n\n {topic}\n</DOC>\n" for number, topic in topics.items())
    (folder / "topics.cacm.txt").write_text(text)
    (folder / "qrels.cacm.txt").write_text("1 Q0 CACM-1 1\n2 Q0 CACM-2 1\n2 Q0 CACM-3 0\n")
    return folder


def ragtruth_file(folder: Path) -> Path:
    """Two answers to one passage, one of them with a span that it does not support, by two writers."""
    sound, invented = (
        "The lighthouse was built in 1871 by Ada Fenwick.",
        "It may also hold a museum of whaling since 1904.",
    )
    faulty = f"{sound} {invented}"
    rows = [
        ("ada", sound, []),
        ("bob", faulty, [{"start": len(sound) + 1, "end": len(faulty), "label_type": "Evident Baseless Info"}]),
    ]
    shared = {"task": "QA", "source_id": "7", "question": "Who built it?", "context": f"passage 1:{HARBOUR}\n\n"}
    file = folder / "ragtruth.jsonl"
    lines = [json.dumps({**shared, "model": who, "response": text, "labels": labels}) for who, text, labels in rows]
    file.write_text("\n".join(lines) + "\n\n")
    return file


def wice_file(folder: Path) -> Path:
    """A claim that the article supports, and one that it does not."""
    evidence = HARBOUR.split(". ")
    rows: list[tuple[str, str, list[list[int]]]] = [
        ("The lighthouse was built in 1871 by Ada Fenwick.", "supported", [[1]]),
        ("Oldwick has an airport and a university of music.", "not_supported", []),
    ]
    file = folder / "wice.jsonl"
    lines = [
        json.dumps({"claim": text, "evidence": evidence, "label": label, "supporting_sentences": sentences})
        for text, label, sentences in rows
    ]
    file.write_text("\n".join(lines))
    return file


FIXTURES: dict[str, Callable[[Path], Path]] = {
    "ragtruth": ragtruth_file,
    "wice": wice_file,
    "squad2": squad_file,
    "canard": canard_file,
    "cacm": cacm_folder,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> dict[str, BenchmarkResult]:
    """Every benchmark on its small data."""
    return {
        name: BENCHMARKS[name](make(tmp_path_factory.mktemp(name)), embedder, on_progress=ignore_progress)
        for name, make in FIXTURES.items()
    }


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_gives_figures_and_trivial_lines_of_the_same_names(
    name: str, results: dict[str, BenchmarkResult]
) -> None:
    result = results[name]
    assert result.name == name
    assert result.trivial
    assert result.published or name == "wice"  # nobody's figures are on its development part
    for line in result.trivial:
        assert list(line.figures) == list(result.figures)
    for value in (*result.figures.values(), *(value for line in result.published for value in line.figures.values())):
        assert value is None or 0 <= value <= 1


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_without_its_data_says_which_file_is_missing(name: str, tmp_path: Path, embedder: Embedder) -> None:
    with pytest.raises(DatasetError, match="no such file"):
        BENCHMARKS[name](tmp_path / "nothing", embedder, on_progress=ignore_progress)


@pytest.mark.parametrize("name", ["ragtruth", "wice", "squad2", "canard"])
@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"data": [{}]}', '[{"Question": "Who?"}]', "3"])
def test_data_of_another_format_is_named(name: str, text: str, tmp_path: Path, embedder: Embedder) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(DatasetError, match=r"other\.json: (?:is not of|holds no)"):
        BENCHMARKS[name](file, embedder, on_progress=ignore_progress)


def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    def no_embedder() -> Embedder:
        raise AssertionError("no model is needed to see that")

    with pytest.raises(DatasetError, match=r"glue: no such benchmark. There are ragtruth, wice, squad2, canard, cacm"):
        run_benchmark("glue", tmp_path, open_embedder=no_embedder, on_progress=ignore_progress)


def test_figures_are_printed_as_a_table_with_what_others_reached() -> None:
    result = BenchmarkResult(
        "toy",
        "Toys",
        Path("toys"),
        {"toys": 1200},
        {"EM": 0.5, "F1": None},
        trivial=(Line("nothing", {"EM": 0.25, "F1": 1.0}),),
        published=(Line("Smith", {"F1": 0.75}, "Smith 2020"),),
        parts=(Line("wooden", {"EM": 1.0}),),
    )
    assert result.render() == (
        "Toys: 1,200 toys\n\n"
        "                EM     F1\n"
        "profile-rag  0.500      -\n\n"
        "trivial\nnothing      0.250  1.000\n\n"
        "published: Smith 2020\nSmith            -  0.750\n\n"
        "by part\nwooden       1.000      -"
    )


# --- RAGTruth -------------------------------------------------------------------------------------------


def test_an_answer_with_an_invented_sentence_is_flagged_and_that_sentence_marked(
    results: dict[str, BenchmarkResult],
) -> None:
    result = results["ragtruth"]
    assert result.counts == {"answers": 2, "with something unsupported": 1}
    assert (result.figures["AUROC"], result.figures["F1"], result.figures["span F1"]) == (1.0, 1.0, 1.0)
    assert [line.name for line in result.parts] == ["ada", "bob"]


def test_flagging_everything_finds_all_and_tells_nothing_apart(results: dict[str, BenchmarkResult]) -> None:
    everything = results["ragtruth"].trivial[0].figures
    assert (everything["precision"], everything["recall"]) == (0.5, 1.0)
    assert (everything["balanced accuracy"], everything["AUROC"]) == (0.5, 0.5)


def test_spans_are_scored_by_character() -> None:
    response = ragtruth.Response("1", "ada", "QA", "", "0123456789", ((0, 4),))
    sound = ragtruth.Response("2", "ada", "QA", "", "0123456789", ())
    half = [ragtruth.Prediction(response, 0.9, True, ((2, 6), (3, 5))), ragtruth.Prediction(sound, 0.1, False, ())]
    figures = ragtruth.score(half)
    assert figures["span F1"] == 2 * 2 / (4 + 4)
    assert figures["F1"] == figures["balanced accuracy"] == figures["AUROC"] == 1.0


def test_the_numbering_of_passages_is_no_evidence(tmp_path: Path) -> None:
    first, _ = ragtruth.read_responses(ragtruth_file(tmp_path))
    assert first.context.strip() == HARBOUR
    assert (first.source, first.writer, first.task, first.is_unsupported) == ("7", "ada", "QA", False)


@pytest.mark.parametrize("labels", [None, "none", [{"start": 1}], [7], [{"start": "x", "end": 2}]])
def test_labels_of_another_form_are_refused(tmp_path: Path, labels: object) -> None:
    row = {"source_id": "1", "context": "a", "response": "b", "labels": labels}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    with pytest.raises(DatasetError, match="is not of RAGTruth's format"):
        ragtruth.read_responses(tmp_path / "rows.jsonl")


# --- WiCE -----------------------------------------------------------------------------------------------


def test_a_claim_is_supported_by_the_sentence_that_says_so(results: dict[str, BenchmarkResult]) -> None:
    result = results["wice"]
    assert result.counts == {"claims": 2, "supported": 1, "partially supported": 0, "not supported": 1}
    assert set(result.figures.values()) == {1.0}
    assert result.trivial[0].figures["F1 supported"] == pytest.approx(2 / 3)


def test_of_several_gold_sets_the_one_best_met_counts() -> None:
    claim = wice.WiceClaim("a", ("b", "c", "d"), "supported", (frozenset({0}), frozenset({1, 2})))
    figures = wice.score([wice.Prediction(claim, 0.9, True, frozenset({1}))])
    assert figures["sentence F1"] == pytest.approx(2 / 3)
    assert figures["AUROC"] is None


@pytest.mark.parametrize(
    "changed",
    [{"label": "perhaps"}, {"evidence": "one"}, {"supporting_sentences": 3}, {"supporting_sentences": [["x"]]}],
)
def test_claims_of_another_form_are_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    row = {"claim": "a", "evidence": ["b"], "label": "supported", "supporting_sentences": [[0]], **changed}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    with pytest.raises(DatasetError, match="is not of WiCE's format"):
        wice.read_claims(tmp_path / "rows.jsonl")


# --- SQuAD 2.0 ------------------------------------------------------------------------------------------


def test_an_answer_is_given_where_there_is_one_and_withheld_where_there_is_none(
    results: dict[str, BenchmarkResult],
) -> None:
    result = results["squad2"]
    assert result.counts == {"articles": 1, "questions": 3, "unanswerable": 1}
    assert result.figures["AvNA"] == 1.0
    assert result.figures["abst. F1"] == 1.0
    assert result.figures["EM"] == 1.0


def test_always_abstaining_is_right_where_there_is_no_answer(results: dict[str, BenchmarkResult]) -> None:
    silent = results["squad2"].trivial[0].figures
    assert silent["AvNA"] == silent["EM"] == silent["F1"] == pytest.approx(1 / 3)
    assert (silent["recall"], silent["AUROC"], silent["EM answerable"]) == (1.0, 0.5, 0.0)


@pytest.mark.parametrize(
    ("said", "answers", "exact", "f1"),
    [
        ("The Ada Fenwick.", ["Ada Fenwick"], 1.0, 1.0),
        ("Ada", ["Ada Fenwick", "Fenwick"], 0.0, 2 / 3),
        ("", [], 1.0, 1.0),
        ("1871", [], 0.0, 0.0),
        ("", ["1871"], 0.0, 0.0),
        ("the", ["a"], 1.0, 1.0),
    ],
)
def test_em_and_f1_are_those_of_the_official_script(said: str, answers: list[str], exact: float, f1: float) -> None:
    assert squad2.exact_match(said, answers) == exact
    assert squad2.token_f1(said, answers) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("scores", "wanted", "area"),
    [
        ([0.1, 0.9], [False, True], 1.0),
        ([0.9, 0.1], [False, True], 0.0),
        ([0.5, 0.5], [False, True], 0.5),
        ([0.5], [True], None),
    ],
)
def test_the_area_under_the_curve_counts_pairs(scores: list[float], wanted: list[bool], area: float | None) -> None:
    assert squad2.auroc(scores, wanted) == area


def test_of_no_predictions_there_is_no_figure() -> None:
    assert set(squad2.score([]).values()) == {None}


# --- CANARD ---------------------------------------------------------------------------------------------


def test_a_pronoun_is_spelt_out_with_the_title(results: dict[str, BenchmarkResult]) -> None:
    result = results["canard"]
    assert result.counts == {"questions": 2, "conversations": 1}
    assert result.figures["entity recall"] == 1.0
    by_name = {line.name: line.figures for line in result.trivial}
    assert by_name["question as it is"]["entity recall"] == 0.0
    assert by_name["question as it is"]["precision"] is None


def test_bleu_is_one_for_the_same_words_and_nothing_for_others() -> None:
    assert canard.bleu(["What did Ada build then?"], ["what did ada build then"]) == pytest.approx(1.0)
    assert canard.bleu(["Who knows?"], ["What did Ada build then?"]) == 0.0
    assert canard.bleu(["What did Ada build"], ["What did Ada build then"]) == pytest.approx(math.exp(1 - 5 / 4))


# --- CACM -----------------------------------------------------------------------------------------------


def test_what_is_relevant_is_found_first(results: dict[str, BenchmarkResult]) -> None:
    result = results["cacm"]
    assert result.counts == {"abstracts": 3, "queries": 2, "judged relevant": 2}
    assert result.figures == {"MAP": 1.0, "nDCG@10": 1.0, "recall@100": 1.0}


def test_an_abstract_is_read_without_its_bookkeeping(tmp_path: Path) -> None:
    chunks, topics, relevant = cacm.read_collection(cacm_folder(tmp_path))
    assert chunks[0].id == "CACM-1"
    assert chunks[0].text == "Sorting by merging A method of sorting records on tape. CACM May, 1960"
    assert topics["2"] == "drawing smooth curves"
    assert relevant == {"1": {"CACM-1"}, "2": {"CACM-2"}}


@pytest.mark.parametrize(("name", "text"), [("qrels.cacm.txt", "1 CACM-1\n"), ("topics.cacm.txt", "none")])
def test_a_collection_that_does_not_fit_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (cacm_folder(tmp_path) / name).write_text(text)
    with pytest.raises(DatasetError, match="is not of CACM's format"):
        cacm.read_collection(tmp_path)


@pytest.mark.parametrize(
    ("found", "precision", "gain"),
    [
        (["a", "b"], 1.0, 1.0),
        (["a", "x", "b"], (1 + 2 / 3) / 2, (1 + 1 / 2) / (1 + 1 / math.log2(3))),
        (["x"], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_precision_and_gain_fall_with_the_rank(found: list[str], precision: float, gain: float) -> None:
    assert cacm.average_precision(found, {"a", "b"}) == pytest.approx(precision)
    assert cacm.ndcg(found, {"a", "b"}, 10) == pytest.approx(gain)


# --- the command ----------------------------------------------------------------------------------------


def test_the_command_prints_the_table_or_json(tmp_path: Path) -> None:
    file = canard_file(tmp_path)
    table = CliRunner().invoke(app, ["bench", "canard", "--data", str(file)])
    assert table.exit_code == 0
    assert table.output.startswith("CANARD: follow-ups made to stand alone")
    assert "question as it is" in table.output
    printed = CliRunner().invoke(app, ["bench", "canard", "--data", str(file), "--json"])
    values: dict[str, Any] = json.loads(printed.output)
    assert values["schema"] == "profile-rag/benchmark/1"
    assert set(values) == {"schema", "name", "data", "counts", "figures", "trivial", "published", "parts"}


# --- the real data --------------------------------------------------------------------------------------


def test_follow_ups_stand_alone_better_than_with_the_title_put_behind_them(embedder: Embedder) -> None:
    file = SHARED / "followups" / "canard_part.json"
    if not file.is_file():
        pytest.skip("the part of CANARD is not beside the checkout")
    result = canard.run(file, embedder, on_progress=ignore_progress)
    assert (result.figures["BLEU"] or 0) > 0.5
    assert all((result.figures["BLEU"] or 0) > (line.figures["BLEU"] or 0) for line in result.trivial)
