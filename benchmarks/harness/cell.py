"""A cell, in one process: samples from the journal as far as there are any, then real ones."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.harness.journal import Cell, Journal
from benchmarks.harness.measurement import Measurement, from_line
from benchmarks.harness.meter.watcher import kills_for_memory
from benchmarks.harness.profiles import PROGRESS_VARIABLE, current

DROP_CACHES = Path("/proc/sys/vm/drop_caches")  # Linux
STATES = ("ok", "wrong", "crashed", "timed out", "out of memory", "unavailable")


class CellFailedError(Exception):
    """The cell has no result."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")


@dataclass
class MeasuredCell:
    """Gives samples of one cell, one by one, to one metric in one of asv's processes."""

    model: str
    cell: Cell
    journal: Journal = field(default_factory=Journal.open)
    given: int = 0  # samples, by this process

    def __post_init__(self) -> None:
        recorded = self.journal.of("sample", self.model, self.cell)
        self._samples = [from_line(line) for line in recorded]
        ends = self.journal.of("end", self.model, self.cell)
        self._end: dict[str, Any] | None = ends[-1] if ends else None
        self._stack = ExitStack()
        self._take: Callable[[], Measurement] | None = None
        self._release: Callable[[], None] | None = None
        self._kills_before = 0
        if self._end and self._end["state"] == "unavailable":
            raise NotImplementedError(self._end["reason"])  # which asv takes for "skipped"
        if not self._samples and not self._end:
            self._check_available()

    def next(self, metric: str) -> Measurement:
        """Return the next sample; raises CellFailedError, now and for every metric after."""
        if self.given == 0:
            self._metric = metric
            wanted = {"metric": metric, "run": self.journal.run.id}
            earlier = self.journal.of("taken", self.model, self.cell, **wanted)
            self._offset = sum(line["count"] for line in earlier)  # in earlier rounds
        position = self._offset + self.given
        if position >= len(self._samples):
            if self._end and self._end["state"] != "ok":
                raise CellFailedError(self._end["state"], self._end["reason"])
            self._samples.append(self._measure())
        self.given += 1
        sample: Measurement = self._samples[position]
        return sample

    def close(self) -> None:
        """Take down what was brought up, which may fail, too, and say what was taken."""
        try:
            self._stack.close()
        except Exception as error:
            self._failed(error)
        if self.given:
            self.journal.add(
                event="taken", run=self.journal.run.id, metric=self._metric,
                model=self.model, cell=self.cell, count=self.given,
            )  # fmt: skip
            if self._end is None:
                self._ended("ok", "")
        self._let_go()

    def _measure(self) -> Measurement:
        """Take a sample; what comes in between is noted, even when it is the end of us."""
        try:
            if self._take is None:
                self._take = self._start()
            measured = self._take()
        except Exception as error:
            with suppress(Exception):  # strategies kill their workers when left by an error
                self._stack.__exit__(type(error), error, error.__traceback__)
            self._failed(error)
        except BaseException:  # Ctrl-C is not the cell's end
            self._let_go()
            raise
        self.journal.add(
            event="sample", session=self.journal.session, model=self.model, cell=self.cell,
            **measured.as_line(),
        )  # fmt: skip
        return measured

    def _start(self) -> Callable[[], Measurement]:
        """Bring up the meter and what the model needs; return how to take a sample."""
        # Imported here, since what is only read from the journal needs no pandas.
        from benchmarks.harness.meter import Meter  # noqa: PLC0415
        from benchmarks.harness.models import MODELS, Bench  # noqa: PLC0415

        self.journal.add(event="begin", run=self.journal.run.id, model=self.model, cell=self.cell)
        _report_progress(self.model, self.cell)
        meter = Meter()  # which stays to the end of this process, and ends what is left then
        self._release = meter.release
        self._kills_before = kills_for_memory()
        seconds = current().timeout
        reasons = {
            "timed out": f"not done within {seconds:g} s",
            "crashed": "its process died",
            "out of memory": "the system has killed a process for its memory",
        }
        about: dict[str, Any] = {"event": "end", "session": self.journal.session}
        about |= {"model": self.model, "cell": self.cell}
        on_end = {
            state: {**about, "state": state, "reason": reason} for state, reason in reasons.items()
        }
        scratch = Path(tempfile.mkdtemp(prefix="parabench-", dir=_scratch_parent()))
        self._stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        meter.guard(
            seconds=seconds, runner=self.journal.run.pid, scratch=scratch,
            journal=self.journal.path, on_end=on_end,
        )  # fmt: skip
        return self._stack.enter_context(MODELS[self.model](Bench(meter, scratch), **self.cell))

    def _check_available(self) -> None:
        if self.model == "uncached" and not os.access(DROP_CACHES, os.W_OK):
            reason = "dropping the page cache takes root on Linux; run asv as root"
            self._ended("unavailable", reason)
            raise NotImplementedError(reason)
        if name := self.cell.get("strategy"):
            from strategies import load  # noqa: PLC0415

            if missing := load(name).reason:
                self._ended("unavailable", missing)
                raise NotImplementedError(missing)

    def _ended(self, state: str, reason: str) -> None:
        """Note the end, once: from then on the watcher has nothing to say of it."""
        about = {"model": self.model, "cell": self.cell, "state": state, "reason": reason}
        self._end = {"event": "end", "session": self.journal.session, **about}
        self.journal.add(**self._end)
        self._let_go()

    def _let_go(self) -> None:
        """Tell the watcher that from now on our end is nothing special; it may have died."""
        if self._release:
            with suppress(OSError, RuntimeError):
                self._release()

    def _failed(self, error: Exception) -> NoReturn:
        state, reason = state_of(error, self._kills_before)
        self._ended(state, reason)
        raise CellFailedError(state, reason) from error


def state_of(error: Exception, kills_before: int) -> tuple[str, str]:
    """Return how a cell has ended that has raised an error, and why.

    `kills_before` is what `kills_for_memory` said when the cell began.
    """
    from benchmarks.harness.guards import TooFastError  # noqa: PLC0415
    from strategies import LostWorkerError, WrongOutputError  # noqa: PLC0415

    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, WrongOutputError | TooFastError):
        return "wrong", reason
    if isinstance(error, MemoryError) or "out of memory" in reason:
        return "out of memory", reason
    if isinstance(error, LostWorkerError) and kills_for_memory() > kills_before:
        return "out of memory", reason
    return "crashed", f"{type(error).__name__}: {reason}"


def _scratch_parent() -> Path | None:
    """Return where temporary folders go: asv removes what is in its cells' working folder."""
    return Path.cwd() if os.environ.get("ASV") else None


def _report_progress(model: str, cell: Cell) -> None:
    """Tell whoever waits that a cell has started."""
    if path := os.environ.get(PROGRESS_VARIABLE):
        words = [model, *(f"{name}={value}" for name, value in cell.items())]
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")
