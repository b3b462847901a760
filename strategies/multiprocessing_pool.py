"""`multiprocessing.Pool`, one `apply_async` a chunk.

`Pool.imap` would be shorter, but it takes all chunks at once and lets results pile up.
"""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import AsyncResult, Pool
from multiprocessing.process import BaseProcess
from typing import Any

from strategies.core.contract import Runner
from strategies.core.errors import LostWorkerError
from strategies.core.processes import START_METHOD, children, prepare_worker
from strategies.core.runner import ChunkRunner, Wait, ordered_map

POLL_SECONDS = 0.1  # between two looks at whether the workers live
END_SECONDS = 1.0  # it takes milliseconds, or for ever


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
        return lambda timeout: _result(result, processes, timeout)

    try:
        yield ChunkRunner(ordered_map(submit, workers, timeout), workers)
    finally:
        _end(pool)


def _result(
    result: "AsyncResult[Any]", processes: set[BaseProcess], timeout: float | None
) -> object:
    """Wait for a result; `AsyncResult.get` would wait for ever when the worker has died.

    The pool starts another process in place of a dead one, but not its task, and that
    process waits for ever if the dead one held a lock. So any death is the end.
    """
    started = time.monotonic()
    while not result.ready():
        result.wait(POLL_SECONDS)
        for process in processes:
            if process.exitcode is not None and not result.ready():
                message = f"a worker process has died (exit code {process.exitcode})"
                raise LostWorkerError(message)
        if timeout is not None and time.monotonic() - started > timeout:
            raise TimeoutError
    return result.get()


def _end(pool: Pool) -> None:
    """End a pool; `terminate` waits for a lock that a killed worker may have held."""
    ending = threading.Thread(target=pool.terminate, daemon=True)
    ending.start()
    ending.join(END_SECONDS)
    if not ending.is_alive():
        pool.join()
