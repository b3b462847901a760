"""The memory of one process, read cheaply, exactly, and at its peak."""

import contextlib
import os
import sys
from typing import NamedTuple

import psutil

LINUX = sys.platform == "linux"
PAGE = os.sysconf("SC_PAGE_SIZE")


class Reading(NamedTuple):
    """A cheap reading, in bytes."""

    resident: int  # RSS
    mapped: int  # the part of it that maps files, such as libraries


class Shared(NamedTuple):
    """What an exact reading says of how to get from RSS to PSS."""

    mapped_share: float = 1.0  # PSS / RSS of what maps files
    forked: int = 0  # bytes of the rest that other processes have, too, and count
    total: int = 0  # bytes: RSS - PSS

    def pss(self, reading: Reading) -> float:
        """Return bytes of PSS, as far as nothing has changed in what is shared."""
        private = reading.resident - reading.mapped - self.forked
        return max(private, 0) + self.mapped_share * reading.mapped


class Process:
    """A process of the tree, for as long as it lives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0  # bytes of RSS since `forget_peak`; the kernel keeps it
        self._statm = os.open(f"/proc/{pid}/statm", os.O_RDONLY) if LINUX else -1
        self._process = None if LINUX else psutil.Process(pid)

    def read(self) -> Reading | None:
        """Return a cheap reading, or None when the process has ended."""
        try:
            if self._process is not None:
                reading = Reading(int(self._process.memory_info().rss), 0)
            else:
                size, resident, mapped = map(int, os.pread(self._statm, 100, 0).split()[:3])
                if not size:  # it has ended, and nobody has waited for it yet
                    return None
                # May be 0 in a program that has just begun: counters are exact to 64 pages a core.
                reading = Reading(resident * PAGE, mapped * PAGE)
        except (OSError, ValueError, psutil.Error):
            return None
        self.peak = max(self.peak, reading.resident)
        return reading

    def read_exactly(self) -> Shared | None:
        """Read PSS, where there is PSS and it may be read, and the kernel's own peak."""
        self.peak = max(self.peak, self._fields("status").get(b"VmHWM:", 0))
        rollup = self._fields("smaps_rollup")
        if b"Pss:" not in rollup:
            return None
        anonymous = rollup[b"Anonymous:"]
        mapped = rollup[b"Rss:"] - anonymous
        pss_anonymous = rollup.get(b"Pss_Anon:", anonymous)
        pss_mapped = rollup[b"Pss:"] - pss_anonymous
        share = pss_mapped / mapped if mapped else 1.0
        return Shared(share, anonymous - pss_anonymous, rollup[b"Rss:"] - rollup[b"Pss:"])

    def forget_peak(self) -> None:
        """Let the kernel's own peak begin anew; where that is not allowed, it stays."""
        self.peak = 0
        if LINUX:
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{self.pid}/clear_refs", "wb", 0) as file,  # noqa: PTH123
            ):
                file.write(b"5")

    def close(self) -> None:
        """Let go of what was opened."""
        if self._statm >= 0:
            os.close(self._statm)

    def _fields(self, name: str) -> dict[bytes, int]:
        """Return the sizes that a file in /proc lists, in bytes."""
        sizes: dict[bytes, int] = {}
        if LINUX:
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{self.pid}/{name}", "rb", 0) as file,  # noqa: PTH123
            ):
                for line in file.read().splitlines():
                    words = line.split()
                    if words[-1] == b"kB":
                        sizes[words[0]] = int(words[1]) * 1024
        return sizes
