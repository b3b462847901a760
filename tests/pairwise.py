"""Fewer combinations than all, in which any two values that can meet do meet."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])


def pairwise(every: Sequence[T]) -> list[T]:
    """Return some of `every`: greedily, the one with the most pairs that no other has yet."""
    missing = {pair for values in every for pair in _pairs(values)}
    some: list[T] = []
    while missing:
        best = max(every, key=lambda values: len(missing.intersection(_pairs(values))))
        missing.difference_update(_pairs(best))
        some.append(best)
    return some


def _pairs(values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield each two values, with their positions."""
    return combinations(enumerate(values), 2)
