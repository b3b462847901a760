"""The memory of one process, read cheaply, exactly, and at its peak."""

import bisect
import contextlib
import os
import sys
from typing import NamedTuple

import psutil

LINUX = sys.platform == "linux"
PAGE = os.sysconf("SC_PAGE_SIZE")


class Exact(NamedTuple):
    """An exact reading; bytes. `shared` is what the process' RSS counts and its PSS does not."""

    at: float
    shared: int


class Process:
    """A process of the tree, for as long as it lives.

    RSS takes a microsecond to read, PSS a millisecond. So PSS is read now and then, and
    in between it is RSS less what was shared when PSS was read last or will be next.
    """

    def __init__(self, pid: int, now: float = 0.0) -> None:
        self.pid = pid
        self.appeared = self.exact_again = now
        self.exact: list[Exact] = []
        self.peak = 0  # bytes of RSS since `forget_peak`; the kernel keeps it
        self._statm = os.open(f"/proc/{pid}/statm", os.O_RDONLY) if LINUX else -1
        self._process = None if LINUX else psutil.Process(pid)

    def rss(self) -> int | None:
        """Return bytes, or None when it has ended."""
        try:
            if self._process is not None:
                return int(self._process.memory_info().rss)
            pages = os.pread(self._statm, 100, 0).split()[1]
        except (OSError, IndexError, psutil.Error):
            return None
        return int(pages) * PAGE or None  # a zombie has none

    def read_exactly(self, now: float) -> None:
        """Read PSS, where there is PSS and it may be read."""
        values = self._fields("smaps_rollup", (b"Rss:", b"Pss:"))
        if len(values) == 2:
            self.exact.append(Exact(now, values[b"Rss:"] - values[b"Pss:"]))

    def read_peak(self) -> None:
        """Update `peak`."""
        high = self._fields("status", (b"VmHWM:",)).get(b"VmHWM:", 0)
        self.peak = max(self.peak, high, self.rss() or 0)

    def forget_peak(self) -> None:
        """Let the kernel's own peak begin anew; where that is not allowed, it stays."""
        self.peak, self.exact = 0, self.exact[-1:]
        if LINUX:
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{self.pid}/clear_refs", "wb", 0) as file,  # noqa: PTH123
            ):
                file.write(b"5")

    def shared_at(self, moment: float) -> int:
        """Return what was shared, in bytes, by the exact reading nearest in time."""
        if not self.exact:
            return 0
        after = bisect.bisect(self.exact, moment, key=lambda reading: reading.at)
        near = self.exact[max(after - 1, 0) : after + 1]
        return min(near, key=lambda reading: abs(reading.at - moment)).shared

    def close(self) -> None:
        """Let go of what was opened."""
        if self._statm >= 0:
            os.close(self._statm)

    def _fields(self, name: str, wanted: tuple[bytes, ...]) -> dict[bytes, int]:
        """Return the wanted lines of a file in /proc, in bytes."""
        found: dict[bytes, int] = {}
        if LINUX:
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{self.pid}/{name}", "rb", 0) as file,  # noqa: PTH123
            ):
                for line in file.read().splitlines():
                    if line.startswith(wanted):
                        key, kilobytes = line.split()[:2]
                        found[key] = int(kilobytes) * 1024
        return found
