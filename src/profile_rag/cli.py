"""The command line: turns errors into one line and an exit code."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from profile_rag import __version__
from profile_rag.errors import ProfileRagError

if TYPE_CHECKING:
    from profile_rag.config import Settings
    from profile_rag.evaluation.grounded import GroundedRow
    from profile_rag.evaluation.rows import AnswerRow
    from profile_rag.ingestion.pipeline import IngestReport
    from profile_rag.schema import Answer

# The commands import what they need when they run: --help and doctor then start without the stack.

app = typer.Typer(
    name="profile-rag",
    help="Ask a person's profile anything; every sentence of the answer shows the words it stands on.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes as wide as the terminal are no plain output
)

cases_app = typer.Typer(help="Evaluation cases for a corpus of your own.", rich_markup_mode=None)
app.add_typer(cases_app, name="cases")

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", metavar="FOLDER", help="Documents.", show_default="corpus")
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="FOLDER", help="Index.", show_default=".profile_rag/NAME beside the corpus"),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in TOML.", show_default="profile_rag.toml")
]


def main() -> None:
    """Run the command line; the outer wall around every error."""
    command = typer.main.get_command(app)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without “ shows ? instead of an error
    try:
        # Not app(): that answers a wrong argument with a box, and a reader that went away with exit code 1.
        with command.make_context("profile-rag", sys.argv[1:]) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as end:
        raise SystemExit(end.exit_code) from None
    except typer.TyperException as error:  # no such command or option, or an impossible value
        _complain(f"{error.format_message().rstrip('.')}. See `profile-rag --help`.")
        raise SystemExit(2) from None
    except ProfileRagError as error:
        _complain(str(error))
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader of our output went away: nothing is left to tell anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:  # the outer wall: a person sees one line, not a traceback
        logging.getLogger(__name__).debug("unexpected error", exc_info=True)
        if os.environ.get("PROFILE_RAG_DEBUG"):
            raise
        step = "Please report it; PROFILE_RAG_DEBUG=1 shows where it happened."
        _complain(f"unexpected error: {type(error).__name__}: {error}. {step}")
        raise SystemExit(70) from None


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"profile-rag {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@app.command()
def ingest(
    folder: Annotated[Path | None, typer.Argument(metavar="CORPUS", help="Folder of documents.")] = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Build or refresh the index; print what changed."""
    from profile_rag.factory import open_embedder, refresh_index

    if folder is not None and corpus is not None and folder != corpus:
        raise typer.BadParameter("give the corpus once, as argument or as --corpus")
    settings = _settings(config, corpus=folder or corpus, store=store)
    embedder = open_embedder(settings)
    with _progress() as on_progress:
        report = refresh_index(settings, embedder, on_progress=on_progress)
    _print_report(report, settings)


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="What you want to know.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the Answer contract as JSON.")] = False,
    history: Annotated[
        list[str] | None,
        typer.Option("--history", metavar="QUESTION", help="An earlier question; repeat it, oldest first."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='JSON lines of {"id", "question", "history"}; - is standard input.'),
    ] = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Answer a question, or a batch of them."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a QUESTION or --batch FILE")
    if batch is not None and history:
        raise typer.BadParameter('with --batch, each line brings its own "history"')
    settings = _settings(config, corpus=corpus, store=store)
    if batch is not None:
        _ask_batch(batch, settings)
        return
    from profile_rag.profile import Profile

    profile = Profile(settings)
    answer = profile.ask(question or "", history=history or [])
    if as_json:
        _print_json(answer.to_dict(), indent=2)
    else:
        _print_answer(answer)
    _warn_if_stale(profile)


