"""`multiprocessing.Pool`, one `apply_async` a chunk.

`Pool.imap` would be shorter, but it takes all chunks at once and lets results pile up.
"""

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from strategies._multiprocessing import end, result_of
from strategies.core.contract import Function, Runner
from strategies.core.errors import LostWorkerError
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import Wait, ordered_map
from strategies.core.process.defaults import START_METHOD
from strategies.core.process.requirements import worker_context
from strategies.core.process.workers import prepare_worker

KIND = "processes"


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    before = set(multiprocessing.active_children())
    pool = worker_context(start_method, workers).Pool(workers, prepare_worker)
    processes = set(multiprocessing.active_children()) - before

    def submit(function: Any, item: Any) -> Wait[Any]:
        result = pool.apply_async(function, (item,))
        return lambda timeout: result_of(result, processes, timeout)

    try:
        if len(processes) < workers:  # the pool has started another, whose end would not be seen
            message = "a worker process has died as it started"
            raise LostWorkerError(message)
        yield ChunkRunner(ordered_map(submit, workers), workers, timeout)
    finally:
        end(pool)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`Pool.map`."""
    with multiprocessing.Pool(2) as pool:
        return pool.map(function, items)
