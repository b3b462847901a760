"""The models: what the clock runs around. Never blended; each has a class in `benchmarks/`.

A model takes a bench and a cell, and returns the sampler that takes the cell's samples.
"""

import csv
import io
from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.harness import page_cache, verification
from benchmarks.harness.meter import Meter
from benchmarks.harness.profiles import CORES, OWN
from benchmarks.harness.sampling import (
    Checks,
    ColdSampler,
    Sampler,
    StartupSampler,
    Timed,
    WarmSampler,
    clock,
    started_with,
    warm_up,
    with_engine,
)
from benchmarks.harness.subject import (
    DEFAULT_ENGINE,
    Dataset,
    Job,
    Plan,
    Runner,
    Summary,
    WrongOutputError,
    cached,
    dataset,
    load,
    load_workload,
    plan_chunks,
)

MEGABYTE = 10**6
MEMORY_CHUNK_KB = 1_000  # so that eight chunks a worker are there from 16 MB on


class Bench:
    """What the cells of a process share: the meter, a scratch folder, and workers that are up.

    Workers stay up for the next cell that wants the same, and are then warmed up already.
    """

    def __init__(self, meter: Meter, scratch: Path) -> None:
        self.meter = meter
        self.scratch = scratch
        self.up_seconds = 0.0  # that bringing workers up and down has taken
        self._workers = ExitStack()
        self._up: tuple[str, int] | None = None  # the strategy and the number of workers
        self._runner: Runner
        self._engines: set[str] = set()  # that these workers have used
        self._used: set[tuple[str, str]] = set()  # strategies, and engines with them

    def runner(self, strategy: str, workers: int, engine: str) -> Runner:
        """Return workers of a strategy, warmed up with an engine; those of another are taken down.

        Workers that are up import another engine when it is asked for.
        """
        begun = clock()
        if self._up != (strategy, workers):
            self.release()
            begun = clock()
            started = started_with(load(strategy), workers, engine)
            self._runner = self._workers.enter_context(started)
            self._up = strategy, workers
            self._engines = set()
        if engine not in self._engines:
            warm_up(self._runner, workers, engine, self.scratch)
            self._engines.add(engine)
            self._used.add((strategy, engine))
        self.up_seconds += clock() - begun
        return self._runner

    def use_once(self, strategy: str, workers: int, engine: str) -> None:
        """Have a strategy used once in this process with an engine, and no workers up."""
        if (strategy, engine) not in self._used:
            self.runner(strategy, workers, engine)
        self.release()

    def release(self, error: BaseException | None = None) -> None:
        """Take the workers down; after an error the strategy kills them."""
        begun = clock()
        self._up = None
        self._workers.__exit__(type(error) if error else None, error, None)
        self.up_seconds += clock() - begun


def warm(
    bench: Bench,
    *,
    workload: str,
    megabytes: int,
    strategy: str,
    engine: str = DEFAULT_ENGINE,
    workers: int = CORES,
    chunk_kb: int | None = None,
) -> WarmSampler:
    """Seconds from the call of `run`, planning included, to the renamed output."""
    job = _job(bench, workload, megabytes, engine, chunk_kb)
    runner = bench.runner(strategy, workers, engine_of(engine))
    checks = Checks(bench.meter, job, bench.scratch, workers, exactly=is_exact(strategy))
    return WarmSampler(runner, job, bench.meter, checks)


def cold(
    bench: Bench,
    *,
    workload: str,
    megabytes: int,
    strategy: str,
    engine: str = DEFAULT_ENGINE,
    workers: int = CORES,
    chunk_kb: int | None = None,
    drops_caches: bool = False,
) -> ColdSampler:
    """Seconds of start-up, job and shutdown; the library is imported in our process before."""
    job = _job(bench, workload, megabytes, engine, chunk_kb)
    checks = Checks(bench.meter, job, bench.scratch, workers, drops_caches, is_exact(strategy))
    bench.use_once(strategy, workers, engine_of(engine))
    return ColdSampler(load(strategy), workers, job, bench.meter, checks)


