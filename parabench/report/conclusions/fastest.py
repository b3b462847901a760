"""Which strategy is fastest at each size, all with one engine, and who ties with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from parabench.report.conclusions.simplest import simplest
from parabench.report.conclusions.words import at_sizes, code, factors, ties
from parabench.statistics import Estimate, compare, ratio
from strategies import BASELINE

UNKNOWN = Estimate(inf, inf, inf)  # seconds of a baseline that has no result
BySize = Mapping[float, Mapping[str, Estimate]]  # seconds of strategies


@dataclass(frozen=True)
class Fastest:
    """Who is fastest at a size: nobody significantly faster than the baseline, or `first`."""

    size: float
    first: str | None
    tied: tuple[str, ...]  # with `first`, or with the baseline where there is no first
    leading: frozenset[str]  # `first` and those of `tied` that beat the baseline, too


def fastest(size: float, seconds: Mapping[str, Estimate]) -> Fastest | None:
    """Return who is significantly faster than the baseline, and who ties with that."""
    if not seconds:
        return None
    base = seconds.get(BASELINE)
    ordered = sorted(seconds, key=lambda name: seconds[name].middle)
    others = [name for name in ordered if name != BASELINE]
    faster = [name for name in others if compare(seconds[name], base or UNKNOWN) < 0]
    if not faster:
        tied = [name for name in others if base and compare(seconds[name], base) == 0]
        return Fastest(size, None, tuple(tied), frozenset())
    first = faster[0]
    tied = [
        name for name in others if name != first and compare(seconds[name], seconds[first]) == 0
    ]
    return Fastest(size, first, tuple(tied), frozenset({first, *tied} & set(faster)))


def at_each_size(by_size: BySize) -> list[Fastest]:
    """Return who is fastest at each size that has a result."""
    found = (fastest(size, seconds) for size, seconds in sorted(by_size.items()))
    return [at_size for at_size in found if at_size]


@dataclass(frozen=True)
class Stretch:
    """Sizes in a row at which a strategy leads, or none does."""

    name: str | None  # the simplest of those that lead at all of them
    sizes: list[float]
    tied: list[str]  # others that tie with the fastest, or with the baseline, at all of them


def stretches(found: Iterable[Fastest]) -> Iterator[Stretch]:
    """Yield stretches that are as long as any strategy leads."""
    group: list[Fastest] = []
    for at_size in found:
        if group and not _goes_on(group, at_size):
            yield _stretch(group)
            group = []
        group.append(at_size)
    if group:
        yield _stretch(group)


def _goes_on(group: list[Fastest], at_size: Fastest) -> bool:
    """Whether one of those that lead so far leads at the next size, too; or still none does."""
    if not at_size.leading or not group[0].leading:
        return at_size.leading == group[0].leading
    return bool(_leading([*group, at_size]))


def _leading(group: Iterable[Fastest]) -> frozenset[str]:
    """Return those that lead at all sizes."""
    return frozenset.intersection(*(at_size.leading for at_size in group))


def _stretch(group: list[Fastest]) -> Stretch:
    in_order = [name for name in (group[0].first, *group[0].tied) if name]
    leading = _leading(group)
    name = simplest(one for one in in_order if one in leading) if leading else None
    tied = [
        one
        for one in in_order
        if one != name and all(one in (at_size.first, *at_size.tied) for at_size in group)
    ]
    return Stretch(name, [at_size.size for at_size in group], tied)


def in_words(stretch: Stretch, by_size: BySize) -> str:
    """Return a stretch as `at 1 MB and 10 MB X is fastest (Y ties with it): 2 times …`."""
    who = f"{code(stretch.name)} is fastest" if stretch.name else f"no strategy beats `{BASELINE}`"
    gains = [gain for size in stretch.sizes if (gain := gain_of(stretch.name, by_size[size]))]
    speed = f": {factors(gains)} the speed of `{BASELINE}`" if gains else ""
    return f"{at_sizes(stretch.sizes)} {who}{ties(list(map(code, stretch.tied)))}{speed}"


def gain_of(name: str | None, seconds: Mapping[str, Estimate]) -> Estimate | None:
    """Return how many times faster than the baseline it is, None where that cannot be told."""
    base, ours = seconds.get(BASELINE), seconds.get(name or "")
    if base is None or ours is None or not ours.middle:
        return None
    return ratio(base, ours)
