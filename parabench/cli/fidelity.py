"""`parabench fidelity`: what each library does to a table when it is used bare."""

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parabench.cli.options import AsJson, usage_error
from parabench.cli.printing import console, print_json
from parabench.interrupts import importing


def fidelity(
    library: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be given more than once.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be given more than once.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write a page, too.", metavar="FILE.md")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Double a column with each library alone, and say what it does to the other fields."""
    with importing():
        from parabench.fidelity import report
        from parabench.fidelity.bare import BARE
        from parabench.fidelity.compare import compared
        from parabench.fidelity.tables import TABLES

    for what, given, known in (("library", library, BARE), ("table", table, TABLES)):
        for name in given or ():
            if name not in known:
                usage_error(f"there is no {what} {name!r}; choose: {', '.join(known)}")
    if markdown is not None and not markdown.parent.is_dir():
        usage_error(f"there is no folder {markdown.parent}")
    findings = list(compared(library or list(BARE), table or list(TABLES)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        console().print(report.table(findings))
    if markdown is not None:
        command = shlex.join(["parabench", *sys.argv[1:]])
        markdown.write_text(report.markdown(findings, command), encoding="utf-8")
