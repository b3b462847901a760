"""Worker processes: what they need to start, and how they take leave of their parent."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType

from strategies.core.process.children import exit_without_children

SAFE_PATH = "PYTHONSAFEPATH"
FOLLOW_SECONDS = 1.0  # between two looks at whether the parent is still there


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


@contextmanager
def same_path() -> Iterator[None]:
    """Start processes that look for modules where we do: not in the current folder under -P.

    `multiprocessing` hands the option on; others start Python without it.
    """
    before = os.environ.get(SAFE_PATH)
    if sys.flags.safe_path:
        os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(SAFE_PATH, None)


def prepare_worker() -> None:
    """Make a worker process leave Ctrl-C to its parent, and not outlive it.

    A terminal sends SIGINT to the workers too; a forked one has its parent's handlers.
    """
    ignore_interrupts()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, daemon=True).start()


def ignore_interrupts() -> None:
    """Do nothing at SIGINT; to be called in the main thread.

    By a handler: what a user's code starts would inherit that the signal is ignored or blocked.
    """
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # as whoever started us may want it
        signal.signal(signal.SIGINT, _do_nothing)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def _follow_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # joblib's processes have nothing better to wait for
        time.sleep(FOLLOW_SECONDS)
    exit_without_children(1)  # a user's code may have started some
