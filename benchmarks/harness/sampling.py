"""Take a sample: the one place where a job is timed, metered, checked and verified.

A `Sampler` takes samples of one job in three steps: `before` and `after` are outside the
clock, `run` is inside. Without a meter, a sample is what the clock says; without `Checks`,
nothing looks at the page cache, the speed or the output.
"""

import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.harness import page_cache, speed, verification
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.meter import Meter, Used
from benchmarks.harness.subject import (
    DEFAULT_ENGINE,
    IN_OUR_PROCESS,
    Job,
    Runner,
    Strategy,
    Summary,
    dataset,
    load_engine,
    load_workload,
)

WARM_UP_BYTES = 200_000  # of the small job that a strategy does before it is measured
clock = time.perf_counter


@dataclass(frozen=True)
class Timed:
    """What the clock says of one sample, in seconds, and what the strategy says of its job."""

    seconds: float  # of what the model is about
    summary: Summary | None = None
    startup_seconds: float | None = None
    job_seconds: float | None = None
    shutdown_seconds: float | None = None


class Workers:
    """Started workers; the clock runs while they come up, and while they go down."""

    def __init__(
        self, strategy: Strategy, workers: int, engine: str = DEFAULT_ENGINE, **options: Any
    ) -> None:
        if strategy.kind in IN_OUR_PROCESS:
            load_engine(engine)  # what worker processes import is part of their start
        self._stack = ExitStack()
        self._start = started_with(strategy, workers, engine, **options)
        self.shutdown_seconds = 0.0

    def __enter__(self) -> Self:
        begun = clock()
        self.runner: Runner = self._stack.enter_context(self._start)
        self.startup_seconds = clock() - begun
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        begun = clock()
        self._stack.__exit__(kind, error, trace)
        self.shutdown_seconds = clock() - begun


@dataclass
class Checks:
    """What must hold of a job, before and after each sample."""

    meter: Meter
    job: Job
    scratch: Path
    workers: int
    drops_caches: bool = False
    exactly: bool = True  # whether the output must be the contract's bytes
    verdict: verification.Verdict | None = field(init=False, default=None)  # of the last output
    _least: float = field(init=False)  # seconds

    def __post_init__(self) -> None:
        page_cache.read_in(self.job.source)
        self._least = speed.fastest(self.job.source, self.scratch, self.workers)

    def before(self) -> float | None:
        """Have the source in the page cache, or out of it; return which share of it is in."""
        source = self.job.source
        return page_cache.drop(source) if self.drops_caches else page_cache.have_in(source)

    def after(self, timed: Timed) -> None:
        """Raise TooFastError, or WrongOutputError; remove the output."""
        if timed.job_seconds is None or timed.summary is None:
            message = "there is no job to check"
            raise ValueError(message)
        speed.check_speed(timed.job_seconds, self._least)
        self.verdict = verification.check_output(
            self.meter, self.job, timed.summary, self.scratch, exactly=self.exactly
        )


class Sampler(ABC):
    """Takes samples of what `timed` does."""

    lends = True  # see Meter.window

    def __init__(self, meter: Meter | None = None, checks: Checks | None = None) -> None:
        self.meter = meter
        self.checks = checks

    @abstractmethod
    def timed(self) -> Timed:
        """Do it once, and read the clock around it."""

    def before(self) -> None:
        """Have the source where it is to be, and begin to meter."""
        self._cached = self.cached()
        self._window = ExitStack()
        window = self.meter.window(lends=self.lends) if self.meter else nullcontext(Used())
        self._used = self._window.enter_context(window)

    def run(self) -> None:
        """Do what is measured."""
        self.last = self.timed()

    def after(self) -> Measurement:
        """End metering, check and verify; return the sample."""
        self._window.close()
        self.check()
        summary, peak = self.last.summary, self._used.peak
        return Measurement(
            seconds=self.last.seconds,
            cpu_seconds=self._used.cpu_seconds,
            peak_bytes=peak.peak,
            peak_at_most=peak.at_most + self._used.unseen_child,
            memory_kind=peak.kind,
            memory_gap=peak.longest_gap,
            sampling_cost=peak.cost,
            bytes_in=summary and summary.bytes_in,
            bytes_out=summary and summary.bytes_out,
            startup_seconds=self.last.startup_seconds,
            job_seconds=self.last.job_seconds,
            shutdown_seconds=self.last.shutdown_seconds,
            cached=self._cached,
        )

    def take(self) -> Measurement:
        """Take a sample."""
        self.before()
        self.run()
        return self.after()

    def cached(self) -> float | None:
        """Return which share of the source is in the page cache, None where nobody looks."""
        return self.checks.before() if self.checks else None

    def check(self) -> None:
        """Raise an error where the sample must not count."""
        if self.checks:
            self.checks.after(self.last)


