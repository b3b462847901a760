"""Sessions, as the journal has them: what was measured in one go, cell by cell."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.harness import json_lines
from benchmarks.harness.fingerprint import differences
from benchmarks.harness.measurement import Measurement, from_line
from parabench.report.errors import ReportError
from parabench.statistics import ONE, Estimate, compare, estimate, ratio
from strategies import BASELINE

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NOT_RUN = "not run"
ASKED_FOR = {"uncached"}  # a model that is only measured where the user has asked for it
CACHE_TOLERANCE = 0.05  # between the shares of their sources that two cells had in memory


class NoResultsError(ReportError):
    """There is nothing to report."""


@dataclass(frozen=True)
class Cell:
    """One measured combination, and how it ended; only an `ok` cell has a result."""

    model: str
    params: dict[str, Any]
    state: str  # as a cell's `end` in the journal has it, or `not run`
    reason: str  # why it has no result, or not all of its samples
    samples: list[Measurement] = field(default_factory=list)

    @property
    def strategy(self) -> str:
        """The strategy, or nothing where the model has none."""
        return str(self.params.get("strategy", ""))

    def values(self, metric: str) -> list[float]:
        """Return a metric (an attribute of Measurement) of each sample of an `ok` cell."""
        if self.state != "ok":
            return []
        return [getattr(sample, metric) for sample in self.samples]

    def median(self, metric: str) -> float | None:
        """Return the median of a metric, None where there is no result."""
        values = self.values(metric)
        return median(values) if values else None

    def estimate(self, metric: str) -> Estimate | None:
        """Return the median of a metric and its interval, None where there is no result."""
        values = self.values(metric)
        return estimate(values) if values else None

    @property
    def cached(self) -> float | None:
        """The least share of the source that was in the page cache before a sample."""
        shares = [sample.cached for sample in self.samples if sample.cached is not None]
        return min(shares, default=None)

    @property
    def throughput(self) -> float | None:
        """Input MB a second, by the median."""
        if not self.samples or not self.samples[0].bytes_in:
            return None
        seconds = self.median("seconds_per_mb")
        return 1 / seconds if seconds else None


@dataclass(frozen=True)
class Session:
    """All cells of one session: one commit, one environment, one machine fingerprint."""

    cells: list[Cell]
    commit: str | None
    profile: str
    fingerprint: dict[str, str]
    host: str
    load: float  # when it began
    began: datetime
    ended: datetime
    lines: list[dict[str, Any]] = field(repr=False, default_factory=list)
    missing: list[str] = field(default_factory=list)  # models of the profile without any cell

    @property
    def workers(self) -> int:
        """The workers of a parallel strategy, where the cell does not say another number."""
        return int(self.fingerprint["cores"])

    @property
    def short_commit(self) -> str:
        """The commit in eight digits."""
        return self.commit[:8] if self.commit else "uncommitted"

    @cached_property
    def strategies(self) -> list[str]:
        """The strategies that have cells, in the order of the run."""
        return list(dict.fromkeys(cell.strategy for cell in self.cells if cell.strategy))

    @property
    def memory_kind(self) -> str:
        """What the peaks are made of: PSS, or RSS where the system does not tell PSS."""
        kinds = {sample.memory_kind for cell in self.cells for sample in cell.samples}
        return " and ".join(sorted(kinds)) or "PSS"

    @property
    def label(self) -> str:
        """The machine in words."""
        cores, cpu, *others = (
            self.fingerprint[name] for name in ("cores", "cpu", "memory", "system", "python")
        )
        return f"{self.host}: {cores} cores of {cpu}, {', '.join(others)}"

    def of(self, model: str) -> list[Cell]:
        """Return the cells of a model, in the order of the run."""
        return [cell for cell in self.cells if cell.model == model]

    def values(self, model: str, name: str) -> list[Any]:
        """Return the different values of a model's parameter, in the order of the run."""
        return list(dict.fromkeys(cell.params[name] for cell in self.of(model)))

    @cached_property
    def _index(self) -> dict[tuple[str, frozenset[tuple[str, Any]]], Cell]:
        return {(cell.model, frozenset(cell.params.items())): cell for cell in self.cells}

    def find(self, model: str, **params: Any) -> Cell | None:
        """Return the cell, if it was part of the run."""
        return self._index.get((model, frozenset(params.items())))

    def _baseline(self, cell: Cell) -> Cell | None:
        """Return serial's cell of the same model, job and run, if the two may be compared."""
        base = self.find(cell.model, **{**cell.params, "strategy": BASELINE})
        if base is None or abs((base.cached or 0) - (cell.cached or 0)) > CACHE_TOLERANCE:
            return None
        return base

    def speed_up(self, cell: Cell) -> Estimate | None:
        """Return serial's time / the strategy's time, same model, job and run.

        None where either has no result, or where their sources were not both in memory.
        """
        base = self._baseline(cell)
        if base is cell:
            return ONE if cell.median("seconds") else None
        ours, theirs = cell.estimate("seconds"), base and base.estimate("seconds")
        if not ours or not theirs or not ours.middle or not theirs.middle:
            return None
        return ratio(theirs, ours)

    def ties(self, cell: Cell) -> bool:
        """Whether there is no significant difference between the cell and serial's."""
        speed_up = self.speed_up(cell)
        return speed_up is not None and compare(speed_up, ONE) == 0

    def efficiency(self, cell: Cell) -> float | None:
        """Return speed-up / workers; serial has one worker."""
        speed_up = self.speed_up(cell)
        workers = 1 if cell.strategy == BASELINE else cell.params.get("workers", self.workers)
        return speed_up and speed_up.middle / workers

    def not_comparable(self, other: dict[str, str]) -> list[str]:
        """Return in what another fingerprint differs; figures may be compared if in nothing."""
        return differences(self.fingerprint, other)


