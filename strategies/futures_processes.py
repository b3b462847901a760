"""`concurrent.futures.ProcessPoolExecutor`, one `submit` a chunk."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.processes import START_METHOD, prepare_worker
from strategies.core.runner import ChunkRunner, executor_map


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = multiprocessing.get_context(start_method)
    pool = ProcessPoolExecutor(workers, context, prepare_worker)
    try:
        yield ChunkRunner(executor_map(pool, workers), workers, timeout)
    finally:
        pool.shutdown(cancel_futures=True)
