"""The children of this process, which a user's code may have started and left."""

import time
from contextlib import suppress

import psutil

GONE_SECONDS = 2.0  # a killed process is gone within milliseconds; more, where memory is freed
POLL_SECONDS = 0.005
# Python's, and joblib's: they clean up after us, and end by themselves.
TRACKER = "resource_tracker import main"


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


def lives(process: psutil.Process) -> bool:
    """Whether it runs; it is not waited for, since whoever has started it wants its exit code."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
