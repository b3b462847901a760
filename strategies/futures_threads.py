"""`concurrent.futures.ThreadPoolExecutor`, one `submit` a chunk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.runner import ChunkRunner, executor_map


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield ChunkRunner(executor_map(pool, workers), workers)
    finally:
        pool.shutdown(cancel_futures=True)