class WarmSampler(Sampler):
    """A job on workers that are up: from the call of `run` to the renamed output."""

    def __init__(
        self, runner: Runner, job: Job, meter: Meter | None = None, checks: Checks | None = None
    ) -> None:
        super().__init__(meter, checks)
        self.runner = runner
        self.job = job

    def timed(self) -> Timed:
        """Do the job."""
        begun = clock()
        summary = self.runner.run(self.job)
        seconds = clock() - begun
        return Timed(seconds, summary, job_seconds=seconds)


class ColdSampler(Sampler):
    """Start-up, job and shutdown; their sum is what it takes."""

    lends = False

    def __init__(
        self,
        strategy: Strategy,
        workers: int,
        job: Job,
        meter: Meter | None = None,
        checks: Checks | None = None,
        **options: Any,
    ) -> None:
        super().__init__(meter, checks)
        self._start = strategy, workers, options
        self.job = job

    def timed(self) -> Timed:
        """Do the three; the meter is read between them, outside the clock."""
        strategy, count, options = self._start
        engine = getattr(self.job, "engine", DEFAULT_ENGINE)  # commits that have but one
        with Workers(strategy, count, engine, **options) as workers:
            self._read()
            begun = clock()
            summary = workers.runner.run(self.job)
            seconds = clock() - begun
            self._read()
        parts = (workers.startup_seconds, seconds, workers.shutdown_seconds)
        return Timed(sum(parts), summary, *parts)

    def _read(self) -> None:
        if self.meter:
            self.meter.read()


class StartupSampler(Sampler):
    """From entering `start` until every worker has done a first task."""

    lends = False

    def __init__(self, strategy: Strategy, workers: int, meter: Meter | None = None) -> None:
        super().__init__(meter)
        self._start = strategy, workers

    def timed(self) -> Timed:
        """Bring the workers up; `after` takes them down."""
        self._workers = Workers(*self._start)
        self._workers.__enter__()
        seconds = self._workers.startup_seconds
        return Timed(seconds, startup_seconds=seconds)

    def check(self) -> None:
        """Take the workers down, which is neither timed nor metered."""
        self._workers.__exit__(None, None, None)


def started_with(
    strategy: Strategy, workers: int, engine: str, **options: Any
) -> AbstractContextManager[Runner]:
    """Return what brings workers up, which import an engine then."""
    if engine != DEFAULT_ENGINE:  # commits that have but one cannot be told
        options["engine"] = engine
    return strategy.start(workers, **options)


def with_engine(job: Job, engine: str) -> Job:
    """Return the job as an engine is to do it."""
    return job if engine == DEFAULT_ENGINE else replace(job, engine=engine)


def warm_up(runner: Runner, workers: int, engine: str, scratch: Path) -> None:
    """Have workers do a small job: libraries do more when they are used first."""
    source = dataset(size=WARM_UP_BYTES).path
    destination = scratch / "warm-up.csv"
    chunk_size = WARM_UP_BYTES // (4 * workers)
    job = Job(source, destination, load_workload("double"), chunk_size)
    runner.run(with_engine(job, engine))
    destination.unlink()