def uncached(bench: Bench, **cell: Any) -> ColdSampler:
    """As `cold`, from a disk: the page cache is dropped before each sample."""
    return cold(bench, **cell, drops_caches=True)


def memory(bench: Bench, *, megabytes: int, strategy: str) -> ColdSampler:
    """As `cold`, for `double` in chunks of 1 MB: its peak is what is asked for."""
    cell: dict[str, Any] = {"workload": "double", "chunk_kb": MEMORY_CHUNK_KB}
    return cold(bench, megabytes=megabytes, strategy=strategy, **cell)


def startup(bench: Bench, *, strategy: str, workers: int = CORES) -> StartupSampler:
    """Seconds from entering `start` until every worker has done a first task."""
    bench.use_once(strategy, workers, DEFAULT_ENGINE)
    return StartupSampler(load(strategy), workers, bench.meter)


class PlanningSampler(Sampler):
    """Seconds of the serial scan that cuts a file into chunks, part of every job."""

    def __init__(self, data: Dataset, meter: Meter) -> None:
        super().__init__(meter)
        self._data = data
        self._right: list[Plan] = []
        page_cache.read_in(data.path)
        plan_chunks(data.path, workers=CORES)  # the first plan of a process imports NumPy

    def cached(self) -> float | None:
        """Have the file in the page cache."""
        return page_cache.have_in(self._data.path)

    def timed(self) -> Timed:
        """Plan; a plan has the size of its file, and writes nothing."""
        begun = clock()
        self._plan = plan_chunks(self._data.path, workers=CORES)
        seconds = clock() - begun
        return Timed(seconds, Summary(self._data.manifest.rows, self._plan.size, 0))

    def check(self) -> None:
        """Raise WrongOutputError unless the plan is right."""
        if self._plan not in self._right:
            _check_plan(self._plan, self._data)
            self._right.append(self._plan)


def planning(bench: Bench, *, shape: str, megabytes: int) -> PlanningSampler:
    """Seconds of the planner alone."""
    return PlanningSampler(_dataset(bench, shape, megabytes), bench.meter)


MODELS: dict[str, Callable[..., Sampler]] = {
    "warm": warm,
    "cold": cold,
    "uncached": uncached,
    "startup": startup,
    "planning": planning,
    "scaling": warm,
    "memory": memory,
    "chunking": warm,
}


def is_exact(strategy: str) -> bool:
    """Whether a strategy promises the contract's bytes: others read and write by themselves."""
    return load(strategy).kind != "file"


def _dataset(bench: Bench, shape: str, megabytes: int) -> Dataset:
    size = megabytes * MEGABYTE
    if not cached(shape, size=size):
        verification.have_dataset(bench.meter, shape, size)
    return dataset(shape, size=size)


def _job(bench: Bench, workload: str, megabytes: int, engine: str, chunk_kb: int | None) -> Job:
    source = _dataset(bench, "plain", megabytes).path
    chunk_size = chunk_kb * 1_000 if chunk_kb else None
    job = Job(source, bench.scratch / "out.csv", load_workload(workload), chunk_size)
    return with_engine(job, engine_of(engine))


def engine_of(engine: str) -> str:
    """Return what does chunks, of which systems that read and write whole files have none."""
    return DEFAULT_ENGINE if engine in OWN else engine


def _check_plan(plan: Plan, data: Dataset) -> None:
    """Raise WrongOutputError unless the chunks are the file's records, all and in order."""
    chunks = plan.chunks
    gaps = [(a, b) for a, b in pairwise(chunks) if a.stop != b.start]
    records = 0
    for chunk in chunks:
        text = io.StringIO(chunk.read().decode(), newline="")
        records += sum(1 for record in csv.reader(text, strict=True) if record)
    if gaps or chunks[-1].stop != plan.size or records != data.manifest.rows:
        message = (
            f"{plan.source}: the plan has {records} records in {len(chunks)} chunks up to byte "
            f"{chunks[-1].stop}, but the file has {data.manifest.rows} in {plan.size} bytes"
        )
        raise WrongOutputError(message)
