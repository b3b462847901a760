"""The children of this process, which a user's code may have started and left."""

from contextlib import suppress

import psutil

GONE_SECONDS = 2.0  # a killed process is gone within milliseconds; more, where memory is freed
HELPER = "resource_tracker"  # Python's, and joblib's: they clean up after us, and end by themselves


def end_children() -> None:
    """Kill all descendants of this process, and wait until they have gone."""
    killed = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has gone
            if HELPER not in " ".join(child.cmdline()):
                child.kill()
                killed.append(child)
    with suppress(psutil.Error, OSError):  # another thread waits for it, too
        psutil.wait_procs(killed, GONE_SECONDS)
