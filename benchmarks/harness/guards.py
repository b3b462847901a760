"""What keeps a figure from counting: a wrong output, an impossible speed, a cold page cache."""

import ctypes
import hashlib
import mmap
import os
import sys
import time
from pathlib import Path

from benchmarks.harness.cell import DROP_CACHES
from benchmarks.harness.judge import WRONG
from benchmarks.harness.meter import Meter
from data_gen.cache import cache_folder
from strategies import Job, JobError, Summary, WrongOutputError, definition

TRIAL = 2**26  # bytes that are read and written to learn how fast that is at most,
TRIALS = 5  # so often: the machine may be busy with something else
BLOCK = 2**20


class JudgeError(Exception):
    """It could not be judged whether an output is right."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"the judge has ended with exit code {code}: {said or 'no word'}")


class TooFastError(JobError):
    """A job took less time than reading its input and writing its output takes."""


def prime(path: Path) -> None:
    """Read a file once, so that it is in the page cache, if memory allows."""
    with path.open("rb", buffering=0) as file:
        while file.read(BLOCK):
            pass


def cached_share(path: Path) -> float | None:
    """Return the share of a file's pages that are in the page cache; reads none of them.

    By `mincore`, without which (all but Linux) it is None. Reading with RWF_NOWAIT would
    tell as well, but starts to read ahead.
    """
    size = path.stat().st_size
    if sys.platform != "linux" or not size:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    with path.open("rb") as file:
        address = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
    if address == ctypes.c_void_p(-1).value:
        return None
    pages = ctypes.create_string_buffer(-(-size // mmap.PAGESIZE))
    try:
        if libc.mincore(address, size, pages):
            return None
    finally:
        libc.munmap(address, size)
    return sum(page & 1 for page in pages.raw) / len(pages)


def drop_caches(path: Path) -> float | None:
    """Empty the system's page cache, which only root may; return `cached_share` after that."""
    os.sync()  # what is not written yet cannot be dropped
    DROP_CACHES.write_text("1\n")
    return cached_share(path)


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


def check_output(meter: Meter, job: Job, summary: Summary) -> None:
    """Raise WrongOutputError unless the job's output is correct; remove the output.

    The reference is slow, and correct outputs of one job are all alike (guarantee 7 of
    the contract). So the SHA-256 of an output that has passed is remembered, under a
    name that changes with the source and with what defines correctness. The reference
    runs in a process of its own: its memory must not count in the next sample.
    """
    found, passed = _sha256(job.destination), _memory(job)
    if not (passed.is_file() and passed.read_text() == found):
        _judge(meter, "verify", str(job.source), str(job.destination), job.workload.name)
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.write_text(found)
    written, read = job.destination.stat().st_size, job.source.stat().st_size
    if (summary.bytes_in, summary.bytes_out) != (read, written):
        message = (
            f"{job.destination}: the strategy says that it has read {summary.bytes_in} bytes and "
            f"written {summary.bytes_out}, but the files have {read} and {written}"
        )
        raise WrongOutputError(message)
    job.destination.unlink()


def have_dataset(meter: Meter, shape: str, size: int) -> None:
    """Make a dataset if it is not there, in a process of its own, likewise."""
    _judge(meter, "dataset", shape, str(size))


def _judge(meter: Meter, *arguments: str) -> None:
    judge = str(Path(__file__).with_name("judge.py"))  # which imports what we import, too
    code, said = meter.run(sys.executable, "-P", judge, *arguments)
    if code == WRONG:
        raise WrongOutputError(said)
    if code:
        raise JudgeError(code, said)


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "no file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _memory(job: Job) -> Path:
    """Return the file that remembers the SHA-256 of the job's correct output."""
    defined = hashlib.sha256(f"{job.delimiter} {definition(job.workload)}".encode())
    name = f"{job.source.stem}-{job.workload.name}-{defined.hexdigest()[:16]}.sha256"
    return cache_folder() / "verified" / name
