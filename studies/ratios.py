"""Speed-up and parallel efficiency at 100 MB, warm, strategies on chunks interleaved with serial.

asv runs one cell after the other; on a machine whose speed drifts, ratios of cells that
were minutes apart are noise. Here all strategies are up at once, and each round runs
each of them once.
"""

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import (
    WORKLOAD_NAMES,
    Job,
    available_cores,
    chunk_strategies,
    load,
    load_workload,
    verify,
)

MEGABYTES = 100
ROUNDS = 3
WORKERS = available_cores()


def main() -> None:
    """Print a table for each workload named on the command line, or for all."""
    source = dataset(size=MEGABYTES * 10**6).path
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        runners = {
            name: stack.enter_context(load(name).start(WORKERS)) for name in chunk_strategies()
        }
        for workload in sys.argv[1:] or WORKLOAD_NAMES:
            job = Job(source, Path(folder) / "out.csv", load_workload(workload))
            seconds: dict[str, list[float]] = {name: [] for name in runners}
            for _ in range(ROUNDS):
                for name, runner in runners.items():
                    seconds[name].append(WarmSampler(runner, job).take().seconds)
            verify(job.source, job.destination, job.workload, job.dialect)
            print_table(workload, seconds)


def print_table(workload: str, seconds: dict[str, list[float]]) -> None:
    """Print medians; ratios are taken round by round."""
    print(f"\n{workload}, {MEGABYTES} MB, {WORKERS} workers, {ROUNDS} rounds\n")
    print("| strategy | seconds | speed-up: median (min to max) | parallel efficiency |")
    print("|---|---:|---:|---:|")
    for name, own in seconds.items():
        ratios = [base / time for base, time in zip(seconds["serial"], own, strict=True)]
        speed_up = statistics.median(ratios)
        efficiency = speed_up / (1 if name == "serial" else WORKERS)
        print(
            f"| {name} | {statistics.median(own):.2f} | {speed_up:.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}) | {efficiency:.2f} |",
            flush=True,
        )


if __name__ == "__main__":  # workers import this file again
    main()
