"""What things take on this machine: by the last results, or by a quick calibration."""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.harness import models
from benchmarks.harness.fingerprint import fingerprint
from benchmarks.harness.meter import ROOT, Meter
from benchmarks.harness.profiles import CORES
from data_gen.cache import dataset
from parabench.report.sessions import Session
from strategies import WORKLOAD_NAMES, Job, load_all, load_workload, plan_chunks

MEGABYTES = (1, 4)  # of the jobs of a calibration
Points = dict[int, float]  # seconds by megabytes


@dataclass(frozen=True)
class Rates:
    """Seconds."""

    origin: str  # in words
    process: float  # an asv process by itself: it reads from the journal what was measured
    open: dict[str, float]  # by strategy: what a process that measures does before and after
    startup: dict[str, float]
    shutdown: dict[str, float]
    jobs: dict[tuple[str, str], Points]  # by strategy and workload
    planning: float  # a megabyte
    around: Points  # a sample, outside the clock

    def opening(self, model: str, cell: dict[str, Any]) -> float:
        """Return what a process that measures takes more than one that reads."""
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
    known = set(startup) & set(shutdown) & set(gaps.open)
    wanted = {(name, workload) for name in ready for workload in WORKLOAD_NAMES}
    if ready - known or wanted - set(jobs) or not any(planning):
        return None
    if not gaps.process or not gaps.around:
        return None
    return Rates(
        origin=f"the results of {measured.ended:%Y-%m-%d %H:%M} UTC, profile {measured.profile}",
        process=median(gaps.process),
        open={name: median(seconds) for name, seconds in gaps.open.items()},
        startup={name: seconds or 0.0 for name, seconds in startup.items()},
        shutdown={name: seconds or 0.0 for name, seconds in shutdown.items()},
        jobs=dict(jobs),
        planning=max(filter(None, planning)),
        around={size: median(seconds) for size, seconds in gaps.around.items()},
    )


@dataclass(frozen=True)
class _Gaps:
    """What passed between the lines of a journal."""

    process: list[float]
    open: dict[str, list[float]]
    around: dict[int, list[float]]


def _gaps(measured: Session) -> _Gaps:
    gaps = _Gaps([], defaultdict(list), defaultdict(list))
    began = 0.0  # of the opening under way, since the line before it
    for before, line in pairwise(measured.lines):
        gap = line["at"] - before["at"]
        if line["event"] == "begin":
            began = gap
        elif line["event"] == "taken" and before["event"] == "taken":
            gaps.process.append(gap)
        elif line["event"] == "sample" and line["model"] == "warm":
            outside = gap - line["seconds"]
            if before["event"] == "begin":
                gaps.open[line["cell"]["strategy"]].append(began + outside)
            elif before["event"] == "sample" and before["cell"] == line["cell"]:
                gaps.around[line["cell"]["megabytes"]].append(outside)
    if gaps.process:
        usual = median(gaps.process)
        for seconds in gaps.open.values():
            seconds[:] = [max(one - usual, 0.0) for one in seconds]
    return gaps


def calibrate(show: Callable[[str], object]) -> Rates:
    """Measure the rates: each strategy once, with small jobs; takes about half a minute."""
    begun = time.perf_counter()
    ready = [strategy for strategy in load_all() if not strategy.reason]
    sources = {size: dataset(size=size * models.MEGABYTE).path for size in MEGABYTES}
    process = _python("from asv_runner.run import _run; import benchmarks.warm")
    opens: dict[str, float] = {}
    startup: dict[str, float] = {}
    shutdown: dict[str, float] = {}
    jobs: dict[tuple[str, str], Points] = {}
    with tempfile.TemporaryDirectory(prefix="parabench-") as folder:
        for strategy in ready:
            show(f"calibrating: {strategy.name}")
            imports = _python(
                "from benchmarks.harness import models; from strategies import load;"
                f"assert not load({strategy.name!r}).reason"
            )
            entering = time.perf_counter()
            with strategy.start(CORES) as runner:
                startup[strategy.name] = time.perf_counter() - entering
                for workload in WORKLOAD_NAMES:
                    points = jobs[strategy.name, workload] = {}
                    for size, source in sources.items():
                        job = Job(source, Path(folder) / "out.csv", load_workload(workload))
                        points[size] = min(_timed(runner.run, job) for _ in range(2))
                leaving = time.perf_counter()
            shutdown[strategy.name] = time.perf_counter() - leaving
            own = startup[strategy.name] + shutdown[strategy.name]
            opens[strategy.name] = max(imports - process, 0.0) + own
        planning = _timed(plan_chunks, sources[MEGABYTES[-1]])
        around, opening = _around(Path(folder))
    return Rates(
        origin=f"a calibration of {time.perf_counter() - begun:.0f} s",
        process=process,
        open={name: seconds + opening for name, seconds in opens.items()},
        startup=startup,
        shutdown=shutdown,
        jobs=jobs,
        planning=planning / MEGABYTES[-1],
        around=around,
    )


def _around(folder: Path) -> tuple[Points, float]:
    """Return what a sample takes outside the clock, and a cell that has nothing to start."""
    around: Points = {}
    opening = 0.0
    for size in MEGABYTES:
        entering = time.perf_counter()
        meter = Meter()
        cell = {"workload": "double", "megabytes": size, "strategy": "serial"}
        with models.warm(models.Bench(meter, folder), **cell) as take:
            opening = time.perf_counter() - entering
            take()
            started = time.perf_counter()
            around[size] = -take().seconds
            around[size] += time.perf_counter() - started
        meter.close()
    return around, opening


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
