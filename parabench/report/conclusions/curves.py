"""Seconds over input size, with a band of uncertainty, and where two such curves cross."""

import bisect
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from parabench.report.sessions import Session
from parabench.statistics import Estimate, difference

Numbers = NDArray[np.float64]
BEYOND = 10  # times the largest measured size: no claim is made above
STEPS = 2_000  # sizes that are looked at for a crossover


@dataclass(frozen=True)
class Curve:
    """Seconds over MB; straight lines between what was measured.

    A job takes a fixed time and one for each MB, so what lies between two sizes, and above
    the largest, is on their line, which does not fall. Above, the band holds every line that
    goes through the intervals of the two largest sizes: it widens.
    """

    points: dict[float, Estimate]  # by MB, ascending
    estimated: bool = False  # from warm jobs, and what start-up and shutdown take

    @property
    def sizes(self) -> list[float]:
        """The measured sizes."""
        return list(self.points)

    def at(self, size: float) -> Estimate:
        """Return the seconds; raises ValueError below what was measured, and beside one size."""
        sizes = self.sizes
        if size in self.points:
            return self.points[size]
        if size < sizes[0] or len(sizes) == 1:
            message = f"nothing was measured that tells of {size} MB"
            raise ValueError(message)
        place = min(bisect.bisect(sizes, size), len(sizes) - 1)
        left, right = sizes[place - 1], sizes[place]
        before, after = self.points[left], self.points[right]
        share = (size - left) / (right - left)
        if size < right:
            return Estimate(*(a + share * (b - a) for a, b in zip(before, after, strict=True)))
        slopes = difference(after, before)
        return Estimate(*(
            end + (share - 1) * max(slope, 0) for end, slope in zip(after, slopes, strict=True)
        ))  # fmt: skip

    def over(self, sizes: Numbers) -> Numbers:
        """Return the seconds at ascending sizes, as `at` does: rows of low, middle and high."""
        measured, seconds = np.array(self.sizes), np.array(list(self.points.values())).T
        beyond = sizes > measured[-1]
        with np.errstate(invalid="ignore"):
            found = np.array([np.interp(sizes, measured, row) for row in seconds])
            if beyond.any():
                left, right = self.sizes[-2:]
                slopes = difference(self.points[right], self.points[left])
                shares = (sizes[beyond] - right) / (right - left)
                rising = np.array([max(slope, 0) for slope in slopes])
                found[:, beyond] = seconds[:, -1:] + rising[:, None] * shares
        return found


@dataclass(frozen=True)
class Crossover:
    """From which size on a curve is below another; MB, None where that is not seen."""

    size: float | None  # of the medians
    earliest: float | None  # the bands begin to overlap
    latest: float | None  # the bands no longer overlap
    back: float | None  # above, the medians cross again
    smallest: float  # nothing is known below
    limit: float  # nothing is claimed above
    largest: float  # that was measured: what is above is extrapolated


def cold_curve(session: Session, workload: str, engine: str, strategy: str) -> Curve | None:
    """Return start-up + job + shutdown over size, None where that cannot be told.

    Where cold runs of the workload were measured at fewer than two sizes, warm jobs stand
    in, with what cold runs of any workload took longer than the same jobs on warm workers.
    """
    points = _points(session, "cold", workload, engine, strategy)
    if len(points) > 1:
        return Curve(points)
    extra = _extra(session, engine, strategy)
    warm = _points(session, "warm", workload, engine, strategy)
    if extra is None or not warm:
        return Curve(points) if points else None
    estimated = {
        size: Estimate(
            max(job.low + extra.low, 0), job.middle + extra.middle, job.high + extra.high
        )
        for size, job in warm.items()
    }
    return Curve(estimated, estimated=True)


def _points(
    session: Session, model: str, workload: str, engine: str, strategy: str
) -> dict[float, Estimate]:
    points = {}
    wanted = workload, engine, strategy
    for cell in session.of(model):
        is_wanted = (cell.params["workload"], cell.engine, cell.strategy) == wanted
        if is_wanted and (seconds := cell.estimate("seconds")):
            points[float(cell.params["megabytes"])] = seconds
    return dict(sorted(points.items()))


def _extra(session: Session, engine: str, strategy: str) -> Estimate | None:
    """Return what start and end take, at the smallest size: there it is most of the time."""
    for workload in dict.fromkeys(cell.params["workload"] for cell in session.of("cold")):
        cold = _points(session, "cold", workload, engine, strategy)
        warm = _points(session, "warm", workload, engine, strategy)
        for size, whole in cold.items():
            if warm and (size in warm or min(warm) < size < max(warm)):
                return difference(whole, Curve(warm).at(size))
    return None


def crossover(ours: Curve, theirs: Curve) -> Crossover | None:
    """Return from which size on ours takes less time; None where they have no size in common."""
    smallest = max(ours.sizes[0], theirs.sizes[0])
    largest = min(ours.sizes[-1], theirs.sizes[-1])
    if smallest > largest:
        return None
    limit = BEYOND * largest if min(len(ours.sizes), len(theirs.sizes)) > 1 else largest
    sizes = np.array([smallest])
    if limit > smallest:
        sizes = np.geomspace(smallest, limit, STEPS)
        sizes[0], sizes[-1] = smallest, limit
    (low, middle, high), (least, base, most) = ours.over(sizes), theirs.over(sizes)
    with np.errstate(invalid="ignore"):  # between two ends that are not known
        gaps = {"low": low - most, "middle": middle - base, "high": high - least}
    crossing = _first_below(sizes, gaps["middle"])
    above = sizes >= (inf if crossing is None else crossing)
    return Crossover(
        size=crossing,
        earliest=_first_below(sizes, gaps["low"]),
        latest=_first_below(sizes, gaps["high"]),
        back=_first_below(sizes[above], -gaps["middle"][above]),
        smallest=smallest,
        limit=limit,
        largest=largest,
    )


def _first_below(sizes: Numbers, gaps: Numbers) -> float | None:
    """Return the first size at which a gap is below 0."""
    below = np.flatnonzero(gaps < 0)
    if not len(below):
        return None
    place = int(below[0])
    if place == 0:
        return float(sizes[0])
    gap, next_gap = float(gaps[place - 1]), float(gaps[place])
    share = gap / (gap - next_gap) if gap < inf else 1.0  # a line, as the steps are small
    return float(sizes[place - 1] + share * (sizes[place] - sizes[place - 1]))
