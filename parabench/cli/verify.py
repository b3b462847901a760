"""`parabench verify`: an output beside the reference."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from parabench.cli.options import (
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
    WorkloadName,
    usage_error,
)
from parabench.cli.paths import fixed
from parabench.cli.printing import print_done
from parabench.interrupts import importing


def verify(
    sources: Sources,
    destination: Annotated[Path, typer.Argument(help="What a strategy has written.")],
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
    import_from: ImportFrom = None,
    fields: Annotated[
        bool, typer.Option("--fields", help="Quotes may differ, where the fields are the same.")
    ] = False,
    outcome: Annotated[
        bool,
        typer.Option(
            "--outcome",
            help="Say what it keeps: exact, same values; or, as an error, changes data, wrong.",
        ),
    ] = False,
) -> None:
    """Compare an output with the independent reference, record by record."""
    with importing():
        import strategies
        from parabench.cli.arguments import dialect_from, sources_of, workload_of
        from parabench.user_code import user_code

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
    keeps: Literal["bytes", "fields"] = "fields" if fields else "bytes"
    # Before a user's code is imported, which may go into another folder.
    files, target = tuple(map(fixed, sources_of(sources, destination))), fixed(destination)
    if outcome and fields:
        usage_error("give either --fields or --outcome")
    with user_code(workload):
        chosen = workload_of(workload, column, into, import_from)
        if outcome:
            found = strategies.fidelity(files, target, chosen, dialect)
            if found.outcome in {"changes data", "wrong"}:
                message = f"{destination}: {found.outcome}: {found.difference}"
                raise strategies.WrongOutputError(message)
            difference = f" ({found.difference})" if found.difference else ""
            print_done(f"{destination}: {found.outcome}{difference}")
            return
        records = strategies.verify(files, target, chosen, dialect, keeps=keeps)
    print_done(f"{destination} is correct: all {records:,} records are as the reference says")
