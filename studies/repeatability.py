"""How well do two runs of one commit agree? By the last two sessions of a journal.

`repeatability.py` takes the newest journal, or the one that is named. The spread is a
coefficient of variation (standard deviation / mean, of seconds): of the samples within a
process, of the medians of a cell's processes, and of a cell's medians in the two runs.
"""

import itertools
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.harness.journal import folder
from parabench.report.cell import Cell
from parabench.report.sessions import Session, read_journal
from parabench.statistics import Estimate, compare, root_mean_square, variation


def main() -> None:
    """Print the spread of each model, and how far the rankings agree."""
    paths = [Path(name) for name in sys.argv[1:]]
    path = paths[0] if paths else max(folder().glob("*.jsonl"), key=lambda p: p.stat().st_mtime)
    first, second = read_journal(path)[-2:]
    minutes = (second.began - first.began).total_seconds() / 60
    print(f"{first.commit} twice, {minutes:.0f} minutes apart, profile {first.profile}\n")
    print("| model | within a process | between processes | between the runs |")
    print("|---|---:|---:|---:|")
    for model in dict.fromkeys(cell.model for cell in first.cells):
        pairs = [pair for pair in _pairs(first, second) if pair[0].model == model]
        within = [cv for run in (first, second) for cv in _within(run, model)]
        between = [cv for run in (first, second) for cv in _between(run, model)]
        runs = [variation([cell.median("seconds") or 0 for cell in pair]) for pair in pairs]
        spreads = map(root_mean_square, (within, between, runs))
        figures = " | ".join(f"{100 * spread:.1f} %" for spread in spreads)
        print(f"| {model} | {figures} |")
    print()
    _agreement(first, second)


def _pairs(first: Session, second: Session) -> Iterator[tuple[Cell, Cell]]:
    """Yield each cell that has a result in both runs."""
    for cell in first.cells:
        again = second.find(cell.model, **cell.params)
        if cell.state == "ok" and again and again.state == "ok":
            yield cell, again


def _processes(run: Session, model: str) -> dict[str, list[list[float]]]:
    """Return the seconds of each process of each cell."""
    processes: dict[str, list[list[float]]] = defaultdict(list)
    for line in run.lines:
        if line.get("model") == model:
            cell = str(sorted(line["cell"].items()))
            if line["event"] == "begin":
                processes[cell].append([])
            elif line["event"] == "sample":
                processes[cell][-1].append(line["seconds"])
    return processes


def _within(run: Session, model: str) -> list[float]:
    processes = itertools.chain.from_iterable(_processes(run, model).values())
    return [variation(seconds) for seconds in processes if len(seconds) > 1]


def _between(run: Session, model: str) -> list[float]:
    medians = (
        [median(seconds) for seconds in cell if seconds] for cell in _processes(run, model).values()
    )
    return [variation(values) for values in medians if len(values) > 1]


def _agreement(first: Session, second: Session) -> None:
    """Print how many pairs of strategies differ significantly, and in how many the runs agree."""
    different = agreed = compared = 0
    disagreeing = []
    for job, strategies in _jobs(first, second).items():
        for (name, ours), (other, theirs) in itertools.combinations(strategies.items(), 2):
            compared += 1
            if any(compare(*run) for run in zip(ours, theirs, strict=True)):
                different += 1
                if len({a.middle < b.middle for a, b in zip(ours, theirs, strict=True)}) == 1:
                    agreed += 1
                else:
                    disagreeing.append(f"{job}: {name} and {other}")
    print(
        f"{compared} pairs of strategies with the same job; in {different} a run finds a "
        f"significant difference; in {agreed} of these both runs have the same order"
    )
    for text in disagreeing:
        print(f"- not in: {text}")


def _jobs(first: Session, second: Session) -> dict[str, dict[str, list[Estimate]]]:
    """Return the seconds in both runs, by job and strategy."""
    jobs: dict[str, dict[str, list[Estimate]]] = defaultdict(dict)
    for cell, again in _pairs(first, second):
        seconds = [cell.estimate("seconds"), again.estimate("seconds")]
        if cell.strategy:
            job = {name: value for name, value in cell.params.items() if name != "strategy"}
            jobs[f"{cell.model} {job}"][cell.strategy] = [run for run in seconds if run]
    return jobs


if __name__ == "__main__":
    main()
