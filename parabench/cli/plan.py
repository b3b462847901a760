"""`parabench plan`: how long the suite will take."""

from typing import Annotated

import typer

from benchmarks.harness.profiles import PROFILES
from parabench.cli.options import RESULTS, ProfileName, ResultsFolder, usage_error
from parabench.cli.printing import console, progress_console, warn
from parabench.interrupts import importing


def plan(
    profile: ProfileName = "default",
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Measure anew, also where there are results.")
    ] = False,
    folder: ResultsFolder = RESULTS,
) -> None:
    """Say how long a profile will take on this machine, model by model."""
    if profile not in PROFILES:
        usage_error(f"there is no profile {profile!r}; choose one of {', '.join(PROFILES)}")
    if calibrate and folder != RESULTS:
        usage_error("--calibrate reads no results; leave out --results")
    with importing():
        from parabench import plan as planning

    with progress_console().status("looking at the last results") as status:
        rates = planning.rates(folder, status.update, warn, anew=calibrate)
    console().print(planning.table(profile, rates))
