"""How much to measure: the environment variable PARABENCH_PROFILE chooses.

A profile says which cells each model has, and how many samples each. A model's cells are a union
of *grids*, each with a class of asv's: all combinations of some values. asv varies the last
parameter fastest: the strategies take turns, serial first. In a run of the whole profile one
process measures all cells of its strategy that need the same of it (cell.py), so that what is
compared lies up to some minutes apart, in each of the two rounds; docs/bias.md says what that
means where a machine drifts.
"""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any

from benchmarks.harness.errors import HarnessError
from benchmarks.harness.limits import Limits
from benchmarks.harness.subject import (
    BASELINE,
    WORKLOAD_NAMES,
    available_cores,
    describe,
    describe_engine,
    engine_names,
    names,
)

PROFILE_VARIABLE = "PARABENCH_PROFILE"
PROGRESS_VARIABLE = "PARABENCH_PROGRESS"  # a file to which every cell that starts adds a line
CORES = available_cores()
WHOLE = tuple(name for name in names() if describe(name).kind == "file")  # read and write by
OWN = ("own",)  # themselves; this stands for their engine
EVERY = tuple(name for name in names() if name not in WHOLE)  # which take chunks, and any engine
WORKLOADS = tuple(WORKLOAD_NAMES)
DOUBLE, OTHERS = WORKLOADS[:1], WORKLOADS[1:]


class ProfileError(HarnessError):
    """There is no such profile."""


@cache
def in_sweeps() -> tuple[str, ...]:
    """Return the strategies that are measured over engines, workers, chunks and sizes, too.

    Their files say so, as those of each kind need not all be swept.
    """
    return tuple(name for name in EVERY if describe(name).in_sweeps)


@cache
def engines(*, in_sweeps: bool) -> tuple[str, ...]:
    """Return the engines that are measured with every strategy, or else the others."""
    return tuple(n for n in engine_names() if describe_engine(n).in_sweeps is in_sweeps)


def worker_counts(cores: int) -> tuple[int, ...]:
    """Return 1, 2, … cores, and 2 x cores; above 8 cores only powers of two and cores itself."""
    counts = {n for n in range(1, cores + 1) if cores <= 8 or n & (n - 1) == 0}
    return tuple(sorted(counts | {cores, 2 * cores}))


