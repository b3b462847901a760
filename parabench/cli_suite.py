"""The commands about the suite and its results; they register themselves with the app."""

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.harness.profiles import PROFILES
from parabench.cli import app
from parabench.options import AsJson, HtmlFolder, ResultsFolder, strategy_of, usage_error
from parabench.output import console, print_json
from strategies import StrategyError, names

RESULTS = Path("results/cells")
HTML = Path("results/html")

ProfileName = Annotated[str, typer.Option(help=f"How much to measure: {', '.join(PROFILES)}.")]
QuickFile = Annotated[
    Path | None,
    typer.Option(help="What make quick has written, to stand beside.", metavar="QUICK.json"),
]
FaultsFile = Annotated[
    Path | None,
    typer.Option(help="What parabench faults --json has printed.", metavar="FAULTS.json"),
]


class Form(StrEnum):
    """What the report may be printed as."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"


@app.command()
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
    from parabench.report import sessions, summary
    from parabench.report.site.build import write_site
    from parabench.report.terminal import show

    history = sessions.read_folder(folder)
    if form is Form.MARKDOWN:
        typer.echo(summary.markdown(history[-1]))
        return
    show(console(), history[-1], quick)
    if form is None:
        page = write_site(history, html, quick=quick, faults=faults)
        typer.echo(f"page: {page}")


@app.command()
def plan(
    profile: ProfileName = "default",
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Measure anew, also where there are results.")
    ] = False,
    folder: ResultsFolder = RESULTS,
) -> None:
    """Say how long a profile will take on this machine, model by model."""
    from parabench import plan as planning

    if profile not in PROFILES:
        usage_error(f"there is no profile {profile!r}; choose one of {', '.join(PROFILES)}")
    progress = Console(stderr=True)
    with progress.status("looking at the last results") as status:
        rates = planning.rates(folder, status.update, anew=calibrate)
    console().print(planning.table(profile, rates))


@app.command()
def faults(
    strategies: Annotated[
        list[str] | None, typer.Argument(help="Names from: parabench list. Default: all.")
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be given more than once.")
    ] = None,
    tries: Annotated[
        int, typer.Option(help="How often to try what happens at a random moment.", min=1)
    ] = 3,
    markdown: Annotated[
        Path | None, typer.Option(help="Write a page, too.", metavar="FILE.md")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make every fault happen to every strategy, and print what came of it."""
    from parabench.faults import report as faults_report
    from parabench.faults.matrix import FAULTS
    from parabench.faults.run import run as run_faults

    known = [fault.name for fault in FAULTS]
    for name in fault or ():
        if name not in known:
            usage_error(f"there is no fault {name!r}; choose: {', '.join(known)}")
    if markdown is not None and not markdown.parent.is_dir():
        usage_error(f"there is no folder {markdown.parent}")
    chosen = [strategy_of(name) for name in strategies or names()]
    ready = [strategy.name for strategy in chosen if not strategy.reason]
    progress = Console(stderr=True)
    with progress.status("starting") as status:
        show = status.update if progress.is_terminal else progress.print
        outcomes = list(run_faults(ready, fault or known, tries, show))
    if not outcomes:
        message = "none of these faults can happen to these strategies; leave out --fault"
        raise StrategyError(message)
    if as_json:
        print_json([asdict(outcome) | {"good": outcome.good} for outcome in outcomes])
    else:
        console().print(faults_report.table(outcomes))
    if markdown is not None:
        command = " ".join(["parabench", *sys.argv[1:]])
        markdown.write_text(faults_report.markdown(outcomes, command))
    bad = sum(not outcome.good for outcome in outcomes)
    if bad:
        message = f"{bad} of {len(outcomes)} outcomes are not what the contract promises"
        raise StrategyError(message)


@app.command()
def publish(
    folder: ResultsFolder = RESULTS,
    html: HtmlFolder = HTML,
    quick: QuickFile = None,
    faults: FaultsFile = None,
) -> None:
    """Make the whole site: the report, and asv's pages so that they need no network."""
    from parabench.report.publish import publish_asv, read_or_say_so
    from parabench.report.site.build import write_site

    history = read_or_say_so(folder, html)
    asv = publish_asv(html)
    page = write_site(history, html, quick=quick, faults=faults)
    typer.echo(f"page: {page}")
    typer.echo(f"asv's pages: {asv}")


@app.command()
def bench(profile: ProfileName = "ci") -> None:
    """Generate the data, let asv measure every strategy, verify, and report."""
    from parabench import suite

    suite.check(profile)
    plan(profile)
    complete = suite.measure(profile)
    report()
    if not complete:
        message = f"some cells have no result (see the table); read why in {suite.LOG}"
        raise suite.SuiteError(message)
