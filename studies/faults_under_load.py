"""Does every fault end well, many times over, while others use the cores?

`faults_under_load.py JOURNAL` appends an outcome a line to the file JOURNAL, and goes on from what
is in it; `--table` only prints what is there. Races show only so: under load, and in many tries.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from parabench.faults.matrix import FAULTS, HANG_SECONDS, Fault, NotPossibleError
from parabench.faults.run import cases
from parabench.faults.subjects import Case
from parabench.faults.verdict import GOOD, outcome
from strategies import chunk_strategies

TRIES = 50
LOOPS = 2  # that keep a core busy each
BUSY = "import os; study = os.getppid()\nwhile os.getppid() == study: pass"
TAIL = 3000  # characters kept of what a command has written, where its outcome is bad

Line = dict[str, Any]


def main() -> None:
    """Try what has not been tried often enough, and print the table."""
    arguments = parsed()
    chosen = [
        (fault, strategy)
        for fault in FAULTS
        for strategy in arguments.strategy or chunk_strategies()
        if fault.name in (arguments.fault or [fault.name for fault in FAULTS])
        if cases(fault, strategy) and (Case(strategy).has_processes or not fault.only_processes)
    ]
    until = time.monotonic() + 60 * arguments.minutes
    if not arguments.table:
        with load(arguments.loops):
            try_all(chosen, arguments.journal, arguments.tries, until)
    print_table(lines_of(arguments.journal))


def parsed() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--fault", action="append")
    parser.add_argument("--strategy", action="append")
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--loops", type=int, default=LOOPS)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--table", action="store_true")
    return parser.parse_args()


@contextmanager
def load(loops: int) -> Iterator[None]:
    """Keep so many cores busy."""
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def try_all(chosen: list[tuple[Fault, str]], journal: Path, tries: int, until: float) -> None:
    """Do one round after the other, each in an order of its own, so that all is spread in time."""
    done = Counter((line["fault"], line["strategy"]) for line in lines_of(journal))
    for number in range(tries):
        due = [pair for pair in chosen if done[pair[0].name, pair[1]] <= number]
        for fault, strategy in random.sample(due, len(due)):
            if time.monotonic() > until:
                return
            ways = cases(fault, strategy)  # its start methods take turns
            line = tried(fault, ways[number % len(ways)])
            with journal.open("a") as file:
                file.write(json.dumps({"at": round(time.time()), **line}) + "\n")


def tried(fault: Fault, case: Case) -> Line:
    """Let a fault happen once, and return what came of it."""
    try:
        observed = fault.happen(case, HANG_SECONDS)
    except NotPossibleError as error:
        return {**asdict(case), "fault": fault.name, "outcome": str(error), "good": True}
    found = outcome(fault, case, observed)
    good = found.outcome in GOOD and not found.left  # a slow machine is slow
    line = asdict(found) | {"good": good}
    return line if good else line | {"errors": observed.ending.errors[-TAIL:]}


def lines_of(journal: Path) -> list[Line]:
    """Return what has been tried."""
    text = journal.read_text() if journal.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def print_table(lines: list[Line]) -> None:
    """Print a row a fault and strategy, with every distinct bad outcome."""
    print(f"{sum(line['good'] for line in lines)} of {len(lines)} tries ended well\n")
    print("| fault | strategy | good | later than promised | slowest | bad |")
    print("|---|---|---:|---:|---:|---|")
    for fault, strategy in sorted({(line["fault"], line["strategy"]) for line in lines}):
        own = [line for line in lines if (line["fault"], line["strategy"]) == (fault, strategy)]
        seconds = [line.get("seconds", 0) for line in own]
        late = sum(line.get("seconds", 0) > line.get("limit", 0) for line in own)
        bad = Counter(
            " ".join((line["outcome"], *line.get("left", ()), f"({line['start_method']})"))
            for line in own
            if not line["good"]
        )
        shown = "; ".join(f"{count} x {what}" for what, count in bad.items())
        good = f"{len(own) - bad.total()}/{len(own)}"
        print(f"| {fault} | {strategy} | {good} | {late} | {max(seconds):.1f} s | {shown} |")


if __name__ == "__main__":
    main()
