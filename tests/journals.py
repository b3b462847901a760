"""Journals as the suite writes them, with figures that a test has chosen."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.fingerprint import digest, fingerprint
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.threads import pin_threads
from parabench.report import sessions

Params = dict[str, Sequence[Any]]
End = tuple[str, str] | tuple[str, str, dict[str, str]] | None
Seconds = Callable[[str, dict[str, Any]], Iterable[float]]  # of the samples of a model's cell
MB = 10**6
pin_threads()  # as the command does: it is part of the fingerprint, which is taken once

COMMAND = Path(sys.executable).with_name("parabench")


def write_session(
    folder: Path,
    models: Mapping[str, Params | list[Params]],
    seconds: Seconds,
    *,
    ends: Callable[[str, dict[str, Any]], End] = lambda _model, _cell: ("ok", ""),
    commit: str | None = "c" * 40,
    at: float = 1_790_000_000.0,
    name: str = "1",
    **machine: str,
) -> Path:
    """Write a journal; `ends` says a cell's state and reason, or None for one that was not run.

    And what else its last line has, such as the fidelity of what was written. A model has one
    grid of cells, or several.
    """
    found = {**fingerprint(), "cores": "2", **machine}
    samples = 8
    written: list[dict[str, Any]] = [{
        "event": "session", "id": name, "run": name, "saves": True, "commit": commit,
        "profile": "default", "fingerprint": found, "host": "here", "load": 0.1, "at": at,
        "expected": {
            model: [
                {"params": {k: list(values) for k, values in params.items()}, "samples": samples}
                for params in (grids if isinstance(grids, list) else [grids])
            ]
            for model, grids in models.items()
        },
    }]  # fmt: skip
    for model, grids in models.items():
        for cell in cells_of(grids):
            about = {"session": name, "model": model, "cell": cell, "at": at + 1}
            end = ends(model, cell)
            if end is None:
                continue
            if end[0] == "ok":
                written += [
                    {"event": "sample", **about, "at": at + n / 1000, **sample(one, cell).as_line()}
                    for n, one in enumerate(seconds(model, cell))
                ]
            rest = end[2] if len(end) > 2 else {}
            written.append({"event": "end", **about, "state": end[0], "reason": end[1], **rest})
    path = folder / f"{(commit or 'worktree')[:8]}-here-{digest(found)}.jsonl"
    with path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in written)
    return path


def cells_of(grids: Params | list[Params]) -> Iterator[dict[str, Any]]:
    """Yield the cells of a model."""
    for params in grids if isinstance(grids, list) else [grids]:
        for values in itertools.product(*params.values()):
            yield dict(zip(params, values, strict=True))


def sample(seconds: float, cell: dict[str, Any]) -> Measurement:
    """Return a sample of so many seconds, with all else in proportion."""
    size = cell.get("megabytes", 0) * MB
    workers = 1 if cell.get("strategy") == "serial" else 2
    return Measurement(
        seconds=seconds, cpu_seconds=seconds * workers, peak_bytes=130 * MB * workers,
        peak_at_most=140 * MB * workers, memory_kind="PSS", memory_gap=0.02, sampling_cost=0.005,
        bytes_in=size or None, bytes_out=size or None, cached=1.0,
    )  # fmt: skip


def spread(middle: float, by: float = 0.02) -> list[float]:
    """Return eight samples around a median, at most `by` of it away."""
    return [middle * (1 + by * step / 4) for step in (-4, -3, -2, -1, 1, 2, 3, 4)]


def read(folder: Path) -> tuple[list[sessions.Session], list[str]]:
    """Return the results in a folder, and what is said of the rest."""
    told: list[str] = []
    return sessions.read_folder(folder, told.append), told


def parabench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
