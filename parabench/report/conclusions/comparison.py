"""Engines, strategies and whole-file systems at one size: what is gained by which choice."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from parabench.report.cell import NOT_RUN, TOO_LONG, Cell
from parabench.report.conclusions.fastest import fastest
from parabench.report.conclusions.simplest import simplicity
from parabench.report.conclusions.words import (
    NAMED,
    code,
    exactly,
    factors,
    named,
    ties,
    times,
    two_digits,
)
from parabench.report.sessions import Session
from parabench.statistics import Estimate, compare, ratio
from strategies import BASELINE, DEFAULT_ENGINE

FIRST_WORKLOAD = "double"  # in which the engines differ most; others compute more
PLAIN = DEFAULT_ENGINE, BASELINE  # what everything is compared to, and among the slowest
IN_COMMON = 0.9  # of what was tried at any size: nearly all
HOW = {"warm": "With workers already started", "cold": "Started for one job (cold)"}


@dataclass(frozen=True)
class Comparison:
    """The cells of one model, workload and size, those without a result, too."""

    model: str
    workload: str
    size: float
    cells: list[Cell]
    workers: int

    @classmethod
    def of(cls, session: Session, model: str, workload: str = "") -> Self | None:
        """Return those of the largest size that most have in common; None without results.

        That is the largest at which PLAIN has a result, to which all is compared; where it has
        none, the largest at which nearly all was tried. Without a workload, of FIRST_WORKLOAD, or
        else the first that was measured.
        """
        workloads = dict.fromkeys(cell.params["workload"] for cell in session.of(model))
        if not workload:
            workload = FIRST_WORKLOAD if FIRST_WORKLOAD in workloads else next(iter(workloads), "")
        by_size: dict[float, list[Cell]] = {}
        for cell in session.of(model):
            if cell.params["workload"] == workload:
                by_size.setdefault(cell.params["megabytes"], []).append(cell)
        results = {
            size: {(c.engine, c.strategy): c for c in cells if c.throughput}
            for size, cells in by_size.items()
        }
        tried = {
            size: sum(cell.state not in {NOT_RUN, TOO_LONG} for cell in cells)
            for size, cells in by_size.items()
            if results[size]
        }
        if not tried:
            return None
        plain = [size for size in tried if PLAIN in results[size]]
        nearly_all = [n for n, number in tried.items() if number >= IN_COMMON * max(tried.values())]
        size = max(plain or nearly_all)
        return cls(model, workload, size, by_size[size], session.workers)

    @cached_property
    def seconds(self) -> dict[tuple[str, str], Estimate]:
        """Seconds by engine and strategy, of what has a result."""
        estimates = ((cell, cell.estimate("seconds")) for cell in self.cells)
        return {(c.engine, c.strategy): seconds for c, seconds in estimates if seconds}

    @cached_property
    def engines(self) -> list[str]:
        """The engines for chunks that have a result, the fastest first."""
        best: dict[str, float] = {}
        for cell in self.cells:
            if not cell.is_system and (seconds := cell.median("seconds")):
                best[cell.engine] = min(seconds, best.get(cell.engine, seconds))
        return sorted(best, key=lambda engine: best[engine])

    @cached_property
    def systems(self) -> list[Cell]:
        """The whole-file systems, the fastest first, those without a result at the end."""
        own = [cell for cell in self.cells if cell.is_system]
        return sorted(
            own, key=lambda cell: (cell.median("seconds") is None, cell.median("seconds"))
        )

    @cached_property
    def engine(self) -> str:
        """The engine that all is told of: of those that tie for fastest, that of most strategies.

        "" where no engine has a result.
        """
        best = {
            engine: min(self.of_engine(engine).values(), key=lambda taken: taken.middle)
            for engine in self.engines
        }
        tied = [name for name in best if not compare(best[name], best[self.engines[0]])]
        return max(tied, key=lambda name: len(self.of_engine(name)), default="")

    def of_engine(self, engine: str) -> dict[str, Estimate]:
        """Return the seconds of an engine's strategies."""
        return {name: taken for (other, name), taken in self.seconds.items() if other == engine}

    @cached_property
    def best(self) -> tuple[Cell, list[Cell]] | None:
        """The simplest of the exact ways that no other beats significantly, and the others."""
        exact = [cell for cell in self.cells if cell.is_exact and self._seconds(cell)]
        least = min((self._seconds(cell).high for cell in exact), default=0.0)
        tied = [cell for cell in exact if self._seconds(cell).low <= least]
        tied.sort(key=lambda cell: (simplicity(cell.strategy, cell.engine), self._seconds(cell)[1]))
        return (tied[0], tied[1:]) if tied else None

    def _seconds(self, cell: Cell) -> Estimate:
        return self.seconds[cell.engine, cell.strategy]

    @cached_property
    def engine_gains(self) -> dict[str, Estimate]:
        """How many times faster each strategy is with `engine` than with the default."""
        default, best = self.of_engine(DEFAULT_ENGINE), self.of_engine(self.engine)
        both = [name for name in default if name in best and best[name].middle]
        return {name: ratio(default[name], best[name]) for name in both}

    @cached_property
    def spread_gains(self) -> dict[str, Estimate | None]:
        """By engine, how many times faster its fastest strategy is than serial; None for a tie."""
        gains: dict[str, Estimate | None] = {}
        for engine in self.engines:
            seconds = self.of_engine(engine)
            found = fastest(self.size, seconds)
            if found and BASELINE in seconds and len(seconds) > 1:
                first = found.first
                gains[engine] = ratio(seconds[BASELINE], seconds[first]) if first else None
        return gains


