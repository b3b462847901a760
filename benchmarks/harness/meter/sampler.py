"""Sample the memory of a process tree, at a cost of less than 1 % of a core."""

import os
import time
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.harness.meter.readings import LINUX, Process
from benchmarks.harness.meter.tree import descendants

PERIOD = 0.01 if LINUX else 0.1  # seconds between two samples
FIRST_EXACT = 0.2  # seconds; exact readings of a process, which cost a millisecond, are taken
# when it appears, at this age, and whenever its age has doubled since
BUDGET = 0.008  # of a core: the pause after anything that took long is longer
MOST_SAMPLES = 20_000  # long runs are sampled less often, so that memory stays bounded


@dataclass(frozen=True)
class Peak:
    """What was seen between `begin` and `end`; bytes and seconds."""

    kind: str = ""  # PSS, or RSS where the system does not tell PSS
    peak: int = 0  # of the sum over the tree, at the samples
    at_most: int = 0  # the sum of each process' own peak: the true one is not above this
    largest: int = 0  # peak RSS of the largest single process that was seen
    samples: int = 0
    longest_gap: float = 0.0  # between two samples
    cost: float = 0.0  # CPU seconds of the sampler / seconds


class Sampler:
    """Samples the tree below and including `root`, without itself."""

    def __init__(self, root: int, period: float = PERIOD) -> None:
        self._root = root
        self._period = period
        self._known: dict[int, Process] = {}
        self._newest = -1
        self._loadavg = os.open("/proc/loadavg", os.O_RDONLY) if LINUX else -1
        self._window: list[Process] = []
        self._series: list[tuple[float, list[tuple[Process, int]]]] = []
        self._begun = self._spent = 0.0

    @property
    def seen(self) -> set[int]:
        """The processes of the tree that lived at the last sample, without `root`."""
        return set(self._known) - {self._root}

    def begin(self) -> None:
        """Begin a window: forget what was seen, and read all exactly."""
        self._window = list(self._known.values())
        self._series = []
        for process in self._window:
            process.forget_peak()
            process.exact_again = time.monotonic() + FIRST_EXACT
        self.sample()
        self.read_exactly()
        self._begun, self._spent = time.monotonic(), time.process_time()

    def sample(self) -> None:
        """Take a sample; new processes are read exactly at once, as forks share a lot."""
        now = time.monotonic()
        for pid in self._appeared():
            try:
                process = self._known[pid] = Process(pid, now)
                process.exact_again = now + FIRST_EXACT
            except OSError:  # it has just ended
                continue
            self._window.append(process)
            process.read_exactly(now)
        row = []
        for pid, process in list(self._known.items()):
            rss = process.rss()
            if rss is None:
                self._known.pop(pid).close()
            else:
                row.append((process, rss))
                process.peak = max(process.peak, rss)
        self._series.append((now, row))

    def read_exactly(self) -> None:
        """Read PSS and the kernel's own peaks of all that live."""
        now = time.monotonic()
        for process in self._known.values():
            process.read_exactly(now)
            process.read_peak()

    def pause(self) -> float:
        """Return the seconds until the next sample, after which to call `tick`."""
        elapsed = time.monotonic() - self._begun
        spent = time.process_time() - self._spent
        behind = spent / BUDGET - elapsed  # how long to rest, lest it costs too much
        return max(self._period, elapsed / MOST_SAMPLES, min(behind, 1.0))

    def tick(self) -> None:
        """Take a sample, and read one process exactly for which it is time."""
        self.sample()
        now = time.monotonic()
        for process in self._known.values():
            if now > process.exact_again:
                process.read_exactly(now)
                process.read_peak()
                process.exact_again = now + max(now - process.appeared, FIRST_EXACT)
                break

    def end(self) -> Peak:
        """End the window."""
        elapsed = time.monotonic() - self._begun
        spent = time.process_time() - self._spent
        self.sample()
        self.read_exactly()
        peak = at_most = 0
        highest = {process: self._private_peak(process) for process in self._window}
        for moment, row in self._series:
            total = sum(max(rss - process.shared_at(moment), 0) for process, rss in row)
            peak = max(peak, total)
            at_most = max(at_most, sum(highest[process] for process, _ in row))
        times = [moment for moment, _ in self._series]
        gaps = [b - a for a, b in pairwise(times)]
        return Peak(
            kind="PSS" if any(process.exact for process in self._window) else "RSS",
            peak=peak,
            at_most=max(at_most, peak),
            largest=max((process.peak for process in self._window), default=0),
            samples=len(self._series),
            longest_gap=max(gaps, default=0.0),
            cost=spent / elapsed if elapsed else 0.0,
        )

    def _private_peak(self, process: Process) -> int:
        shared = min((reading.shared for reading in process.exact), default=0)
        return max(process.peak - shared, 0)

    def _appeared(self) -> list[int]:
        """Return new processes of the tree; looks for some only when any has started."""
        if LINUX:
            newest = int(os.pread(self._loadavg, 100, 0).split()[-1])  # process or thread
            if newest == self._newest:
                return []
            self._newest = newest
        own = os.getpid()
        tree = [self._root, *descendants(self._root)]
        return [pid for pid in tree if pid not in self._known and pid != own]
