"""The models: what the clock runs around. Never blended; each has a class in `benchmarks/`.

A model is a context manager that yields a function which takes one sample. What it brings
up stays up across samples; what it yields does all else outside the clock.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.harness import guards
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.meter import Meter, Used
from benchmarks.harness.profiles import CORES
from data_gen.cache import Dataset, cached, dataset
from strategies import (
    Job,
    Plan,
    Runner,
    Strategy,
    Summary,
    WrongOutputError,
    load,
    load_workload,
    plan_chunks,
)

Take = Callable[[], Measurement]
MEGABYTE = 10**6
PRIMING_BYTES = 200_000  # of the small job that a strategy does before it is measured
MEMORY_CHUNK_KB = 1_000  # so that eight chunks a worker are there from 16 MB on
clock = time.perf_counter


@dataclass(frozen=True)
class Bench:
    """What a sample is taken with: the meter, and a folder for what is temporary."""

    meter: Meter
    scratch: Path


class WarmJob:
    """A job on workers that are up: what is done before, in, and after the clock."""

    def __init__(self, bench: Bench, runner: Runner, job: Job, least: float) -> None:
        self.bench = bench
        self.runner = runner
        self.job = job
        self._least = least  # seconds

    def before(self) -> None:
        """Have the source in the page cache, and begin to meter."""
        self._cached = _source_in_cache(self.job)
        self._window = ExitStack()
        self._used = self._window.enter_context(self.bench.meter.window())

    def run(self) -> None:
        """Do the job."""
        begun = clock()
        self._summary = self.runner.run(self.job)
        self._seconds = clock() - begun

    def after(self) -> Measurement:
        """Verify, and say what was metered."""
        self._window.close()
        guards.check_speed(self._seconds, self._least)
        guards.check_output(self.bench.meter, self.job, self._summary)
        parts = {"cached": self._cached, "job_seconds": self._seconds}
        return _measured(self._seconds, self._used, self._summary, **parts)

    def take(self) -> Measurement:
        """Take a sample."""
        self.before()
        self.run()
        return self.after()


@contextmanager
def warm_job(
    bench: Bench,
    *,
    workload: str,
    megabytes: int,
    strategy: str,
    workers: int = CORES,
    chunk_kb: int | None = None,
) -> Iterator[WarmJob]:
    """Have the workers up while the block lasts."""
    job = _job(bench, workload, megabytes, chunk_kb)
    least = guards.fastest(job.source, bench.scratch, workers)
    with load(strategy).start(workers) as runner:
        _prime(runner, bench, workers)
        yield WarmJob(bench, runner, job, least)


@contextmanager
def warm(bench: Bench, **cell: Any) -> Iterator[Take]:
    """Seconds from the call of `run`, planning included, to the renamed output."""
    with warm_job(bench, **cell) as opened:
        yield opened.take


@contextmanager
def cold(
    bench: Bench,
    *,
    workload: str,
    megabytes: int,
    strategy: str,
    workers: int = CORES,
    chunk_kb: int | None = None,
    drop_caches: bool = False,
) -> Iterator[Take]:
    """Seconds of start-up, job and shutdown; the library is imported in our process before."""
    job = _job(bench, workload, megabytes, chunk_kb)
    least = guards.fastest(job.source, bench.scratch, workers)
    chosen = load(strategy)
    with chosen.start(workers) as runner:  # libraries do more when they are used first
        _prime(runner, bench, workers)

    def take() -> Measurement:
        cached = guards.drop_caches(job.source) if drop_caches else _source_in_cache(job)
        with bench.meter.window(lends=False) as used:
            begun = clock()
            with chosen.start(workers) as runner:
                started = clock()
                bench.meter.read()  # now that the workers are there; outside the clock
                running = clock()
                summary = runner.run(job)
                done = clock()
                bench.meter.read()
                leaving = clock()
            ended = clock()
        seconds = (started - begun) + (done - running) + (ended - leaving)
        guards.check_speed(done - running, least)
        guards.check_output(bench.meter, job, summary)
        return _measured(
            seconds, used, summary, cached=cached,
            startup_seconds=started - begun, job_seconds=done - running,
            shutdown_seconds=ended - leaving,
        )  # fmt: skip

    yield take


@contextmanager
def uncached(bench: Bench, **cell: Any) -> Iterator[Take]:
    """Yield what `cold` does, from a disk: the page cache is dropped before each sample."""
    with cold(bench, **cell, drop_caches=True) as take:
        yield take


@contextmanager
def memory(bench: Bench, *, megabytes: int, strategy: str) -> Iterator[Take]:
    """Yield what `cold` does for `double` in chunks of 1 MB: its peak is what is asked for."""
    arguments: dict[str, Any] = {"workload": "double", "chunk_kb": MEMORY_CHUNK_KB}
    with cold(bench, megabytes=megabytes, strategy=strategy, **arguments) as take:
        yield take


@contextmanager
def startup(bench: Bench, *, strategy: str, workers: int = CORES) -> Iterator[Take]:
    """Seconds from entering `start` until every worker has done a first task."""
    chosen = load(strategy)
    _start_and_stop(chosen, workers)

    def take() -> Measurement:
        with ExitStack() as stack, bench.meter.window(lends=False) as used:
            begun = clock()
            stack.enter_context(chosen.start(workers))
            seconds = clock() - begun
        return _measured(seconds, used, startup_seconds=seconds)

    yield take


@contextmanager
def planning(bench: Bench, *, shape: str, megabytes: int) -> Iterator[Take]:
    """Seconds of the serial scan that cuts a file into chunks, part of every job."""
    data = _dataset(bench, shape, megabytes)
    path = data.path
    guards.prime(path)
    right: list[Plan] = []

    def take() -> Measurement:
        cached = guards.cached_share(path)
        with bench.meter.window() as used:
            begun = clock()
            plan = plan_chunks(path, workers=CORES)
            seconds = clock() - begun
        if plan not in right:
            _check_plan(plan, data)
            right.append(plan)
        return _measured(seconds, used, Summary(data.manifest.rows, plan.size, 0), cached=cached)

    yield take


MODELS: dict[str, Callable[..., AbstractContextManager[Take]]] = {
    "warm": warm,
    "cold": cold,
    "uncached": uncached,
    "startup": startup,
    "planning": planning,
    "scaling": warm,
    "memory": memory,
    "chunking": warm,
}


def _dataset(bench: Bench, shape: str, megabytes: int) -> Dataset:
    size = megabytes * MEGABYTE
    if not cached(shape, size=size):
        guards.have_dataset(bench.meter, shape, size)
    return dataset(shape, size=size)


def _job(bench: Bench, workload: str, megabytes: int, chunk_kb: int | None = None) -> Job:
    source = _dataset(bench, "plain", megabytes).path
    guards.prime(source)
    chunk_size = chunk_kb * 1_000 if chunk_kb else None
    return Job(source, bench.scratch / "out.csv", load_workload(workload), chunk_size)


def _prime(runner: Runner, bench: Bench, workers: int) -> None:
    """Do a small job: Dask's first frame, for one, takes half a second of imports."""
    small = dataset(size=PRIMING_BYTES).path
    chunk_size = PRIMING_BYTES // (4 * workers)
    destination = bench.scratch / "primed.csv"
    runner.run(Job(small, destination, load_workload("double"), chunk_size))
    destination.unlink()


def _start_and_stop(strategy: Strategy, workers: int) -> None:
    with strategy.start(workers):
        pass


def _source_in_cache(job: Job) -> float | None:
    """Return which share of the source is in the page cache; read it if it is not all there."""
    share = guards.cached_share(job.source)
    if share is not None and share < 1:
        guards.prime(job.source)
        share = guards.cached_share(job.source)
    return share


def _measured(
    seconds: float, used: Used, summary: Summary | None = None, **parts: float | None
) -> Measurement:
    return Measurement(
        seconds=seconds,
        cpu_seconds=used.cpu_seconds,
        peak_bytes=used.peak.peak,
        peak_at_most=used.peak.at_most + used.unseen_child,
        memory_kind=used.peak.kind,
        memory_gap=used.peak.longest_gap,
        sampling_cost=used.peak.cost,
        bytes_in=summary and summary.bytes_in,
        bytes_out=summary and summary.bytes_out,
        **parts,
    )


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
