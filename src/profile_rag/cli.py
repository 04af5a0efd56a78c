"""The command line: turns errors into one line and an exit code."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.text import Text

from profile_rag import __version__
from profile_rag.console import (
    complain,
    print_answer,
    print_evaluation,
    print_grounded,
    print_json,
    print_lint,
    print_questions,
    print_report,
    print_verified,
    printable,
    show_progress,
    standard_output,
    write_json,
)
from profile_rag.errors import ProfileRagError

if TYPE_CHECKING:
    from profile_rag.config import Settings
    from profile_rag.evaluation.rows import AnswerRow
    from profile_rag.ingestion.pipeline import IngestReport
    from profile_rag.models import Embedder

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

Severity = Literal["error", "warning", "note"]
CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", metavar="FOLDER", help="Documents.", show_default="corpus")
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="FOLDER", help="Index.", show_default=".profile_rag/NAME beside the corpus"),
]
PrivateOption = Annotated[
    bool | None,
    typer.Option("--include-private", help="Use the owner's own index, which holds what is marked private, too."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in TOML.", show_default="profile_rag.toml")
]
LLMOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="MODEL",
        help="Words the answers: ollama/NAME, openai/NAME, openai-like/NAME@URL or hf/FOLDER.",
        show_default="none",
    ),
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
        complain(f"{error.format_message().rstrip('.')}. See `profile-rag --help`.")
        raise SystemExit(2) from None
    except ProfileRagError as error:
        complain(str(error))
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
        complain(f"unexpected error: {type(error).__name__}: {error}. {step}")
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
    include_private: PrivateOption = None,
) -> None:
    """Build or refresh the index; print what changed."""
    settings, _, report = _refreshed(folder, corpus, store, config, include_private=include_private)
    print_report(report, settings)


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
    llm: LLMOption = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    include_private: PrivateOption = None,
) -> None:
    """Answer a question, or a batch of them."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a QUESTION or --batch FILE")
    if batch is not None and history:
        raise typer.BadParameter('with --batch, each line brings its own "history"')
    settings = _settings(config, corpus=corpus, store=store, include_private=include_private, llm=llm)
    if batch is not None:
        _ask_batch(batch, settings)
        return
    from profile_rag.profile import Profile

    profile = Profile(settings)
    answer = profile.ask(question or "", history=history or [])
    if as_json:
        print_json(answer.to_dict(), indent=2)
    else:
        print_answer(answer)
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
            print_json(grounded.to_dict())
        else:
            print_grounded(grounded)
        all_supported = all_supported and grounded.is_supported
    if not all_supported:
        raise typer.Exit(1)


@app.command()
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An export of the page, or answers as JSON; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per quote.")] = False,
    corpus: CorpusOption = None,
    config: ConfigOption = None,
) -> None:
    """Tell for each quote of saved answers whether it still stands; exit 1 when one changed or is gone."""
    from profile_rag.verification import read_quotes, verify

    settings = _settings(config, corpus=corpus)
    verified = verify(read_quotes(_read_text(file), name=str(file)), settings.corpus_folder)
    if as_json:
        for item in verified:
            print_json(item.to_dict())
    else:
        print_verified(verified)
    if any(item.status in {"changed", "gone"} for item in verified):
        raise typer.Exit(1)


