"""What was measured, as cells: a model and the values of its parameters."""

import itertools
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from asv_runner.statistics import compute_stats

from benchmarks.harness import json_lines
from benchmarks.harness.fingerprint import differences
from benchmarks.harness.measurement import Measurement, from_line
from strategies import BASELINE, JobError

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NOT_RUN = "not run"
ASKED_FOR = {"uncached"}  # a model that is only measured where the user has asked for it
CACHE_TOLERANCE = 0.05  # between the shares of their sources that two cells had in memory


class NoResultsError(JobError):
    """There is nothing to report."""


@dataclass(frozen=True)
class Cell:
    """One measured combination, and how it ended; only an `ok` cell has a result."""

    model: str
    params: dict[str, Any]
    state: str  # one of benchmarks.harness.cell.STATES, or `not run`
    reason: str  # why it has no result, or not all of its samples
    samples: list[Measurement] = field(default_factory=list)

    @property
    def strategy(self) -> str:
        """The strategy, or nothing where the model has none."""
        return str(self.params.get("strategy", ""))

    def values(self, metric: str) -> list[float]:
        """Return a metric (an attribute of Measurement) of each sample of an `ok` cell."""
        return [getattr(s, metric) for s in self.samples] if self.state == "ok" else []

    def median(self, metric: str) -> float | None:
        """Return the median of a metric, None where there is no result."""
        values = self.values(metric)
        return median(values) if values else None

    def interval(self, metric: str) -> tuple[float, float] | None:
        """Return asv's 99 % confidence interval of the median; one sample tells nothing."""
        values = self.values(metric)
        if not values:
            return None
        _, stats = compute_stats(values, 1)
        return max(stats["ci_99_a"], 0.0), stats["ci_99_b"]

    @property
    def cached(self) -> float | None:
        """The least share of the source that was in the page cache before a sample."""
        shares = [s.cached for s in self.samples if s.cached is not None]
        return min(shares, default=None)

    @property
    def throughput(self) -> float | None:
        """Input MB a second, by the median."""
        if not self.samples or not self.samples[0].bytes_in:
            return None
        seconds = self.median("seconds_per_mb")
        return 1 / seconds if seconds else None


@dataclass(frozen=True)
class Measured:
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
        kinds = {s.memory_kind for cell in self.cells for s in cell.samples}
        return " and ".join(sorted(kinds)) or "PSS"

    @property
    def label(self) -> str:
        """The machine in words."""
        f = self.fingerprint
        return (
            f"{self.host}: {f['cores']} cores of {f['cpu']}, {f['memory']}, {f['system']}, "
            f"{f['python']}"
        )

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

    def speed_up(self, cell: Cell) -> float | None:
        """Return serial's time / the strategy's time, same model, job and run.

        None where either has no result, or where their sources were not both in memory.
        """
        base = self._baseline(cell)
        ours = cell.median("seconds")
        theirs = base and base.median("seconds")
        return theirs / ours if ours and theirs else None

    def speed_up_interval(self, cell: Cell) -> tuple[float, float] | None:
        """Return between what the speed-up is, if both times are within their intervals."""
        base = self._baseline(cell)
        ours, theirs = cell.interval("seconds"), base and base.interval("seconds")
        if not ours or not theirs:
            return None
        if base is cell:
            return 1.0, 1.0
        low = theirs[0] / ours[1] if ours[1] else 0.0
        return low, theirs[1] / ours[0] if ours[0] else math.inf

    def ties(self, cell: Cell) -> bool:
        """Whether the cell cannot be told from serial's: it is no faster and no slower."""
        interval = self.speed_up_interval(cell)
        return interval is not None and interval[0] <= 1 <= interval[1]

    def efficiency(self, cell: Cell) -> float | None:
        """Return speed-up / workers; serial has one worker."""
        speed_up = self.speed_up(cell)
        workers = cell.params.get("workers", self.workers)
        return speed_up and speed_up / (1 if cell.strategy == BASELINE else workers)

    def not_comparable(self, other: dict[str, str]) -> list[str]:
        """Return in what another fingerprint differs; figures may be compared if in nothing."""
        return differences(self.fingerprint, other)


def newest(folder: Path) -> Measured:
    """Return the session that was measured last; raises NoResultsError."""
    return max(every(folder), key=lambda session: session.ended)


def every(folder: Path) -> list[Measured]:
    """Return all sessions, in the order of time; raises NoResultsError where there is none."""
    found = [session for path in folder.glob("*.jsonl") for session in sessions(path)]
    if not found:
        message = f"there are no results in {folder}; run: make bench (or asv run)"
        raise NoResultsError(message)
    return sorted(found, key=lambda session: session.ended)


def sessions(path: Path) -> list[Measured]:
    """Return the sessions of a journal that have any cell."""
    by_session: dict[str, list[dict[str, Any]]] = defaultdict(list)
    session_of: dict[str, str] = {}  # by run
    for line in json_lines.read(path):
        if line["event"] == "session":
            session_of[line["run"]] = line["id"]
        name = line.get("id") or line.get("session") or session_of.get(line.get("run", ""))
        if name:
            by_session[name].append(line)
    found = [_session(lines) for lines in by_session.values()]
    return [session for session in found if session]


def _session(lines: list[dict[str, Any]]) -> Measured | None:
    heads = [line for line in lines if line["event"] == "session"]
    measured = [line for line in lines if line["event"] in {"sample", "end"}]
    if not heads or not measured:
        return None
    head = heads[-1]
    samples: dict[str, list[Measurement]] = defaultdict(list)
    ends: dict[str, dict[str, Any]] = {}
    for line in measured:
        key = _key(line["model"], line["cell"])
        if line["event"] == "sample":
            samples[key].append(from_line(line))
        else:
            ends[key] = line
    cells, missing = [], []
    models = {line["model"] for line in measured}
    for model, expected in head["expected"].items():
        if model not in models:
            if model not in ASKED_FOR:
                missing.append(model)
            continue
        for values in itertools.product(*expected["params"].values()):
            params = dict(zip(expected["params"], values, strict=True))
            key = _key(model, params)
            end = ends.get(key, {"state": NOT_RUN, "reason": "not selected, or interrupted"})
            number, wanted = len(samples[key]), expected["samples"]
            if end["state"] == "ok" and not number:
                end = {"state": NOT_RUN, "reason": "it has no samples"}
            elif end["state"] == "ok" and number < wanted:
                end = {**end, "reason": f"{number} of {wanted} samples"}
            reason = UNPRINTABLE.sub("\ufffd", end["reason"])
            cells.append(Cell(model, params, end["state"], reason, samples[key]))
    return Measured(
        cells=cells,
        commit=head["commit"],
        profile=head["profile"],
        fingerprint=head["fingerprint"],
        host=head["host"],
        load=heads[0]["load"],
        began=datetime.fromtimestamp(heads[0]["at"], UTC),
        ended=datetime.fromtimestamp(max(line["at"] for line in lines), UTC),
        lines=lines,
        missing=missing,
    )


def _key(model: str, cell: dict[str, Any]) -> str:
    return f"{model} {sorted(cell.items())}"
