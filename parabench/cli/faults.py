"""`parabench faults`: what comes of each fault with each strategy."""

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parabench.cli.options import AsJson, usage_error
from parabench.cli.printing import console, print_json, progress_console
from parabench.interrupts import importing


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
    with importing():
        from parabench.cli.arguments import strategy_of
        from parabench.faults import report as faults_report
        from parabench.faults.errors import FaultsError
        from parabench.faults.matrix import FAULTS
        from parabench.faults.run import run as run_faults
        from strategies import chunk_strategies, whole_file_systems

    all_faults = [fault.name for fault in FAULTS]
    for name in fault or ():
        if name not in all_faults:
            usage_error(f"there is no fault {name!r}; choose: {', '.join(all_faults)}")
    if markdown is not None and not markdown.parent.is_dir():
        usage_error(f"there is no folder {markdown.parent}")
    for name in strategies or ():
        if name in whole_file_systems():
            usage_error(f"{name} works on no chunks, which the faults are done to; leave it out")
    chosen = [strategy_of(name) for name in strategies or chunk_strategies()]
    ready = [strategy.name for strategy in chosen if not strategy.reason]
    progress = progress_console()
    with progress.status("starting") as status:
        show = status.update if progress.is_terminal else progress.print
        outcomes = list(run_faults(ready, fault or all_faults, tries, show))
    if not outcomes:
        message = "none of these faults can happen to these strategies; leave out --fault"
        raise FaultsError(message)
    if as_json:
        print_json([asdict(outcome) | {"good": outcome.good} for outcome in outcomes])
    else:
        console().print(faults_report.table(outcomes))
    if markdown is not None:
        command = shlex.join(["parabench", *sys.argv[1:]])
        markdown.write_text(faults_report.markdown(outcomes, command))
    bad = sum(not outcome.good for outcome in outcomes)
    if bad:
        message = f"{bad} of {len(outcomes)} outcomes are not what the contract promises"
        raise FaultsError(message)
