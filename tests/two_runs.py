"""A run, and another that was faster: what the tests of sessions and machines begin with."""

from pathlib import Path
from typing import Any

from journals import Params, spread, write_session

from parabench.report import sessions

STRATEGIES = ["serial", "futures_processes", "futures_threads"]
JOBS: Params = {"workload": ["double"], "megabytes": [1, 10], "strategy": STRATEGIES}
MODELS: dict[str, Params] = {
    "warm": JOBS,
    "cold": JOBS,
    "planning": {"shape": ["plain", "quoted"], "megabytes": [1]},
}
CELLS = 6 + 6 + 2
FIRST, SECOND, THIRD = 1_790_000_000.0, 1_790_500_000.0, 1_791_000_000.0
DAYS = "2026-09-21", "2026-09-27", "2026-10-03"  # of these


def seconds(model: str, cell: dict[str, Any]) -> list[float]:
    """Return times in which processes take half of serial's, and 0.4 s to start."""
    parallel = cell.get("strategy") == "futures_processes"
    start = 0.4 if parallel and model == "cold" else 0.001
    return spread(start + cell["megabytes"] * (0.02 if parallel else 0.04))


def faster(model: str, cell: dict[str, Any]) -> list[float]:
    return [value / 2 for value in seconds(model, cell)]


def only_planning(model: str, _cell: dict[str, Any]) -> tuple[str, str] | None:
    return ("ok", "") if model == "planning" else None


def twice(folder: Path, **second: Any) -> sessions.Session:
    """Write a whole run, and a partial one that was twice as fast; return what is shown."""
    write_session(folder, MODELS, seconds, at=FIRST, name="1")
    options: dict[str, Any] = {"at": SECOND, "name": "2", "ends": only_planning, **second}
    write_session(folder, MODELS, faster, **options)
    return sessions.newest(folder)
