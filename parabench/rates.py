"""What things take on this machine: by the last results, or by a quick calibration."""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise, product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.harness.cell import STARTING
from benchmarks.harness.fingerprint import fingerprint
from benchmarks.harness.meter import ROOT, Meter
from benchmarks.harness.models import MEGABYTE, Bench, engine_of, warm
from benchmarks.harness.profiles import CORES, EVERY, OWN, WHOLE, engines, in_sweeps
from benchmarks.harness.sampling import WarmSampler, Workers, with_engine
from data_gen.cache import dataset
from parabench.report.sessions import Session
from strategies import (
    BASELINE,
    DEFAULT_ENGINE,
    WORKLOAD_NAMES,
    Job,
    Strategy,
    describe_engine,
    load,
    load_all,
    load_workload,
    plan_chunks,
)

MEGABYTES = (1, 3)  # of the jobs of a calibration; two points make a line
# Seconds of a process that asv forks, which reads the journal: the median between two of them in
# a run of `smoke` on 2 cores (2026-11-25); a results file says it better.
FORKED = 0.03
Points = dict[int, float]  # seconds by megabytes
Line = tuple[str, str, str]  # strategy, engine, workload


@dataclass(frozen=True)
class Rates:
    """Seconds; `open` is by strategy and kind of process, what one does around its samples."""

    origin: str  # in words
    process: float  # an asv process by itself: it reads from the journal what was measured
    open: dict[tuple[str, str], float]
    startup: dict[str, float]
    shutdown: dict[str, float]
    jobs: dict[Line, Points]
    planning: float  # a megabyte
    around: Points  # a sample, outside the clock

    def opening(self, model: str, cell: dict[str, Any]) -> float:
        """Return what a process that measures takes besides its samples."""
        kind, strategy = kind_of_process(model), cell.get("strategy", BASELINE)
        return self.open.get((strategy, kind)) or max(self.open.values())

    def starting(self, cell: dict[str, Any]) -> float:
        """Return what start-up takes; the most of any strategy where it was not measured."""
        return self.startup.get(cell["strategy"], max(self.startup.values()))

    def ending(self, cell: dict[str, Any]) -> float:
        """Return what shutdown takes, likewise."""
        return self.shutdown.get(cell["strategy"], max(self.shutdown.values()))

    def can_measure(self, cell: dict[str, Any]) -> bool:
        """Return whether there are rates for a cell: else its libraries are not here."""
        if "strategy" not in cell:
            return True
        if "workload" not in cell and "engine" not in cell:
            return cell["strategy"] in self.startup
        return self._points(cell) is not None

    def outside(self, megabytes: float) -> float:
        """Return what a sample takes outside the clock: metering, hashing its output."""
        return max(_line(self.around, megabytes), 0.0)

    def job_seconds(self, cell: dict[str, Any], default: float = 0.0) -> float:
        """Return what the job of a cell takes on workers that are up."""
        points = self._points(cell)
        return max(_line(points, cell["megabytes"]), 0.0) if points else default

    def _points(self, cell: dict[str, Any]) -> Points | None:
        """Return what a job takes; of a workload that was not measured with an engine, the usual's.

        That computes so much that the engine matters little.
        """
        strategy, engine, workload = line_of(cell)
        if workload != WORKLOAD_NAMES[0] and (strategy, engine, WORKLOAD_NAMES[0]) in self.jobs:
            engine = engine if (strategy, engine, workload) in self.jobs else DEFAULT_ENGINE
        return self.jobs.get((strategy, engine, workload))


def line_of(cell: dict[str, Any]) -> Line:
    """Return strategy, engine and workload of a cell: a line over size."""
    strategy, engine = cell["strategy"], cell.get("engine", DEFAULT_ENGINE)
    return strategy, engine, cell.get("workload", WORKLOAD_NAMES[0])


def kind_of_process(model: str) -> str:
    """Return which processes measure a model: those that start workers for each sample, or not."""
    return "cold" if model in STARTING else "warm"