def headline(compared: Comparison) -> str:
    """Return what is gained by the engine, and by spreading the work; "" where neither is told."""
    texts = [*_engine_gain(compared), *_spread_gain(compared)]
    if not texts:
        return ""
    how = "workers already started" if compared.model == "warm" else "started for one job"
    where = f"{code(compared.workload)}, {exactly(compared.size)}, {how}"
    return f"With {where}: {'; '.join(texts)}."


def _engine_gain(compared: Comparison) -> Iterator[str]:
    gains = compared.engine_gains
    if not gains or len(compared.engines) < 2:
        return
    if compared.engine == DEFAULT_ENGINE:
        yield f"no engine beats {code(DEFAULT_ENGINE)}"
        return
    better = {name: gain for name, gain in gains.items() if not gain.low <= 1 <= gain.high}
    tied = [name for name in gains if name not in better]
    change = f"changing the engine from {code(DEFAULT_ENGINE)} to {code(compared.engine)}"
    if not better:
        yield f"{change} makes no significant difference"
        return
    also = ""
    if tied:
        who = named(tied) if len(tied) <= NAMED else f"{len(tied)} of {len(gains)} strategies"
        also = f", though with {who} it makes no significant difference"
    yield f"{change} gains {factors(list(better.values()))}{also}"


def _spread_gain(compared: Comparison) -> Iterator[str]:
    found = compared.spread_gains
    gains = [gain for gain in found.values() if gain]
    without = [engine for engine, gain in found.items() if not gain]
    workers = f"{compared.workers} worker{'' if compared.workers == 1 else 's'}"
    if gains:
        but = f", though with {named(without)} no strategy beats `{BASELINE}`" if without else ""
        yield f"spreading the work over {workers} gains {factors(gains)}{but}"
    elif without:
        yield f"spreading the work over {workers} gains nothing: no strategy beats `{BASELINE}`"


def overall(compared: Comparison) -> Iterator[str]:
    """Yield which way is best, and which are faster but change something, in one sentence."""
    if compared.best is None:
        return
    best, tied = compared.best
    plain = (best.engine, best.strategy) == PLAIN
    who = f"no other way beats {pair(best)}" if plain else f"{pair(best)} is fastest"
    text = f"{HOW[compared.model]}, at {exactly(compared.size)} {who}"
    text += f"{ties(list(map(pair, tied)))}: {two_digits(best.throughput or 0)} MB/s"
    base = compared.seconds.get(PLAIN)
    ours = compared.seconds[best.engine, best.strategy]
    if base and ours.middle and not plain:
        text += f", {times(*ratio(base, ours))} the speed of {code(BASELINE)} with "
        text += code(DEFAULT_ENGINE)
    faster = [
        f"{pair(cell)} is {times(*ratio(ours, theirs))} as fast, but {not_exact(cell)}"
        for cell in compared.systems
        if not cell.is_exact
        and (theirs := compared.seconds.get((cell.engine, cell.strategy)))
        and theirs.middle
        and compare(theirs, ours) < 0
    ]
    yield f"{'; '.join([text, *faster])}."
    if compared.model == "warm":
        yield from _cost(compared, best)


def _cost(compared: Comparison, best: Cell) -> Iterator[str]:
    """Yield what the best takes of memory and CPU time, beside serial with the default engine."""
    base = next((cell for cell in compared.cells if (cell.engine, cell.strategy) == PLAIN), None)
    if base is None or base is best:
        return
    peak, base_peak = best.estimate("peak_bytes"), base.estimate("peak_bytes")
    cpu, base_cpu = best.estimate("cpu_seconds"), base.estimate("cpu_seconds")
    if not (peak and base_peak and cpu and base_cpu and base_cpu.middle):
        return
    seconds = f"its CPU time is {times(*ratio(cpu, base_cpu))} that of the latter"
    if compare(cpu, base_cpu) == 0:
        seconds = "their CPU time does not differ significantly"
    yield (
        f"There {pair(best)} takes {peak.middle / 1e6:.0f} MB of memory, "
        f"{pair(base)} takes {base_peak.middle / 1e6:.0f} MB; {seconds}."
    )


def pair(cell: Cell) -> str:
    """Return a strategy and its engine; a whole-file system has none."""
    return (
        code(cell.strategy) if cell.is_system else f"{code(cell.strategy)} with {code(cell.engine)}"
    )


def not_exact(cell: Cell) -> str:
    """Return what a system does to the data, in a sentence that says something else of it."""
    what = {
        "same values": "writes the same values otherwise",
        "changes data": "changes data",
    }.get(cell.fidelity, "whether its output is exact was not told")
    return f"{what} ({code(cell.difference)})" if cell.difference else what
