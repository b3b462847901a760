"""Does peak memory grow with the file? 200 MB against 2 GB, in chunks of 16 MB."""

import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.harness.meter import Meter
from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import Job, available_cores, load_all, load_workload

SIZES = (200 * 10**6, 2 * 10**9)  # bytes
CHUNK_SIZE = 16 * 10**6  # bytes


def main() -> None:
    """Print the peak of the whole process tree for every strategy."""
    workers = available_cores()
    sources = [dataset(size=size).path for size in SIZES]
    print(f"peak memory of the process tree, {workers} workers, chunks of 16 MB\n")
    print("| strategy | 200 MB file, MB | 2 GB file, MB | ratio |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, closing(Meter()) as meter:
        for strategy in load_all():
            peaks = []
            for source in sources:
                job = Job(source, Path(folder) / "out.csv", load_workload("double"), CHUNK_SIZE)
                with strategy.start(workers) as runner:
                    peaks.append(WarmSampler(runner, job, meter).take().peak_bytes / 1e6)
            small, large = peaks
            print(
                f"| {strategy.name} | {small:.0f} | {large:.0f} | {large / small:.2f} |", flush=True
            )


if __name__ == "__main__":  # workers import this file again
    main()
