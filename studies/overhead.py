"""What does the harness cost? A metered job against a bare call, and verification by itself.

In pairs, the order within a pair changing from one to the next, in one process and on the
same workers. Where the true ratio is 1, the interval of the median tells what the noise of
the machine lets one see.
"""

import os
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.harness.meter import Meter
from benchmarks.harness.models import Bench, warm
from benchmarks.harness.sampling import WarmSampler
from parabench.statistics import estimate
from strategies import names, verify

MEGABYTES = 10
PAIRS = 40


def bare(sampler: WarmSampler) -> float:
    """Return the seconds of the same job without meters and checks."""
    return WarmSampler(sampler.runner, sampler.job).take().seconds


def shown(ratios: list[float]) -> str:
    """Return the median and its interval."""
    low, middle, high = estimate(ratios)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Print, for each strategy, the ratio metered / bare, and what verification takes."""
    print("| strategy | bare, s | metered / bare: median (99 % interval) | sampler, % of a core |")
    print("|---|---:|---:|---:|")
    hashing, together = [], []
    with closing(Meter()) as meter, tempfile.TemporaryDirectory() as folder:
        bench = Bench(meter, Path(folder))
        paths = {"journal": Path(folder) / "journal", "scratch": Path(folder) / "none"}
        meter.guard(seconds=3600, runners=[os.getpid()], on_end={}, **paths)  # as in a cell
        for name in names():
            ratios, costs, seconds = [], [], []
            sampler = warm(bench, workload="double", megabytes=MEGABYTES, strategy=name)
            sampler.take()
            for i in range(PAIRS):
                without = bare(sampler) if i % 2 else 0.0
                sampler.before()
                sampler.run()
                begun = time.perf_counter()
                metered = sampler.after()
                hashing.append(time.perf_counter() - begun)
                without = without or bare(sampler)
                ratios.append(metered.seconds / without)
                costs.append(metered.sampling_cost)
                seconds.append(without)
            bare(sampler)  # leaves an output
            begun = time.perf_counter()
            verify(sampler.job.source, sampler.job.destination, sampler.job.workload)
            slow = time.perf_counter() - begun
            together += ratios
            print(f"| {name} | {statistics.median(seconds):.3f} | {shown(ratios)} | ", end="")
            print(f"{100 * statistics.median(costs):.2f} |", flush=True)
        bench.release()
    print(f"| all | | {shown(together)} | |")
    print(
        f"\nverification of {MEGABYTES} MB, outside the clock: {statistics.median(hashing):.3f} s "
        f"a sample (SHA-256, and the end of metering); {slow:.1f} s once a job, by the reference"
    )


if __name__ == "__main__":  # workers import this file again
    main()
