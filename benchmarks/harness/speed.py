"""How fast a job can be at most: one that was faster cannot have been done."""

import time
from pathlib import Path

from benchmarks.harness.errors import HarnessError
from benchmarks.harness.page_cache import BLOCK

TRIAL = 2**26  # bytes that are read and written to learn how fast that is at most,
TRIALS = 5  # so often: the machine may be busy with something else


class TooFastError(HarnessError):
    """A job took less time than reading its input and writing its output takes."""


def fastest(source: Path, scratch: Path, workers: int) -> float:
    """Return seconds within which nobody can read and write as many bytes as `source` has.

    The least of some trials on the first 64 MB, scaled; all workers might do both at once.
    """
    size = source.stat().st_size
    amount = min(size, TRIAL)
    seconds = min(_copied(source, scratch / "trial", amount) for _ in range(TRIALS))
    return seconds * size / amount / workers


def _copied(source: Path, copy: Path, amount: int) -> float:
    """Return the seconds that reading and writing so many bytes takes."""
    begun = time.perf_counter()
    with source.open("rb", buffering=0) as reader, copy.open("wb", buffering=0) as writer:
        for _ in range(0, amount, BLOCK):
            writer.write(reader.read(BLOCK))
    seconds = time.perf_counter() - begun
    copy.unlink()
    return seconds


def check_speed(seconds: float, least: float) -> None:
    """Raise TooFastError when a job was too fast to be true."""
    if seconds < least:
        message = (
            f"it took {seconds:.4f} s, and {least:.4f} s is the least in which this machine "
            "reads its input and writes as much; it cannot have done the job"
        )
        raise TooFastError(message)
