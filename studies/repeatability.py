"""How well do two runs of one commit agree? By the last two sessions of a journal.

`repeatability.py` takes the newest journal, or the one that is named. The spread is a
coefficient of variation (standard deviation / mean, of seconds): of the samples within a
process, of the medians of a cell's processes, and of a cell's medians in the two runs.
"""

import itertools
import math
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness.journal import folder
from parabench.results import Cell, Measured, sessions


def main() -> None:
    """Print the spread of each model, and how far the rankings agree."""
    paths = [Path(name) for name in sys.argv[1:]]
    path = paths[0] if paths else max(folder().glob("*.jsonl"), key=lambda p: p.stat().st_mtime)
    first, second = sessions(path)[-2:]
    minutes = (second.began - first.began).total_seconds() / 60
    print(f"{first.commit} twice, {minutes:.0f} minutes apart, profile {first.profile}\n")
    print("| model | within a process | between processes | between the runs |")
    print("|---|---:|---:|---:|")
    for model in dict.fromkeys(cell.model for cell in first.cells):
        pairs = list(_pairs(first, second, model))
        within = [cv for run in (first, second) for cv in _within(run, model)]
        between = [cv for run in (first, second) for cv in _between(run, model)]
        runs = [_variation([a.median("seconds") or 0, b.median("seconds") or 0]) for a, b in pairs]
        figures = " | ".join(f"{100 * _rms(cvs):.1f} %" for cvs in (within, between, runs))
        print(f"| {model} | {figures} |")
    print()
    _agreement(first, second)


def _pairs(first: Measured, second: Measured, model: str) -> Iterator[tuple[Cell, Cell]]:
    """Yield the cells of a model that are ok in both runs."""
    for cell in first.of(model):
        again = second.find(model, **cell.params)
        if cell.state == "ok" and again and again.state == "ok":
            yield cell, again


def _processes(run: Measured, model: str) -> dict[str, list[list[float]]]:
    """Return the seconds of each process of each cell."""
    processes: dict[str, list[list[float]]] = defaultdict(list)
    for line in run.lines:
        if line.get("model") == model:
            key = str(sorted(line["cell"].items()))
            if line["event"] == "begin":
                processes[key].append([])
            elif line["event"] == "sample":
                processes[key][-1].append(line["seconds"])
    return processes


def _within(run: Measured, model: str) -> list[float]:
    processes = itertools.chain.from_iterable(_processes(run, model).values())
    return [_variation(seconds) for seconds in processes if len(seconds) > 1]


def _between(run: Measured, model: str) -> list[float]:
    medians = (
        [statistics.median(seconds) for seconds in cell if seconds]
        for cell in _processes(run, model).values()
    )
    return [_variation(values) for values in medians if len(values) > 1]


def _variation(values: list[float]) -> float:
    return statistics.stdev(values) / statistics.mean(values)


def _rms(values: list[float]) -> float:
    """Return the root of the mean of the squares: variances add up, deviations do not."""
    return math.sqrt(statistics.mean(value**2 for value in values)) if values else math.nan


def _agreement(first: Measured, second: Measured) -> None:
    """Print how many pairs of strategies differ by more than the uncertainty, and agree."""
    told = agreed = compared = 0
    disagreeing = []
    for group in _groups(first):
        for cell, other in itertools.combinations(group, 2):
            again = [second.find(both.model, **both.params) for both in (cell, other)]
            if any(both is None or both.state != "ok" for both in again):
                continue
            compared += 1
            pairs = [(cell, other), tuple(again)]
            if any(_sign(*pair) for pair in pairs):  # type: ignore[arg-type] # none is None
                told += 1
                orders = {a.median("seconds") < b.median("seconds") for a, b in pairs}  # type: ignore[operator,union-attr] # likewise
                if len(orders) == 1:
                    agreed += 1
                else:
                    disagreeing.append(f"{cell.model} {cell.params} and {other.strategy}")
    print(
        f"{compared} pairs of strategies with the same job; in {told} a run finds a difference "
        f"larger than the uncertainty; in {agreed} of these both runs have the same order"
    )
    for text in disagreeing:
        print(f"- not in: {text}")


def _groups(run: Measured) -> list[list[Cell]]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in run.cells:
        if cell.state == "ok" and cell.strategy:
            job = {name: value for name, value in cell.params.items() if name != "strategy"}
            groups[f"{cell.model} {job}"].append(cell)
    return list(groups.values())


def _sign(cell: Cell, other: Cell) -> int:
    """Return -1 when `cell` is faster, 1 when slower, 0 when the intervals overlap."""
    (a, b), (c, d) = cell.interval("seconds"), other.interval("seconds")  # type: ignore[misc] # both ok
    return -1 if b < c else 1 if d < a else 0


if __name__ == "__main__":
    main()
