"""The options that commands share; what is made of them is in arguments.py."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from benchmarks.harness.profiles import PROFILES
from strategies import DELIMITERS, WORKLOAD_NAMES

RESULTS = Path("results/cells")
HTML = Path("results/html")

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
ProfileName = Annotated[str, typer.Option(help=f"How much to measure: {', '.join(PROFILES)}.")]
ResultsFolder = Annotated[
    Path, typer.Option("--results", help="Where the journals of the cells are.")
]
HtmlFolder = Annotated[Path, typer.Option("--html", help="Where to put the page and the plots.")]
QuickFile = Annotated[
    Path | None,
    typer.Option(help="What make quick has written, to stand beside.", metavar="QUICK.json"),
]
FaultsFile = Annotated[
    Path | None,
    typer.Option(help="What parabench faults --json has printed.", metavar="FAULTS.json"),
]


def usage_error(message: str) -> NoReturn:
    """Say what is wrong with the way the command was called, with exit code 2."""
    raise typer.BadParameter(message)
