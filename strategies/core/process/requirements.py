"""What worker processes need of the system, tried before any of them starts.

Without it, libraries hang, leave something behind, or say what has failed inside of them, but
not what is missing.
"""

import errno
import multiprocessing
import resource
import threading
from multiprocessing.context import BaseContext

import psutil

from strategies.core.errors import StrategyError
from strategies.core.process.main_script import require_main

# A process has a few threads of its own, beside those that libraries start.
THREADS, THREADS_A_WORKER = 6, 4
SEMAPHORES = 8  # ProcessPoolExecutor makes 4, Pool 5, joblib 6


class NoSemaphoresError(StrategyError):
    """The system has no semaphores to be shared by processes."""


def worker_context(start_method: str, workers: int) -> BaseContext:
    """Return multiprocessing's context, ready for workers; raises StrategyError."""
    require_semaphores()
    require_threads(THREADS + THREADS_A_WORKER * workers)
    if start_method != "fork":
        require_main()
    return multiprocessing.get_context(start_method)


def require_semaphores() -> None:
    """Raise NoSemaphoresError when processes cannot share semaphores, which most libraries need."""
    try:
        context = multiprocessing.get_context("fork")  # whose semaphores need no other process
        _semaphores = [context.Lock() for _ in range(SEMAPHORES)]
    except (ImportError, OSError) as error:
        if getattr(error, "errno", None) in {errno.EMFILE, errno.ENFILE}:
            raise  # it is the number of files that is too small
        reason = getattr(error, "strerror", None) or error
        message = (
            f"POSIX semaphores cannot be made ({reason}); they need a /dev/shm that is there, "
            "writable and not full"
        )
        raise NoSemaphoresError(message) from error


def require_files(number: int) -> None:
    """Raise StrategyError when not so many more files may be opened."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = limit - psutil.Process().num_fds()
    if limit != resource.RLIM_INFINITY and free < number:
        message = (
            f"too few files may be opened: {free} more, and {number} are needed; "
            "allow more (ulimit -n 1024) or use fewer --workers"
        )
        raise StrategyError(message)


def require_threads(number: int) -> None:
    """Raise StrategyError when not so many more threads can be started; processes count alike.

    They are started, since that takes less than a millisecond, and there are many limits: of the
    user (ulimit -u), of a container or a service (pids.max), of the system.
    """
    done = threading.Event()
    threads = [threading.Thread(target=done.wait, daemon=True) for _ in range(number)]
    started = 0
    try:
        for thread in threads:
            thread.start()
            started += 1
    except RuntimeError as error:
        message = (
            f"too few processes and threads may be started: {started} more, and {number} are "
            "needed; allow more (ulimit -u, or the container's limit of processes) or use fewer "
            "--workers"
        )
        raise StrategyError(message) from error
    finally:
        done.set()
        for thread in threads[:started]:
            thread.join()
