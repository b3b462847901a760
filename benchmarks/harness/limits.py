"""How long a job may take: what would take longer is not measured, and long jobs less often.

A prediction comes from the same cell at smaller sizes, which the process has measured before.
"""

from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

NOISE = 4  # a job of 3 MB may be as fast as one of 1 MB by chance, but does not grow for nothing


class Took(NamedTuple):
    """What the samples of a cell took, in seconds: medians."""

    whole: float
    start: float  # of that, what does not grow with the size: start-up and shutdown


@dataclass(frozen=True)
class Limits:
    """Seconds."""

    sample: float  # a cell is not measured where a sample would take longer,
    cell: float  # and has fewer samples where all of them would take longer

    def repeat(self, seconds: float, rounds: int, repeat: int, least: int) -> int:
        """Return how many samples to take in a round, where one takes so many seconds."""
        return repeat if seconds * rounds * repeat <= self.cell else min(least, repeat)

    def why_not(self, seconds: float) -> str | None:
        """Return why a sample is not taken that would take so many seconds, if so."""
        return f"would take {in_words(seconds)} a job" if seconds > self.sample else None


def took(samples: list[tuple[float, float]]) -> Took:
    """Return the medians of samples, each what it took and what its start and end took of it."""
    return Took(median(whole for whole, _ in samples), median(start for _, start in samples))


def predicted(points: dict[float, Took], megabytes: float) -> float | None:
    """Return the seconds of a sample, by those at smaller sizes; None where there are none.

    By two sizes or more it lies on the line through the two largest, but grows at most in
    proportion to the larger, without its start and end, and at least a part as fast: small jobs
    vary. One size tells the least that a job takes: in proportion, what workers do once would count
    for each megabyte.
    """
    smaller = sorted(size for size in points if size < megabytes)
    if not smaller:
        return None
    largest = smaller[-1]
    whole, start = points[largest]
    if len(smaller) == 1:
        return whole
    slope = (whole - points[smaller[-2]].whole) / (largest - smaller[-2])
    in_proportion = max(whole - start, 0.0) / largest
    a_megabyte = min(max(slope, in_proportion / NOISE), in_proportion)
    return whole + a_megabyte * (megabytes - largest)


def in_words(seconds: float) -> str:
    """Return seconds in two digits or more, as `3.4 s` or `170 s`."""
    return f"{seconds:.2g} s" if seconds < 99.5 else f"{seconds:.0f} s"
