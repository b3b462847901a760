"""Workloads that go wrong at one record, as a user's own would.

They are imported by path, as `--workload injected:NAME --import-from HERE`, so nothing of
parabench is used here. `PARABENCH_MARKS` names a folder: a file named after its process
says that a worker is at work, the file `fault` says when it went wrong.
"""

import os
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path

AT = 700  # the value at which it happens
SECONDS = 0.0012  # a value takes; long enough to be interrupted

_kept: list[object] = []


def slow(value: int) -> int:
    """Return twice the value, slowly."""
    time.sleep(SECONDS)
    _mark(str(os.getpid()))
    return value * 2


def sleeps(value: int) -> int:
    """Return twice the value, after longer than anybody waits."""
    _mark(str(os.getpid()))
    time.sleep(60)
    return value * 2


def exits(value: int) -> int:
    """End the process without a word, as a crash in native code does."""
    if value == AT:
        _mark("fault")
        os._exit(3)
    return slow(value)


def raises(value: int) -> int:
    """Raise what anybody may raise."""
    if value == AT:
        _mark("fault")
        message = f"bad luck with {value}"
        raise ValueError(message)
    return slow(value)


class Unpicklable(Exception):  # noqa: N818 - its name says what matters
    """It cannot be pickled."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.lock = threading.Lock()


def raises_unpicklable(value: int) -> int:
    """Raise an exception that cannot leave its process."""
    if value == AT:
        _mark("fault")
        message = f"bad luck with {value}"
        raise Unpicklable(message)
    return slow(value)


class HalfPicklable(Exception):  # noqa: N818 - its name says what matters
    """It can be pickled, but not be unpickled: pickle calls `__init__` with what `args` holds."""

    def __init__(self, value: int, reason: str) -> None:
        super().__init__(f"{reason} with {value}")


def raises_half_picklable(value: int) -> int:
    """Raise an exception that leaves its process and does not arrive in another."""
    if value == AT:
        _mark("fault")
        raise HalfPicklable(value, "bad luck")
    return slow(value)


def returns_unpicklable(value: int) -> object:
    """Return what does not get from one process to another."""
    if value == AT:
        _mark("fault")
        return threading.Lock()
    return slow(value)


def fills_memory(value: int) -> int:
    """Ask for more memory than the process may have."""
    if value == AT:
        _mark("fault")
        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + 2**26, resource.RLIM_INFINITY))
        _kept.append(bytearray(2**28))
    return slow(value)


def opens_files(value: int) -> int:
    """Open files until the process may not have more, and keep them."""
    if value == AT:
        _mark("fault")
        with suppress(OSError):  # until there are too many
            while True:
                _kept.append(Path(os.devnull).open())  # noqa: SIM115 - that is the fault
    return slow(value)


def _mark(name: str) -> None:
    if name not in _kept:
        (Path(os.environ["PARABENCH_MARKS"]) / name).touch()
        _kept.append(name)