@app.command()
def ground(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Text, or JSON lines of answers; - is standard input.", show_default=False),
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="A text to check instead of a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per answer.")] = False,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Check any text against the documents, sentence by sentence; exit 1 when something is unsupported."""
    if (file is None) == (text is None):
        raise typer.BadParameter("give a FILE or --text TEXT")
    settings = _settings(config, corpus=corpus, store=store)
    from profile_rag.answering.grounding import GroundingChecker
    from profile_rag.evaluation.grounded import ground_rows
    from profile_rag.factory import open_embedder, read_chunks

    all_supported = True
    embedder = open_embedder(settings)
    rows = _rows_to_check(file, text)
    for grounded in ground_rows(rows, GroundingChecker(embedder), lambda: read_chunks(settings, embedder)):
        if as_json:
            _print_json(grounded.to_dict())
        else:
            _print_grounded(grounded)
        all_supported = all_supported and grounded.is_supported
    if not all_supported:
        raise typer.Exit(1)


@app.command()
def chat(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address to serve on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Port to serve on; 0 takes a free one.", show_default="7860")
    ] = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Serve the chat page until it is stopped."""
    settings = _settings(config, corpus=corpus, store=store, host=host, port=port)
    from profile_rag.profile import Profile

    with Console(stderr=True).status("Opening the profile…"):
        profile = Profile(settings)
        profile.warm_up()
    _warn_if_stale(profile)
    from profile_rag.ui.server import serve

    serve(profile, host=settings.host, port=settings.port, on_ready=lambda url: typer.echo(f"Ready: {url}"))


@app.command("eval")
def evaluate(
    cases: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A file of cases or a folder of them.", show_default="eval/cases"),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier report.json, to compare with.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write report.html, report.json and junit.xml there.")
    ] = None,
    engine: Annotated[str, typer.Option(metavar="NAME", help="extractive, or starter to compare with.")] = "extractive",
    held: Annotated[bool, typer.Option("--held", help="The cases set aside, instead of the others.")] = False,
    every: Annotated[bool, typer.Option("--all", help="The cases set aside, too.")] = False,
    only: Annotated[str, typer.Option(metavar="PREFIX", help="Only cases whose corpus begins so.")] = "",
    gates: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Bounds on figures.", show_default="gates.toml beside the cases' folder"),
    ] = None,
    pool: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where cases of pool/FILE find FILE.")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Print every case that misses something.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON instead of the tables.")] = False,
    corpus: CorpusOption = None,
    store: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Indexes.", show_default=".profile_rag/eval beside the cases' folder"),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Ask the cases and measure the answers; exit code 1 when a gate shuts or a figure fell."""
    from profile_rag.evaluation.command import DEFAULT_CASES, Order, run_evaluation, to_json, write_report
    from profile_rag.evaluation.engines import ENGINES

    if engine not in ENGINES:
        raise typer.BadParameter(f"{engine}: no such engine; there are {' and '.join(ENGINES)}")
    if held and every:
        raise typer.BadParameter("give --held or --all, not both")
    settings = _settings(config)
    order = Order(
        cases=cases or DEFAULT_CASES,
        engine=engine,
        held=None if every else held,
        only=only,
        corpus=corpus,
        pool=pool,
        stores=store,
        baseline=baseline,
        gates=gates,
    )
    with _progress() as on_progress:
        values, passes = run_evaluation(order, settings, on_progress=on_progress)
    if report is not None:
        write_report(values, report)
    if as_json:
        _write_json(to_json(values))
    else:
        _print_evaluation(values, with_failures=failures)
    raise typer.Exit(0 if passes else 1)


@app.command()
def doctor(corpus: CorpusOption = None, store: StoreOption = None, config: ConfigOption = None) -> None:
    """Tell what is installed, indexed and stale, and how to mend it."""
    from profile_rag.doctor import examine

    worst = 0
    for check in examine(_settings(config, corpus=corpus, store=store)):
        mark = Text("ok  ", "green") if check.is_well else Text("mend", "bold red")
        _out().print(Text.assemble(mark, f" {check.name:<22} {_printable(check.finding)}"), soft_wrap=True)
        if check.mend:
            _out().print(Text(f"     {'':<22} {_printable(check.mend)}"), soft_wrap=True)
        worst = max(worst, check.exit_code)
    raise typer.Exit(worst)


