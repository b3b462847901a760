"""Seconds over input size, with a band of uncertainty, and where two such curves cross."""

import bisect
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np

from parabench.results import Measured
from strategies.core.names import BASELINE

BEYOND = 10  # times the largest measured size: no claim is made above
STEPS = 2_000  # sizes that are looked at for a crossover


class Band(NamedTuple):
    """Seconds: the median, between the ends of its 99 % interval."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Curve:
    """Seconds over MB; straight lines between what was measured.

    A job takes a fixed time and one for each MB, so what lies between two sizes, and above
    the largest, is on their line. Above, the band holds every line that goes through the
    intervals of the two largest sizes: it widens.
    """

    points: dict[float, Band]  # by MB, ascending
    estimated: bool = False  # from warm jobs, and what start-up and shutdown take

    @property
    def sizes(self) -> list[float]:
        """The measured sizes."""
        return list(self.points)

    def at(self, size: float) -> Band:
        """Return the seconds; raises ValueError below what was measured, and above one size."""
        sizes = self.sizes
        if size in self.points:
            return self.points[size]
        if size < sizes[0] or len(sizes) == 1:
            message = f"nothing was measured that tells of {size} MB"
            raise ValueError(message)
        place = min(bisect.bisect(sizes, size), len(sizes) - 1)
        left, right = sizes[place - 1], sizes[place]
        a, b = self.points[left], self.points[right]
        share = (size - left) / (right - left)
        middle = a.middle + share * (b.middle - a.middle)
        if size < right:
            return Band(a.low + share * (b.low - a.low), middle, a.high + share * (b.high - a.high))
        steep, flat = b.high - a.low, b.low - a.high
        return Band(b.low + (share - 1) * max(flat, 0), middle, b.high + (share - 1) * steep)


@dataclass(frozen=True)
class Crossover:
    """From which size on one curve is below another; MB, None where that is not seen."""

    size: float | None  # of the medians
    earliest: float | None  # the bands begin to overlap
    latest: float | None  # the bands no longer overlap
    smallest: float  # nothing is known below
    limit: float  # nothing is claimed above
    measured: float  # what is above is extrapolated
    estimated: bool


def cold_curve(measured: Measured, workload: str, strategy: str) -> Curve | None:
    """Return start-up + job + shutdown over size, None where that cannot be told.

    Where cold runs of the workload were measured at fewer than two sizes, warm jobs stand
    in, with what cold runs of any workload took longer than the same jobs on warm workers.
    """
    points = _points(measured, "cold", workload, strategy)
    if len(points) > 1:
        return Curve(points)
    extra = _extra(measured, strategy)
    warm = _points(measured, "warm", workload, strategy)
    if extra is None or not warm:
        return Curve(points) if points else None
    estimated = {
        size: Band(max(b.low + extra.low, 0), b.middle + extra.middle, b.high + extra.high)
        for size, b in warm.items()
    }
    return Curve(dict(sorted((estimated | points).items())), estimated=True)


def _points(measured: Measured, model: str, workload: str, strategy: str) -> dict[float, Band]:
    points = {}
    for cell in measured.of(model):
        wanted = cell.params["workload"], cell.params["strategy"]
        interval, middle = cell.interval("seconds"), cell.median("seconds")
        if wanted == (workload, strategy) and interval and middle is not None:
            points[float(cell.params["megabytes"])] = Band(interval[0], middle, interval[1])
    return dict(sorted(points.items()))


def _extra(measured: Measured, strategy: str) -> Band | None:
    """Return what start and end take, at the smallest size: there it is most of the time."""
    if strategy == BASELINE:
        return Band(0, 0, 0)  # it has nothing to start
    for workload in dict.fromkeys(cell.params["workload"] for cell in measured.of("cold")):
        cold = _points(measured, "cold", workload, strategy)
        warm = _points(measured, "warm", workload, strategy)
        for size, b in cold.items():
            if warm and (size in warm or min(warm) < size < max(warm)):
                a = Curve(warm).at(size)
                return Band(b.low - a.high, b.middle - a.middle, b.high - a.low)
    return None


def crossover(ours: Curve, theirs: Curve) -> Crossover:
    """Return from which size on ours takes less time than theirs."""
    smallest = max(ours.sizes[0], theirs.sizes[0])
    measured = min(ours.sizes[-1], theirs.sizes[-1])
    lines = len(ours.sizes) > 1 and len(theirs.sizes) > 1
    limit = BEYOND * measured if lines else smallest
    earliest, size, latest = (
        _first_below(ours, theirs, smallest, limit, *ends)
        for ends in (("low", "high"), ("middle", "middle"), ("high", "low"))
    )
    estimated = ours.estimated or theirs.estimated
    return Crossover(size, earliest, latest, smallest, limit, measured, estimated)


def _first_below(
    ours: Curve, theirs: Curve, smallest: float, limit: float, end: str, their_end: str
) -> float | None:
    """Return the smallest size at which one edge of our band is below one of theirs."""
    if limit <= smallest:
        sizes = [smallest]
    else:
        sizes = [float(size) for size in np.geomspace(smallest, limit, STEPS)]
        sizes[0], sizes[-1] = smallest, limit
    gaps = [
        getattr(ours.at(size), end) - getattr(theirs.at(size), their_end)
        if getattr(ours.at(size), end) != inf
        else inf
        for size in sizes
    ]
    if gaps[0] < 0:
        return smallest
    for (left, gap), (right, next_gap) in pairwise(zip(sizes, gaps, strict=True)):
        if next_gap < 0:  # a line between the two, as the steps are small
            share = gap / (gap - next_gap) if gap != inf else 1.0
            return left + share * (right - left)
    return None
