"""The options that commands share; what is made of them is in arguments.py."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from benchmarks.harness.profiles import PROFILES
from strategies import DELIMITERS, MARKS, WORKLOAD_NAMES

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
    str | None,
    typer.Option(
        help=f"What stands between fields: {', '.join(DELIMITERS)}, or one character. "
        "Default: comma, or what a first line sep=X says.",
        metavar="SIGN",
        show_default=False,
    ),
]
Decimal = Annotated[
    str, typer.Option(help="The decimal mark in numbers: point or comma.", metavar="MARK")
]
Thousands = Annotated[
    str | None,
    typer.Option(
        help=f"What groups digits by threes: {', '.join(MARKS)}, or one character.", metavar="CHAR"
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(help="A sign before or behind numbers; results have none.", metavar="SIGN"),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        help="A text that stands for no number, beside an empty field, NA, NaN and nan; "
        "may be given more than once.",
        metavar="TEXT",
    ),
]
SkipLines = Annotated[
    int,
    typer.Option(help="So many lines stand before the header; the output keeps them.", min=0),
]
Comment = Annotated[
    str | None,
    typer.Option(
        help="Lines that begin so are no records; the output keeps those before the header.",
        metavar="CHAR",
    ),
]
Encoding = Annotated[
    str, typer.Option(help="Of source and output, such as cp1252, utf-16, euc-kr.", metavar="NAME")
]
Sources = Annotated[
    list[Path],
    typer.Argument(
        help="CSV file with a header line, or several with the same; - is standard input.",
        metavar="SOURCE...",
        show_default=False,
    ),
]
ProfileName = Annotated[str, typer.Option(help=f"How much to measure: {', '.join(PROFILES)}.")]
ResultsFolder = Annotated[
    Path, typer.Option("--results", help="Where the journals of the cells are.")
]
HtmlFolder = Annotated[
    Path | None,
    typer.Option("--html", help="Where to put the page and the plots.", show_default=str(HTML)),
]
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