@app.command()
def bench(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="ragtruth, wice, squad2, canard or cacm.", show_default=False)
    ],
    data: Annotated[Path, typer.Option(metavar="PATH", help="The benchmark's own data.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    config: ConfigOption = None,
) -> None:
    """Run a public benchmark; print its figures beside those of others."""
    settings = _settings(config)
    from profile_rag.evaluation.benchmarks.catalogue import run_benchmark
    from profile_rag.factory import open_embedder

    with _progress() as on_progress:
        result = run_benchmark(name, data, open_embedder=lambda: open_embedder(settings), on_progress=on_progress)
    if as_json:
        _print_json(result.to_dict(), indent=2)
    else:
        for line in result.render().split("\n"):
            _out().print(Text(_printable(line)), soft_wrap=True)


@cases_app.command()
def draft(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new YAML file.", show_default="standard output")
    ] = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Propose cases from the indexed documents, for a person to confirm."""
    settings = _settings(config, corpus=corpus, store=store)
    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} is there already; give --out a new file, so that no confirmed case is lost")
    from profile_rag.evaluation.drafts import draft_cases, render_cases
    from profile_rag.factory import open_embedder, open_engine

    engine = open_engine(settings, open_embedder(settings))
    try:
        cases = draft_cases(engine.index.chunks, engine.query_engine.person)
        text = render_cases(cases, corpus=Path(engine.index.manifest.corpus).name)
    finally:
        engine.index.close()
    if out is None:
        for line in text.rstrip("\n").split("\n"):
            _out().print(Text(_printable(line)), soft_wrap=True)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}") from None
    _out().print(
        Text(f"{_printable(str(out))}: {len(cases)} drafts. Confirm each: read, mend, take `draft: true` away.")
    )


# --- what the commands share ------------------------------------------------------------------------


def _settings(config: Path | None, **given: object) -> Settings:
    from profile_rag.config import load_settings

    return load_settings(config, **given)


class _Output(Console):
    """Standard output; a reader who went away is `main`'s to handle."""

    def on_broken_pipe(self) -> None:
        """Say so, where rich would end the program with exit code 1."""
        raise BrokenPipeError


def _out() -> Console:
    return _Output(highlight=False)


def _complain(message: str) -> None:
    Console(stderr=True, highlight=False).print(Text(f"profile-rag: {_printable(message)}"), soft_wrap=True)


def _printable(text: str) -> str:
    """A text without the characters that steer a terminal."""
    return _UNPRINTABLE.sub(" ", text).replace("\n", " ")


def _print_json(value: dict[str, Any], *, indent: int | None = None) -> None:
    _write_json(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def _write_json(value: str) -> None:
    text = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
    # JSON is UTF-8 wherever it goes; half a surrogate pair, which a question may hold, becomes its escape too.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _print_answer(answer: Answer) -> None:
    out = _out()
    if answer.understood_as != answer.question:
        out.print(Text(f"Understood as: {_printable(answer.understood_as)}", "dim"), soft_wrap=True)
    for line in answer.answer.split("\n"):
        out.print(_styled(line), soft_wrap=True)
    if answer.related:
        out.print(Text("\nThe closest they come:", "dim"))
    for near in answer.related:
        place = _printable(f"{near.source}:{near.start_line}")
        out.print(Text(f"  {place}  “{_printable(near.quote)}”", "dim"), soft_wrap=True)
    if answer.citations:
        out.print()
    places = [_printable(f"{citation.source}:{citation.start_line}") for citation in answer.citations]
    width = max(map(len, places), default=0)
    for citation, place in zip(answer.citations, places, strict=True):
        heading = _printable(" › ".join(citation.heading))
        out.print(Text(f"  [{citation.id}] {place.ljust(width)}  {heading}".rstrip()), soft_wrap=True)


def _print_evaluation(report: dict[str, Any], *, with_failures: bool) -> None:
    from profile_rag.evaluation import table

    out = _out()
    is_plain = not out.is_terminal
    if is_plain:
        out.width = 1000  # a pipe has no width: nothing is cut
    if with_failures:
        for line in table.failures(report):
            out.print(Text(_printable(line)), soft_wrap=True)
    tables = [table.figures_table(report, is_plain=is_plain), table.kinds_table(report, is_plain=is_plain)]
    if report["baseline"]:
        changes = table.changes_table(report, is_plain=is_plain)
        tables += [changes] if changes.row_count else []
    for shown in tables:
        out.print(shown)
        out.print()
    for line in table.notes(report):
        out.print(Text(_printable(line)), soft_wrap=True)


def _styled(line: str) -> Text:
    """The answer's small Markdown for a terminal: **bold**, backslash escapes and nothing else."""
    text = Text()
    for index, part in enumerate(re.split(r"(?<!\\)\*\*", _printable(line))):
        text.append(re.sub(r"\\([\[*])", r"\1", part), "bold" if index % 2 else "")
    return text


def _print_report(report: IngestReport, settings: Settings) -> None:
    out = _out()
    for name in ("added", "changed", "removed"):
        for source in getattr(report, name):
            out.print(Text(f"  {name:<9} {_printable(source)}"), soft_wrap=True)
    for old, new in report.renamed:
        out.print(Text(f"  renamed   {_printable(old)} → {_printable(new)}"), soft_wrap=True)
    for source in report.private:
        out.print(Text(f"  private   {_printable(source)} (withheld)"), soft_wrap=True)
    counts = ", ".join(f"{len(getattr(report, name))} {name}" for name in ("added", "changed", "removed", "unchanged"))
    out.print(Text(f"Documents: {counts}."), soft_wrap=True)
    if report.rebuilt_because:
        out.print(Text(f"Built anew: {_printable(report.rebuilt_because)}."), soft_wrap=True)
    if report.repaired:
        out.print(Text(f"Repaired {report.repaired} damaged characters in the text; the files are untouched."))
    out.print(Text(f"Chunks: {report.chunk_count}, {report.embedded} embedded, {report.reused} reused."))
    out.print(Text(f"Index: {_printable(str(settings.store_folder))}"), soft_wrap=True)
    for warning in report.warnings:
        _complain(f"warning: {warning}")
    if report.warnings:
        _complain(f"{len(report.warnings)} warning{'s' if len(report.warnings) != 1 else ''}; the rest was ingested.")


@contextmanager
def _progress() -> Iterator[Any]:
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


def _warn_if_stale(profile: Any) -> None:  # noqa: ANN401  # importing Profile here would load the stack
    changed = profile.changed_sources()
    if changed:
        names = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
        _complain(f"warning: changed since it was indexed: {names}. Run `{profile.ingest_command}`.")


def _rows_to_check(file: Path | None, text: str | None) -> Iterator[AnswerRow]:
    from profile_rag.evaluation.rows import AnswerRow, begins_with_row, read_rows

    if text is None and file is not None:
        if str(file) != "-" and (file.is_dir() or not file.exists()):
            raise typer.BadParameter(f"{file}: no such file")
        try:
            with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
                text = stream.read().decode("utf-8-sig")
        except OSError as error:
            raise typer.BadParameter(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise typer.BadParameter(f"{file}: is no UTF-8 text (byte {error.start})") from error
        if "\0" in text:
            raise typer.BadParameter(f"{file}: is no text (byte {text.index(chr(0))} is zero)")
        if begins_with_row(text):
            yield from read_rows(text, name=str(file))
            return
    if not (text or "").strip():
        raise typer.BadParameter(f"{file or '--text'}: there is no text to check")
    yield AnswerRow(text or "")


def _print_grounded(grounded: GroundedRow) -> None:
    """Each claim with its verdict, unsupported words as [word?], and the evidence it rests on or comes nearest to."""
    out = _out()
    if grounded.row.question:
        out.print(Text(_printable(grounded.row.question), "bold"), soft_wrap=True)
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
            (f"{claim.support:<12}", style), f"{claim.score:4.2f}  ", _printable(marked), (reasons, "dim")
        )
        out.print(line, soft_wrap=True)
        for span in claim.evidence[:1]:
            place, quote = grounded.quote(span)
            nearest = "" if claim.is_supported else "nearest: "
            out.print(Text(f"{'':<18}{nearest}{_printable(place)}  “{_printable(quote)}”", "dim"), soft_wrap=True)
    count = sum(claim.is_supported for claim in grounded.checked.claims)
    total = len(grounded.checked.claims)
    out.print(Text(f"{count} of {total} sentence{'s' if total != 1 else ''} supported."))


def _ask_batch(batch: Path, settings: Settings) -> None:
    """Answer line by line, in order; a bad line gives an error object in its place."""
    from profile_rag.batch import answer_lines
    from profile_rag.profile import Profile

    if str(batch) != "-" and (batch.is_dir() or not batch.exists()):  # a pipe will do
        raise typer.BadParameter(f"{batch}: no such file")
    profile = Profile(settings)
    bad = 0
    with sys.stdin.buffer if str(batch) == "-" else batch.open("rb") as lines:
        for value in answer_lines(lines, profile):
            bad += "error" in value
            _print_json(value)
    _warn_if_stale(profile)
    if bad:
        lines_word = "line" if bad == 1 else "lines"
        _complain(f"{batch}: {bad} {lines_word} could not be answered; each has an error in its place.")
        raise typer.Exit(2)
