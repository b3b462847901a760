"""What things take on this machine: by the last results, or by a quick calibration."""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.harness.fingerprint import fingerprint
from benchmarks.harness.meter import ROOT, Meter
from benchmarks.harness.models import MEGABYTE, Bench, warm
from benchmarks.harness.profiles import CORES
from benchmarks.harness.sampling import WarmSampler, Workers
from data_gen.cache import dataset
from parabench.report.sessions import Session
from strategies import WORKLOAD_NAMES, Job, Strategy, load_all, load_workload, plan_chunks

MEGABYTES = (1, 3)  # of the jobs of a calibration; two points make a line
# Seconds of a process that asv forks, which reads the journal: the median between two of them in
# a run of `smoke` on 2 cores (2026-11-25); a results file says it better.
FORKED = 0.03
Points = dict[int, float]  # seconds by megabytes


@dataclass(frozen=True)
class Rates:
    """Seconds."""

    origin: str  # in words
    process: float  # an asv process by itself: it reads from the journal what was measured
    open: dict[str, float]  # by strategy: what a process that measures does around its samples
    startup: dict[str, float]
    shutdown: dict[str, float]
    jobs: dict[tuple[str, str], Points]  # by strategy and workload
    planning: float  # a megabyte
    around: Points  # a sample, outside the clock

    def opening(self, model: str, cell: dict[str, Any]) -> float:
        """Return what a process that measures takes besides its samples."""
        if model == "planning":
            return self.open["serial"]
        return self.open[cell["strategy"]]

    def outside(self, megabytes: float) -> float:
        """Return what a sample takes outside the clock: metering, hashing its output."""
        return max(_line(self.around, megabytes), 0.0)

    def job_seconds(self, strategy: str, workload: str, megabytes: float) -> float:
        """Return what a warm job takes."""
        return max(_line(self.jobs[strategy, workload], megabytes), 0.0)


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
    jobs: dict[tuple[str, str], Points] = defaultdict(dict)
    for cell in measured.of("warm"):
        if seconds := cell.median("seconds"):
            key = (cell.strategy, cell.params["workload"])
            jobs[key][cell.params["megabytes"]] = seconds
    startup = {c.strategy: c.median("seconds") for c in measured.of("startup")}
    colds = [cell for cell in measured.of("cold") if cell.state == "ok"]
    shutdown = {cell.strategy: cell.median("shutdown_seconds") for cell in colds}
    planning = [c.median("seconds_per_mb") for c in measured.of("planning")]
    gaps = _gaps(measured)
    ready = {strategy.name for strategy in load_all() if not strategy.reason}
    measured_all = set(startup) & set(shutdown) & set(gaps.open)
    wanted = {(name, workload) for name in ready for workload in WORKLOAD_NAMES}
    if ready - measured_all or wanted - set(jobs) or not any(planning):
        return None
    if not gaps.process or not gaps.around:
        return None
    return Rates(
        origin=f"the results of {measured.ended:%Y-%m-%d %H:%M} UTC, profile {measured.profile}",
        process=median(gaps.process),
        open={name: median(seconds) + gaps.exit for name, seconds in gaps.open.items()},
        startup={name: seconds or 0.0 for name, seconds in startup.items()},
        shutdown={name: seconds or 0.0 for name, seconds in shutdown.items()},
        jobs=dict(jobs),
        planning=max(filter(None, planning)),
        around={size: median(seconds) for size, seconds in gaps.around.items()},
    )


@dataclass(frozen=True)
class _Gaps:
    """What passed between the lines of a journal, and what its processes say of themselves."""

    process: list[float]
    open: dict[str, list[float]]
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
            gaps.open[line["strategy"] or "planning"].append(opening)
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
        for strategy in load_all():
            if not strategy.reason:
                show(f"calibrating: {strategy.name}")
                _calibrate(strategy, sources, Path(folder), rates)
                rates.open[strategy.name] += opening
        planning = _timed(plan_chunks, sources[MEGABYTES[-1]])
    origin = f"a calibration of {time.perf_counter() - begun:.0f} s"
    return replace(rates, origin=origin, planning=planning / MEGABYTES[-1], around=around)


def _calibrate(strategy: Strategy, sources: dict[int, Path], folder: Path, rates: Rates) -> None:
    """Add the rates of one strategy."""
    imports = _python(
        "from benchmarks.harness import measure_cells; from strategies import load;"
        f"assert not load({strategy.name!r}).reason"
    )
    with Workers(strategy, CORES) as workers:
        first = None  # seconds of the first job, in which libraries do more
        for workload in WORKLOAD_NAMES:
            points = rates.jobs[strategy.name, workload] = {}
            for size, source in sources.items():
                job = Job(source, folder / "out.csv", load_workload(workload))
                sampler = WarmSampler(workers.runner, job)
                first = first or sampler.take().seconds
                points[size] = sampler.take().seconds
    rates.startup[strategy.name] = workers.startup_seconds
    rates.shutdown[strategy.name] = workers.shutdown_seconds
    around = workers.startup_seconds + workers.shutdown_seconds
    rates.open[strategy.name] = imports + around + (first or 0.0)


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
