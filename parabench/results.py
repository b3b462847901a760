"""asv's results, as cells: one strategy, one workload, one size."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asv.results import Results, iter_results

from strategies.core.errors import JobError

BENCHMARK = "warm.Warm.time_job"
BASELINE = "serial"


class NoResultsError(JobError):
    """There is nothing to report."""


@dataclass(frozen=True)
class Cell:
    """One measured combination; `seconds` is the median, None where there is no result.

    A cell with a result was verified: a wrong output leaves none.
    """

    strategy: str
    workload: str
    megabytes: int
    seconds: float | None
    state: str  # ok, failed, or not run (not selected, or the strategy is not ready here)

    @property
    def throughput(self) -> float | None:
        """Input MB a second; datasets have their nominal size within 1 %."""
        return self.megabytes / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Measured:
    """All cells of one run, and what it ran on."""

    cells: list[Cell]
    commit: str
    date: datetime
    machine: dict[str, str]

    @property
    def workers(self) -> int:
        """The workers of every parallel strategy: the benchmarks use all of asv's `num_cpu`."""
        return int(self.machine["num_cpu"])

    @property
    def label(self) -> str:
        """The machine in words."""
        gigabytes = int(self.machine["ram"]) / 1e9
        python = Path(self.machine["python"]).name  # a version, or an interpreter's path
        return (
            f"{self.machine['machine']}: {self.workers} cores of {self.machine['cpu']}, "
            f"{gigabytes:.0f} GB, {self.machine['os']}, Python {python}"
        )

    def of(self, attribute: str) -> list[Any]:
        """Return the different values of a cell attribute, in the order of the run."""
        return list(dict.fromkeys(getattr(cell, attribute) for cell in self.cells))

    def find(self, strategy: str, workload: str, megabytes: int) -> Cell | None:
        """Return the cell, if it was part of the run."""
        wanted = (strategy, workload, megabytes)
        return next(
            (c for c in self.cells if (c.strategy, c.workload, c.megabytes) == wanted), None
        )

    def speed_up(self, cell: Cell) -> float | None:
        """Return serial warm time / the strategy's warm time, same job, same run."""
        base = self.find(BASELINE, cell.workload, cell.megabytes)
        if not cell.seconds or base is None or not base.seconds:
            return None
        return base.seconds / cell.seconds

    def efficiency(self, cell: Cell) -> float | None:
        """Return speed-up / workers; serial has one worker."""
        speed_up = self.speed_up(cell)
        workers = 1 if cell.strategy == BASELINE else self.workers
        return None if speed_up is None else speed_up / workers


def newest(folder: Path) -> Measured:
    """Return the run that was measured last; raises NoResultsError."""
    runs = [r for r in iter_results(str(folder)) if BENCHMARK in r.get_all_result_keys()]
    if not runs:
        message = f"there are no results in {folder}; run: make bench (or asv run)"
        raise NoResultsError(message)
    run = max(runs, key=_measured_at)
    return Measured(list(_cells(run)), run.commit_hash, _measured_at(run), run.params)


def _measured_at(run: Results) -> datetime:
    started = run.started_at[BENCHMARK]
    return started if isinstance(started, datetime) else datetime.fromtimestamp(started / 1e3, UTC)


def _cells(run: Results) -> Iterator[Cell]:
    params = run.get_result_params(BENCHMARK)
    values = run.get_result_value(BENCHMARK, params)
    for names, value in zip(itertools.product(*params), values, strict=True):
        workload, megabytes, strategy = (name.strip("'") for name in names)
        measured = value is not None and not math.isnan(value)
        state = "ok" if measured else "failed" if value is None else "not run"
        yield Cell(
            strategy,
            workload,
            int(megabytes),
            value if measured else None,
            state,
        )
