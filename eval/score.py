"""Score the engine on eval/cases: `python eval/score.py [--held] [--failures] [--only corpus|people|pool]`."""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from profile_rag import Profile
from profile_rag.evaluation.dataset import Case, load_cases
from profile_rag.evaluation.metrics import Score, score_answer, verdict_of

EVAL = Path(__file__).parent
POOL = EVAL.parents[1] / "shared" / "data" / "profiles" / "pool"


def main() -> None:
    """Ask every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="the quarter set aside instead of the rest")
    parser.add_argument("--failures", action="store_true", help="print every answer that misses something")
    parser.add_argument("--only", default="", help="only corpora that begin so")
    parser.add_argument("--pool", type=Path, default=POOL, help="folder of the profile pool")
    arguments = parser.parse_args()
    by_corpus: dict[str, list[Case]] = defaultdict(list)
    for case in load_cases(EVAL / "cases"):
        if case.is_held == arguments.held and case.corpus.startswith(arguments.only):
            by_corpus[case.corpus].append(case)
    scores: list[Score] = []
    with tempfile.TemporaryDirectory() as stores:
        for corpus, cases in by_corpus.items():
            folder = corpus_folder(corpus, arguments.pool, Path(stores))
            if folder is None:
                print(f"skipped {len(cases)} cases of {corpus}: no such documents")
                continue
            with Profile.open(folder, store=Path(stores) / f"store-{corpus.replace('/', '-')}") as profile:
                scores += [score_answer(case, profile.ask(case.question, history=case.history)) for case in cases]
    if arguments.failures:
        print_failures(scores)
    for name in ("corpus", "people", "pool"):
        chosen = [score for score in scores if score.case.corpus.startswith(name)]
        if chosen:
            print_table(name, chosen)


def corpus_folder(corpus: str, pool: Path, scratch: Path) -> Path | None:
    """The folder with a corpus' documents; a file of the pool gets a folder of its own."""
    kind, _, name = corpus.partition("/")
    if kind == "pool":
        if not (pool / name).is_file():
            return None
        folder = scratch / name
        folder.mkdir()
        (folder / name).write_bytes((pool / name).read_bytes())
        return folder
    return EVAL.parent / "corpus" if kind == "corpus" else EVAL / corpus


def print_table(name: str, scores: Sequence[Score]) -> None:
    """Figures over all cases and by kind."""
    print(f"\n{name}: {len(scores)} cases")
    print(f"{'':<14}{'n':>5}{'verdict':>9}{'recall':>8}{'members':>9}{'conflict':>9}{'wording':>9}{'characters':>11}")
    for kind in ("all", *sorted({score.case.kind for score in scores})):
        chosen = [score for score in scores if kind in {"all", score.case.kind}]
        lengths = sorted(sum(len(c.quote) for c in s.answer.citations) for s in chosen if not s.answer.abstained)
        row = (
            mean(score.verdict for score in chosen),
            mean(score.evidence_recall for score in chosen),
            mean(score.members for score in chosen),
            mean(score.conflict for score in chosen if score.case.conflict),
            mean(score.wording for score in chosen),
        )
        cells = "".join(f"{'-' if value is None else f'{value:.3f}':>9}" for value in row)
        print(f"{kind:<14}{len(chosen):>5}{cells}{lengths[len(lengths) // 2] if lengths else 0:>10}")
    print_abstention(scores)


def print_abstention(scores: Sequence[Score]) -> None:
    """Abstention F1, over-refusal and false conflicts."""
    silent = [score for score in scores if not score.case.is_answerable]
    spoken = [score for score in scores if "not_stated" not in score.case.verdicts]
    right = sum(score.answer.abstained for score in silent)
    wrong = sum(score.answer.abstained for score in spoken)
    f1 = 2 * right / (2 * right + wrong + len(silent) - right) if silent else None
    false_conflicts = sum(bool(score.answer.conflicts) for score in scores if not score.case.conflict)
    if f1 is not None:
        print(f"abstention F1 {f1:.3f}, over-refusal {wrong / len(spoken):.3f}, false conflicts {false_conflicts}")


def mean(values: Iterable[float | bool | None]) -> float | None:
    """The mean of what is there."""
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def print_failures(scores: Sequence[Score]) -> None:
    """Every case that misses something, with what was expected."""
    for score in scores:
        case, answer = score.case, score.answer
        if score.is_right:
            continue
        print(f"\n{case.id} [{case.kind} {','.join(case.tags)}] {' | '.join((*case.history, case.question))}")
        if answer.understood_as != answer.question:
            print(f"   understood: {answer.understood_as}   (gold: {case.understood_as})")
        print(f"   verdict {verdict_of(answer)}, wanted {'/'.join(case.verdicts)}; kind {answer.kind};", end=" ")
        print(f"recall {score.evidence_recall}; members {score.members}; conflict {score.conflict}")
        print(f"   {answer.answer[:300]}")
        for gold in (*case.quotes, *case.any_quotes):
            print(f"   gold {gold.source}: {gold.text[:140]}")


if __name__ == "__main__":
    main()
