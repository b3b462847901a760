"""The `parabench` command: this file reads arguments and prints; the work is elsewhere."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from typer.exceptions import TyperException

from data_gen.errors import DatasetError
from data_gen.generate import generate as generate_dataset
from data_gen.real import REAL
from data_gen.sizes import parse_size
from data_gen.synthetic import SHAPES
from parabench.profiles import PROFILES
from parabench.progress import bytes_bar
from parabench.timing import run_timed
from strategies.core import reference, registry
from strategies.core.contract import Job
from strategies.core.errors import JobError
from strategies.core.layout import DELIMITERS, delimiter_of
from strategies.core.processes import available_cores
from strategies.core.workloads import WORKLOADS, Workload

WIDTH = 200  # characters there may be in a line where the output is not a terminal

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Column = Annotated[
    str | None, typer.Option(help="Column to read; the workload has a default.", metavar="NAME")
]
Into = Annotated[str | None, typer.Option(help="Name of the new column; likewise.", metavar="NAME")]
WorkloadName = Annotated[
    str, typer.Option("--workload", help=f"What to compute: {', '.join(WORKLOADS)}.")
]
Delimiter = Annotated[
    str,
    typer.Option(
        help=f"What stands between fields: {', '.join(DELIMITERS)}, or one character.",
        metavar="SIGN",
    ),
]
Source = Annotated[Path, typer.Argument(help="CSV file with a header line.")]
ResultsFolder = Annotated[Path, typer.Option("--results", help="Where asv keeps its results.")]
HtmlFolder = Annotated[Path, typer.Option("--html", help="Where to put the page and the plots.")]

RESULTS = Path("results/asv")
HTML = Path("results/html")


@app.callback(invoke_without_command=True)
def _main(context: typer.Context) -> None:
    """Compare ways of running a CSV job in parallel: one contract, every output verified."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list")
def list_strategies(as_json: AsJson = False) -> None:
    """List every strategy: whether it is ready and, if not, what to run."""
    strategies = registry.load_all()
    if as_json:
        rows = [{"name": s.name, "ready": not s.reason, "reason": s.reason} for s in strategies]
        _print_json(rows)
        return
    listing = Table("strategy", "ready", "what it is")
    for strategy in strategies:
        ready = "no" if strategy.reason else "yes"
        listing.add_row(strategy.name, ready, strategy.reason or strategy.summary)
    _console().print(listing)


@app.command()
def generate(
    destination: Annotated[Path, typer.Argument(help="CSV file to write.", metavar="OUT.csv")],
    size: Annotated[str | None, typer.Option(help="Size, such as 100MB.")] = None,
    rows: Annotated[int | None, typer.Option(help="Number of records instead of a size.")] = None,
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "plain",
    seed: Annotated[int, typer.Option(help="Another seed, other numbers.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; default: all cores.", min=1)] = None,
    real: Annotated[str | None, typer.Option(help=f"A real data set: {', '.join(REAL)}.")] = None,
) -> None:
    """Write a dataset and its manifest; same arguments, same bytes."""
    if real is not None:
        if real not in REAL:
            _usage_error(f"there is no {real!r}; choose: {', '.join(REAL)}")
        manifest = REAL[real](destination)
    elif (size is None) == (rows is None):
        _usage_error("give either --size or --rows, or --real")
    else:
        bytes_wanted = parse_size(size) if size else None
        with bytes_bar(f"writing {destination}", bytes_wanted) as progress:
            manifest = generate_dataset(
                destination,
                shape=shape,
                seed=seed,
                size=bytes_wanted,
                rows=rows,
                workers=workers,
                progress=progress,
            )
    typer.echo(
        f"{destination}: {manifest.rows:,} records, {manifest.bytes:,} bytes, "
        f"sha256 {manifest.sha256[:16]}…; from {manifest.source}, licence {manifest.licence}"
    )


