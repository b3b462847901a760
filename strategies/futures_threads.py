"""`concurrent.futures.ThreadPoolExecutor`, one `submit` a chunk."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import executor_map

KIND = "threads"


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield ChunkRunner(executor_map(pool, workers), workers)
    finally:
        pool.shutdown(cancel_futures=True)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`ThreadPoolExecutor.map`."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))
