"""`multiprocessing.Pool`, one `apply_async` a chunk.

`Pool.imap` would be shorter, but it takes all chunks at once and lets results pile up.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from strategies.core.contract import Runner
from strategies.core.pool import end, result_of
from strategies.core.processes import START_METHOD, children, prepare_worker
from strategies.core.runner import ChunkRunner, Wait, ordered_map


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    before = children()
    pool = multiprocessing.get_context(start_method).Pool(workers, prepare_worker)
    processes = children() - before

    def submit(function: Any, item: Any) -> Wait[Any]:
        result = pool.apply_async(function, (item,))
        return lambda timeout: result_of(result, processes, timeout)

    try:
        yield ChunkRunner(ordered_map(submit, workers), workers, timeout)
    finally:
        end(pool)
