"""`parabench report`: the newest results in the terminal, and as a page."""

from enum import StrEnum
from typing import Annotated

import typer

from parabench.cli.options import (
    HTML,
    RESULTS,
    FaultsFile,
    HtmlFolder,
    QuickFile,
    ResultsFolder,
    usage_error,
)
from parabench.cli.printing import console, print_done, warn
from parabench.interrupts import importing


class Form(StrEnum):
    """What the report may be printed as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"


def report(
    folder: ResultsFolder = RESULTS,
    html: HtmlFolder = None,
    quick: QuickFile = None,
    faults: FaultsFile = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="Only print it, in this form; write no page."),
    ] = None,
    machine: Annotated[
        str | None,
        typer.Option(
            help="Only print the results of this machine: its host's name, or its first digits.",
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
        from parabench.report.errors import ReportError
        from parabench.report.summary import markdown
        from parabench.report.terminal import show

    choice = Choice(machine, commit, profile, environment)
    only_printed = f"--format {form}" if form else _first(machine, commit, profile, environment)
    if only_printed and (html is not None or faults is not None):
        what = "--html" if html is not None else "--faults"
        usage_error(f"{what} is about the page, and {only_printed} makes none; leave out one")
    if form is Form.MARKDOWN and quick is not None:
        usage_error(f"--quick has no part in --format markdown; use --format {Form.TERMINAL}")
    all_sessions = sessions.read_folder(folder, warn)
    shown = choose(all_sessions, choice)
    failed = None
    try:
        if form is Form.MARKDOWN:
            typer.echo(markdown(shown, all_sessions))
        else:
            show(console(), shown, all_sessions, quick)
    except (OSError, SystemExit) as error:  # rich exits where nobody reads the pipe
        failed = error
    if not only_printed:
        with importing():
            from parabench.report.site.build import page_of, write_site

        folder_of_page = html or HTML
        write_site(all_sessions, folder_of_page, quick=quick, faults=faults)
        if failed is None:
            print_done(f"page: {page_of(shown, folder_of_page)}")
    if isinstance(failed, OSError) and not isinstance(failed, BrokenPipeError):
        made = "" if only_printed else f"; the page is made: {page_of(shown, folder_of_page)}"
        message = f"standard output takes no text ({failed.strerror}){made}"
        raise ReportError(message) from failed
    if failed is not None:
        raise failed


def _first(
    machine: str | None, commit: str | None, profile: str | None, environment: str | None
) -> str:
    """Return the first option that was given of those that choose what is printed."""
    given = {
        "--machine": machine,
        "--commit": commit,
        "--profile": profile,
        "--environment": environment,
    }
    return next((option for option, value in given.items() if value is not None), "")
