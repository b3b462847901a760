"""What pytest-benchmark measured, beside asv's warm cells: two harnesses, one ranking."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from benchmarks.harness.fingerprint import differences
from parabench.report.sessions import Measured
from parabench.report.tables import add_row
from strategies import JobError

Pair = tuple[dict[str, Any], float, float]  # a cell, and both throughputs


class QuickError(JobError):
    """There is no such file, or it is not pytest-benchmark's."""


def _load(path: Path) -> list[dict[str, Any]]:
    """Return the benchmarks of a `--benchmark-json` file that `make quick` has made."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} is not a file of pytest-benchmark ({error}); make it: make quick"
        raise QuickError(message) from error
    found = [one for one in found if "cell" in one["extra_info"]]
    if not found:
        message = f"{path} has none of our cells; make it: make quick"
        raise QuickError(message)
    return found


def quick_table(path: Path, measured: Measured) -> Table:
    """Return the cells of a file beside the warm ones, with the rank correlation in the title.

    Raises QuickError.
    """
    benchmarks = _load(path)
    pairs = list(_pairs(benchmarks, measured))
    different = differences(measured.fingerprint, benchmarks[0]["extra_info"]["fingerprint"])
    title = "pytest-benchmark beside asv's warm cells, MB/s"
    if different:
        title += f"; NOT COMPARABLE: {'; '.join(different)}"
    elif len(pairs) > 2:
        workloads = dict.fromkeys(cell["workload"] for cell, *_ in pairs)
        each = (
            f"{workload} {spearman([p for p in pairs if p[0]['workload'] == workload]):.2f}"
            for workload in workloads
        )
        title += f"; Spearman's rank correlation {spearman(pairs):.2f} over {len(pairs)} cells"
        title += f" ({', '.join(each)})"
    found = Table(title=Text(title, style="italic"), title_justify="left")
    for name in ("workload", "MB", "strategy"):
        found.add_column(name, no_wrap=True)
    for name in ("quick", "asv", "speed-up", "peak MB"):
        found.add_column(name, justify="right")
    for one in benchmarks:
        info = one["extra_info"]
        cell = measured.find("warm", **info["cell"])
        warm = cell and cell.throughput
        add_row(
            found,
            *info["cell"].values(),
            f"{info['MB/s']:.1f}",
            f"{warm:.1f}" if warm and not different else "",
            f"{info['speed-up']:.2f}x" if info.get("speed-up") else "",
            f"{info['peak MB']:.0f}",
        )
    return found


def spearman(pairs: list[Pair]) -> float:
    """Return the rank correlation of two lists of figures; nan for less than two."""
    frame = pd.DataFrame([figures for _, *figures in pairs]).rank()
    return float(frame[0].corr(frame[1]))


def _pairs(benchmarks: list[dict[str, Any]], measured: Measured) -> Iterator[Pair]:
    """Yield each cell that both have: its parameters, and both throughputs."""
    for one in benchmarks:
        info = one["extra_info"]
        cell = measured.find("warm", **info["cell"])
        if cell and cell.throughput:
            yield info["cell"], info["MB/s"], cell.throughput
