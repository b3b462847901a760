"""The children of this process, which a user's code may have started and left."""

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import psutil

GONE_SECONDS = 2.0  # a killed process is gone within milliseconds; more, where memory is freed
POLL_SECONDS = 0.005
AGAIN_SECONDS = 0.05  # between two looks for children that have come meanwhile
# Python's, and joblib's: they clean up after us, and end by themselves.
TRACKER = "resource_tracker import main"
SWEEP = Path(__file__).with_name("sweep.py")
PR_SET_CHILD_SUBREAPER = 36  # of Linux' prctl

_end = os._exit  # itself: while a user's code runs, another function stands there


def end_children() -> None:
    """Kill all descendants of this process, and wait until they have gone."""
    killed = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has gone
            if TRACKER not in " ".join(child.cmdline()):
                child.kill()
                killed.append(child)
    deadline = time.monotonic() + GONE_SECONDS
    while any(map(lives, killed)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def keep_ending_children() -> None:
    """Kill them now, and from now on: threads may start more, and `multiprocessing` waits for it.

    For a process that ends by `exit_without_children`.
    """
    end_children()
    with suppress(RuntimeError):  # no thread can be started any more
        threading.Thread(target=_end_again_and_again, daemon=True).start()


def _end_again_and_again() -> None:
    while True:
        time.sleep(AGAIN_SECONDS)
        end_children()


def exit_without_children(code: int) -> NoReturn:
    """Exit at once, whatever other threads are doing, and leave no descendant.

    A thread can start a process after any look for children. So this process becomes another
    program, which ends its threads and keeps its ID and its children, and that one kills those.
    """
    end_children()
    adopt_orphans()
    # The next program has no handlers yet.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    if sys.platform == "linux":
        python = [sys.executable or "", "-I", "-S"]  # for the quickest start
        with suppress(OSError):  # no memory for it, say
            os.execv(python[0], [*python, str(SWEEP), str(code), TRACKER])  # noqa: S606 - ours
    end_children()
    _end(code)


def adopt_orphans() -> None:
    """Be the parent of what our descendants leave behind, on Linux."""
    with suppress(OSError, AttributeError):  # another system
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def lives(process: psutil.Process) -> bool:
    """Whether it runs; it is not waited for, since whoever has started it wants its exit code."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
