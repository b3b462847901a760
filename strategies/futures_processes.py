"""`concurrent.futures.ProcessPoolExecutor`, one `submit` a chunk."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import executor_map
from strategies.core.process.defaults import START_METHOD
from strategies.core.process.pool import ProcessPool
from strategies.core.process.requirements import worker_context
from strategies.core.process.workers import prepare_worker

KIND = "processes"
IN_SWEEPS = True


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = worker_context(start_method, workers)
    pool = ProcessPool(workers, context, prepare_worker)
    try:
        yield ChunkRunner(executor_map(pool, workers), workers, timeout)
    finally:
        pool.shutdown(cancel_futures=True)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`ProcessPoolExecutor.map`."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(function, items, chunksize=50))
