"""The samples of a session, by size: small jobs tell how long a large one will take."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.harness.journal import Cell, lines_of
from benchmarks.harness.limits import Took, predicted, took

Seconds = list[tuple[float, float]]  # what each sample took, and its start and end of that


class Samples:
    """What each cell's samples took, from the journal and from this process."""

    def __init__(self, journal: Path, session: str) -> None:
        self._seconds: dict[str, dict[float, Seconds]] = defaultdict(dict)
        for line in lines_of(journal):
            if line["event"] == "sample" and line["session"] == session:
                self.add(line)

    def add(self, line: dict[str, Any]) -> None:
        """Add a line of the journal."""
        key, size = _key(line["model"], line["cell"])
        parts = (line.get("startup_seconds"), line.get("shutdown_seconds"))
        sample = line["seconds"], sum(part or 0.0 for part in parts)
        self._seconds[key].setdefault(size, []).append(sample)

    def of(self, model: str, cell: Cell) -> Took | None:
        """Return what the samples of a cell took, None where there are none."""
        key, size = _key(model, cell)
        seconds = self._seconds[key].get(size)
        return took(seconds) if seconds else None

    def predicted(self, model: str, cell: Cell) -> float | None:
        """Return the seconds that a sample will take, by the same cell's at smaller sizes."""
        key, size = _key(model, cell)
        return predicted({n: took(seconds) for n, seconds in self._seconds[key].items()}, size)


def _key(model: str, cell: Cell) -> tuple[str, float]:
    """Return a cell but for its size, and its size."""
    others = {name: value for name, value in cell.items() if name != "megabytes"}
    return f"{model} {json.dumps(others, sort_keys=True)}", cell.get("megabytes", 0)
