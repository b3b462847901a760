"""A cell, in one of asv's processes: its samples from the journal, measured first if need be.

asv's process itself imports neither NumPy nor a strategy, and measures nothing: asv forks it,
and gives it up as a whole. A process of its own measures (`measure_cells`): fresh, and when a
strategy ends it, asv's process is still there.
"""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

from benchmarks.harness.errors import HarnessError
from benchmarks.harness.git import ROOT
from benchmarks.harness.journal import Cell, Journal, Run
from benchmarks.harness.measurement import Measurement, from_line
from benchmarks.harness.profiles import CORES, Profile, current
from benchmarks.harness.subject import DEFAULT_ENGINE, IN_OUR_PROCESS, REASON, describe

# What a process measures together, as both need the same of it: the first start workers for
# each sample, the second do all jobs on the same workers.
STARTING = ("cold", "memory", "startup", "uncached")
TOGETHER = (STARTING, ("chunking", "scaling", "warm"))
LEFT_OUT = ("unavailable", "too long")  # states that are no failures
NOTED_SECONDS = 5.0  # for the watcher to note how a process ended; it takes 2 (RUNNER_SECONDS)
BOOT = """
import importlib.util, json, sys
root, sys.path[:] = sys.argv[1], json.loads(sys.argv[2])
spec = importlib.util.spec_from_file_location("benchmarks", root + "/benchmarks/__init__.py")
sys.modules["benchmarks"] = importlib.util.module_from_spec(spec)
from benchmarks.harness.measure_cells import main
main()
"""  # the working tree's `benchmarks`, as asv imports it, and the commit's packages


