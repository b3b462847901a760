"""What the benchmark classes have in common: their attributes, and asv's metrics."""

import importlib
import pkgutil
from typing import Any

import benchmarks
from benchmarks.harness import pins, profiles
from benchmarks.harness.cell import MeasuredCell
from benchmarks.harness.measurement import Measurement

pins.pin_threads()  # nothing has imported NumPy yet
pins.hide_main()

PROFILE = profiles.current()
METRICS = ("spmb_", "wall_", "treecpu_", "treepeak_")  # as benchmarks/metrics has them
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

    def __init_subclass__(cls) -> None:
        cells = PROFILE.models.get(cls.name)
        if cells is None:
            for metric in metrics_of(cls):
                getattr(cls, metric).skip_benchmark = True  # so that asv does not see it
            return
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


def load_models() -> dict[str, type[Model]]:
    """Return the classes that asv finds here, by the model's name."""
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return {found.name: found for found in Model.__subclasses__()}


def metrics_of(model: type[Model]) -> list[str]:
    """Return the names of the metrics that asv asks a model for, one process each."""
    return [name for name in vars(model) if name.startswith(METRICS)]
