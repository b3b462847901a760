"""What samples say and how certain it is: numbers in, numbers out.

All that the project concludes from samples is computed here: the report, the page, the
comparison with pytest-benchmark, and the studies.
"""

import math
from collections.abc import Sequence
from statistics import StatisticsError, correlation, mean, median, stdev
from typing import NamedTuple

from asv_runner.statistics import compute_stats


class Estimate(NamedTuple):
    """A value between the ends of its 99 % confidence interval."""

    low: float
    middle: float
    high: float  # inf where there are too few samples for an upper end


ONE = Estimate(1.0, 1.0, 1.0)  # the ratio of something and itself


def estimate(values: Sequence[float]) -> Estimate:
    """Return the median of what cannot be below 0, with the interval that asv computes.

    One sample gives an interval from 0 to inf. Raises StatisticsError for no values.
    """
    middle = median(values)
    _, stats = compute_stats(list(values), 1)
    return Estimate(max(stats["ci_99_a"], 0.0), middle, stats["ci_99_b"])


def difference(larger: Estimate, smaller: Estimate) -> Estimate:
    """Return larger - smaller, which is within its interval if both are within theirs."""
    middle = larger.middle - smaller.middle
    return Estimate(larger.low - smaller.high, middle, larger.high - smaller.low)


def ratio(above: Estimate, below: Estimate) -> Estimate:
    """Return above / below, which is within its interval if both are within theirs.

    Raises ZeroDivisionError where the middle of `below` is 0.
    """
    middle = above.middle / below.middle
    low = above.low / below.high if below.high else 0.0
    return Estimate(low, middle, above.high / below.low if below.low else math.inf)


def inverse(value: Estimate) -> Estimate:
    """Return 1 / value, such as a throughput; ZeroDivisionError where the middle is 0."""
    return ratio(ONE, value)


def compare(ours: Estimate, theirs: Estimate) -> int:
    """Return -1 where ours is significantly less, 1 where it is significantly more, else 0.

    A difference is significant where the intervals do not overlap.
    """
    if ours.high < theirs.low:
        return -1
    return 1 if theirs.high < ours.low else 0


def variation(values: Sequence[float]) -> float:
    """Return the coefficient of variation: standard deviation / mean; at least two values."""
    return stdev(values) / mean(values)


def root_mean_square(values: Sequence[float]) -> float:
    """Return the mean of deviations, nan for none: variances add up, deviations do not."""
    return math.sqrt(mean(value**2 for value in values)) if values else math.nan


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Spearman's; nan for fewer than two values, or where all of a list are equal."""
    try:
        return correlation(_ranks(first), _ranks(second))
    except StatisticsError:
        return math.nan


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value; equal values share the mean of their ranks."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]
