"""`parabench report`: the newest results in the terminal, and as a page."""

from enum import StrEnum
from typing import Annotated

import typer

from parabench.cli.options import HTML, RESULTS, FaultsFile, HtmlFolder, QuickFile, ResultsFolder
from parabench.cli.printing import console, print_done
from parabench.interrupts import importing


class Form(StrEnum):
    """What the report may be printed as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"


def report(
    folder: ResultsFolder = RESULTS,
    html: HtmlFolder = HTML,
    quick: QuickFile = None,
    faults: FaultsFile = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="Only print it, in this form; write no page."),
    ] = None,
) -> None:
    """Say what the newest results say, and make the page with figures and tables."""
    with importing():
        from parabench.report import sessions
        from parabench.report.summary import markdown
        from parabench.report.terminal import show

    all_sessions = sessions.read_folder(folder)
    if form is Form.MARKDOWN:
        typer.echo(markdown(all_sessions[-1]))
        return
    show(console(), all_sessions[-1], quick)
    if form is None:
        with importing():
            from parabench.report.site.build import write_site

        page = write_site(all_sessions, html, quick=quick, faults=faults)
        print_done(f"page: {page}")
