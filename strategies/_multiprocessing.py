"""What `multiprocessing.Pool` lacks: it waits for ever for a worker that has died."""

import threading
import time
from multiprocessing.pool import AsyncResult, Pool
from multiprocessing.process import BaseProcess
from typing import Any

from strategies.core.errors import LostWorkerError

POLL_SECONDS = 0.1  # between two looks at whether the workers live
END_SECONDS = 2.0  # it takes milliseconds, more on a busy machine, or for ever


def result_of(
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


def end(pool: Pool) -> None:
    """End a pool; `terminate` waits for a lock that a killed worker may have held."""
    ending = threading.Thread(target=pool.terminate, daemon=True)
    ending.start()
    ending.join(END_SECONDS)
    if not ending.is_alive():
        pool.join()
