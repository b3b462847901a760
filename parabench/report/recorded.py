"""The cells of a session: those that were expected, with what the journal has of each."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.harness.measurement import Measurement, from_line
from parabench.report.cell import EXACT, NOT_RUN, Cell
from parabench.report.lines import Line

OUTCOMES = (EXACT, "same values", "changes data")  # what counts of several: the last of these
MANY = 10**9  # samples, or rounds, of a cell of which no number is told


def cells_of(head: Line, results: list[Line]) -> Iterator[Cell]:
    """Yield the expected cells of the models that have any result."""
    samples: dict[str, list[Measurement]] = defaultdict(list)
    ends: dict[str, Line] = {}
    for line in results:
        key = key_of(line["model"], line["cell"])
        if line["event"] == "sample":
            samples[key].append(from_line(line))
        else:
            ends[key] = _with_worse_outcome(line, ends.get(key, {}))
    started = {line["model"] for line in results}
    expected = head["expected"]
    for model in (model for model in expected if model in started):
        for params, grid in _expected(expected[model]):
            key = key_of(model, params)
            end = ends.get(key, {"state": NOT_RUN, "reason": "not selected, or interrupted"})
            number = len(samples[key])
            wanted = min(grid["samples"], end.get("samples", MANY) * grid.get("rounds", MANY))
            if end["state"] == "ok" and not number:
                end = {**end, "state": NOT_RUN, "reason": "it has no samples"}
            elif end["state"] == "ok" and number < wanted:
                end = {**end, "reason": f"{number} of {wanted} samples"}
            measured = datetime.fromtimestamp(end["at"], UTC) if "at" in end else None
            yield Cell(
                model, params, end["state"], end["reason"], samples[key], head["id"], measured,
                fidelity=end.get("fidelity", ""), difference=end.get("difference", ""),
            )  # fmt: skip


def _expected(grids: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the cells of a model's grids, each once with its grid, as one grid would have them."""
    cells: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    places: dict[tuple[str, Any], int] = {}  # of each parameter's values
    for grid in grids:
        for name, values in grid["params"].items():
            for value in values:
                places.setdefault((name, value), len(places))
        for values in itertools.product(*grid["params"].values()):
            params = dict(zip(grid["params"], values, strict=True))
            cells.setdefault(str(sorted(params.items())), (params, grid))
    return sorted(cells.values(), key=lambda cell: [places[both] for both in cell[0].items()])


def _with_worse_outcome(line: Line, before: Line) -> Line:
    """Return the newer end of a cell, with the worse of two outcomes of its rounds."""
    both = [end for end in (line, before) if end.get("fidelity") in OUTCOMES]
    worst = max(both, key=lambda end: OUTCOMES.index(end["fidelity"]), default=line)
    outcome: Line = {name: worst[name] for name in ("fidelity", "difference") if name in worst}
    return {**line, **outcome} if line["state"] == "ok" else line


def key_of(model: str, cell: dict[str, Any]) -> str:
    """Return what stands for a cell of a model, whatever the order of its parameters."""
    return f"{model} {sorted(cell.items())}"
