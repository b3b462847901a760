"""What the benchmark classes have in common: their attributes, and asv's metrics."""

from typing import Any

from benchmarks.harness import profiles
from benchmarks.harness.cell import MeasuredCell
from benchmarks.harness.measurement import Measurement

PROFILE = profiles.current()
GRACE = 60  # seconds by which asv gives a cell up later than its own watcher, which says why


class Model:
    """A model of `benchmarks.harness.models`, as asv wants it.

    asv calls `setup` and `teardown` once in a process, since the metrics' own timers
    do not ask it for more. A sample is one job.
    """

    name: str
    number = 1  # jobs a sample
    warmup_time = 0
    min_run_count = 1
    version = "1"  # to be raised when what is measured changes

    @classmethod
    def __init_subclass__(cls) -> None:
        cells = PROFILE.models[cls.name]
        cls.params = tuple(list(values) for values in cells.params.values())
        cls.param_names = tuple(cells.params)
        cls.rounds, cls.repeat = cells.rounds, cells.repeat
        cls.timeout = PROFILE.timeout + GRACE

    params: tuple[list[Any], ...]
    param_names: tuple[str, ...]
    rounds: int
    repeat: int
    timeout: float

    def setup(self, *values: object) -> None:
        """Open the cell; raises NotImplementedError for a strategy that cannot be used here."""
        self._cell = MeasuredCell(self.name, dict(zip(self.param_names, values, strict=True)))

    def teardown(self, *_values: object) -> None:
        """Close the cell; without one, it could not be opened."""
        if hasattr(self, "_cell"):
            self._cell.close()

    def sample(self, metric: str) -> Measurement:
        """Return the next sample."""
        return self._cell.next(metric)
