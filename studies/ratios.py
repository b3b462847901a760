"""Ways of doing one job, warm and in turn: throughput, ratios to the first of them, CPU time.

asv runs one cell after the other; on a machine whose speed drifts, ratios of cells that were
minutes apart are noise. Here all are up at once, and each round runs each of them once; ratios are
taken round by round.

`python studies/ratios.py [WAY ...] [--workload NAME] [--shape NAME] [--megabytes N] [--rounds N]`:
a way is `STRATEGY`, or `STRATEGY:ENGINE`, or `copy`, which copies the file through memory. Without
any, it is every strategy on chunks with the default engine, and serial first.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from benchmarks.harness.meter import Meter
from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import (
    BASELINE,
    DEFAULT_ENGINE,
    Job,
    available_cores,
    chunk_strategies,
    load,
    load_workload,
)

WORKERS = available_cores()
BLOCK = 2**20  # bytes
Seconds = tuple[float, float]  # by the clock, and of CPU


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ways", nargs="*", default=chunk_strategies())
    parser.add_argument("--workload", default="double")
    parser.add_argument("--shape", default="plain")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    source = dataset(given.shape, size=given.megabytes * 10**6).path
    taken: dict[str, list[Seconds]] = {way: [] for way in given.ways}
    with tempfile.TemporaryDirectory() as folder, closing(Meter()) as meter, ExitStack() as stack:
        job = Job(source, Path(folder) / "out.csv", load_workload(given.workload))
        samples = {way: started(way, job, meter, stack) for way in given.ways}
        for number in range(given.rounds + 1):
            for way, sample in samples.items():
                measured = sample()
                if number:  # in the first round, libraries do more
                    taken[way].append(measured)
                job.destination.unlink()
    about = f"{given.workload}, {given.shape}, {given.megabytes} MB, {WORKERS} workers"
    print(f"{about}, {given.rounds} rounds\n")
    print_table(taken, given.megabytes)


def started(way: str, job: Job, meter: Meter, stack: ExitStack) -> Callable[[], Seconds]:
    """Start a way until the stack ends; return what does the job once."""
    if way == "copy":
        return partial(copied, job)
    name, _, engine = way.partition(":")
    engine = engine or DEFAULT_ENGINE
    runner = stack.enter_context(load(name).start(WORKERS, engine=engine))
    its = Job(job.source, job.destination, job.workload, engine=engine)
    sampler = WarmSampler(runner, its, meter)

    def sample() -> Seconds:
        taken = sampler.take()
        return taken.seconds, taken.cpu_seconds

    return sample


def copied(job: Job) -> Seconds:
    """Copy the source through memory."""
    wall, cpu = time.perf_counter(), time.process_time()
    with job.source.open("rb") as source, job.destination.open("wb") as destination:
        shutil.copyfileobj(source, destination, BLOCK)
    return time.perf_counter() - wall, time.process_time() - cpu


def print_table(taken: dict[str, list[Seconds]], megabytes: int) -> None:
    """Print medians; ratios are taken round by round."""
    first = next(iter(taken))
    serial = first.partition(":")[0] == BASELINE
    print(f"| way | MB/s | times {first} (min to max) | efficiency | CPU s |")
    print("|---|---:|---:|---:|---:|")
    for way, own in taken.items():
        ratios = [base[0] / mine[0] for base, mine in zip(taken[first], own, strict=True)]
        ratio = statistics.median(ratios)
        rate = megabytes / statistics.median(seconds for seconds, _ in own)
        efficiency = f"{ratio / WORKERS:.2f}" if serial and way not in {first, "copy"} else ""
        print(
            f"| {way} | {rate:.0f} | {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) "
            f"| {efficiency} | {statistics.median(cpu for _, cpu in own):.2f} |"
        )


if __name__ == "__main__":  # workers import this file again
    main()
