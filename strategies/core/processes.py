"""Worker processes: how they are started, how many there may be, and how they end."""

import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import ClassVar

import psutil

from strategies.core.errors import StrategyError

# `spawn` everywhere: fresh interpreters, as Dask and joblib start them too; the same on
# every platform, and safe beside threads. `fork` would start faster, and would favour the
# strategies whose library offers it.
START_METHOD = "spawn"

FOLLOW_SECONDS = 1.0  # between two looks at whether the parent is still there
KILL_SECONDS = 2.0  # a killed process is gone within milliseconds; more, where memory is freed


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def require_files(number: int) -> None:
    """Raise StrategyError when not so many more files may be opened.

    For libraries that hang or leave something behind when they reach the limit on the way.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = limit - psutil.Process().num_fds()
    if limit != resource.RLIM_INFINITY and free < number:
        message = (
            f"too few files may be opened: {free} more, and {number} are needed; "
            "allow more (ulimit -n 1024) or use fewer --workers"
        )
        raise StrategyError(message)


@contextmanager
def interrupts_ours() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: a terminal sends it to all of them.

    They inherit that it is blocked in this thread. We are still reached in other threads,
    or at the latest at the end. Python's tracker is started before, since it unblocks it.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare_worker() -> None:
    """Make a worker process leave Ctrl-C to its parent, and not outlive it.

    A terminal sends SIGINT to the workers too; a forked one has its parent's handlers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # joblib's processes have nothing better to wait for
        time.sleep(FOLLOW_SECONDS)
    os._exit(1)


def children() -> set[BaseProcess]:
    """Return the processes that this one has started through `multiprocessing` and that live.

    That is all workers, for joblib and Dask start theirs through it as well, and none of
    the trackers that end by themselves.
    """
    return set(multiprocessing.active_children())


class OwnProcesses:
    """The processes that appear from now on, other than those that belong to others like it."""

    _open: ClassVar[list["OwnProcesses"]] = []

    def __init__(self) -> None:
        self._before = children()
        self._claimed: set[BaseProcess] = set()
        self._open.append(self)

    def claim(self) -> None:
        """Remember those that are there now as ours: another may end when we do not."""
        self._claimed = self._found()

    def kill(self) -> None:
        """End them at once, and wait until they have gone.

        SIGKILL: a process that is stopped, or in a long computation, would not heed SIGTERM.
        """
        found = self._found()
        for process in found:
            with suppress(ProcessLookupError, TypeError):  # it has gone, or not quite come
                os.kill(process.pid, signal.SIGKILL)  # type: ignore[arg-type]
        for process in found:
            process.join(KILL_SECONDS)

    def close(self) -> None:
        """Kill those that are left."""
        self.kill()
        self._open.remove(self)

    def _found(self) -> set[BaseProcess]:
        others = (other._claimed for other in self._open if other is not self)
        return children().difference(self._before, *others)
