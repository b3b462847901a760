"""The options that commands share, and what is made of them; what is wrong is wrong usage."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from strategies import (
    DELIMITERS,
    TLS,
    WORKLOAD_NAMES,
    JobError,
    Strategy,
    Workload,
    delimiter_of,
    load,
    load_workload,
    names,
    user_workload,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Column = Annotated[
    str | None, typer.Option(help="Column to read; the workload has a default.", metavar="NAME")
]
Into = Annotated[str | None, typer.Option(help="Name of the new column; likewise.", metavar="NAME")]
WorkloadName = Annotated[
    str,
    typer.Option(
        "--workload",
        help=f"What to compute: {', '.join(WORKLOAD_NAMES)}, or a module:function of your own.",
    ),
]
ImportFrom = Annotated[
    Path | None,
    typer.Option(help="Folder of that module; it is looked for nowhere else.", metavar="FOLDER"),
]
TlsFile = Annotated[
    Path | None, typer.Option(help="PEM file, to join a cluster at tls://…", metavar="FILE")
]
Delimiter = Annotated[
    str,
    typer.Option(
        help=f"What stands between fields: {', '.join(DELIMITERS)}, or one character.",
        metavar="SIGN",
    ),
]
Source = Annotated[Path, typer.Argument(help="CSV file with a header line.")]
ResultsFolder = Annotated[
    Path, typer.Option("--results", help="Where the journals of the cells are.")
]
HtmlFolder = Annotated[Path, typer.Option("--html", help="Where to put the page and the plots.")]


def usage_error(message: str) -> NoReturn:
    """Say what is wrong with the way the command was called, with exit code 2."""
    raise typer.BadParameter(message)


def strategy_of(name: str) -> Strategy:
    """Return the strategy of a name from `parabench list`."""
    if name not in names():
        usage_error(f"there is no {name!r}; see: parabench list")
    return load(name)


def workload_of(
    name: str, column: str | None, into: str | None, import_from: Path | None
) -> Workload:
    """Return a workload of ours, or the user's own, pointed at their columns."""
    if ":" in name:
        if import_from is None:
            usage_error(f"say where the module of {name} is, with --import-from FOLDER")
        return user_workload(name, import_from).on(column, into)
    if name not in WORKLOAD_NAMES:
        usage_error(
            f"there is no {name!r}; choose: {', '.join(WORKLOAD_NAMES)}, or module:function"
        )
    return load_workload(name).on(column, into)


def tls_of(address: str | None, *files: Path | None) -> TLS | None:
    """Return what a secured cluster is joined with, if it was given."""
    given = [file for file in files if file is not None]
    if not given:
        return None
    if address is None or len(given) < len(files):
        usage_error("give --tls-ca, --tls-cert and --tls-key together, and with --address")
    for file in given:
        if not file.is_file():
            usage_error(f"there is no file {file}")
    return TLS(*given)


def delimiter_from(text: str) -> str:
    """Return the character that a delimiter's name or sign stands for."""
    try:
        return delimiter_of(text)
    except JobError as error:
        usage_error(str(error))
