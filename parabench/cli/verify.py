"""`parabench verify`: an output beside the reference."""

from pathlib import Path
from typing import Annotated

import typer

from parabench.cli.options import Column, Delimiter, ImportFrom, Into, Source, WorkloadName
from parabench.interrupts import importing


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
    with importing():
        import strategies
        from parabench.cli.arguments import delimiter_from, workload_of
        from parabench.user_code import user_code

    with user_code(workload):
        chosen = workload_of(workload, column, into, import_from)
        records = strategies.verify(source, destination, chosen, delimiter_from(delimiter))
    typer.echo(f"{destination} is correct: all {records:,} records are as the reference says")
