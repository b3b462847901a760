"""Seconds over input size, with a band of uncertainty, and where two such curves cross."""

import bisect
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np

from parabench.report.sessions import Cell, Measured

BEYOND = 10  # times the largest measured size: no claim is made above
STEPS = 2_000  # sizes that are looked at for a crossover


class Band(NamedTuple):
    """The median, between the ends of its 99 % interval."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Curve:
    """Seconds over MB; straight lines between what was measured.

    A job takes a fixed time and one for each MB, so what lies between two sizes, and above
    the largest, is on their line, which does not fall. Above, the band holds every line that
    goes through the intervals of the two largest sizes: it widens.
    """

    points: dict[float, Band]  # by MB, ascending
    estimated: bool = False  # from warm jobs, and what start-up and shutdown take

    @property
    def sizes(self) -> list[float]:
        """The measured sizes."""
        return list(self.points)

    def at(self, size: float) -> Band:
        """Return the seconds; raises ValueError below what was measured, and beside one size."""
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
        if size < right:
            return Band(*(one + share * (other - one) for one, other in zip(a, b, strict=True)))
        slopes = (b.low - a.high, b.middle - a.middle, b.high - a.low)
        return Band(*(
            end + (share - 1) * max(slope, 0) for end, slope in zip(b, slopes, strict=True)
        ))  # fmt: skip


@dataclass(frozen=True)
class Crossover:
    """From which size on one curve is below another; MB, None where that is not seen."""

    size: float | None  # of the medians
    earliest: float | None  # the bands begin to overlap
    latest: float | None  # the bands no longer overlap
    back: float | None  # above, the medians cross again
    smallest: float  # nothing is known below
    limit: float  # nothing is claimed above
    measured: float  # what is above is extrapolated


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
    return Curve(estimated, estimated=True)


def band(cell: Cell, metric: str) -> Band | None:
    """Return a cell's median and interval, None where it has no result."""
    interval, middle = cell.interval(metric), cell.median(metric)
    if interval is None or middle is None:
        return None
    return Band(interval[0], middle, interval[1])


def _points(measured: Measured, model: str, workload: str, strategy: str) -> dict[float, Band]:
    points = {}
    for cell in measured.of(model):
        wanted = cell.params["workload"], cell.params["strategy"]
        if wanted == (workload, strategy) and (found := band(cell, "seconds")):
            points[float(cell.params["megabytes"])] = found
    return dict(sorted(points.items()))


def _extra(measured: Measured, strategy: str) -> Band | None:
    """Return what start and end take, at the smallest size: there it is most of the time."""
    for workload in dict.fromkeys(cell.params["workload"] for cell in measured.of("cold")):
        cold = _points(measured, "cold", workload, strategy)
        warm = _points(measured, "warm", workload, strategy)
        for size, b in cold.items():
            if warm and (size in warm or min(warm) < size < max(warm)):
                a = Curve(warm).at(size)
                return Band(b.low - a.high, b.middle - a.middle, b.high - a.low)
    return None


def crossover(ours: Curve, theirs: Curve) -> Crossover | None:
    """Return from which size on ours takes less time; None where they have no size in common."""
    smallest = max(ours.sizes[0], theirs.sizes[0])
    measured = min(ours.sizes[-1], theirs.sizes[-1])
    if smallest > measured:
        return None
    limit = BEYOND * measured if min(len(ours.sizes), len(theirs.sizes)) > 1 else measured
    sizes = [smallest, *map(float, np.geomspace(smallest, limit, STEPS)[1:-1]), limit]
    if limit == smallest:
        sizes = [smallest]
    pairs = [(size, ours.at(size), theirs.at(size)) for size in sizes]
    middles = [(size, a.middle - b.middle) for size, a, b in pairs]
    size = _first_below(middles)
    above = [(place, -gap) for place, gap in middles if size is not None and place >= size]
    return Crossover(
        size=size,
        earliest=_first_below([(size, a.low - b.high) for size, a, b in pairs]),
        latest=_first_below([(size, a.high - b.low) for size, a, b in pairs]),
        back=_first_below(above),
        smallest=smallest,
        limit=limit,
        measured=measured,
    )


def _first_below(gaps: list[tuple[float, float]]) -> float | None:
    """Return the first size at which a gap is below 0."""
    if gaps and gaps[0][1] < 0:
        return gaps[0][0]
    for (left, gap), (right, next_gap) in pairwise(gaps):
        if next_gap < 0:  # a line between the two, as the steps are small
            share = gap / (gap - next_gap) if gap < inf else 1.0
            return left + share * (right - left)
    return None
