"""What the benchmark classes have in common: their attributes, and asv's metrics."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import benchmarks
from benchmarks.harness import fingerprint, profiles, threads
from benchmarks.harness.cell import TOGETHER, RecordedCell
from benchmarks.harness.measurement import Measurement

threads.pin_threads()  # processes that measure, and their workers, inherit it
fingerprint.fingerprint()  # once: asv forks the process that has imported this

PROFILE = profiles.current()
METRICS = ("spmb_", "wall_", "treecpu_", "treepeak_")  # as benchmarks/metrics has them
GRACE = 60  # seconds by which asv gives up later than a cell's own watcher, which says why


class Model:
    """A model of `benchmarks.harness.models`, as asv wants it.

    asv calls `setup` and `teardown` once in a process, since the metrics' own timers
    do not ask it for more; the timers say, too, how many samples asv wants of it (`repeat`,
    which its command line may change). A sample is one job.
    """

    name: str  # of the model
    grid = "strategies"  # of the model's cells
    number = 1  # jobs a sample
    warmup_time = 0
    min_run_count = 1
    version = "1"  # to be raised when what is measured changes

    def __init_subclass__(cls) -> None:
        cells = PROFILE.models.get(cls.name, {}).get(cls.grid)
        if cells is None:
            for metric in metrics_of(cls):
                setattr(cls, metric, _unseen)
            return
        cls.params = tuple(list(values) for values in cells.params.values())
        cls.param_names = tuple(cells.params)
        cls.rounds, cls.repeat = cells.rounds, cells.repeat
        cls.timeout = PROFILE.timeout * cells_together(PROFILE, cls.name) + GRACE

    params: tuple[list[Any], ...]
    param_names: tuple[str, ...]
    rounds: int
    repeat: int
    timeout: float

    def setup(self, *values: object) -> None:
        """Open the cell; raises NotImplementedError for a strategy that cannot be used here."""
        self._cell = RecordedCell(self.name, dict(zip(self.param_names, values, strict=True)))

    def teardown(self, *_values: object) -> None:
        """Close the cell; without one, it could not be opened."""
        if hasattr(self, "_cell"):
            self._cell.close()

    def sample(self, metric: str) -> Measurement | None:
        """Return the next sample; None where jobs are long, and the cell has had its samples."""
        return self._cell.next(metric, self.repeat)


def cells_together(profile: profiles.Profile, model: str) -> int:
    """Return how many cells a process may measure that asv starts for one of a model's."""
    models = next((group for group in TOGETHER if model in group), (model,))
    grids = [grid for name in models for grid in profile.models.get(name, {}).values()]
    return sum(grid.number for grid in grids)


def load_models() -> list[type[Model]]:
    """Return the classes that asv finds here, in the order of their files."""
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return list(_below(Model))


def _below(model: type[Model]) -> Iterator[type[Model]]:
    for own in model.__subclasses__():
        yield own
        yield from _below(own)


def _unseen() -> None:
    """Stands for a metric that asv is not to see."""


_unseen.skip_benchmark = True  # type: ignore[attr-defined] # which asv looks for


def metrics_of(model: type[Model]) -> list[str]:
    """Return the names of the metrics that asv asks a model for, one process each."""
    return [name for name in dir(model) if name.startswith(METRICS)]
