"""Standard input and output, and FIFOs: nobody waits for ever for who is at the other end."""

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from strategies.core.csv.packing import continued
from strategies.core.csv.source import STANDARD
from strategies.core.errors import DestinationError, SourceError
from strategies.core.process.streams import STDOUT, missing, standard_input

OTHER_END_SECONDS = 5.0  # in which somebody must have opened the other end of a FIFO
POLL_SECONDS = 0.02
BLOCK = 2**16  # bytes


def is_pipe(path: Path) -> bool:
    """Whether it is standard input or output, or a FIFO."""
    try:
        return path == STANDARD or stat.S_ISFIFO(path.stat().st_mode)
    except OSError:  # which is told when it is opened
        return False


@contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """Yield a stream of a pipe; raises SourceError where nothing comes out of it, and OSError."""
    if path == STANDARD:
        standard = standard_input()
        if standard is None:
            message = "there is no standard input to read; name a CSV file"
            raise SourceError(message)
        yield standard
        return
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:  # noqa: PTH123 - no path
        first = _first_bytes(file)
        if first is None:
            message = f"{path} is a pipe that nobody writes into; name a CSV file"
            raise SourceError(message)
        os.set_blocking(file.fileno(), True)
        yield continued(first, file)


def _first_bytes(file: IO[bytes]) -> bytes | None:
    """Return what is in a FIFO: nothing where its writer is slow, None where there is none."""
    deadline = time.monotonic() + OTHER_END_SECONDS
    while time.monotonic() < deadline:
        data = file.read(BLOCK)
        if data is None:  # somebody has it open, and nothing is in it
            return b""
        if data:
            return data
        time.sleep(POLL_SECONDS)
    return None


def check_output(path: Path) -> None:
    """Raise DestinationError where it is a standard output that is not there."""
    if path == STANDARD and (STDOUT in missing or sys.stdout is None or sys.stdout.closed):
        message = "there is no standard output to write to; name a file"
        raise DestinationError(message)


def copy_out(whole: IO[bytes], path: Path) -> None:
    """Copy a whole output into a pipe; raises DestinationError where nobody reads, and OSError."""
    with _writing(path) as output:
        while data := whole.read(BLOCK):
            output.write(data)


_kept_output: int | None = None  # a file descriptor


@contextmanager
def keeping_output(descriptor: int) -> Iterator[None]:
    """Say what standard output is, while `sys.stdout` is something else."""
    global _kept_output  # noqa: PLW0603 - a process has one standard output
    _kept_output = descriptor
    try:
        yield
    finally:
        _kept_output = None


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    if path == STANDARD:
        check_output(path)
        sys.stdout.flush()
        descriptor = os.dup(sys.stdout.fileno() if _kept_output is None else _kept_output)
    else:
        descriptor = _opened_for_writing(path)
        os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - no path
        yield file


def _opened_for_writing(path: Path) -> int:
    deadline = time.monotonic() + OTHER_END_SECONDS
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if time.monotonic() > deadline:
                message = f"{path} is a pipe that nobody reads from ({error.strerror})"
                raise DestinationError(message) from error
        time.sleep(POLL_SECONDS)
