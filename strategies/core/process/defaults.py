"""How many workers there are, and how they are started, unless somebody says otherwise."""

import os

# `spawn` everywhere: fresh interpreters, as Dask and joblib start them too; the same on
# every platform, and safe beside threads. `fork` would start faster, and would favour the
# strategies whose library offers it.
START_METHOD = "spawn"


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