@dataclass(frozen=True)
class Cells:
    """A grid: all combinations of the values of each parameter.

    A cell is measured in `rounds` fresh processes, with `repeat` samples in each, or with `least`
    where its jobs are long (limits.py).
    """

    params: dict[str, tuple[Any, ...]]
    rounds: int
    repeat: int
    least: int

    @property
    def samples(self) -> int:
        """Samples a cell."""
        return self.rounds * self.repeat

    @property
    def number(self) -> int:
        """How many cells there are."""
        return math.prod(map(len, self.params.values()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the cells: the values of the parameters by name."""
        for values in product(*self.params.values()):
            yield dict(zip(self.params, values, strict=True))


Grids = dict[str, Cells]  # by the names that asv's classes have for them


@dataclass(frozen=True)
class Profile:
    """The cells of each model (but of those it leaves out), and the seconds for each process."""

    models: dict[str, Grids]
    limits: Limits
    timeout: float

    def grid_of(self, model: str, cell: dict[str, Any]) -> Cells:
        """Return the grid that a cell of a model is of."""
        return next(
            grid
            for grid in self.models[model].values()
            if grid.params.keys() == cell.keys()
            and all(value in grid.params[name] for name, value in cell.items())
        )


def _profile(
    *,
    warm: tuple[int, ...],
    cold: tuple[int, ...],
    planning: tuple[int, ...],
    narrow_warm: tuple[int, ...] = (),
    narrow_cold: tuple[int, ...] = (),
    others: tuple[int, ...] = (),
    memory: tuple[int, ...] = (),
    at: int = 0,
    workers: tuple[int, ...] = (),
    chunks: tuple[int, ...] = (),
    rounds: int,
    repeat: int,
    least: int,
    limits: Limits,
    timeout: float,
    extra_workloads: tuple[str, ...] = DOUBLE,
    strategies: Callable[[], tuple[str, ...]] = lambda: EVERY,
    broad: Callable[[], tuple[str, ...]] = lambda: engines(in_sweeps=True),
    narrow: Callable[[], tuple[str, ...]] = lambda: engines(in_sweeps=False),
    narrow_strategies: Callable[[], tuple[str, ...]] = in_sweeps,
    files: tuple[str, ...] = WHOLE,
    others_broad: bool = True,
) -> Profile:
    """Make a profile; sizes in MB, `at` for the sweeps over workers and over chunks in kB.

    `broad` are the engines that every strategy is measured with, `narrow` those that
    `narrow_strategies` are, at the sizes `narrow_warm` (or `warm`) and `narrow_cold`; the last are
    also those of cold runs of whole-file systems. `others` are the sizes at which warm jobs have
    the other workloads than the first, which compute so much that the engine matters little:
    with all `broad` engines or only the usual one. All else has `extra_workloads`. `strategies` is
    for the sweeps.
    """
    by_strategy = {"strategy": strategies()}
    extra = {"workload": extra_workloads}
    all_of = {"engine": broad(), "strategy": EVERY}
    some_of = {"engine": narrow(), "strategy": narrow_strategies()}
    others_of = {"engine": broad() if others_broad else broad()[:1], "strategy": EVERY}
    whole = {"engine": OWN, "strategy": files}
    started = {
        "strategies": {**extra, "megabytes": cold, **all_of},
        "engines": {**extra, "megabytes": narrow_cold, **some_of},
        "files": {**extra, "megabytes": narrow_cold, **whole},
    }
    params: dict[str, dict[str, dict[str, tuple[Any, ...]]]] = {
        "warm": {
            "strategies": {"workload": DOUBLE, "megabytes": warm, **all_of},
            "workloads": {"workload": OTHERS, "megabytes": others, **others_of},
            "engines": {**extra, "megabytes": narrow_warm or warm, **some_of},
            "files": {**extra, "megabytes": warm, **whole},
        },
        "cold": started,
        "uncached": started,
        "startup": {"strategies": {"strategy": EVERY}},
        "planning": {"shapes": {"shape": ("plain", "quoted"), "megabytes": planning}},
        "scaling": {"strategies": {**extra, "megabytes": (at,), "workers": workers, **by_strategy}},
        "memory": {"strategies": {"megabytes": memory, **by_strategy}},
        "chunking": {
            "strategies": {**extra, "megabytes": (at,), "chunk_kb": chunks, **by_strategy}
        },
    }
    models = {
        model: {
            name: Cells(values, rounds, repeat, least)
            for name, values in grids.items()
            if all(values.values())
        }
        for model, grids in params.items()
    }
    return Profile({model: grids for model, grids in models.items() if grids}, limits, timeout)


# 8 samples a cell, or 4 where jobs are long, but in `smoke`. asv can flag nothing with some
# numbers of samples (docs/asv.md); with 4 and 8 it can, and with 1, where only the factor decides.
PROFILES: dict[str, Callable[[], Profile]] = {
    "smoke": partial(
        _profile,
        warm=(1,), cold=(1,), narrow_cold=(1,), planning=(1,), memory=(1,), at=1,
        workers=(CORES,), chunks=(256,), rounds=1, repeat=1, least=1, timeout=120,
        limits=Limits(sample=60, cell=60), strategies=in_sweeps,
        broad=lambda: tuple(engine_names())[:1], narrow=lambda: engines(in_sweeps=True)[1:],
        narrow_strategies=lambda: (BASELINE,), files=WHOLE[-1:],
    ),
    "ci": partial(
        _profile,
        warm=(1, 3, 10, 100), narrow_warm=(1, 10, 100), others=(1, 5), others_broad=False,
        cold=(1, 10), planning=(10,),
        rounds=2, repeat=4, least=2, limits=Limits(sample=2, cell=0.5), timeout=300,
    ),
    "default": partial(
        _profile,
        warm=(1, 3, 10, 30, 100, 300, 1_000), narrow_warm=(1, 3, 10, 30, 100),
        others=(1, 5), others_broad=False, cold=(1, 10), narrow_cold=(10,),
        planning=(1, 10, 100), memory=(10, 30), at=10,
        workers=worker_counts(CORES), chunks=(64, 512, 4096), rounds=2, repeat=4, least=2,
        limits=Limits(sample=4, cell=0.5), timeout=600, strategies=in_sweeps,
    ),
    "full": partial(
        _profile,
        warm=(1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000), others=(1, 10, 100, 1_000),
        cold=(1, 10, 100, 1_000), narrow_cold=(1, 10, 100, 1_000), planning=(1, 10, 100, 1_000),
        memory=(10, 100, 1_000, 10_000), at=100,
        workers=worker_counts(CORES), chunks=(64, 256, 1024, 4096, 16_000),
        rounds=2, repeat=4, least=4, limits=Limits(sample=1_000, cell=10_000),
        timeout=86_400, extra_workloads=WORKLOADS,
    ),
}  # fmt: skip


@cache
def load_profile(name: str) -> Profile:
    """Return a profile; raises ProfileError for a name that there is not."""
    if name not in PROFILES:
        message = f"there is no profile {name!r}; choose one of {', '.join(PROFILES)}"
        raise ProfileError(message)
    return PROFILES[name]()


def current_name() -> str:
    """Return the name of the chosen profile; raises ProfileError for one that there is not."""
    name = os.environ.get(PROFILE_VARIABLE) or "default"
    if name not in PROFILES:
        message = f"{PROFILE_VARIABLE}={name} is unknown; choose one of {', '.join(PROFILES)}"
        raise ProfileError(message)
    return name


def current() -> Profile:
    """Return the chosen profile; raises ProfileError for a name that there is not."""
    return load_profile(current_name())
