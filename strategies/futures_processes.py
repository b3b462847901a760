"""`concurrent.futures.ProcessPoolExecutor`, one `submit` a chunk."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.processes import START_METHOD
from strategies.core.runner import ChunkRunner, executor_map


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = multiprocessing.get_context(START_METHOD)
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        yield ChunkRunner(executor_map(pool, workers), workers)
    finally:
        pool.shutdown(cancel_futures=True)
