"""`parabench run`: one job with one strategy."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parabench.cli.options import (
    AsJson,
    Column,
    Delimiter,
    ImportFrom,
    Into,
    Source,
    TlsFile,
    WorkloadName,
    usage_error,
)
from parabench.cli.printing import print_json
from parabench.interrupts import importing


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
    with importing():
        import multiprocessing

        from data_gen.sizes import parse_size
        from parabench.cli.arguments import delimiter_from, strategy_of, tls_of, workload_of
        from parabench.timing import run_timed
        from parabench.user_code import user_code
        from strategies import DEFAULT_ENGINE, Job, available_cores, difference, load_engine

        load_engine(DEFAULT_ENGINE)

    methods = multiprocessing.get_all_start_methods()
    if start_method is not None and start_method not in methods:
        usage_error(f"there is no --start-method {start_method!r}; choose: {', '.join(methods)}")
    with user_code(workload):
        job = Job(
            source,
            destination,
            workload_of(workload, column, into, import_from),
            parse_size(chunk_size) if chunk_size else None,
            delimiter_from(delimiter),
        )
        timed = run_timed(
            strategy_of(strategy),
            job,
            workers or available_cores(),
            address=address,
            tls=tls_of(address, tls_ca, tls_cert, tls_key),
            start_method=start_method,
            timeout=timeout,
        )
        if differs := difference(source, job.workload, job.delimiter):
            typer.echo(f"parabench: warning: {differs}", err=True)
    if as_json:
        print_json(asdict(timed))
        return
    typer.echo(
        f"{timed.strategy}: {timed.records:,} records in {timed.run_seconds:.3f} s "
        f"({timed.mb_per_s:.1f} MB/s), start-up {timed.startup_seconds:.3f} s, "
        f"shutdown {timed.shutdown_seconds:.3f} s"
    )
    typer.echo(f"wrote {destination} ({timed.bytes_out:,} bytes); check it: parabench verify …")
