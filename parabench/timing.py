"""Time one job by hand: start-up, run and shutdown apart."""

import time
from dataclasses import dataclass
from typing import Any

from strategies import Job, Strategy


@dataclass(frozen=True)
class TimedRun:
    """What `parabench run --json` prints; the field names are its keys."""

    strategy: str
    records: int
    bytes_in: int
    bytes_out: int
    startup_seconds: float  # until every worker has run a no-op
    run_seconds: float  # planning included
    shutdown_seconds: float
    mb_per_s: float  # bytes_in / 10**6 / run_seconds


def run_timed(strategy: Strategy, job: Job, workers: int, **options: Any) -> TimedRun:
    """Start a strategy (options: `Strategy.start`), do the job, shut down; raises JobError."""
    begun = time.perf_counter()
    with strategy.start(workers, **options) as runner:
        started = time.perf_counter()
        summary = runner.run(job)
        done = time.perf_counter()
    ended = time.perf_counter()
    return TimedRun(
        strategy=strategy.name,
        records=summary.records,
        bytes_in=summary.bytes_in,
        bytes_out=summary.bytes_out,
        startup_seconds=started - begun,
        run_seconds=done - started,
        shutdown_seconds=ended - done,
        mb_per_s=summary.bytes_in / 1e6 / (done - started),
    )
