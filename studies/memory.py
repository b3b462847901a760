"""Does peak memory grow with the file? 100 MB against 1 GB, in the planner's own chunks or others.

`studies/memory.py [STRATEGY ...] [--engine NAME] [--chunk-size BYTES]` prints the peak of the whole
process tree and the CPU seconds of a job with `double`, for every strategy unless some are named.
"""

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.harness.meter import Meter
from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import DEFAULT_ENGINE, Job, available_cores, load, load_workload, names

SIZES = (100 * 10**6, 10**9)  # bytes


def main() -> None:
    """Print a row for each strategy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("strategies", nargs="*", default=names())
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    parser.add_argument("--chunk-size", type=int)
    given = parser.parse_args()
    workers = available_cores()
    sources = [dataset(size=size).path for size in SIZES]
    chunks = f"chunks of {given.chunk_size} bytes" if given.chunk_size else "the planner's chunks"
    print(f"{workers} workers, engine {given.engine}, {chunks}\n")
    print("| strategy | 100 MB file: peak MB | 1 GB file: peak MB | ratio | CPU s at 1 GB |")
    print("|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, closing(Meter()) as meter:
        for name in given.strategies:
            samples = []
            for source in sources:
                job = Job(
                    source,
                    Path(folder) / "out.csv",
                    load_workload("double"),
                    given.chunk_size,
                    engine=given.engine,
                )
                with load(name).start(workers, engine=given.engine) as runner:
                    samples.append(WarmSampler(runner, job, meter).take())
            small, large = (sample.peak_bytes / 1e6 for sample in samples)
            print(
                f"| {name} | {small:.0f} | {large:.0f} | {large / small:.2f} "
                f"| {samples[1].cpu_seconds:.1f} |",
                flush=True,
            )


if __name__ == "__main__":  # workers import this file again
    main()
