"""The process that measures: some cells of one strategy, one after the other.

What it is to do comes from asv's process as JSON (`Order`), and what was measured goes into
the journal, line by line. A cell that fails ends with its state; the next one goes on.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.harness import json_lines, page_cache
from benchmarks.harness.journal import Cell
from benchmarks.harness.limits import Limits
from benchmarks.harness.meter import Meter
from benchmarks.harness.meter.watcher import kills_for_memory
from benchmarks.harness.models import MODELS, Bench
from benchmarks.harness.profiles import OWN, PROGRESS_VARIABLE
from benchmarks.harness.samples import Samples
from benchmarks.harness.sampling import Sampler, clock
from benchmarks.harness.speed import TooFastError
from benchmarks.harness.subject import (
    LostWorkerError,
    WrongOutputError,
    describe_engine,
    load,
)


@dataclass(frozen=True)
class Task:
    """A cell, and how many samples to take of it."""

    model: str
    cell: Cell
    samples: int  # at most; fewer where they are long
    taken: int = 0  # samples that the journal has
    ended: bool = False  # whether the journal has its end already, of an earlier round
    rounds: int = 1  # that it will have in all
    least: int = 1  # samples in a round, however long


@dataclass
class Order:
    """What to measure, and for whom."""

    journal: str  # its path
    session: str
    run: str
    timeout: float  # seconds for each cell
    runners: list[int]  # processes: when one of them has ended, nobody wants the samples
    asked: float  # seconds since 1970, when this process was asked for
    limits: Limits
    tasks: list[Task] = field(default_factory=list)

    def as_json(self) -> str:
        """Return what `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Order":
        """Return what `as_json` has made."""
        fields = json.loads(text)
        tasks, limits = [Task(**task) for task in fields["tasks"]], Limits(**fields["limits"])
        return cls(**{**fields, "tasks": tasks, "limits": limits})


class MeasuringProcess:
    """Measures the cells of an order, and says at the end where its time has gone."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._meter = Meter()  # which stays until we have ended, and ends what is left then
        parent = Path.cwd() if os.environ.get("ASV") else None  # which asv removes
        self._scratch = Path(tempfile.mkdtemp(prefix="parabench-", dir=parent))
        self._bench = Bench(self._meter, self._scratch)
        self._spent = dict.fromkeys(("imports", "workers", "cells", "samples", "outside"), 0.0)
        self._spent["imports"] = time.time() - order.asked
        self._samples = Samples(Path(order.journal), order.session)

    def measure(self) -> None:
        """Measure all cells; what comes in between is noted, even when it is our end."""
        try:
            for task in self._order.tasks:
                self._measure(task)
            try:
                self._bench.release()
            except Exception as error:  # noqa: BLE001 - strategies may raise anything
                self._end(task, *state_of(error, kills_for_memory()))
        finally:
            with suppress(OSError, RuntimeError):  # the watcher may have died
                self._meter.release()
            shutil.rmtree(self._scratch, ignore_errors=True)
        first = self._order.tasks[0]
        self._spent["workers"] = self._bench.up_seconds
        self._add(
            event="process", run=self._order.run, model=first.model,
            strategy=first.cell.get("strategy"), cells=len(self._order.tasks),
            seconds={name: round(seconds, 3) for name, seconds in self._spent.items()},
        )  # fmt: skip

    def _measure(self, task: Task) -> None:
        """Measure one cell, and note how it ended."""
        self._add(event="begin", run=self._order.run, model=task.model, cell=task.cell)
        _report_progress(task)
        begun = clock()
        reason = why_unavailable(task)  # the first time, this imports the strategy
        self._spent["imports"] += clock() - begun
        if reason:
            self._end(task, "unavailable", reason)
            return
        seconds = self._samples.predicted(task.model, task.cell)
        why_not = None if seconds is None else self._order.limits.why_not(seconds)
        if why_not and not task.taken:
            self._end(task, "too long", why_not)
            return
        self._guard(task)
        kills_before = kills_for_memory()
        try:
            begun, up = clock(), self._bench.up_seconds
            sampler = MODELS[task.model](self._bench, **task.cell)
            self._spent["cells"] += clock() - begun - (self._bench.up_seconds - up)
            per_round = self._take(task, sampler)
        except Exception as error:  # noqa: BLE001 - strategies may raise anything
            with suppress(Exception):  # strategies kill their workers when left by an error
                self._bench.release(error)
            self._end(task, *state_of(error, kills_before))
        else:
            if not task.ended:
                self._end(task, "ok", "", samples=per_round, **kept(sampler))
        self._guard(None)

    def _take(self, task: Task, sampler: Sampler) -> int:
        """Take the samples of a cell; return how many it has in a round.

        That is decided when there is the first one, and not again.
        """
        taken, wanted = task.taken, task.taken + task.samples
        if taken and not task.ended:  # a run that was killed is resumed
            wanted = self._fewer(task, wanted)
        while taken < wanted:
            begun = clock()
            sample = sampler.take()
            whole = clock() - begun
            about = {"session": self._order.session, "model": task.model, "cell": task.cell}
            line = {"event": "sample", **about, **sample.as_line()}
            self._add(**line)
            self._samples.add(line)
            taken += 1
            self._spent["samples"] += sample.seconds
            self._spent["outside"] += whole - sample.seconds
            if taken == 1:
                wanted = self._fewer(task, wanted)
        return wanted

    def _fewer(self, task: Task, wanted: int) -> int:
        """Return how many samples to take in a round, by what those took that are there."""
        seconds = self._samples.of(task.model, task.cell)
        limits = self._order.limits
        return limits.repeat(seconds.whole, task.rounds, wanted, task.least) if seconds else wanted

    def _guard(self, task: Task | None) -> None:
        """Have the watcher end us when the time is over, and note how the cell ended, if any."""
        reasons = {
            "timed out": f"not done within {self._order.timeout:g} s",
            "crashed": "its process died",
            "out of memory": "the system has killed a process for its memory",
        }
        self._meter.guard(
            seconds=self._order.timeout,
            runners=self._order.runners,
            scratch=self._scratch,
            journal=Path(self._order.journal),
            on_end={how: self._end_line(task, how, why) for how, why in reasons.items()}
            if task
            else {},
        )

    def _end(self, task: Task, state: str, reason: str, **also: object) -> None:
        self._add(**self._end_line(task, state, reason), **also)

    def _end_line(self, task: Task, state: str, reason: str) -> dict[str, Any]:
        about = {"session": self._order.session, "model": task.model, "cell": task.cell}
        return {"event": "end", **about, "state": state, "reason": reason}

    def _add(self, **line: Any) -> None:
        path = Path(self._order.journal)
        json_lines.append(path, {"at": round(time.time(), 3), **line})


def kept(sampler: Sampler) -> dict[str, str]:
    """Return what the outputs of a system keep that promises nothing, for the journal."""
    checks = sampler.checks
    if checks is None or checks.exactly or checks.verdict is None:
        return {}
    said = {"fidelity": checks.verdict.outcome, "difference": checks.verdict.difference}
    return {name: words for name, words in said.items() if words}


def why_unavailable(task: Task) -> str | None:
    """Return why a cell cannot be measured here."""
    if task.model == "uncached" and not os.access(page_cache.DROP_CACHES, os.W_OK):
        return "dropping the page cache takes root on Linux; run asv as root"
    name, engine = task.cell.get("strategy"), task.cell.get("engine")
    if name and (reason := load(name).reason):
        return reason
    if engine and engine not in OWN:
        return describe_engine(engine).missing  # the process that works imports it, not we
    return None


def state_of(error: Exception, kills_before: int) -> tuple[str, str]:
    """Return how a cell has ended that has raised an error, and why.

    `kills_before` is what `kills_for_memory` said when the cell began.
    """
    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, WrongOutputError | TooFastError):
        return "wrong", reason
    if isinstance(error, MemoryError) or "out of memory" in reason:
        return "out of memory", reason
    if isinstance(error, LostWorkerError) and kills_for_memory() > kills_before:
        return "out of memory", reason
    return "crashed", f"{type(error).__name__}: {reason}"


def _report_progress(task: Task) -> None:
    """Tell whoever waits that a cell has started."""
    if path := os.environ.get(PROGRESS_VARIABLE):
        words = [task.model, *(f"{name}={value}" for name, value in task.cell.items())]
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")


def main() -> None:
    """Measure what standard input says."""
    MeasuringProcess(Order.from_json(sys.stdin.read())).measure()