def _line(points: Points, megabytes: float) -> float:
    """Return what a straight line through the points says; through the origin, for one."""
    if len(points) == 1:
        ((size, seconds),) = points.items()
        return seconds * megabytes / size
    sizes = sorted(points)
    if megabytes <= sizes[0] or len(sizes) == 2:
        sizes = sizes[:2]
    else:  # the line of the two that are next to it
        sizes = sorted(sorted(sizes, key=lambda size: abs(np.log(size / megabytes)))[:2])
    slope = (points[sizes[1]] - points[sizes[0]]) / (sizes[1] - sizes[0])
    return points[sizes[0]] + slope * (megabytes - sizes[0])


def from_results(measured: Session) -> Rates | None:
    """Return the rates of the last results; None where they are of another machine, or too few."""
    if measured.not_comparable(fingerprint()):
        return None
    jobs: dict[Line, Points] = defaultdict(dict)
    for cell in measured.of("warm"):
        if seconds := cell.median("seconds"):
            jobs[line_of(cell.params)][cell.params["megabytes"]] = seconds
    startup = _by_strategy(measured, "startup_seconds")
    shutdown = _by_strategy(measured, "shutdown_seconds")
    planning = [c.median("seconds_per_mb") for c in measured.of("planning")]
    gaps = _gaps(measured)
    lines = lines_that_can_be_measured()
    # Profiles may leave out cold runs of what reads and writes whole files.
    starting = {strategy for strategy, _, _ in lines} - set(WHOLE)
    if set(lines) - set(jobs) or starting - set(startup) or not any(planning):
        return None
    if not gaps.process or not gaps.around:
        return None
    return Rates(
        origin=f"the results of {measured.ended:%Y-%m-%d %H:%M} UTC, profile {measured.profile}",
        process=median(gaps.process),
        open={name: median(seconds) + gaps.exit for name, seconds in gaps.open.items()},
        startup=startup,
        shutdown=shutdown,
        jobs=dict(jobs),
        planning=max(filter(None, planning)),
        around={size: median(seconds) for size, seconds in gaps.around.items()},
    )


def _by_strategy(measured: Session, name: str) -> dict[str, float]:
    """Return a part of the cold samples of each strategy: the median, whatever the engine."""
    parts: dict[str, list[float]] = defaultdict(list)
    for cell in measured.of("cold"):
        parts[cell.strategy] += cell.values(name)
    return {strategy: median(seconds) for strategy, seconds in parts.items() if seconds}


def lines_that_can_be_measured() -> list[Line]:
    """Return strategies, engines and workloads as profiles have them, with libraries that are here.

    The workloads but the first are only measured with the usual engine.
    """
    broad, narrow = engines(in_sweeps=True), engines(in_sweeps=False)
    first = WORKLOAD_NAMES[:1]
    grids = [
        (EVERY, broad, first),
        (EVERY, broad[:1], WORKLOAD_NAMES[1:]),
        (in_sweeps(), narrow, first),
        (WHOLE, OWN, first),
    ]
    lines = [line for grid in grids for line in product(*grid)]
    there = {name for name in {*broad, *narrow} if not describe_engine(name).missing} | {*OWN}
    ready = {strategy.name for strategy in load_all() if not strategy.reason}
    return [line for line in lines if line[0] in ready and line[1] in there]


@dataclass(frozen=True)
class _Gaps:
    """What passed between the lines of a journal, and what its processes say of themselves."""

    process: list[float]
    open: dict[tuple[str, str], list[float]]
    around: dict[int, list[float]]
    exit: float = 0.0  # of a process that measured