@app.command()
def run(
    strategy: Annotated[str, typer.Argument(help="A name from: parabench list.")],
    source: Source,
    destination: Annotated[Path, typer.Argument(help="CSV file to write.")],
    workload: WorkloadName = "double",
    column: Column = None,
    into: Into = None,
    delimiter: Delimiter = "comma",
    workers: Annotated[int | None, typer.Option(help="Default: all cores.", min=1)] = None,
    chunk_size: Annotated[
        str | None, typer.Option(help="Such as 16MB, the most that is taken unasked.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Join a running cluster, such as tcp://127.0.0.1:8786.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a strategy once and print what it took."""
    job = Job(
        source,
        destination,
        _workload(workload, column, into),
        parse_size(chunk_size) if chunk_size else None,
        _delimiter(delimiter),
    )
    timed = run_timed(_strategy(strategy), job, workers or available_cores(), address)
    if as_json:
        _print_json(asdict(timed))
        return
    typer.echo(
        f"{timed.strategy}: {timed.records:,} records in {timed.run_seconds:.3f} s "
        f"({timed.mb_per_s:.1f} MB/s), start-up {timed.startup_seconds:.3f} s, "
        f"shutdown {timed.shutdown_seconds:.3f} s"
    )
    typer.echo(f"wrote {destination} ({timed.bytes_out:,} bytes); check it: parabench verify …")


@app.command()
def verify(
    source: Source,
    destination: Annotated[Path, typer.Argument(help="What a strategy has written.")],
    workload: WorkloadName = "double",
    column: Column = None,
    into: Into = None,
    delimiter: Delimiter = "comma",
) -> None:
    """Compare an output with the independent reference, record by record."""
    records = reference.verify(
        source, destination, _workload(workload, column, into), _delimiter(delimiter)
    )
    typer.echo(f"{destination} is correct: all {records:,} records are as the reference says")


@app.command()
def report(folder: ResultsFolder = RESULTS, html: HtmlFolder = HTML) -> None:
    """Make the table, the plots and the page from asv's newest results."""
    from parabench import results, table
    from parabench.report import write_report

    measured = results.newest(folder)
    console = _console()
    for workload_table in table.tables(measured):
        console.print(workload_table)
    page, *plots = write_report(measured, html)
    typer.echo(f"page: {page}")
    typer.echo(f"plots: {', '.join(map(str, plots))}")


@app.command()
def bench(
    profile: Annotated[
        str, typer.Option(help=f"How much to measure: {', '.join(PROFILES)}.")
    ] = "ci",
) -> None:
    """Generate the data, let asv measure every strategy, verify, and report."""
    from parabench import suite

    complete = suite.measure(profile)
    report()
    if not complete:
        message = f"some cells have no result (see the table); read why in {suite.LOG}"
        raise suite.SuiteError(message)


def main() -> None:
    """Run the command; mistakes end in one line and exit code 1, or 2 for wrong usage."""
    try:
        sys.exit(app(standalone_mode=False))
    except (JobError, DatasetError) as error:
        _fail(str(error), code=1)
    except TyperException as error:  # wrong usage
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "parabench"
        _fail(f"{error.format_message()}; see: {command} --help", code=error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted; nothing was left half-written", code=130)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"parabench: error: {' '.join(message.split())}", err=True)
    sys.exit(code)


def _usage_error(message: str) -> NoReturn:
    raise typer.BadParameter(message)


def _strategy(name: str) -> registry.Strategy:
    if name not in registry.names():
        _usage_error(f"there is no {name!r}; see: parabench list")
    return registry.load(name)


def _workload(name: str, column: str | None, into: str | None) -> Workload:
    if name not in WORKLOADS:
        _usage_error(f"there is no {name!r}; choose: {', '.join(WORKLOADS)}")
    return WORKLOADS[name].on(column, into)


def _delimiter(text: str) -> str:
    try:
        return delimiter_of(text)
    except JobError as error:
        _usage_error(str(error))


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, indent=2))


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)
