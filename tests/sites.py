"""Sites of made-up results, for those that read their files and those that open them."""

from pathlib import Path
from typing import Any

from journals import Params, spread, write_session

from parabench.report import sessions
from parabench.report.site.build import write_site
from strategies import chunk_strategies

SOME = ["serial", "dask_distributed", "futures_processes"]
EVERY: dict[str, Params] = {
    "warm": {"workload": ["double", "score"], "megabytes": [1, 10], "strategy": chunk_strategies()},
    "cold": {"workload": ["double"], "megabytes": [1, 10], "strategy": chunk_strategies()},
    "startup": {"strategy": chunk_strategies()},
    "planning": {"shape": ["plain", "quoted"], "megabytes": [1]},
    "scaling": {"workload": ["double"], "megabytes": [10], "workers": [1, 2, 4], "strategy": SOME},
    "memory": {"megabytes": [10, 40], "strategy": SOME},
    "chunking": {
        "workload": ["double"], "megabytes": [10], "chunk_kb": [64, 1024], "strategy": SOME,
    },
}  # fmt: skip
HOSTILE = (
    '<script>document.title = "taken"</script><img src=x onerror="alert(1)">&"\' [/tmp/x] `y` \x1b'
)
CELLS = 36 + 18 + 9 + 2 + 9 + 6 + 6


def seconds(model: str, cell: dict[str, Any]) -> list[float]:
    """Return times in which processes take half of serial's, and 0.3 s to start."""
    serial = cell.get("strategy", "serial") == "serial"
    job = 0.04 * cell.get("megabytes", 0) * (1 if serial else 1 / min(cell.get("workers", 2), 2))
    start = 0 if serial else 0.3
    return spread(job + (start if model in {"cold", "memory", "startup"} else 0) + 0.001)


def failing(model: str, cell: dict[str, Any]) -> tuple[str, str] | None:
    """Return an end of each kind for cells of score with 1 MB."""
    states = ("wrong", "crashed", "timed out", "out of memory", "unavailable", None)
    if (model, cell.get("workload"), cell.get("megabytes")) != ("warm", "score", 1):
        return "ok", ""
    place = chunk_strategies().index(cell["strategy"]) - 1
    state = states[place] if 0 <= place < len(states) else "ok"
    if state is None:
        return None
    return state, "" if state == "ok" else HOSTILE


def site(folder: Path, **more: Any) -> Path:
    """Make the site of the journals in a folder; return its page."""
    return write_site(sessions.read_folder(folder), folder / "html", **more)


def full_site(folder: Path) -> Path:
    """Make the site of a run with every model, and with cells that failed in every way."""
    write_session(folder, EVERY, seconds, ends=failing)
    return site(folder)
