"""What does the contract cost, against the shortest honest script with the same library?

The scripts below get kernel and chunks for free. They do not plan, do not bound what is
in flight, do not write atomically, and do not say where a bad record is. Interleaved.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster
from joblib import Parallel, delayed

from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import (
    START_METHOD,
    Job,
    available_cores,
    load,
    load_workload,
    plan_chunks,
    transform,
)

SIZE = 100 * 10**6  # bytes
PAIRS = 5
WORKERS = available_cores()

Script = Callable[[Callable[[Any], Any], list[Any]], Iterator[Any]]


@contextmanager
def multiprocessing_pool() -> Iterator[Script]:
    """Yield pool.imap."""
    with multiprocessing.get_context(START_METHOD).Pool(WORKERS) as pool:
        yield pool.imap


@contextmanager
def futures_processes() -> Iterator[Script]:
    """Yield executor.map."""
    context = multiprocessing.get_context(START_METHOD)
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        yield pool.map


@contextmanager
def joblib_processes() -> Iterator[Script]:
    """Yield a call of Parallel."""
    with Parallel(n_jobs=WORKERS, return_as="generator") as parallel:
        yield lambda function, items: parallel(delayed(function)(item) for item in items)


@contextmanager
def dask_distributed() -> Iterator[Script]:
    """Yield client.map, results taken in order."""
    with (
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):

        def run(function: Callable[[Any], Any], items: list[Any]) -> Iterator[Any]:
            for future in client.map(function, items, pure=False):
                yield future.result()

        yield run


SCRIPTS = (multiprocessing_pool, futures_processes, joblib_processes, dask_distributed)


def main() -> None:
    """Print, for each library, the ratio of the contract's warm time to the script's."""
    source, workload = dataset(size=SIZE).path, load_workload("double")
    plan = plan_chunks(source, workers=WORKERS)
    header = plan.layout.header(workload.new_column.name)
    kernel = partial(transform, plan.layout, workload)
    print("| library | contract, s | script, s | ratio: median (min to max) |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "contract.csv", Path(folder) / "script.csv"
        job = Job(source, ours, workload)
        for script in SCRIPTS:
            times = []
            with ExitStack() as stack:
                runner = stack.enter_context(load(script.__name__).start(WORKERS))
                mapped = stack.enter_context(script())
                for _ in range(PAIRS + 1):
                    seconds = WarmSampler(runner, job).take().seconds
                    begun = time.perf_counter()
                    with theirs.open("wb") as file:
                        file.write(header)
                        for part in mapped(kernel, plan.chunks):
                            file.write(part.data)
                    times.append((seconds, time.perf_counter() - begun))
            if ours.read_bytes() != theirs.read_bytes():
                message = f"{script.__name__}: the script writes something else"
                raise AssertionError(message)
            times = times[1:]  # the first pair starts the script's workers
            ratios = [a / b for a, b in times]
            medians = [statistics.median(column) for column in zip(*times, strict=True)]
            print(
                f"| {script.__name__} | {medians[0]:.2f} | {medians[1]:.2f} | "
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |",
                flush=True,
            )


if __name__ == "__main__":  # workers import this file again
    main()
