"""Where does the time of a session go? By the newest journal, or the one that is named.

What is inside a sample: start-up, job and shutdown for cold runs, else what the clock ran
around. The rest is told by the processes that measure; what none of them tells is asv's.
"""

import sys
from collections import Counter
from pathlib import Path

from benchmarks.harness.journal import folder
from parabench.report.sessions import read_journal

KINDS = {
    "imports": "interpreters, imports, the meters' start",
    "workers": "workers up and down, warm-up",
    "cells": "cells made ready: data, the least time",
    "outside": "around samples: metering, SHA-256, first verifications",
}


def main() -> None:
    """Print a row for each kind of time."""
    paths = [Path(name) for name in sys.argv[1:]]
    path = paths[0] if paths else max(folder().glob("*.jsonl"), key=lambda p: p.stat().st_mtime)
    session = read_journal(path)[-1]
    whole = (session.ended - session.began).total_seconds()
    spent: Counter[str] = Counter()
    events: Counter[str] = Counter()
    samples = 0.0
    for line in session.lines:
        events[line["event"]] += 1
        if line["event"] == "sample":
            samples += line["seconds"]
        elif line["event"] == "process":
            spent.update(line["seconds"])
    print(f"{path.name}, profile {session.profile}: {events['sample']} samples, ", end="")
    print(f"{events['process']} processes that measure, {events['taken']} of asv's\n")
    print("| what | seconds | share |")
    print("|---|---:|---:|")
    rows = {"inside samples": samples}
    if events["process"]:
        rows |= {title: spent[kind] for kind, title in KINDS.items()}
    rows |= {"asv's processes, and what is left": whole - sum(rows.values()), "session": whole}
    for title, seconds in rows.items():
        print(f"| {title} | {seconds:.1f} | {seconds / whole:.0%} |")


if __name__ == "__main__":
    main()
