"""What is held still, for the measured process and for all workers that it starts."""

import os
import sys
from pathlib import Path

# Native libraries read these once, when they are loaded. Two workers that each start a
# thread per core would compete for the cores, and the strategies would not be compared.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def pin_threads() -> None:
    """Give native libraries one thread a process; workers inherit it."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"


def hide_main() -> None:
    """Keep spawned workers from importing the main script again, which is asv's.

    That would add 0.15 s of asv's own imports to the start of every worker. Nothing that
    workers run is defined there.
    """
    main = sys.modules["__main__"]
    if Path(getattr(main, "__file__", None) or "").parts[-2:] == ("asv", "benchmark.py"):
        main.__spec__ = None
        del main.__file__
