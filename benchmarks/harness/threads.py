"""How many threads native libraries have, in the measured process and in all its workers."""

import os

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
