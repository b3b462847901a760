"""A cell of the results: one measured combination, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from benchmarks.harness.measurement import Measurement
from parabench.statistics import Estimate, estimate

NOT_RUN = "not run"


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
