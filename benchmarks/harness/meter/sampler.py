"""Sample the memory of a process tree, at a cost of less than 1 % of a core.

RSS takes a microsecond a process to read, PSS a millisecond. So PSS is read now and then,
of all processes at once, since what they share concerns them all: a *snapshot*. In between
PSS is what RSS is, less what was shared by the nearest snapshot of the same processes.
"""

import bisect
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import psutil

from benchmarks.harness.meter.readings import LINUX, Process, Reading, Shared
from benchmarks.harness.meter.tree import descendants

PERIOD = 0.02 if LINUX else 0.1  # seconds between two samples
SAMPLES_BUDGET = 0.005  # of a core: where samples cost more, they are taken less often
BUDGET = 0.008  # of a core: snapshots, and looking for new processes, wait for it
LOAN = 0.008  # CPU seconds by which a window may be ahead of it, for a snapshot of new processes
SETTLED = 0.1  # seconds after which a new process is read
LOOK_PERIOD = 0.03  # seconds between two looks for new processes, at least
AGAIN = 0.2  # seconds; a snapshot is repeated at this age, and whenever its age has doubled
DENSEST = 20_000  # a window's age / this is the shortest pause: long ones are sampled less often

Row = dict[Process, Reading]
Snapshot = tuple[float, dict[Process, Shared]]


@dataclass(frozen=True)
class Peak:
    """What was seen between `begin` and `end`; bytes and seconds."""

    kind: str = ""  # PSS, or RSS where the system does not tell PSS
    peak: int = 0  # of the sum over the tree, at the samples
    at_most: int = 0  # the sum of each process' own peak: the true one is not above this
    largest_child: int = 0  # peak RSS of the largest single process that was seen, but the root
    samples: int = 0
    longest_gap: float = 0.0  # between two samples
    cost: float = 0.0  # CPU seconds of the sampler / seconds


class Sampler:
    """Samples the tree below and including `root`, without itself."""

    def __init__(self, root: int, period: float = PERIOD) -> None:
        self._root = root
        self._period = period
        self._known: dict[int, Process] = {}
        self.appeared = False  # whether a new process was seen; for others to reset
        self._newest = -1  # process ID, of any process
        self._listed = False  # whether it was there at two looks: numbered first, a child later
        self._loadavg = os.open("/proc/loadavg", os.O_RDONLY) if LINUX else -1
        self._window: list[Process] = []
        self._series: list[tuple[float, Row]] = []
        self._snapshots: list[Snapshot] = []
        self._again = 0.0  # when to take the next one
        self._unknown = self._lends = False
        self._begun = self._spent = self._looked = self._sample_cost = self._snapshot_cost = 0.0
        self._slept = 0.0  # CPU seconds used when the last pause began

    def begin(self, *, lends: bool = True) -> None:
        """Begin a window: forget what was seen, and take a snapshot.

        `lends`: whether new processes are read on credit. Whoever calls `read` when they
        are there has no need of it.
        """
        self._lends = lends
        self._look()
        self._window = list(self._known.values())
        self._series, self._snapshots = [], []
        for process in self._window:
            process.forget_peak()
        self._begun = time.monotonic()
        self._snapshot()
        self._begun, self._spent = time.monotonic(), time.process_time()

    def read(self) -> None:
        """Read the memory of all exactly, now; whoever asks for it pays, not the budget."""
        before = time.process_time()
        self._snapshot()
        self._spent += time.process_time() - before

    def _snapshot(self) -> None:
        before = time.process_time()
        self._look()
        self._sample()
        now = time.monotonic()
        shared = {process: process.read_exactly() for process in self._known.values()}
        self._snapshots.append((now, {process: read for process, read in shared.items() if read}))
        self._again = now + max(now - self._begun, AGAIN)
        self._unknown = False
        self._snapshot_cost = time.process_time() - before

    def pause(self) -> float:
        """Return the seconds until the next sample, after which to call `tick`.

        From now on the CPU time that is used counts as that sample's.
        """
        self._slept = time.process_time()
        elapsed = time.monotonic() - self._begun
        return max(self._period, self._sample_cost / SAMPLES_BUDGET, elapsed / DENSEST)

    def tick(self) -> None:
        """Take a sample; do what costs more if the budget allows it."""
        self._sample()
        after = time.process_time()
        cost = after - self._slept  # waking up is most of it
        self._sample_cost += (cost - self._sample_cost) / 8  # its running mean
        now = time.monotonic()
        left = BUDGET * (now - self._begun) - (after - self._spent)  # CPU seconds
        if left > 0 and now - self._looked > LOOK_PERIOD:
            self._look()
        left += LOAN if self._unknown and self._lends else 0
        if left > self._snapshot_cost and now > self._again:
            self._snapshot()

    def end(self) -> Peak:
        """End the window."""
        elapsed = time.monotonic() - self._begun
        spent = time.process_time() - self._spent
        self._snapshot()
        by_processes: dict[frozenset[Process], list[Snapshot]] = defaultdict(list)
        for snapshot in self._snapshots:
            by_processes[frozenset(snapshot[1])].append(snapshot)
        peak = at_most = 0.0
        highest = {process: self._highest(process) for process in self._window}
        for moment, row in self._series:
            same = by_processes.get(frozenset(row)) or self._snapshots
            shared = _nearest(same, moment)
            total = sum(
                shared.get(process, Shared()).pss(reading) for process, reading in row.items()
            )
            peak = max(peak, total)
            at_most = max(at_most, sum(highest[process] for process in row))
        gaps = [b - a for (a, _), (b, _) in pairwise(self._series)]
        children = (process.peak for process in self._window if process.pid != self._root)
        return Peak(
            kind="PSS" if any(shared for _, shared in self._snapshots) else "RSS",
            peak=round(peak),
            at_most=round(max(at_most, peak)),
            largest_child=max(children, default=0),
            samples=len(self._series),
            longest_gap=max(gaps, default=0.0),
            cost=spent / elapsed if elapsed else 0.0,
        )

    def _sample(self) -> None:
        row = {}
        for pid, process in list(self._known.items()):
            reading = process.read()
            if reading is None:
                self._known.pop(pid).close()
            else:
                row[process] = reading
        self._series.append((time.monotonic(), row))

    def _look(self) -> None:
        """Look for new processes, if any process or thread has started since the last look."""
        self._looked = time.monotonic()
        if LINUX:
            newest = int(os.pread(self._loadavg, 100, 0).split()[-1])
            if newest == self._newest and self._listed:
                return
            self._listed = newest == self._newest
            self._newest = newest
        for pid in [self._root, *descendants(self._root)]:
            if pid not in self._known and pid != os.getpid():
                try:
                    process = self._known[pid] = Process(pid)
                except (OSError, psutil.Error):  # it has just ended
                    continue
                self._window.append(process)
                self.appeared = True
                self._unknown = True  # what they share with the others
                self._again = self._looked + SETTLED

    def _highest(self, process: Process) -> float:
        """Return the process' own peak, less what it shared at the snapshots, at the least."""
        shared = [read[process].total for _, read in self._snapshots if process in read]
        return process.peak - min(shared, default=0)


def _nearest(snapshots: list[Snapshot], moment: float) -> dict[Process, Shared]:
    """Return the snapshot that is nearest in time."""
    after = bisect.bisect(snapshots, moment, key=lambda snapshot: snapshot[0])
    near = snapshots[max(after - 1, 0) : after + 1]
    return min(near, key=lambda snapshot: abs(snapshot[0] - moment))[1]