class CellFailedError(HarnessError):
    """The cell has no result."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")


class RecordedCell:
    """Gives samples of one cell, one by one, to one metric in one of asv's processes."""

    def __init__(self, model: str, cell: Cell) -> None:
        self.model = model
        self.cell = cell
        self.journal = Journal.open(cell)
        self.given = 0  # samples, by this process
        self._read()
        if REASON is not None and not self._end:
            self._ended("unavailable", REASON)
        if self._end and self._end["state"] in LEFT_OUT:
            raise NotImplementedError(self._end["reason"])  # which asv takes for "skipped"

    def next(self, metric: str, repeat: int) -> Measurement | None:
        """Return the next sample of `repeat` that this process is asked for.

        None where the cell has had its samples, which are fewer for long jobs. Raises
        CellFailedError, now and for every metric after.
        """
        if self.given == 0:
            self._metric = metric
            wanted = {"metric": metric, "run": self.journal.run.id}
            earlier = self.journal.of("taken", self.model, self.cell, **wanted)
            self._round = len(earlier) + 1
            self._offset = sum(line["count"] for line in earlier)  # in earlier rounds
        position = self._offset + self.given
        while position >= len(self._samples):
            if self._end and self._end["state"] in LEFT_OUT:
                # Here, since asv_runner imports NumPy, and `parabench plan` imports this file.
                from asv_runner.benchmarks.mark import SkipNotImplemented  # noqa: PLC0415

                raise SkipNotImplemented(self._end["reason"])
            if self._end and self._end["state"] != "ok":
                raise CellFailedError(self._end["state"], self._end["reason"])
            if self.given and self.given >= self._repeat(repeat):
                return None
            self._measure(repeat)
        self.given += 1
        sample: Measurement = self._samples[position]
        return sample

    def close(self) -> None:
        """Say what was taken."""
        if self.given:
            self.journal.add(
                event="taken", run=self.journal.run.id, metric=self._metric,
                model=self.model, cell=self.cell, count=self.given,
            )  # fmt: skip

    def _repeat(self, most: int) -> int:
        """Return how many samples the cell has in a round."""
        return min(self._end.get("samples", most), most) if self._end else most

    def _read(self) -> None:
        recorded = self.journal.of("sample", self.model, self.cell)
        self._samples = [from_line(line) for line in recorded]
        ends = self.journal.of("end", self.model, self.cell)
        self._end: dict[str, Any] | None = ends[-1] if ends else None

    def _measure(self, repeat: int) -> None:
        """Have this cell measured with so many samples a round, and others with it."""
        self.journal.reload()
        tasks = list(self._tasks(repeat))
        run, journal = self.journal.run, self.journal
        order = {
            "journal": str(journal.path), "session": journal.session, "run": run.id,
            "timeout": current().timeout, "runners": [run.pid, os.getpid()],
            "asked": time.time(), "limits": asdict(current().limits), "tasks": tasks,
        }  # fmt: skip
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-c", BOOT, str(ROOT), json.dumps(sys.path)],
            input=json.dumps(order),
            text=True,
            check=False,
        )
        if not Run.lives(run.id):
            sys.exit("the run has ended")
        ends, samples = len(journal.ends()), len(self._samples)
        until = time.monotonic() + NOTED_SECONDS
        journal.reload()
        while done.returncode and len(journal.ends()) == ends and time.monotonic() < until:
            time.sleep(0.05)
            journal.reload()
        self._read()
        if (len(journal.ends()), len(self._samples)) == (ends, samples):  # it could not even begin
            self._ended("crashed", f"its process died with exit code {done.returncode}")

    def _tasks(self, repeat: int) -> Iterator[dict[str, Any]]:
        """Yield what the process that measures this cell is to measure.

        In a run of the whole profile these are all cells of the strategy that need the same of
        a process, the smaller before the larger: what a large job leaves in the memory of its
        workers would add to the peak of a small one, and a small one tells how long a large one
        will take.
        """
        if not self.journal.run.whole:
            yield self._task(self.model, self.cell, self._offset, repeat)
            return
        cells = list(companions(current(), self.model, self.cell))
        cells.sort(key=lambda both: (both[1].get("workers", CORES), both[1].get("megabytes", 0)))
        for model, cell in cells:
            ends = self.journal.of("end", model, cell)
            grid = current().grid_of(model, cell)
            per_round = ends[-1].get("samples", grid.repeat) if ends else grid.repeat
            task = self._task(model, cell, (self._round - 1) * per_round, grid.repeat)
            if task["samples"] > 0 and (not ends or ends[-1]["state"] == "ok"):
                yield task

    def _task(self, model: str, cell: Cell, offset: int, repeat: int) -> dict[str, Any]:
        """Return a cell, and how many samples it lacks: of those before a round, and in it."""
        ends = self.journal.of("end", model, cell)
        taken = len(self.journal.of("sample", model, cell))
        per_round = ends[-1].get("samples", repeat) if ends else repeat
        grid = current().grid_of(model, cell)
        return {
            "model": model, "cell": cell, "samples": offset + min(per_round, repeat) - taken,
            "taken": taken, "ended": bool(ends), "rounds": grid.rounds, "least": grid.least,
        }  # fmt: skip

    def _ended(self, state: str, reason: str) -> None:
        about = {"model": self.model, "cell": self.cell, "state": state, "reason": reason}
        self._end = {"event": "end", "session": self.journal.session, **about}
        self.journal.add(**self._end)


def companions(profile: Profile, model: str, cell: Cell) -> Iterator[tuple[str, Cell]]:
    """Yield the cells of a profile that one process measures together with a cell, and itself."""
    together = next((group for group in TOGETHER if model in group), (model,))
    for name, grids in profile.models.items():
        if name not in together or (name == "uncached") != (model == "uncached"):
            continue  # dropping caches is only done where it is asked for
        for other in itertools.chain.from_iterable(grids.values()):
            if _needs(name, other) == _needs(model, cell):
                yield name, other


def _needs(model: str, cell: Cell) -> tuple[str | None, str | None]:
    """Return what must be equal for cells of a group: the strategy, and for some the engine."""
    strategy = cell.get("strategy")
    if model not in STARTING or strategy is None or not _leaves_its_engine(strategy):
        return strategy, None
    return strategy, cell.get("engine", DEFAULT_ENGINE)


@cache
def _leaves_its_engine(strategy: str) -> bool:
    """Whether it works in the process that measures: the engine adds to the next cell's peak."""
    return describe(strategy).kind in IN_OUR_PROCESS
