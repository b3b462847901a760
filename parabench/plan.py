"""How long a profile will take, before anything starts."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.harness.cell import companions
from benchmarks.harness.fingerprint import host
from benchmarks.harness.profiles import CORES, Cells, Profile, load_profile
from benchmarks.harness.suite import load_models, metrics_of
from parabench.rates import Rates, calibrate, from_results
from parabench.report.journals import Warn
from parabench.report.sessions import NoResultsError, read_folder
from strategies import BASELINE


@dataclass
class Predicted:
    """What a model of a profile will take."""

    model: str
    cells: int = 0
    too_long: int = 0  # cells of these that will not be measured
    least: int = 0  # samples a cell
    most: int = 0
    seconds: float = 0.0

    def add(self, cell: "PredictedCell", seconds: float) -> None:
        """Add a cell, which takes so many seconds in all."""
        self.cells += 1
        self.too_long += cell.too_long
        self.seconds += seconds
        if cell.samples:
            self.least = min(self.least or cell.samples, cell.samples)
            self.most = max(self.most, cell.samples)


@dataclass(frozen=True)
class PredictedCell:
    """What a cell will take."""

    samples: int
    seconds: float  # of a sample, with what is outside the clock
    too_long: bool = False


def predict(profile: Profile, rates: Rates) -> Iterator[Predicted]:
    """Yield the prediction for each model that asv will find here.

    A cell costs one of asv's processes for each metric and round, which read the journal, and
    its share of the processes that measure: a round has one for all cells of a strategy that
    are measured together.
    """
    models: dict[str, Predicted] = {}
    for asv_class in load_models():
        model = asv_class.name
        grid = profile.models.get(model, {}).get(asv_class.grid)
        if grid is None:
            continue
        total = models.setdefault(model, Predicted(model))
        for cell in grid:
            seconds = len(metrics_of(asv_class)) * grid.rounds * rates.process
            predicted = predict_cell(model, cell, grid, profile, rates)
            if predicted.samples:
                together = sum(1 for _ in companions(profile, model, cell))
                seconds += grid.rounds * rates.opening(model, cell) / together
            total.add(predicted, seconds + predicted.samples * predicted.seconds)
    yield from models.values()


def predict_cell(
    model: str, cell: dict[str, Any], grid: Cells, profile: Profile, rates: Rates
) -> PredictedCell:
    """Return what a cell takes, by the limits that it will be held to."""
    if not rates.can_measure(cell):
        return PredictedCell(0, 0.0)
    seconds = inside_seconds(model, cell, rates)
    smaller = [n for n in grid.params.get("megabytes", ()) if n < cell["megabytes"]]
    if smaller:  # one size tells the least that a job takes, two tell all
        known = inside_seconds(model, {**cell, "megabytes": smaller[0]}, rates)
        if profile.limits.why_not(known if len(smaller) == 1 else seconds):
            return PredictedCell(0, 0.0, too_long=True)
    repeat = profile.limits.repeat(seconds, grid.rounds, grid.repeat, grid.least)
    return PredictedCell(grid.rounds * repeat, seconds + outside_seconds(model, cell, rates))


def outside_seconds(model: str, cell: dict[str, Any], rates: Rates) -> float:
    """Return what a sample takes outside the clock."""
    if model == "planning":
        return rates.outside(0)
    outside = rates.outside(cell.get("megabytes", 0))
    return outside + (rates.ending(cell) if model == "startup" else 0.0)


def inside_seconds(model: str, cell: dict[str, Any], rates: Rates) -> float:
    """Return the seconds of one sample."""
    if model == "planning":
        return rates.planning * float(cell["megabytes"])
    if model == "startup":
        return rates.starting(cell)
    job = rates.job_seconds(cell)
    if model in {"cold", "uncached", "memory"}:
        return rates.starting(cell) + job + rates.ending(cell)
    # Fewer workers than cores take longer in proportion; more gain nothing.
    serial = rates.job_seconds({**cell, "strategy": BASELINE}, default=job)
    fewer = CORES / min(int(cell.get("workers", CORES)), CORES)
    return min(job * fewer, max(serial, job))


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
    profile = load_profile(name)
    predicted = list(predict(profile, rates))
    limits = (
        f"a job over {profile.limits.sample:g} s is too long to be measured; where the samples of "
        f"a cell take over {profile.limits.cell:g} s, it has the fewer ones"
    )
    total = sum(p.seconds for p in predicted)
    shown = Table(
        title=f"{name}: about {total / 60:.1f} min, by {rates.origin}",
        title_justify="left",
        caption=limits
        + "\nwithout what is done once: asv's environment, data, first verifications",
        caption_justify="left",
    )
    shown.add_column("model")
    for column in ("cells", "too long", "samples a cell", "minutes"):
        shown.add_column(column, justify="right")
    for p in predicted:
        samples = " or ".join(map(str, sorted({p.least, p.most} - {0})))
        shown.add_row(p.model, str(p.cells), str(p.too_long), samples, f"{p.seconds / 60:.1f}")
    shown.add_section()
    cells, too_long = sum(p.cells for p in predicted), sum(p.too_long for p in predicted)
    shown.add_row("total", str(cells), str(too_long), "", f"{total / 60:.1f}")
    return shown
