"""How well do the meters see 200 MB and a CPU second, in a worker of each strategy?

Against the same job with a function that takes as long and needs nothing.
"""

import multiprocessing
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.measurement import Measurement
from benchmarks.harness.meter import Meter
from benchmarks.harness.sampling import WarmSampler
from strategies import Job, Strategy, chunk_strategies, load, load_workload

AMOUNT = 200 * 10**6  # bytes
HELD = 0.4  # seconds
BURNT = 1.0  # CPU seconds
WORKERS = 2
TRIES = 2


def hold(amount: int, values: Any) -> Any:
    """Double, and hold so many bytes for a while."""
    block = np.ones(amount // 8)
    time.sleep(HELD)
    del block
    return values * 2


def burn(seconds: float, values: Any) -> Any:
    """Double, and take a second, so much of it on a core."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    time.sleep(BURNT - seconds)
    return values * 2


def metered(meter: Meter, strategy: Strategy, method: str | None, job: Job) -> Measurement:
    """Return a sample of a job on started workers."""
    with strategy.start(WORKERS, start_method=method) as runner:
        return WarmSampler(runner, job, meter).take()


def main() -> None:
    """Print the worst of the errors for each strategy and start method."""
    print(f"the largest error of {TRIES} tries; 2 workers\n")
    print("| strategy | start method | of 200 MB | of 1 CPU second |")
    print("|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, closing(Meter()) as meter:
        source = Path(folder) / "source.csv"
        source.write_text("old_column\n" + "1\n" * 100)  # one chunk
        double = load_workload("double")

        def job(function: Any) -> Job:
            return Job(source, Path(folder) / "out.csv", replace(double, array=function))

        for strategy in map(load, chunk_strategies()):
            chooses = "start_method" in strategy.options
            for method in multiprocessing.get_all_start_methods() if chooses else [None]:
                measure = partial(metered, meter, strategy, method)
                memory, cpu = [], []
                for _ in range(TRIES):
                    without, with_it = (measure(job(partial(hold, n))) for n in (0, AMOUNT))
                    memory.append((with_it.peak_bytes - without.peak_bytes) / AMOUNT - 1)
                    idle, busy = (measure(job(partial(burn, s))) for s in (0.0, BURNT))
                    cpu.append((busy.cpu_seconds - idle.cpu_seconds) / BURNT - 1)
                worst = [max(errors, key=abs) for errors in (memory, cpu)]
                named = method or ("its own" if "processes" in strategy.name else "-")
                print(
                    f"| {strategy.name} | {named} | {worst[0]:+.1%} | {worst[1]:+.1%} |", flush=True
                )


if __name__ == "__main__":  # workers import this file again
    main()