def newest(folder: Path) -> Session:
    """Return the session that ended last; raises NoResultsError."""
    return read_folder(folder)[-1]


def read_folder(folder: Path) -> list[Session]:
    """Return the sessions of all journals, in the order of time; raises NoResultsError."""
    sessions = [session for path in folder.glob("*.jsonl") for session in read_journal(path)]
    if not sessions:
        message = f"there are no results in {folder}; run: make bench (or asv run)"
        raise NoResultsError(message)
    return sorted(sessions, key=lambda session: session.ended)


def read_journal(path: Path) -> list[Session]:
    """Return the sessions of a journal that have any cell."""
    by_session: dict[str, list[dict[str, Any]]] = defaultdict(list)
    session_of: dict[str, str] = {}  # by run
    for line in json_lines.read(path):
        if line["event"] == "session":
            session_of[line["run"]] = line["id"]
        name = line.get("id") or line.get("session") or session_of.get(line.get("run", ""))
        if name:
            by_session[name].append(line)
    sessions = map(_session, by_session.values())
    return [session for session in sessions if session is not None]


def _session(lines: list[dict[str, Any]]) -> Session | None:
    """Return the session that the lines are of, None where they have no cell."""
    heads = [line for line in lines if line["event"] == "session"]
    results = [line for line in lines if line["event"] in {"sample", "end"}]
    if not heads or not results:
        return None
    head = heads[-1]
    started = {line["model"] for line in results}
    not_started = [model for model in head["expected"] if model not in started]
    return Session(
        cells=list(_cells(head["expected"], results)),
        commit=head["commit"],
        profile=head["profile"],
        fingerprint=head["fingerprint"],
        host=head["host"],
        load=heads[0]["load"],
        began=datetime.fromtimestamp(heads[0]["at"], UTC),
        ended=datetime.fromtimestamp(max(line["at"] for line in lines), UTC),
        lines=lines,
        missing=[model for model in not_started if model not in ASKED_FOR],
    )


def _cells(expected: dict[str, Any], results: list[dict[str, Any]]) -> Iterator[Cell]:
    """Yield the expected cells of the models that have any result."""
    samples: dict[str, list[Measurement]] = defaultdict(list)
    ends: dict[str, dict[str, Any]] = {}
    for line in results:
        key = _key(line["model"], line["cell"])
        if line["event"] == "sample":
            samples[key].append(from_line(line))
        else:
            ends[key] = line
    started = {line["model"] for line in results}
    for model in (model for model in expected if model in started):
        names, wanted = list(expected[model]["params"]), expected[model]["samples"]
        for values in itertools.product(*expected[model]["params"].values()):
            params = dict(zip(names, values, strict=True))
            key = _key(model, params)
            end = ends.get(key, {"state": NOT_RUN, "reason": "not selected, or interrupted"})
            number = len(samples[key])
            if end["state"] == "ok" and not number:
                end = {"state": NOT_RUN, "reason": "it has no samples"}
            elif end["state"] == "ok" and number < wanted:
                end = {**end, "reason": f"{number} of {wanted} samples"}
            reason = UNPRINTABLE.sub("\ufffd", end["reason"])
            yield Cell(model, params, end["state"], reason, samples[key])


def _key(model: str, cell: dict[str, Any]) -> str:
    return f"{model} {sorted(cell.items())}"
