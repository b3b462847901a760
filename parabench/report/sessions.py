"""Sessions, as the journals have them: what was measured, cell by cell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.harness.fingerprint import differences, digest
from parabench.report import journals
from parabench.report.cell import NOT_RUN, TOO_LONG, Cell, in_words
from parabench.report.errors import ReportError
from parabench.report.journals import Warn
from parabench.report.lines import Line
from parabench.report.newer import without_unknown
from parabench.report.recorded import cells_of, key_of
from parabench.statistics import ONE, Estimate, compare, ratio
from strategies import BASELINE

ASKED_FOR = {"uncached"}  # a model that is only measured where the user has asked for it
CACHE_TOLERANCE = 0.05  # between the shares of their sources that two cells had in memory


class NoResultsError(ReportError):
    """There is nothing to report."""


@dataclass(frozen=True)
class Session:
    """Cells of one commit, environment, machine (host and fingerprint) and profile.

    They are those of one session, or the newest of each cell of several: then all that is said
    of a session is said of the newest.
    """

    cells: list[Cell]
    commit: str | None
    profile: str
    fingerprint: dict[str, str]
    host: str
    load: float  # when it began
    began: datetime
    ended: datetime
    lines: list[Line] = field(repr=False, default_factory=list)
    missing: list[str] = field(default_factory=list)  # models of the profile without any cell
    id: str = ""
    code: str | None = None  # what stands for the code that was measured, where no commit does
    environment: str = ""
    models: list[str] = field(default_factory=list)  # of the profile
    limits: dict[str, float] = field(default_factory=dict)  # seconds; of the profile

    @property
    def belongs_to(self) -> tuple[str | None, ...]:
        """What must be equal where cells of two sessions are put together.

        Without a commit that is the code that was measured; where the journal does not tell
        that either, no two sessions are. The code that measures may be another: a speed-up is
        marked that is over what another run has measured.
        """
        code = self.commit or self.code or f"{self.id} {self.began}"
        return self.machine, code, self.environment, self.profile

    @cached_property
    def machine(self) -> str:
        """Eight hexadecimal digits that stand for the machine: its host's name and fingerprint."""
        return digest({**self.fingerprint, "host": self.host})

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

    @property
    def about(self) -> str:
        """What was measured, and when."""
        where = f", environment {self.environment}" if self.environment else ""
        return f"commit {self.short_commit}, profile {self.profile}{where}, {in_words(self.ended)}"

    @property
    def limit(self) -> str:
        """How long jobs may take, in words; nothing where there is no limit."""
        if not self.limits:
            return ""
        return (
            f"a job that would take more than {self.limits['sample']:g} s is not measured, and a "
            f"cell has fewer samples where all of them would take more than "
            f"{self.limits['cell']:g} s"
        )

    @cached_property
    def earlier_runs(self) -> list[str]:
        """How many cells are of an earlier run, and from when: a text for each such run."""
        runs: dict[str, list[datetime]] = defaultdict(list)
        for cell in self.cells:
            if cell.earlier and cell.measured:
                runs[cell.session].append(cell.measured)
        return [
            f"{len(times)} of {len(self.cells)} cells are from {in_words(max(times))} "
            "(an earlier run)"
            for times in sorted(runs.values(), key=max, reverse=True)
        ]

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

    def is_across_runs(self, cell: Cell) -> bool:
        """Whether the cell's speed-up is over what serial took in another run."""
        base = self._baseline(cell)
        return base is not None and base.session != cell.session

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
    """Return the results that are newest; raises NoResultsError."""
    return read_folder(folder)[-1]


def read_folder(folder: Path, warn: Warn = str) -> list[Session]:
    """Return the newest of each cell of what may be put together, in the order of time.

    `warn` is told of what is left out, as it is foreign, damaged or newer. Raises NoResultsError,
    or what `journals.paths_in` raises.
    """
    alike: dict[tuple[str | None, ...], list[Session]] = defaultdict(list)
    for session in _sessions(journals.paths_in(folder), warn):
        alike[session.belongs_to].append(session)
    if not alike:
        message = f"there are no results in {folder}; run: make bench (or asv run)"
        raise NoResultsError(message)
    return sorted(map(_put_together, alike.values()), key=lambda session: session.ended)


def read_journal(path: Path) -> list[Session]:
    """Return the sessions of a journal that have any cell, one by one."""
    return list(_sessions([path], str))


def _sessions(paths: Iterable[Path], warn: Warn) -> Iterator[Session]:
    for path, lines in journals.read(paths, warn):
        if session := _session(without_unknown(path, lines, warn)):
            yield session


def _put_together(sessions: list[Session]) -> Session:
    """Return the newest of each cell; one that was only begun is that of an earlier session."""
    sessions.sort(key=lambda session: session.ended)
    counting = [s for s in sessions if any(cell.state != NOT_RUN for cell in s.cells)]
    if len(counting) < 2:
        return counting[0] if counting else sessions[-1]
    last = counting[-1]
    merged: dict[str, Cell] = {}
    for session in reversed(counting):
        for cell in session.cells:
            key = key_of(cell.model, cell.params)
            if key not in merged or _age(cell) > _age(merged[key]):
                merged[key] = replace(cell, earlier=session is not last)
    models = list(dict.fromkeys(model for s in reversed(counting) for model in s.models))
    cells = sorted(merged.values(), key=lambda cell: models.index(cell.model))
    started = {cell.model for cell in cells}
    return replace(
        last,
        cells=cells,
        lines=[line for session in counting for line in session.lines],
        missing=[model for model in last.missing if model not in started],
    )


def _age(cell: Cell) -> tuple[bool, bool, datetime]:
    """Return what is larger for a cell that counts more: tried, or left out, and later."""
    when = cell.measured or datetime.min.replace(tzinfo=UTC)
    return cell.state not in {NOT_RUN, TOO_LONG}, cell.state != NOT_RUN, when


def _session(lines: list[Line]) -> Session | None:
    """Return the session that the lines are of, None where they have no cell."""
    heads = [line for line in lines if line["event"] == "session"]
    results = [line for line in lines if line["event"] in {"sample", "end"}]
    if not results:
        return None
    head = heads[-1]
    started = {line["model"] for line in results}
    not_started = [model for model in head["expected"] if model not in started]
    return Session(
        cells=list(cells_of(head, results)),
        commit=head["commit"],
        profile=head["profile"],
        fingerprint=head["fingerprint"],
        host=head["host"],
        load=heads[0]["load"],
        began=datetime.fromtimestamp(heads[0]["at"], UTC),
        ended=datetime.fromtimestamp(max(line["at"] for line in lines), UTC),
        lines=lines,
        missing=[model for model in not_started if model not in ASKED_FOR],
        id=head["id"],
        code=head.get("code"),
        environment=head.get("environment", ""),
        models=list(head["expected"]),
        limits=head.get("limits", {}),
    )
