"""`parabench report`: the newest results in the terminal, and as a page."""

from enum import StrEnum
from typing import Annotated

import typer

from parabench.cli.options import HTML, RESULTS, FaultsFile, HtmlFolder, QuickFile, ResultsFolder
from parabench.cli.printing import console, print_done, warn
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
    machine: Annotated[
        str | None,
        typer.Option(
            help="Only print the results of this host, or fingerprint (its first digits).",
            metavar="NAME",
        ),
    ] = None,
    commit: Annotated[
        str | None, typer.Option(help="Likewise, of this commit.", metavar="COMMIT")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Likewise, of this profile.", metavar="PROFILE")
    ] = None,
    environment: Annotated[
        str | None, typer.Option(help="Likewise, of this environment of asv.", metavar="NAME")
    ] = None,
) -> None:
    """Say what the newest results of this machine say, and make the page with figures and tables.

    Where there are none of this machine, those of the one that was measured last.
    """
    with importing():
        from parabench.report import sessions
        from parabench.report.choice import Choice, choose
        from parabench.report.summary import markdown
        from parabench.report.terminal import show

    choice = Choice(machine, commit, profile, environment)
    all_sessions = sessions.read_folder(folder, warn)
    shown = choose(all_sessions, choice)
    if form is Form.MARKDOWN:
        typer.echo(markdown(shown, all_sessions))
        return
    show(console(), shown, all_sessions, quick)
    if form is None and choice == Choice():
        with importing():
            from parabench.report.site.build import page_of, write_site

        write_site(all_sessions, html, quick=quick, faults=faults)
        print_done(f"page: {page_of(shown, html)}")
