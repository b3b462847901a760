"""`parabench run`: one job with one strategy."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parabench.cli.following import with_same_options
from parabench.cli.options import (
    AsJson,
    Column,
    Comment,
    Currency,
    Decimal,
    Delimiter,
    Encoding,
    ImportFrom,
    Into,
    Missing,
    SkipLines,
    Sources,
    Thousands,
    TlsFile,
    WorkloadName,
    usage_error,
)
from parabench.cli.paths import fixed
from parabench.cli.printing import is_standard_output, print_done, warn
from parabench.interrupts import importing


def run(
    context: typer.Context,
    strategy: Annotated[str, typer.Argument(help="A name from: parabench list.")],
    sources: Sources,
    destination: Annotated[Path, typer.Argument(help="CSV file to write.")],
    engine: Annotated[
        str | None,
        typer.Option(help="What works on each chunk: a name from parabench list (pandas)."),
    ] = None,
    workload: WorkloadName = "double",
    column: Column = None,
    into: Into = None,
    delimiter: Delimiter = None,
    decimal: Decimal = "point",
    thousands: Thousands = None,
    currency: Currency = None,
    missing: Missing = None,
    skip_lines: SkipLines = 0,
    comment: Comment = None,
    encoding: Encoding = "utf-8",
    workers: Annotated[
        int | None,
        typer.Option(
            help="Default: the cores that we may use, by affinity and a container's CPU quota.",
            min=1,
        ),
    ] = None,
    chunk_size: Annotated[
        str | None, typer.Option(help="Such as 16MB; unasked, at most 4MB.")
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
    with importing():
        import multiprocessing

        from data_gen.sizes import parse_size
        from parabench.cli.arguments import (
            dialect_from,
            sources_of,
            strategy_of,
            tls_of,
            workload_of,
        )
        from parabench.timing import run_timed
        from parabench.user_code import user_code
        from strategies import (
            DEFAULT_ENGINE,
            Job,
            available_cores,
            difference,
            load_engine,
            whole_file_systems,
        )

        load_engine(engine or DEFAULT_ENGINE)
        by_itself = strategy in whole_file_systems()

    for option, value in (("--engine", engine), ("--chunk-size", chunk_size)):
        if by_itself and value:
            usage_error(f"{strategy} reads and writes files by itself; leave out {option}")
    methods = multiprocessing.get_all_start_methods()
    if start_method is not None and start_method not in methods:
        usage_error(f"there is no --start-method {start_method!r}; choose: {', '.join(methods)}")
    aside = is_standard_output(destination)  # which gets the records
    # Before a user's code is imported, which may go into another folder.
    source, *others = map(fixed, sources_of(sources, destination))
    target, tls = fixed(destination), tls_of(address, tls_ca, tls_cert, tls_key)
    dialect = dialect_from(
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        currency=currency,
        missing=missing,
        skip_lines=skip_lines,
        comment=comment,
        encoding=encoding,
    )
    with user_code(workload):
        job = Job(
            source,
            target,
            workload_of(workload, column, into, import_from),
            parse_size(chunk_size) if chunk_size else None,
            dialect,
            engine or DEFAULT_ENGINE,
            tuple(others),
        )
        timed = run_timed(
            strategy_of(strategy),
            job,
            workers or available_cores(),
            address=address,
            tls=tls,
            start_method=start_method,
            timeout=timeout,
        )
        once_more = all(path.is_file() for path in job.sources)  # a pipe has gone
        if once_more and (differs := difference(job.sources, job.workload, dialect)):
            warn(differs)
    if as_json:
        print_done(json.dumps(asdict(timed), indent=2), err=aside)
        return
    number = "the cluster's" if timed.workers is None else timed.workers
    by_name = f" with {timed.engine}" if engine else ""
    lines = [
        f"{timed.strategy}{by_name}, {number} worker{'s' * (timed.workers != 1)}: "
        f"{timed.records:,} records in {timed.run_seconds:.3f} s "
        f"({timed.mb_per_s:.1f} MB/s), start-up {timed.startup_seconds:.3f} s, "
        f"shutdown {timed.shutdown_seconds:.3f} s"
    ]
    if timed.bytes_spooled:
        lines.append(
            f"{timed.bytes_spooled:,} bytes of text were written out first, by one core: a pipe, "
            "a compressed file or another encoding than UTF-8 cannot be cut into chunks"
        )
    if timed.chunks_fallen_back:
        lines.append(
            f"{timed.chunks_fallen_back:,} of {timed.chunks:,} chunks were left to Python's csv: "
            f"{timed.engine} might not write them exactly"
        )
    if timed.lines_left_out:
        what = "blank lines and comments" if comment else "blank lines"
        lines.append(f"left out: {timed.lines_left_out:,} {what}")
    if not aside:
        lines.append(f"wrote {destination} ({timed.bytes_out:,} bytes)")
        if once_more:
            how = ("--outcome",) if by_itself else ()
            lines[-1] += f"; check it: {with_same_options(context, 'verify', *how)}"
    print_done("\n".join(lines), err=aside)
