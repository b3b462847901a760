"""The `parabench` command: this file reads arguments and prints; the work is elsewhere.

The commands about the suite and its results are in cli_suite.py.
"""

import multiprocessing
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.table import Table
from typer.exceptions import TyperException

import strategies
from benchmarks.harness.errors import HarnessError
from data_gen.errors import DatasetError
from data_gen.generate import generate as generate_dataset
from data_gen.real import REAL
from data_gen.sizes import parse_size
from data_gen.synthetic import SHAPES
from parabench.options import (
    AsJson,
    Column,
    Delimiter,
    ImportFrom,
    Into,
    Source,
    TlsFile,
    WorkloadName,
    delimiter_from,
    strategy_of,
    tls_of,
    usage_error,
    workload_of,
)
from parabench.output import console, print_json
from parabench.progress import bytes_bar
from parabench.timing import run_timed
from strategies import Job, JobError, available_cores, load_all

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _main(context: typer.Context) -> None:
    """Compare ways of running a CSV job in parallel: one contract, every output verified."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list")
def list_strategies(as_json: AsJson = False) -> None:
    """List every strategy: whether it is ready and, if not, what to run."""
    listed = load_all()
    if as_json:
        rows = [{"name": s.name, "ready": not s.reason, "reason": s.reason} for s in listed]
        print_json(rows)
        return
    listing = Table("strategy", "ready", "what it is")
    for strategy in listed:
        ready = "no" if strategy.reason else "yes"
        listing.add_row(strategy.name, ready, strategy.reason or strategy.summary)
    console().print(listing)


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
            usage_error(f"there is no {real!r}; choose: {', '.join(REAL)}")
        manifest = REAL[real](destination)
    elif (size is None) == (rows is None):
        usage_error("give either --size or --rows, or --real")
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
    timeout: Annotated[
        float | None,
        typer.Option(help="Seconds to wait for a chunk; default: any time.", min=0.1, max=10**6),
    ] = None,
    start_method: Annotated[
        str | None, typer.Option(help="How processes start: spawn (default), forkserver or fork.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Join a running cluster, such as tcp://127.0.0.1:8786.")
    ] = None,
    tls_ca: TlsFile = None,
    tls_cert: TlsFile = None,
    tls_key: TlsFile = None,
    import_from: ImportFrom = None,
    as_json: AsJson = False,
) -> None:
    """Run a strategy once and print what it took."""
    job = Job(
        source,
        destination,
        workload_of(workload, column, into, import_from),
        parse_size(chunk_size) if chunk_size else None,
        delimiter_from(delimiter),
    )
    methods = multiprocessing.get_all_start_methods()
    if start_method is not None and start_method not in methods:
        usage_error(f"there is no --start-method {start_method!r}; choose: {', '.join(methods)}")
    timed = run_timed(
        strategy_of(strategy),
        job,
        workers or available_cores(),
        address=address,
        tls=tls_of(address, tls_ca, tls_cert, tls_key),
        start_method=start_method,
        timeout=timeout,
    )
    if as_json:
        print_json(asdict(timed))
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
    import_from: ImportFrom = None,
) -> None:
    """Compare an output with the independent reference, record by record."""
    chosen = workload_of(workload, column, into, import_from)
    records = strategies.verify(source, destination, chosen, delimiter_from(delimiter))
    typer.echo(f"{destination} is correct: all {records:,} records are as the reference says")


def main() -> None:
    """Run the command; mistakes end in one line and exit code 1, or 2 for wrong usage."""
    import parabench.cli_suite  # noqa: F401 - its commands register themselves

    try:
        sys.exit(app(standalone_mode=False))
    except (JobError, HarnessError, DatasetError) as error:
        for note in getattr(error, "__notes__", ()):
            typer.echo(note, err=True)
        _fail(str(error), code=1)
    except OSError as error:  # what no other room has put into better words
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", code=1)
    except TyperException as error:  # wrong usage
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "parabench"
        _fail(f"{error.format_message()}; see: {command} --help", code=error.exit_code)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"parabench: error: {' '.join(message.split())}", err=True)
    sys.exit(code)