def _gaps(measured: Session) -> _Gaps:
    gaps = _Gaps([], defaultdict(list), defaultdict(list))
    exits: list[float] = []
    for before, line in pairwise(measured.lines):
        gap = line["at"] - before["at"]
        if line["event"] == "process":
            spent = line["seconds"]
            opening = spent["imports"] + spent["workers"] + spent["cells"]
            kind = kind_of_process(line.get("model", ""))
            gaps.open[line["strategy"] or "planning", kind].append(opening)
        elif line["event"] == before["event"] == "taken":  # both read what others had measured
            gaps.process.append(gap)
        elif (before["event"], line["event"]) == ("process", "taken"):
            exits.append(gap)
        elif line["event"] != before["event"] or line.get("cell") != before.get("cell"):
            continue
        elif line["event"] == "sample" and line["model"] == "warm":
            gaps.around[line["cell"]["megabytes"]].append(gap - line["seconds"])
    return replace(gaps, exit=median(exits) if exits else 0.0)


def calibrate(show: Callable[[str], object]) -> Rates:
    """Measure the rates: each strategy once, with small jobs; takes about 20 seconds."""
    begun = time.perf_counter()
    sources = {size: dataset(size=size * MEGABYTE).path for size in MEGABYTES}
    rates = Rates("", FORKED, {}, {}, {}, {}, 0.0, {})
    with tempfile.TemporaryDirectory(prefix="parabench-") as folder:
        opening, around = _around(Path(folder))
        lines = lines_that_can_be_measured()
        for name in dict.fromkeys(strategy for strategy, _, _ in lines):
            show(f"calibrating: {name}")
            own = [line for line in lines if line[0] == name]
            _calibrate(load(name), own, sources, Path(folder), rates)
            for kind, cells in (("warm", len(own)), ("cold", 1)):
                rates.open[name, kind] += opening * cells
        planning = _timed(plan_chunks, sources[MEGABYTES[-1]])
    origin = f"a calibration of {time.perf_counter() - begun:.0f} s"
    return replace(rates, origin=origin, planning=planning / MEGABYTES[-1], around=around)


def _calibrate(
    strategy: Strategy, lines: list[Line], sources: dict[int, Path], folder: Path, rates: Rates
) -> None:
    """Add the rates of one strategy."""
    imports = _python(
        "from benchmarks.harness import measure_cells; from strategies import load;"
        f"assert not load({strategy.name!r}).reason"
    )
    with Workers(strategy, CORES) as workers:
        smallest = list(sources.items())[:1]  # for what computes so much that all else is little
        first: dict[str, float] = {}  # by engine: seconds of a first job, where libraries do more
        for line in lines:
            _, engine, workload = line
            points = rates.jobs[line] = {}
            for size, source in sources.items() if workload == WORKLOAD_NAMES[0] else smallest:
                job = Job(source, folder / "out.csv", load_workload(workload))
                sampler = WarmSampler(workers.runner, with_engine(job, engine_of(engine)))
                if engine not in first:
                    first[engine] = sampler.take().seconds
                points[size] = sampler.take().seconds
    rates.startup[strategy.name] = workers.startup_seconds
    rates.shutdown[strategy.name] = workers.shutdown_seconds
    around = workers.startup_seconds + workers.shutdown_seconds
    rates.open[strategy.name, "warm"] = imports + around + sum(first.values())
    rates.open[strategy.name, "cold"] = imports + around + max(first.values())


def _around(folder: Path) -> tuple[float, Points]:
    """Return what it takes to make a cell ready, and what a sample takes outside the clock."""
    around: Points = {}
    opening = 0.0
    with closing(Meter()) as meter:
        bench = Bench(meter, folder)
        for size in MEGABYTES:
            begun, up = time.perf_counter(), bench.up_seconds
            sampler = warm(bench, workload="double", megabytes=size, strategy="serial")
            opening = time.perf_counter() - begun - (bench.up_seconds - up)
            sampler.take()
            begun = time.perf_counter()
            inside = sampler.take().seconds
            around[size] = time.perf_counter() - begun - inside
        bench.release()
    return opening, around


def _timed(function: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def _python(code: str) -> float:
    """Return the seconds of a Python process that runs the code."""
    command = [sys.executable, "-c", code]
    begun = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - our own code
    return time.perf_counter() - begun
