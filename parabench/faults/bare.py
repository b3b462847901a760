"""The same faults without parabench: each library used as its manual shows first.

Run as `python -m parabench.faults.bare STRATEGY FUNCTION NUMBERS DESTINATION [ADDRESS]`: computes
FUNCTION (of injected.py) of the numbers below NUMBERS, and writes the results as lines.
"""

import multiprocessing
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dask.base
import joblib
from distributed import Client

from parabench.faults import injected

Function = Callable[[int], object]


def serial(function: Function, items: range) -> Iterable[object]:
    """`map`."""
    return map(function, items)


def multiprocessing_pool(function: Function, items: range) -> Iterable[object]:
    """`Pool.map`."""
    with multiprocessing.Pool(2) as pool:
        return pool.map(function, items)


def futures_processes(function: Function, items: range) -> Iterable[object]:
    """`ProcessPoolExecutor.map`."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(function, items, chunksize=50))


def futures_threads(function: Function, items: range) -> Iterable[object]:
    """`ThreadPoolExecutor.map`."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))


def joblib_processes(function: Function, items: range) -> Iterable[object]:
    """`joblib.Parallel`."""
    results: list[object] = joblib.Parallel(2)(joblib.delayed(function)(i) for i in items)
    return results


def joblib_threads(function: Function, items: range) -> Iterable[object]:
    """`joblib.Parallel(backend="threading")`."""
    parallel = joblib.Parallel(2, backend="threading")
    results: list[object] = parallel(joblib.delayed(function)(item) for item in items)
    return results


def _parts(function: Function, items: range) -> list[object]:
    """Return the work as Dask tasks of 50 items."""
    task: Any = dask.delayed(_part)  # type: ignore[attr-defined] # the name that manuals use
    starts = range(items.start, items.stop, 50)
    return [task(function, range(start, min(start + 50, items.stop))) for start in starts]


def _part(function: Function, items: range) -> list[object]:
    return [function(item) for item in items]


def _computed(function: Function, items: range, **options: object) -> Iterable[object]:
    lists = dask.base.compute(*_parts(function, items), **options)
    return [result for results in lists for result in results]


def dask_threads(function: Function, items: range) -> Iterable[object]:
    """`dask.compute(scheduler="threads")`."""
    return _computed(function, items, scheduler="threads", num_workers=2)


def dask_processes(function: Function, items: range) -> Iterable[object]:
    """`dask.compute(scheduler="processes")`."""
    return _computed(function, items, scheduler="processes", num_workers=2)


def dask_distributed(
    function: Function, items: range, address: str | None = None
) -> Iterable[object]:
    """`dask.compute` with a `Client`."""
    local = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with Client(address) if address else Client(n_workers=2, threads_per_worker=1, **local):
        return _computed(function, items)


BARE: dict[str, Callable[..., Iterable[object]]] = {
    function.__name__: function
    for function in (
        serial,
        multiprocessing_pool,
        futures_processes,
        futures_threads,
        joblib_processes,
        joblib_threads,
        dask_threads,
        dask_processes,
        dask_distributed,
    )
}


def call_of(strategy: str) -> str:
    """Return the call that is made, for a sentence about it."""
    return (BARE[strategy].__doc__ or "").rstrip(".")


def main(strategy: str, function: str, numbers: str, destination: str, *address: str) -> None:
    """Do the job, and write while results come where the library lets us."""
    results = BARE[strategy](getattr(injected, function), range(int(numbers)), *address)
    with Path(destination).open("w") as file:
        file.writelines(f"{result}\n" for result in results)


if __name__ == "__main__":
    main(*sys.argv[1:])
