"""The statistics give the answers that are known."""

import math
from statistics import StatisticsError

import pytest

from parabench.statistics import (
    ONE,
    Estimate,
    compare,
    difference,
    estimate,
    inverse,
    rank_correlation,
    ratio,
    root_mean_square,
    variation,
)

OURS, THEIRS = Estimate(1.0, 2.0, 3.0), Estimate(4.0, 5.0, 6.0)


def test_eight_samples_are_bounded_by_the_extremes() -> None:
    """The median is outside with a probability of 2 / 2^8 = 0.8 %: no narrower pair has 99 %."""
    assert estimate([8.0, 1, 2, 3, 4, 5, 6, 7]) == (1, 4.5, 8)


def test_many_samples_narrow_the_interval() -> None:
    """Of 100, the 37th and the 64th are binomially the ends of 99 %, or some next to them."""
    low, middle, high = estimate([float(value) for value in range(1, 101)])
    assert middle == 50.5
    assert 36 <= low <= 39
    assert 62 <= high <= 65
    covered = sum(math.comb(100, k) for k in range(math.floor(low), math.ceil(high))) / 2**100
    assert covered >= 0.985


def test_one_sample_tells_nothing() -> None:
    """No upper end, and no lower one but 0, which no measure is below."""
    assert estimate([3.0]) == (0, 3, math.inf)


def test_few_samples_reach_beyond_themselves() -> None:
    """As asv does it: the posterior of a Laplace distribution, which is wider."""
    low, middle, high = estimate([2.0, 3.0])
    assert low == 0
    assert middle == 2.5
    assert 20 < high < 30


def test_no_samples_are_an_error() -> None:
    """There is no median of nothing."""
    with pytest.raises(StatisticsError):
        estimate([])


def test_a_ratio_is_between_its_extremes() -> None:
    """Each end is the quotient of opposite ends."""
    assert ratio(THEIRS, OURS) == (4 / 3, 5 / 2, 6)
    assert ratio(ONE, ONE) == ONE


def test_a_ratio_to_what_may_be_zero_has_no_end() -> None:
    """One sample, for instance."""
    assert ratio(THEIRS, Estimate(0.0, 2.0, math.inf)) == (0, 2.5, math.inf)
    with pytest.raises(ZeroDivisionError):
        ratio(THEIRS, Estimate(0.0, 0.0, 1.0))


def test_an_inverse_swaps_the_ends() -> None:
    """The slowest is the least throughput."""
    assert inverse(Estimate(0.25, 0.5, 1.0)) == (1, 2, 4)
    assert inverse(Estimate(0.0, 0.5, math.inf)) == (0, 2, math.inf)


def test_a_difference_is_between_its_extremes() -> None:
    """Each end is the difference of opposite ends."""
    assert difference(THEIRS, OURS) == (1, 3, 5)


@pytest.mark.parametrize(
    ("ours", "theirs", "order"),
    [
        (OURS, THEIRS, -1),
        (THEIRS, OURS, 1),
        (OURS, OURS, 0),
        (OURS, Estimate(3.0, 5.0, 6.0), 0),  # they touch
        (OURS, Estimate(0.0, 9.0, math.inf), 0),
    ],
)
def test_intervals_that_overlap_are_no_difference(
    ours: Estimate, theirs: Estimate, order: int
) -> None:
    """Whatever the medians are."""
    assert compare(ours, theirs) == order


def test_a_comparison_and_a_ratio_agree() -> None:
    """A ratio has 1 within its interval where there is no significant difference."""
    steps = [Estimate(low, low + 1, low + width) for low in (1.0, 2, 3) for width in (1.0, 2, 3)]
    for ours in steps:
        for theirs in steps:
            assert compare(ours, theirs) == compare(ratio(ours, theirs), ONE)


def test_variation_is_relative_to_the_mean() -> None:
    """The standard deviation of 9, 10 and 11 is 1."""
    assert variation([9.0, 10, 11]) == pytest.approx(0.1)
    assert variation([90.0, 100, 110]) == pytest.approx(0.1)


def test_deviations_are_averaged_as_variances() -> None:
    """3 and 4 are 12.5 squared; nothing has no mean."""
    assert root_mean_square([3.0, 4.0]) == pytest.approx(math.sqrt(12.5))
    assert math.isnan(root_mean_square([]))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1.0, 2, 3], [10.0, 20, 1000], 1),
        ([1.0, 2, 3], [3.0, 2, 1], -1),
        ([86.0, 97, 99, 100, 101, 103, 106, 110, 112, 113],
         [2.0, 20, 28, 27, 50, 29, 7, 17, 6, 12], -29 / 165),
        ([1.0, 2, 2, 4], [1.0, 3, 2, 2], 0.5),  # equal values share their ranks
    ],
)  # fmt: skip
def test_rank_correlation(first: list[float], second: list[float], expected: float) -> None:
    """Only the order counts; the long one is Wikipedia's example, hours of television over IQ."""
    assert rank_correlation(first, second) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0]])
def test_no_order_has_no_correlation(values: list[float]) -> None:
    """Nothing, one value, and equal values."""
    assert math.isnan(rank_correlation(values, values))
