"""How long a profile will take, before anything starts."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.harness.cell import companions
from benchmarks.harness.fingerprint import host
from benchmarks.harness.profiles import CORES, Profile, load_profile
from benchmarks.harness.suite import load_models, metrics_of
from parabench.rates import Rates, calibrate, from_results
from parabench.report.journals import Warn
from parabench.report.sessions import NoResultsError, read_folder
from strategies import BASELINE


@dataclass(frozen=True)
class Predicted:
    """What a model of a profile will take."""

    model: str
    cells: int
    samples: int  # a cell
    seconds: float


def predict(profile: Profile, rates: Rates) -> Iterator[Predicted]:
    """Yield the prediction for each model that asv will find here.

    A cell costs one of asv's processes for each metric and round, which read the journal, and
    its share of the processes that measure: a round has one for all cells of a strategy that
    are measured together.
    """
    for model, asv_class in load_models().items():
        cells = profile.models.get(model)
        if cells is None:
            continue
        seconds = 0.0
        for values in itertools.product(*cells.params.values()):
            cell = dict(zip(cells.params, values, strict=True))
            seconds += len(metrics_of(asv_class)) * cells.rounds * rates.process
            if cell.get("strategy", BASELINE) not in rates.open:
                continue  # it cannot be used here
            together = sum(1 for _ in companions(profile, model, cell))
            seconds += cells.rounds * rates.opening(model, cell) / together
            seconds += cells.samples * sample_seconds(model, cell, rates)
        yield Predicted(model, cells.number, cells.samples, seconds)


def sample_seconds(model: str, cell: dict[str, Any], rates: Rates) -> float:
    """Return the seconds of one sample, with what is outside the clock."""
    strategy, megabytes = str(cell.get("strategy", "")), int(cell.get("megabytes", 0))
    around = rates.startup.get(strategy, 0.0) + rates.shutdown.get(strategy, 0.0)
    outside = rates.outside(megabytes)
    if model == "startup":
        return around + rates.outside(0)
    if model == "planning":
        return rates.planning * megabytes + rates.outside(0)
    job = rates.job_seconds(strategy, cell.get("workload", "double"), megabytes)
    if model in {"cold", "uncached", "memory"}:
        return around + job + outside
    # Fewer workers than cores take longer in proportion; more gain nothing.
    serial = rates.job_seconds("serial", cell.get("workload", "double"), megabytes)
    fewer = CORES / min(int(cell.get("workers", CORES)), CORES)
    return min(job * fewer, max(serial, job)) + outside


def rates(
    folder: Path, show: Callable[[str], object], warn: Warn = str, *, anew: bool = False
) -> Rates:
    """Return the rates of the last results of this machine that are enough, or measure some."""
    if not anew:
        with suppress(NoResultsError):
            own_last = sorted(read_folder(folder, warn), key=lambda results: results.host == host())
            for results in reversed(own_last):
                if last := from_results(results):
                    return last
    return calibrate(show)


def table(name: str, rates: Rates) -> Table:
    """Return the plan of a profile as a table."""
    predicted = list(predict(load_profile(name), rates))
    total = sum(p.seconds for p in predicted)
    shown = Table(
        title=f"{name}: about {total / 60:.1f} min, by {rates.origin}",
        title_justify="left",
        caption="without what is done once: asv's environment, data, first verifications",
        caption_justify="left",
    )
    shown.add_column("model")
    for column in ("cells", "samples a cell", "minutes"):
        shown.add_column(column, justify="right")
    for p in predicted:
        shown.add_row(p.model, str(p.cells), str(p.samples), f"{p.seconds / 60:.1f}")
    shown.add_section()
    shown.add_row("total", str(sum(p.cells for p in predicted)), "", f"{total / 60:.1f}")
    return shown