@app.command()
def lint(
    folder: Annotated[Path | None, typer.Argument(metavar="CORPUS", help="Folder of documents.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per finding.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0, for editors and code hosts.")] = False,
    as_of: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Tell when nothing is newer than two years before.")
    ] = None,
    fail_on: Annotated[
        Severity, typer.Option(metavar="SEVERITY", help="From error, warning or note on, exit 1.")
    ] = "warning",
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Tell what an owner may want to mend in the documents; exit 1 when something is wrong."""
    from profile_rag.lint import SEVERITIES, to_sarif
    from profile_rag.lint import lint as find
    from profile_rag.profile import Profile

    settings, embedder, _ = _refreshed(folder, corpus, store, config)
    with Profile(settings, embedder=embedder) as profile:
        found = find(profile, settings.corpus_folder, as_of=as_of)
    if as_sarif:
        print_json(to_sarif(found), indent=1)
    elif as_json:
        for item in found:
            print_json(item.to_dict())
    else:
        print_lint(found)
    if any(SEVERITIES.index(item.severity) <= SEVERITIES.index(fail_on) for item in found):
        raise typer.Exit(1)


@app.command()
def chat(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address to serve on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Port to serve on; 0 takes a free one.", show_default="7860")
    ] = None,
    auth: Annotated[
        str | None,
        typer.Option(metavar="USER:PASSWORD", help="Login for the whole server; better given as PROFILE_RAG_AUTH."),
    ] = None,
    access_log: Annotated[
        bool | None,
        typer.Option("--access-log", help="Write a line of JSON per request to standard error; no questions."),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep what visitors ask in this SQLite file; no addresses."),
    ] = None,
    llm: LLMOption = None,
    corpus: CorpusOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    include_private: PrivateOption = None,
) -> None:
    """Serve the chat page until it is stopped."""
    where = {"corpus": corpus, "store": store, "include_private": include_private}
    settings = _settings(config, **where, host=host, port=port, auth=auth, access_log=access_log, log=log, llm=llm)
    _warn_if_open(settings)
    from profile_rag.profile import Profile

    with Console(stderr=True).status("Opening the profile…"):
        profile = Profile(settings, is_served=True)
        profile.warm_up()
    _warn_if_stale(profile)
    from profile_rag.question_log import QuestionLog
    from profile_rag.ui.conversation import Desk
    from profile_rag.ui.server import Door, serve

    kept = QuestionLog(settings.log, days=settings.log_days) if settings.log is not None else None
    serve(
        Desk(profile, kept),
        host=settings.host,
        port=settings.port,
        on_ready=lambda url: typer.echo(f"Ready: {url}"),
        door=Door(
            settings.auth,
            settings.frame_origins,
            settings.requests_per_minute,
            has_access_log=settings.access_log,
            has_private=settings.include_private,
        ),
    )


@app.command()
def questions(
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file that `chat --log` keeps.", show_default="setting log")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were answered, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per question.")] = False,
    config: ConfigOption = None,
) -> None:
    """List what visitors asked and the documents could not answer, most frequent first."""
    from profile_rag.question_log import QuestionLog

    settings = _settings(config, log=log)
    if settings.log is None:
        raise typer.BadParameter("give --log FILE, the one that `profile-rag chat --log FILE` keeps")
    if not settings.log.is_file():
        raise typer.BadParameter(f"{settings.log}: no such file")
    asked = QuestionLog(settings.log, days=settings.log_days).unanswered(with_answered=every)
    if as_json:
        for item in asked:
            print_json(item.to_dict())
    else:
        print_questions(asked, is_all=every)


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
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="extractive, generative (with --llm; runs both) or starter.")
    ] = "extractive",
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
    llm: LLMOption = None,
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
    settings = _settings(config, llm=llm)
    if engine == "generative" and not settings.llm:
        raise typer.BadParameter("generative: no language model; give --llm")
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
    with show_progress() as on_progress:
        values, passes = run_evaluation(order, settings, on_progress=on_progress)
    if report is not None:
        write_report(values, report)
    if as_json:
        write_json(to_json(values))
    else:
        print_evaluation(values, with_failures=failures)
    raise typer.Exit(0 if passes else 1)


@app.command()
def doctor(
    llm: LLMOption = None, corpus: CorpusOption = None, store: StoreOption = None, config: ConfigOption = None
) -> None:
    """Tell what is installed, indexed and stale, and how to mend it."""
    from profile_rag.doctor import examine

    worst = 0
    for check in examine(_settings(config, corpus=corpus, store=store, llm=llm)):
        mark = Text("ok  ", "green") if check.is_well else Text("mend", "bold red")
        standard_output().print(Text.assemble(mark, f" {check.name:<22} {printable(check.finding)}"), soft_wrap=True)
        if check.mend:
            standard_output().print(Text(f"     {'':<22} {printable(check.mend)}"), soft_wrap=True)
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

    with show_progress() as on_progress:
        result = run_benchmark(name, data, open_embedder=lambda: open_embedder(settings), on_progress=on_progress)
    if as_json:
        print_json(result.to_dict(), indent=2)
    else:
        for line in result.render().split("\n"):
            standard_output().print(Text(printable(line)), soft_wrap=True)


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
        cases = draft_cases(engine.chunks, engine.query_engine.person)
        text = render_cases(cases, corpus=Path(engine.index.manifest.corpus).name)
    finally:
        engine.index.close()
    if out is None:
        for line in text.rstrip("\n").split("\n"):
            standard_output().print(Text(printable(line)), soft_wrap=True)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}") from None
    standard_output().print(
        Text(f"{printable(str(out))}: {len(cases)} drafts. Confirm each: read, mend, take `draft: true` away.")
    )


# --- what the commands share ------------------------------------------------------------------------


def _settings(config: Path | None, **given: object) -> Settings:
    from profile_rag.config import load_settings

    return load_settings(config, **given)


def _refreshed(
    folder: Path | None,
    corpus: Path | None,
    store: Path | None,
    config: Path | None,
    *,
    include_private: bool | None = None,
) -> tuple[Settings, Embedder, IngestReport]:
    """Bring the index up to date, of a corpus given as an argument or as --corpus."""
    from profile_rag.factory import open_embedder, refresh_index

    if folder is not None and corpus is not None and folder != corpus:
        raise typer.BadParameter("give the corpus once, as argument or as --corpus")
    settings = _settings(config, corpus=folder or corpus, store=store, include_private=include_private)
    embedder = open_embedder(settings)
    with show_progress() as on_progress:
        return settings, embedder, refresh_index(settings, embedder, on_progress=on_progress)


def _warn_if_open(settings: Settings) -> None:
    from profile_rag.ui.limits import is_own

    if not settings.auth and settings.host != "localhost" and not is_own(settings.host):
        step = "PROFILE_RAG_AUTH=USER:PASSWORD asks for a login."
        complain(f"warning: everyone who can reach {settings.host} can ask. {step}")


def _warn_if_stale(profile: Any) -> None:  # noqa: ANN401  # importing Profile here would load the stack
    changed = profile.changed_sources()
    if changed:
        names = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
        complain(f"warning: changed since it was indexed: {names}. Run `{profile.ingest_command}`.")


def _read_text(file: Path) -> str:
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
    return text


def _rows_to_check(file: Path | None, text: str | None) -> Iterator[AnswerRow]:
    from profile_rag.evaluation.rows import AnswerRow, begins_with_row, read_rows

    if text is None and file is not None:
        text = _read_text(file)
        if begins_with_row(text):
            yield from read_rows(text, name=str(file))
            return
    if not (text or "").strip():
        raise typer.BadParameter(f"{file or '--text'}: there is no text to check")
    yield AnswerRow(text or "")


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
            print_json(value)
    _warn_if_stale(profile)
    if bad:
        lines_word = "line" if bad == 1 else "lines"
        complain(f"{batch}: {bad} {lines_word} could not be answered; each has an error in its place.")
        raise typer.Exit(2)
