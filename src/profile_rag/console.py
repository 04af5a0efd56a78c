"""What the commands print: plain text, coloured on a terminal, with nothing in it that steers one."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from profile_rag.config import Settings
    from profile_rag.evaluation.grounded import GroundedRow
    from profile_rag.ingestion.pipeline import IngestReport
    from profile_rag.lint import LintFinding
    from profile_rag.question_log import Asked
    from profile_rag.schema import Answer
    from profile_rag.verification import Verified

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Output(Console):
    """Standard output; a reader who went away is `main`'s to handle."""

    def on_broken_pipe(self) -> None:
        """Say so, where rich would end the program with exit code 1."""
        raise BrokenPipeError


def standard_output() -> Console:
    """Standard output."""
    return _Output(highlight=False)


def complain(message: str) -> None:
    """Say on standard error what is wrong."""
    Console(stderr=True, highlight=False).print(Text(f"profile-rag: {printable(message)}"), soft_wrap=True)


def printable(text: str) -> str:
    """A text without the characters that steer a terminal."""
    return _UNPRINTABLE.sub(" ", text).replace("\n", " ")


def print_json(value: dict[str, Any], *, indent: int | None = None) -> None:
    """Print a value as JSON."""
    write_json(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def write_json(value: str) -> None:
    """Write JSON text, in UTF-8 wherever it goes."""
    text = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
    # JSON is UTF-8 wherever it goes; half a surrogate pair, which a question may hold, becomes its escape too.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_answer(answer: Answer) -> None:
    """Print an answer with its sources."""
    out = standard_output()
    if answer.understood_as != answer.question:
        out.print(Text(f"Understood as: {printable(answer.understood_as)}", "dim"), soft_wrap=True)
    for line in answer.answer.split("\n"):
        out.print(_styled(line), soft_wrap=True)
    if answer.notice:
        out.print(Text(f"Note: {answer.notice}", "dim"), soft_wrap=True)
    if answer.related:
        out.print(Text("\nThe closest they come:", "dim"))
    for near in answer.related:
        place = printable(f"{near.source}:{near.start_line}")
        out.print(Text(f"  {place}  “{printable(near.quote)}”", "dim"), soft_wrap=True)
    if answer.citations:
        out.print()
    places = [printable(f"{citation.source}:{citation.start_line}") for citation in answer.citations]
    width = max(map(len, places), default=0)
    for citation, place in zip(answer.citations, places, strict=True):
        heading = printable(" › ".join(citation.heading))
        out.print(Text(f"  [{citation.id}] {place.ljust(width)}  {heading}".rstrip()), soft_wrap=True)


def print_evaluation(report: dict[str, Any], *, with_failures: bool) -> None:
    """Print the tables of a report, and on demand every case that misses something."""
    from profile_rag.evaluation import table

    out = standard_output()
    is_plain = not out.is_terminal
    if is_plain:
        out.width = 1000  # a pipe has no width: nothing is cut
    if with_failures:
        for line in table.failures(report):
            out.print(Text(printable(line)), soft_wrap=True)
    tables = [table.figures_table(report, is_plain=is_plain), table.kinds_table(report, is_plain=is_plain)]
    if "beside" in report:
        tables.insert(0, table.beside_table(report, is_plain=is_plain))
    if report["baseline"]:
        changes = table.changes_table(report, is_plain=is_plain)
        tables += [changes] if changes.row_count else []
    for shown in tables:
        out.print(shown)
        out.print()
    for line in table.notes(report):
        out.print(Text(printable(line)), soft_wrap=True)


def _styled(line: str) -> Text:
    """The answer's small Markdown for a terminal: **bold**, backslash escapes and nothing else."""
    text = Text()
    for index, part in enumerate(re.split(r"(?<!\\)\*\*", printable(line))):
        text.append(re.sub(r"\\([\[*])", r"\1", part), "bold" if index % 2 else "")
    return text


def print_report(report: IngestReport, settings: Settings) -> None:
    """Print what an ingest changed."""
    out = standard_output()
    for name in ("added", "changed", "removed"):
        for source in getattr(report, name):
            out.print(Text(f"  {name:<9} {printable(source)}"), soft_wrap=True)
    for old, new in report.renamed:
        out.print(Text(f"  renamed   {printable(old)} → {printable(new)}"), soft_wrap=True)
    for source in report.private:
        out.print(Text(f"  private   {printable(source)} (withheld)"), soft_wrap=True)
    counts = ", ".join(f"{len(getattr(report, name))} {name}" for name in ("added", "changed", "removed", "unchanged"))
    out.print(Text(f"Documents: {counts}."), soft_wrap=True)
    if report.rebuilt_because:
        out.print(Text(f"Built anew: {printable(report.rebuilt_because)}."), soft_wrap=True)
    if report.repaired:
        out.print(Text(f"Repaired {report.repaired} damaged characters in the text; the files are untouched."))
    out.print(Text(f"Chunks: {report.chunk_count}, {report.embedded} embedded, {report.reused} reused."))
    out.print(Text(f"Index: {printable(str(settings.store_folder))}"), soft_wrap=True)
    for warning in report.warnings:
        complain(f"warning: {warning}")
    if report.warnings:
        complain(f"{len(report.warnings)} warning{'s' if len(report.warnings) != 1 else ''}; the rest was ingested.")


@contextmanager
def show_progress() -> Iterator[Any]:
    """A progress bar on a terminal; nothing in a pipe."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    names = {"read": "Reading", "embed": "Embedding", "write": "Writing", "ask": "Asking"}
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        tasks: dict[str, Any] = {}

        def on_progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(names.get(stage, stage), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield on_progress


def print_grounded(grounded: GroundedRow) -> None:
    """Each claim with its verdict, unsupported words as [word?], and the evidence it rests on or comes nearest to."""
    out = standard_output()
    if grounded.row.question:
        out.print(Text(printable(grounded.row.question), "bold"), soft_wrap=True)
    answer = grounded.row.answer
    for claim in grounded.checked.claims:
        style = "green" if claim.is_supported else "yellow" if claim.support == "partial" else "bold red"
        marked, at = "", claim.start
        for start, end in claim.unsupported:
            marked += f"{answer[at:start]}[{answer[start:end]}?]"
            at = end
        marked += answer[at : claim.end]
        reasons = f" ({', '.join(claim.reasons)})" if claim.reasons else ""
        line = Text.assemble(
            (f"{claim.support:<12}", style), f"{claim.score:4.2f}  ", printable(marked), (reasons, "dim")
        )
        out.print(line, soft_wrap=True)
        for span in claim.evidence[:1]:
            place, quote = grounded.quote(span)
            nearest = "" if claim.is_supported else "nearest: "
            out.print(Text(f"{'':<18}{nearest}{printable(place)}  “{printable(quote)}”", "dim"), soft_wrap=True)
    count = sum(claim.is_supported for claim in grounded.checked.claims)
    total = len(grounded.checked.claims)
    out.print(Text(f"{count} of {total} sentence{'s' if total != 1 else ''} supported."))


def print_verified(verified: Sequence[Verified]) -> None:
    """Print what became of each quote, below the question that it answered."""
    out = standard_output()
    styles = {"valid": "green", "moved": "yellow", "changed": "bold red", "gone": "bold red"}
    question = None
    for item in verified:
        if item.question != question:
            question = item.question
            out.print(Text(printable(question), "bold"), soft_wrap=True)
        place = f"{item.citation.source}:{item.citation.start_line}"
        now = f" → {item.source}:{item.line}" if item.status in {"moved", "changed"} else ""
        line = Text.assemble(
            (f"  {item.status:<8}", styles[item.status]), printable(f"{place}{now}  “{item.citation.quote}”")
        )
        out.print(line, soft_wrap=True)
        if item.words:
            out.print(Text(f"{'':<10}now: “{printable(item.words)}”", "dim"), soft_wrap=True)
    counts = Counter[str](item.status for item in verified)
    told = ", ".join(f"{counts[name]} {name}" for name in styles if counts[name]) or "nothing to verify"
    out.print(Text(f"{len(verified)} quote{'s' if len(verified) != 1 else ''}: {told}."))


def print_lint(findings: Sequence[LintFinding]) -> None:
    """Print what may be mended, a line each, with the other places it is about."""
    out = standard_output()
    styles = {"error": "bold red", "warning": "yellow", "note": "dim"}
    for item in findings:
        first, *others = (f"{place.source}:{place.line}" for place in item.places)
        also = f" (also {', '.join(others[:3])}{' …' if len(others) > 3 else ''})" if others else ""
        message = printable(f"{item.message}{also}")
        line = Text.assemble(
            printable(f"{first}: "), (item.severity, styles[item.severity]), f" {item.rule}: {message}"
        )
        out.print(line, soft_wrap=True)
    counts = Counter[str](item.severity for item in findings)
    told = ", ".join(f"{counts[name]} {name}{'s' if counts[name] != 1 else ''}" for name in styles if counts[name])
    out.print(Text(f"{told or 'Nothing to mend'}."))


def print_questions(asked: Sequence[Asked], *, is_all: bool) -> None:
    """Print what was asked: how often, when last, what came of it."""
    out = standard_output()
    for item in asked:
        verdict = f"  {(item.verdict or 'answered').replace('_', ' '):<10}" if is_all else ""
        out.print(Text(f"{item.times:>5}  {item.last}{verdict}  {printable(item.question)}"), soft_wrap=True)
    total = sum(item.times for item in asked)
    what = "asked" if is_all else "asked in vain"
    out.print(Text(f"{len(asked)} question{'s' if len(asked) != 1 else ''}, {what} {total} times."))
