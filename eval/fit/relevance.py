"""Fit the model of answering/relevance.py: `python eval/fit/relevance.py --data squad2_part.json [--write]`.

Four regressions each come out for whole questions and for the phrases that capability questions ask about, two of them
over what words have in common, two that weigh the reranker's reading with that, and
their figures by profiles held out; SQuAD's questions help to learn the ranking of whole questions. A third set, of
answering/passage.py, is for questions on one given passage: it is fitted on SQuAD alone, its figures are by articles
held out. `--forms passage` fits and writes this one and leaves the others as they are.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from regression import Regression, regress
from sklearn.metrics import roc_auc_score

from profile_rag import Profile
from profile_rag.answering.chat import stand_alone
from profile_rag.answering.evidence import sentences_of
from profile_rag.answering.features import FEATURES, Relevance
from profile_rag.answering.passage import PASSAGE_FEATURES, PassageReader, decisive_row
from profile_rag.answering.question import Question
from profile_rag.answering.question_parser import parse_question
from profile_rag.answering.ranking import RERANKED, asked_about, sentence_in, text_for_reranker
from profile_rag.answering.reading import Reading, Sentence, read_texts
from profile_rag.answering.relevance import (
    ANSWER_FEATURES,
    REANSWER_FEATURES,
    RERANK_FEATURES,
    answer_features,
    reanswer_features,
)
from profile_rag.answering.spans import SPAN_FEATURES, SpanJudge, candidates_of, span_of
from profile_rag.evaluation.benchmarks.squad2 import exact_match, token_f1
from profile_rag.evaluation.dataset import Case, GoldQuote, load_cases
from profile_rag.evaluation.documents import Documents
from profile_rag.models import Embedder, Reranker, load_embedder, load_reranker
from profile_rag.schema import Chunk
from profile_rag.words import stems

ROOT = Path(__file__).parents[2]
CASES = ROOT / "eval" / "cases"
FORMS = ("question", "phrase", "passage")
FOREIGN = Path(__file__).with_name("foreign.txt")
FOREIGN_STEP = 4  # so many questions about other trades for each profile, a quarter of its cases where it has many
TARGET = ROOT / "src" / "profile_rag" / "data" / "relevance.json"
COMMAND = "python eval/fit/relevance.py --data ../shared/data/abstention/squad2_part.json --write"
FOLDS = 10
RANK_STRENGTH = 0.03  # inverse of the L2 penalty over standardized features; half or twice as much differ by chance
ANSWER_STRENGTH = 0.02
RERANK_STRENGTH = 1.0  # over two and five features
SQUAD_WEIGHT = 0.2  # of a sentence of SQuAD beside one of a profile: AUROC of answerable questions 0.906 → 0.913
SQUAD_STRENGTHS = (0.1, 0.005)
SPAN_STRENGTH = 0.1
SPAN_STEP = 4  # every fourth wrong candidate, counted so often
MIN_PHRASE_WORDS = 2
MIN_SHARED = 0.5
MIN_CLAUSE_WORDS = 3

Rows = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """One question over the sentences that might answer it."""

    group: str
    kind: str
    is_answered: bool
    rows: Rows
    is_gold: Labels
    read_as: str = field(default="", kw_only=True)
    """What a reranker reads together with each sentence."""
    sentences_read: tuple[str, ...] = field(default=(), kw_only=True)
    """What a reranker would read of each sentence."""

    @property
    def is_whole(self) -> bool:
        """Whether one chunk holds all of its words: a capability that this model is not asked about."""
        return bool((self.rows[:, FEATURES.index("held_around")] > 0.99).any())


def main() -> None:
    """Collect, cross-validate, fit; with `--write` put the parameters into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the part of SQuAD 2.0")
    parser.add_argument("--pool", type=Path, help="folder of the profile pool")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS, help="fit only these")
    parser.add_argument("--write", action="store_true", help="write the parameters to the package")
    arguments = parser.parse_args()
    if not arguments.data.is_file():
        sys.exit(f"{arguments.data}: no such file. Give the part of SQuAD 2.0 as --data.")
    documents = Documents.beside(CASES, pool=arguments.pool)
    of_profiles = {"question", "phrase"} & set(arguments.forms)
    if of_profiles and not documents.pool_folder.is_dir():
        sys.exit(f"{documents.pool_folder}: no such folder. Give the profile pool as --pool.")
    embedder = load_embedder("all-MiniLM-L6-v2")
    squad = list(read_squad(arguments.data, embedder)) if {"question", "passage"} & set(arguments.forms) else []
    models: dict[str, Any] = {}
    if of_profiles:
        asked, reranker = list(read_cases(documents, embedder)), load_reranker()
        if "question" in of_profiles:
            models["question"] = fit([item for item in asked if item.kind != "phrase"], reranker, extra=squad)
        if "phrase" in of_profiles:
            models["phrase"] = fit([item for item in asked if item.kind == "phrase"], reranker)
    if "passage" in arguments.forms:
        models["passage"] = fit_passage(squad)
    for form, model in models.items():
        print(json.dumps({form: {key: model[key] for key in ("threshold", "figures")}}, indent=2))
    if arguments.write:
        known = json.loads(TARGET.read_text(encoding="utf-8"))["models"] if set(arguments.forms) != set(FORMS) else {}
        values = {
            "provenance": {
                "command": COMMAND,
                "data": "eval/cases without those set aside, with the questions of eval/fit/foreign.txt;"
                " SQuAD 2.0 (CC BY-SA 4.0), a part, for the question's ranks and for the passage",
                "figures": "cross-validated by profile, of the passage by article; logistic regression has no seed",
            },
            "models": known | models,
        }
        TARGET.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


