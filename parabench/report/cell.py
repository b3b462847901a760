"""A cell of the results: one measured combination, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from benchmarks.harness.measurement import Measurement
from parabench.statistics import Estimate, estimate

NOT_RUN = "not run"
TOO_LONG = "too long"  # the state of a cell that was left out, as a job would take too long
OWN = "own"  # the engine of systems that read and write whole files by themselves
EXACT = "exact"
NOT_TOLD = "not told"  # of a whole-file system whose journal does not say what it wrote


def in_words(moment: datetime) -> str:
    """Return a date and a time, as `2026-11-20 14:03 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Cell:
    """One measured combination, and how it ended; only an `ok` cell has a result."""

    model: str
    params: dict[str, Any]
    state: str  # as a cell's `end` in the journal has it, or `not run`
    reason: str  # why it has no result, or not all of its samples
    samples: list[Measurement] = field(default_factory=list)
    session: str = ""  # in which it was measured
    measured: datetime | None = None  # when it ended
    earlier: bool = False  # whether an earlier run has measured it than the newest of its results
    fidelity: str = ""  # what a whole-file system's output is; other outputs are exact, or wrong
    difference: str = ""  # where that is not exact: the first, in words

    @property
    def when(self) -> str:
        """From when it is, where that is not the newest run; else nothing."""
        return (
            f"from {in_words(self.measured)} (an earlier run)"
            if self.earlier and self.measured
            else ""
        )

    @property
    def strategy(self) -> str:
        """The strategy, or nothing where the model has none."""
        return str(self.params.get("strategy", ""))

    @property
    def engine(self) -> str:
        """The engine, `own` of a whole-file system, nothing where the model has none."""
        return str(self.params.get("engine", ""))

    @property
    def is_system(self) -> bool:
        """Whether it is of a whole-file system."""
        return self.engine == OWN

    @property
    def is_exact(self) -> bool:
        """Whether its output is the contract's, byte for byte."""
        return self.state == "ok" and (self.fidelity or ("" if self.is_system else EXACT)) == EXACT

    @property
    def outcome(self) -> str:
        """What its output is beside the contract's, and how; nothing where there is none."""
        if self.state != "ok" or not self.strategy or self.model == "startup":
            return ""
        if self.is_exact:
            return EXACT
        return ": ".join(filter(None, [self.fidelity or NOT_TOLD, self.difference]))

    @property
    def not_measured(self) -> str:
        """Why it has no result, where that was left out on purpose."""
        return f"not measured: {self.reason}" if self.state == TOO_LONG else ""

    def values(self, metric: str) -> list[float]:
        """Return a metric (an attribute of Measurement) of each sample of an `ok` cell."""
        if self.state != "ok":
            return []
        values = (getattr(sample, metric) for sample in self.samples)
        return [value for value in values if value is not None]

    def median(self, metric: str) -> float | None:
        """Return the median of a metric, None where there is no result."""
        values = self.values(metric)
        return median(values) if values else None

    def estimate(self, metric: str) -> Estimate | None:
        """Return the median of a metric and its interval, None where there is no result."""
        values = self.values(metric)
        return estimate(values) if values else None

    @property
    def cached(self) -> float | None:
        """The least share of the source that was in the page cache before a sample."""
        shares = [sample.cached for sample in self.samples if sample.cached is not None]
        return min(shares, default=None)

    @property
    def throughput(self) -> float | None:
        """Input MB a second, by the median."""
        if not self.samples or not all(sample.bytes_in for sample in self.samples):
            return None
        seconds = self.median("seconds_per_mb")
        return 1 / seconds if seconds else None
