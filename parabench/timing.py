"""One job by hand, without meters and checks: start-up, run and shutdown apart."""

from dataclasses import dataclass
from typing import Any

from benchmarks.harness.sampling import ColdSampler
from strategies import Job, Strategy


@dataclass(frozen=True)
class TimedRun:
    """What `parabench run --json` prints; the field names are its keys."""

    strategy: str
    engine: str | None  # None: the strategy reads and writes by itself
    workers: int | None  # None: those of a running cluster
    records: int
    bytes_in: int
    bytes_out: int
    lines_left_out: int  # blank lines and comments
    bytes_spooled: int  # of text that had to be written out before it could be cut
    chunks: int
    chunks_fallen_back: int  # which the engine has left to Python's `csv`
    startup_seconds: float  # until every worker has run a no-op
    run_seconds: float  # planning included
    shutdown_seconds: float
    mb_per_s: float  # bytes_in / 10**6 / run_seconds


def run_timed(strategy: Strategy, job: Job, workers: int, **options: Any) -> TimedRun:
    """Start a strategy (options: `Strategy.start`), do the job, shut down; raises JobError."""
    timed = ColdSampler(strategy, workers, job, **options).timed()
    summary, seconds = timed.summary, timed.job_seconds
    if summary is None or seconds is None:
        message = "a cold sample has a job"
        raise AssertionError(message)
    return TimedRun(
        strategy=strategy.name,
        engine=None if strategy.kind == "file" else job.engine,
        workers=None if options.get("address") else 1 if strategy.kind == "serial" else workers,
        records=summary.records,
        bytes_in=summary.bytes_in,
        bytes_out=summary.bytes_out,
        lines_left_out=summary.lines_left_out,
        bytes_spooled=summary.bytes_spooled,
        chunks=summary.chunks,
        chunks_fallen_back=summary.chunks_fallen_back,
        startup_seconds=timed.startup_seconds or 0.0,
        run_seconds=seconds,
        shutdown_seconds=timed.shutdown_seconds or 0.0,
        mb_per_s=summary.bytes_in / 1e6 / seconds,
    )