# --- the questions ------------------------------------------------------------------------------


def open_profiles(documents: Documents, *, wanted: Callable[[Case], bool]) -> Iterator[tuple[Profile, list[Case]]]:
    """Each profile with those of its cases that may be looked at and are wanted."""
    by_corpus: dict[str, list[Case]] = defaultdict(list)
    for case in load_cases(CASES):
        if not case.is_held and wanted(case):
            by_corpus[case.corpus].append(case)
    with tempfile.TemporaryDirectory() as scratch:
        for corpus, cases in by_corpus.items():
            folder = documents.find(corpus, Path(scratch))
            if folder is None:
                sys.exit(f"{corpus}: no such documents; the fit would not be the same without them.")
            with Profile.open(folder, store=Path(scratch) / f"store-{corpus.replace('/', '-')}") as profile:
                yield profile, cases


def read_cases(documents: Documents, embedder: Embedder) -> Iterator[Asked]:
    """The cases that may be looked at, over every sentence of their profile."""
    lines = FOREIGN.read_text(encoding="utf-8").splitlines()
    for number, (profile, cases) in enumerate(open_profiles(documents, wanted=lambda case: True)):
        turned = lines[FOREIGN_STEP * number % len(lines) :] + lines
        foreign = turned[: max(FOREIGN_STEP, len(cases) // FOREIGN_STEP)]
        yield from _asked_of(
            profile, [*cases, *(_foreign(line, cases[0].corpus, profile) for line in foreign)], embedder
        )


def _foreign(line: str, corpus: str, profile: Profile) -> Case:
    """A question that has nothing to do with the profile."""
    question = line.format(s=profile.person.subject)
    return Case(question, corpus, "foreign", question, ("not_stated",))


def _asked_of(profile: Profile, cases: Sequence[Case], embedder: Embedder) -> Iterator[Asked]:
    engine = profile._current()
    person = profile.person
    chunks = [chunk for chunk in engine.index.chunks if chunk.kind != "heading"]
    relevance = Relevance(
        [set(stems(chunk.embedding_text)) for chunk in engine.index.chunks],
        known=stems(f"{person.name} {person.other_name}"),
    )
    passages, sentences = [], []
    for chunk, reading in zip(chunks, read_texts([chunk.embedding_text for chunk in chunks], embedder), strict=True):
        for passage in sentences_of(chunk):
            passages.append(passage)
            sentences.append(sentence_in(passage, reading))
    for case in cases:
        for kind, text, read_as, is_habit in _texts_of(case, profile):
            asked = read_texts([text], embedder)[0]
            gold = (*case.quotes, *case.any_quotes)
            is_gold = np.array([any(is_in(item.chunk, item.start, item.end, q) for q in gold) for item in passages])
            # An answer whose gold words stand in no sentence of ours teaches nothing.
            if asked.words and (is_gold.any() or not case.is_answerable):
                rows = relevance.features(asked, sentences, is_habit=is_habit)
                texts = tuple(map(text_for_reranker, passages))
                yield Asked(case.corpus, kind, case.is_answerable, rows, is_gold, read_as=read_as, sentences_read=texts)


def _texts_of(case: Case, profile: Profile) -> Iterator[tuple[str, str, str, bool]]:
    """What of a case the model is asked, with its kind, what the reranker is asked, and whether it asks for a habit."""
    understood = case.understood_as or stand_alone(case.question, list(case.history), profile.person)
    question = parse_question(understood, profile.person)
    if question.kind not in {"capability", "comparison"}:
        yield question.kind, question.text, question.text, False
    elif len(question.targets) == 1 or not case.is_answerable:  # else the quotes don't say which target is meant
        for target in question.targets:
            if len(Question(target, "open", (), frozenset()).content_stems) >= MIN_PHRASE_WORDS:
                yield "phrase", target, asked_about(target, question), question.is_habit


def is_in(chunk: Chunk, start: int, end: int, gold: GoldQuote) -> bool:
    """Whether a sentence holds gold words, or enough of them."""
    if gold.source != chunk.source:
        return False
    text, sentence = " ".join(chunk.text.split()), " ".join(chunk.text[start:end].split())
    if gold.text in sentence or (sentence in gold.text and len(sentence.split()) >= MIN_CLAUSE_WORDS):
        return True
    at, place = text.find(gold.text), text.find(sentence)
    if at < 0 or place < 0:
        return False
    shared = min(place + len(sentence), at + len(gold.text)) - max(place, at)
    return shared >= MIN_SHARED * min(len(gold.text), len(sentence))


@dataclass(frozen=True)
class AskedPassage(Asked):
    """One question over the sentences of its paragraph, as they are read there."""

    reader: PassageReader
    question: Reading
    sentences: tuple[Sentence, ...]
    answers: tuple[str, ...]
    """What counts as the short answer; where there is none, what seems to be one."""

    def decisive(self, ranks: Regression) -> Rows:
        """What the answers regression sees."""
        scores = ranks.log_odds(self.rows)
        return decisive_row(self.reader.relevance, self.question, self.sentences, self.rows, scores)

    def best(self, ranks: Regression) -> Sentence:
        """The sentence that ranks first."""
        return self.sentences[int(ranks.log_odds(self.rows).argmax())]


def read_squad(file: Path, embedder: Embedder) -> Iterator[AskedPassage]:
    """The questions of SQuAD, each over the sentences of its paragraph."""
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        paragraphs = article["paragraphs"]
        reader = PassageReader(embedder, [paragraph["context"] for paragraph in paragraphs])
        for paragraph in paragraphs:
            places = reader.places_of(paragraph["context"])
            sentences = tuple(place.sentence for place in places)
            texts = [" ".join(item["question"].split()) for item in paragraph["qas"]]
            for item, asked in zip(paragraph["qas"], read_texts(texts, embedder), strict=True):
                # Where an impossible question seems to be answered is as good a place to look.
                gold = [*item["answers"], *item.get("plausible_answers", ())]
                is_gold = np.array(
                    [any(place.start <= each["answer_start"] < place.end for each in gold) for place in places]
                )
                yield AskedPassage(
                    article["title"],
                    "squad",
                    not item["is_impossible"],
                    reader.relevance.features(asked, sentences),
                    is_gold,
                    reader,
                    asked,
                    sentences,
                    tuple(each["text"] for each in gold),
                )


# --- the fit ------------------------------------------------------------------------------------


def fit_ranks(asked: Sequence[Asked], strength: float, extra: Sequence[Asked] = ()) -> Regression:
    """Which sentence is a gold one; the features of `extra` count for less and don't set the scale."""
    rows, labels = np.vstack([item.rows for item in asked]), np.concatenate([item.is_gold for item in asked])
    if not extra:
        return regress(rows, labels, strength=strength)
    more, more_labels = np.vstack([item.rows for item in extra]), np.concatenate([item.is_gold for item in extra])
    weights = np.concatenate([np.ones(len(rows)), np.full(len(more), SQUAD_WEIGHT)])
    return regress(np.vstack([rows, more]), np.concatenate([labels, more_labels]), strength=strength, weights=weights)


def best_row(item: Asked, ranks: Regression) -> Rows:
    """The answer features of the sentence that ranks first."""
    scores = ranks.log_odds(item.rows)
    return np.asarray(answer_features(item.rows, scores)[int(scores.argmax())])


def held_out(
    asked: Sequence[Asked], folds: Sequence[Labels], extra: Sequence[Asked] = ()
) -> tuple[Rows, list[Rows], list[Rows]]:
    """By models that never saw its group, for each question: answer features of its best sentence, and for each of its
    sentences the rank score and the log odds that it answers."""
    best, nothing = np.zeros((len(asked), len(ANSWER_FEATURES))), np.zeros(0)
    scores, chances = [nothing] * len(asked), [nothing] * len(asked)
    for fold in folds:
        ranks = fit_ranks(_chosen(asked, ~fold), RANK_STRENGTH, extra)
        for index in map(int, np.flatnonzero(fold)):
            scores[index] = ranks.log_odds(asked[index].rows)
            best[index] = best_row(asked[index], ranks)
    is_answered = np.array([item.is_answered for item in asked])
    for fold in folds:
        model = regress(best[~fold], is_answered[~fold], strength=ANSWER_STRENGTH)
        for index in map(int, np.flatnonzero(fold)):
            chances[index] = model.log_odds(answer_features(asked[index].rows, scores[index]))
    return best, scores, chances


@dataclass(frozen=True)
class Read:
    """The best sentences of a question by their words, as a reranker reads them."""

    order: NDArray[np.intp]
    """Which sentences, best first."""
    scores: Rows
    chances: Rows
    logits: Rows
    is_gold: Labels

    @property
    def rows(self) -> Rows:
        """What the second ranking goes by."""
        return np.column_stack([self.scores, self.logits])

    def again(self, reranks: Regression) -> NDArray[np.intp]:
        """Places in `order`, best first by the second ranking."""
        return np.argsort(-reranks.log_odds(self.rows), kind="stable")

    def decisive(self, reranks: Regression) -> Rows:
        """What decides whether the best sentence answers."""
        return np.asarray(reanswer_features(self.chances, self.logits)[self.again(reranks)[0]])


def read_again(item: Asked, scores: Rows, chances: Rows, reranker: Reranker) -> Read:
    """Have the best sentences read together with the question."""
    best = np.argsort(-scores, kind="stable")[:RERANKED]
    logits = reranker.read(item.read_as, [item.sentences_read[index] for index in best]).answers
    return Read(best, scores[best], chances[best], logits, item.is_gold[best])


def fit_reranks(read: Sequence[Read]) -> Regression:
    """Which of the sentences read is a gold one."""
    return regress(
        np.vstack([item.rows for item in read]),
        np.concatenate([item.is_gold for item in read]),
        strength=RERANK_STRENGTH,
    )


def held_out_again(
    read: Sequence[Read], is_answered: Labels, folds: Sequence[Labels]
) -> tuple[Rows, list[NDArray[np.intp]]]:
    """By models that never saw its group, for each question: the probability of an answer, its sentences in order."""
    probability, order = np.zeros(len(read)), [item.order for item in read]
    for fold in folds:
        reranks = fit_reranks([item for item, is_out in zip(read, fold, strict=True) if not is_out])
        decisive = np.array([item.decisive(reranks) for item in read])
        model = regress(decisive[~fold], is_answered[~fold], strength=RERANK_STRENGTH)
        probability[fold] = 1 / (1 + np.exp(-model.log_odds(decisive[fold])))
        for index in map(int, np.flatnonzero(fold)):
            order[index] = read[index].order[read[index].again(reranks)]
    return probability, order


def fit(asked: Sequence[Asked], reranker: Reranker, *, extra: Sequence[Asked] = ()) -> dict[str, Any]:
    """The regressions, the threshold and the figures of a form of question."""
    corpora = list(dict.fromkeys(item.group for item in asked))
    first, *others = corpora  # our own corpus has as many cases as ten of the others
    groups = [[first], *(others[start :: FOLDS - 1] for start in range(FOLDS - 1))]
    folds = [np.array([item.group in group for item in asked]) for group in groups]
    best, scores, chances = held_out(asked, folds, extra)
    read = [read_again(*each, reranker) for each in zip(asked, scores, chances, strict=True)]
    is_answered = np.array([item.is_answered for item in asked])
    probability, order = held_out_again(read, is_answered, folds)
    # A capability whose words all stand together is settled before this model is asked.
    counts = np.array(
        [item.kind in {"fact", "open"} or (item.kind == "phrase" and not item.is_whole) for item in asked]
    )
    threshold = best_threshold(probability[counts], is_answered[counts])
    figures: dict[str, Any] = {"questions": len(asked), "answerable": int(is_answered.sum())}
    for kind in sorted({item.kind for item in asked}):
        chosen = counts & np.array([item.kind == kind for item in asked])
        if chosen.sum() and not is_answered[chosen].all():
            figures[kind] = abstention_figures(probability[chosen], is_answered[chosen], threshold)
    figures["all"] = abstention_figures(probability[counts], is_answered[counts], threshold)
    figures["gold_at"] = gold_at(asked, order, counts)
    by_words = 1 / (1 + np.exp(-np.array([each.max() for each in chances])))
    figures["without_reranker"] = abstention_figures(
        by_words[counts], is_answered[counts], best_threshold(by_words[counts], is_answered[counts])
    ) | {"gold_at": gold_at(asked, [np.argsort(-score, kind="stable") for score in scores], counts)}
    reranks = fit_reranks(read)
    decisive = np.array([item.decisive(reranks) for item in read])
    return {
        "threshold": _rounded(threshold),
        "figures": figures,
        "ranks": fit_ranks(asked, RANK_STRENGTH, extra).named(FEATURES),
        "answers": regress(best, is_answered, strength=ANSWER_STRENGTH).named(ANSWER_FEATURES),
        "reranks": reranks.named(RERANK_FEATURES),
        "reanswers": regress(decisive, is_answered, strength=RERANK_STRENGTH).named(REANSWER_FEATURES),
    }


def fit_passage(squad: Sequence[AskedPassage]) -> dict[str, Any]:
    """The regressions for questions on one passage; each figure of an article is by a fit over the others."""
    articles = list(dict.fromkeys(item.group for item in squad))
    is_answered = np.array([item.is_answered for item in squad])
    folds = {article: np.array([item.group == article for item in squad]) for article in articles}
    decisive = np.zeros((len(squad), len(ANSWER_FEATURES) + len(PASSAGE_FEATURES)))
    best: list[Sentence] = [item.sentences[0] for item in squad]
    for fold in folds.values():
        ranks = fit_ranks([item for item, is_out in zip(squad, fold, strict=True) if not is_out], SQUAD_STRENGTHS[0])
        for index in map(int, np.flatnonzero(fold)):
            decisive[index], best[index] = squad[index].decisive(ranks), squad[index].best(ranks)
    spans = [_spans_in(sentence, item) for sentence, item in zip(best, squad, strict=True)]
    probability, said = np.zeros(len(squad)), [""] * len(squad)
    for fold in folds.values():
        model = regress(decisive[~fold], is_answered[~fold], strength=SQUAD_STRENGTHS[1])
        probability[fold] = 1 / (1 + np.exp(-model.log_odds(decisive[fold])))
        chooser = fit_spans([span for span, is_out in zip(spans, fold, strict=True) if not is_out])
        for index in map(int, np.flatnonzero(fold)):
            said[index] = spans[index].best(chooser)
    figures = {
        article: abstention_figures(probability[fold], is_answered[fold], 0.5) for article, fold in folds.items()
    }
    given = probability >= 0.5
    answers = [item.answers if item.is_answered else () for item in squad]
    dared = [text if is_given else "" for text, is_given in zip(said, given, strict=True)]
    return {
        "threshold": 0.5,
        "figures": {
            "always_abstaining": _rounded((~is_answered).mean()),
            "all": abstention_figures(probability, is_answered, 0.5)
            | {
                "em": _rounded(np.mean([exact_match(*pair) for pair in zip(dared, answers, strict=True)])),
                "f1": _rounded(np.mean([token_f1(*pair) for pair in zip(dared, answers, strict=True)])),
            },
            "articles": figures,
        },
        "ranks": fit_ranks(squad, SQUAD_STRENGTHS[0]).named(FEATURES),
        "answers": regress(decisive, is_answered, strength=SQUAD_STRENGTHS[1]).named(
            (*ANSWER_FEATURES, *PASSAGE_FEATURES)
        ),
        "spans": fit_spans(spans).named(SPAN_FEATURES),
    }


@dataclass(frozen=True)
class Spans:
    """The candidates for a short answer in one sentence."""

    texts: tuple[str, ...]
    rows: Rows
    is_right: Labels
    """Exact matches; with near ones (F1 from 0.75) EM falls from 0.296 to 0.261, and F1 rises from 0.416 to 0.442."""

    def best(self, model: Regression) -> str:
        """The likeliest; empty where there is none."""
        return self.texts[int(model.log_odds(self.rows).argmax())] if self.texts else ""


def _spans_in(sentence: Sentence, item: AskedPassage) -> Spans:
    candidates = candidates_of(sentence)
    texts = tuple(sentence.reading.text[start:end] for start, end in (span_of(sentence, each) for each in candidates))
    rows = SpanJudge(item.question).features(sentence, candidates)
    return Spans(texts, rows, np.array([bool(exact_match(text, item.answers)) for text in texts]))


def fit_spans(spans: Sequence[Spans]) -> Regression:
    """Which candidate is the short answer; of the many wrong ones a part, which counts for all."""
    rows, right = np.vstack([item.rows for item in spans]), np.concatenate([item.is_right for item in spans])
    chosen = right | (np.arange(len(right)) % SPAN_STEP == 0)
    weights = np.where(right, 1.0, SPAN_STEP)
    return regress(rows[chosen], right[chosen], strength=SPAN_STRENGTH, weights=weights[chosen])


def abstention_figures(probability: Rows, is_answered: Labels, threshold: float) -> dict[str, float]:
    """How well a threshold tells the answerable questions from the others."""
    abstains = probability < threshold
    return {
        "n": len(probability),
        "unanswerable": int((~is_answered).sum()),
        "auroc": _rounded(roc_auc_score(is_answered, probability)),
        "answer_or_not": _rounded((abstains != is_answered).mean()),
        "abstention_f1": _rounded(_f1(abstains, ~is_answered)),
        "over_refusal": _rounded(abstains[is_answered].mean()),
        "false_answers": _rounded((~abstains)[~is_answered].mean()),
    }


def best_threshold(probability: Rows, is_answered: Labels) -> float:
    """The threshold with the best F1 of abstention, among steps of a hundredth; the lowest of equals."""
    steps = np.arange(0.05, 0.96, 0.01)
    return float(max(steps, key=lambda step: (round(_f1(probability < step, ~is_answered), 6), -step)))


def gold_at(asked: Sequence[Asked], order: Sequence[NDArray[np.intp]], counts: Labels) -> dict[str, float]:
    """Share of the answerable questions that count with a gold sentence among the first one, two and three."""
    chosen = [
        item.is_gold[ranked]
        for item, ranked, is_counted in zip(asked, order, counts, strict=True)
        if is_counted and item.is_gold.any()
    ]
    return {str(k): _rounded(np.mean([gold[:k].any() for gold in chosen])) for k in (1, 2, 3)}


def _f1(found: Labels, wanted: Labels) -> float:
    return 2 * float((found & wanted).sum()) / max(1, int(found.sum()) + int(wanted.sum()))


def _chosen(asked: Sequence[Asked], mask: Labels) -> list[Asked]:
    return [item for item, is_chosen in zip(asked, mask, strict=True) if is_chosen]


def _rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)


if __name__ == "__main__":
    main()
