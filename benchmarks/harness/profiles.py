"""How much to measure: the environment variable PARABENCH_PROFILE chooses.

A profile says, for each model, the values of its parameters and how many samples a cell
has. asv makes all combinations, and varies the last parameter fastest: the strategies take
turns, serial first. In a run of the whole profile one process measures all cells of its
strategy that need the same of it (cell.py), so that what is compared lies up to some minutes
apart, in each of the two rounds; docs/bias.md says what that means where a machine drifts.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from benchmarks.harness.errors import HarnessError
from benchmarks.harness.subject import WORKLOAD_NAMES, available_cores, describe, names

PROFILE_VARIABLE = "PARABENCH_PROFILE"
PROGRESS_VARIABLE = "PARABENCH_PROGRESS"  # a file to which every cell that starts adds a line
CORES = available_cores()
EVERY = tuple(names())


class ProfileError(HarnessError):
    """There is no such profile."""


@cache
def in_sweeps() -> tuple[str, ...]:
    """Return the strategies that are measured over workers, chunks and sizes, too.

    Their files say so, as those of each kind need not all be swept.
    """
    return tuple(name for name in EVERY if describe(name).in_sweeps)


def worker_counts(cores: int) -> tuple[int, ...]:
    """Return 1, 2, … cores, and 2 x cores; above 8 cores only powers of two and cores itself."""
    counts = {n for n in range(1, cores + 1) if cores <= 8 or n & (n - 1) == 0}
    return tuple(sorted(counts | {cores, 2 * cores}))


@dataclass(frozen=True)
class Cells:
    """The cells of a model: the values of each parameter, and the samples of each cell.

    A cell is measured in `rounds` fresh processes, with `repeat` samples in each.
    """

    params: dict[str, tuple[Any, ...]]
    rounds: int
    repeat: int

    @property
    def samples(self) -> int:
        """Samples a cell."""
        return self.rounds * self.repeat

    @property
    def number(self) -> int:
        """How many cells there are."""
        return math.prod(map(len, self.params.values()))


@dataclass(frozen=True)
class Profile:
    """The cells of each model (but of those it leaves out), and the seconds for each process."""

    models: dict[str, Cells]
    timeout: float


def _profile(
    *,
    warm: tuple[int, ...],
    cold: tuple[int, ...],
    planning: tuple[int, ...],
    memory: tuple[int, ...] = (),
    at: int = 0,
    workers: tuple[int, ...] = (),
    chunks: tuple[int, ...] = (),
    rounds: int,
    repeat: int,
    timeout: float,
    workloads: tuple[str, ...] = WORKLOAD_NAMES,
    extra_workloads: tuple[str, ...] = ("double",),
    strategies: Callable[[], tuple[str, ...]] = lambda: EVERY,
) -> Profile:
    """Make a profile; sizes in MB, `at` for the sweeps over workers and over chunks in kB.

    `strategies` is for the sweeps; `extra_workloads` for all models but warm, which has all.
    """
    by_strategy = {"strategy": strategies()}
    extra = {"workload": extra_workloads}
    params: dict[str, dict[str, tuple[Any, ...]]] = {
        "warm": {"workload": workloads, "megabytes": warm, "strategy": EVERY},
        "cold": {**extra, "megabytes": cold, "strategy": EVERY},
        "uncached": {**extra, "megabytes": cold, "strategy": EVERY},
        "startup": {"strategy": EVERY},
        "planning": {"shape": ("plain", "quoted"), "megabytes": planning},
        "scaling": {**extra, "megabytes": (at,), "workers": workers, **by_strategy},
        "memory": {"megabytes": memory, **by_strategy},
        "chunking": {**extra, "megabytes": (at,), "chunk_kb": chunks, **by_strategy},
    }
    models = {
        model: Cells(values, rounds, repeat)
        for model, values in params.items()
        if all(values.values())
    }
    return Profile(models, timeout)


# At least 8 samples a cell, but in `smoke`. asv can flag nothing with some numbers of
# samples (docs/asv.md); with 8 it can, and with 1, where only the factor decides.
PROFILES: dict[str, Callable[[], Profile]] = {
    "smoke": partial(
        _profile,
        warm=(1,), cold=(1,), planning=(1,), memory=(1,), at=1,
        workers=(CORES,), chunks=(256,), rounds=1, repeat=1, timeout=120,
        workloads=("double",), strategies=in_sweeps,
    ),
    "ci": partial(
        _profile, warm=(1, 5), cold=(1, 5), planning=(5,), rounds=2, repeat=4, timeout=300,
    ),
    "default": partial(
        _profile,
        warm=(1, 10), cold=(1, 30), planning=(1, 10), memory=(10, 30), at=10,
        workers=worker_counts(CORES), chunks=(64, 512, 4096), rounds=2, repeat=4,
        timeout=600, strategies=in_sweeps,
    ),
    "full": partial(
        _profile,
        warm=(1, 10, 100, 1_000, 10_000), cold=(1, 10, 100, 1_000), planning=(1, 10, 100, 1_000),
        memory=(10, 100, 1_000, 10_000), at=100,
        workers=worker_counts(CORES), chunks=(64, 256, 1024, 4096, 16_000), rounds=2, repeat=4,
        timeout=86_400, extra_workloads=WORKLOAD_NAMES,
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
