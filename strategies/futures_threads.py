"""`concurrent.futures.ThreadPoolExecutor`, one `submit` a chunk."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import ending, executor_map

KIND = "threads"
IN_SWEEPS = True


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with ending(ThreadPoolExecutor(workers)) as pool:
        yield ChunkRunner(executor_map(pool, workers), workers)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`ThreadPoolExecutor.map`."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))
