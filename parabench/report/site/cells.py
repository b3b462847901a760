"""Every cell as one flat record: for the page's table, and to take away as CSV and JSON."""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parabench.report.sessions import Cell, Measured
from strategies import BASELINE

Record = dict[str, Any]
FORMULA = ("=", "+", "-", "@", "\t")
DIGITS = 6  # significant, in what is taken away


def records(measured: Measured) -> Iterator[Record]:
    """Yield a record a cell, with the same keys for all; None where there is nothing."""
    for cell in measured.cells:
        yield _record(measured, cell)


def _record(measured: Measured, cell: Cell) -> Record:
    kind = cell.params.get
    workers = 1 if cell.strategy == BASELINE else kind("workers", measured.workers)
    low, high = cell.interval("seconds") or (None, None)
    fast, slow = (
        cell.interval("seconds_per_mb") or (None, None) if cell.throughput else (None, None)
    )
    gain_low, gain_high = measured.speed_up_interval(cell) or (None, None)
    return {
        "model": cell.model,
        "workload": kind("workload") or ("double" if cell.model == "memory" else None),
        "shape": kind("shape"),
        "strategy": cell.strategy or None,
        "input_mb": kind("megabytes"),
        "workers": workers if cell.strategy else None,
        "chunk_kb": kind("chunk_kb"),
        "state": cell.state,
        "reason": cell.reason or None,
        "samples": len(cell.samples),
        "seconds": _rounded(cell.median("seconds")),
        "seconds_low": _rounded(low),
        "seconds_high": _rounded(high),
        "mb_per_s": _rounded(cell.throughput),
        "mb_per_s_low": _rounded(slow and 1 / slow),
        "mb_per_s_high": _rounded(fast and 1 / fast),
        "speed_up": _rounded(measured.speed_up(cell)),
        "speed_up_low": _rounded(gain_low),
        "speed_up_high": _rounded(gain_high),
        "tie": measured.ties(cell) if cell.strategy != BASELINE and gain_low is not None else None,
        "efficiency": _rounded(measured.efficiency(cell)),
        "cpu_seconds": _rounded(cell.median("cpu_seconds")),
        "peak_mb": _megabytes(cell.median("peak_bytes")),
        "peak_at_most_mb": _megabytes(cell.median("peak_at_most")),
        "memory_kind": measured.memory_kind,
        "commit": measured.commit,
        "measured": measured.ended.isoformat(timespec="seconds"),
        "profile": measured.profile,
        "machine": measured.host,
        **{name.replace(" ", "_"): value for name, value in measured.fingerprint.items()},
    }


def _rounded(value: float | None) -> float | None:
    """Return what JSON can say; an end of an interval that is not known is not there."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def _megabytes(amount: float | None) -> float | None:
    return _rounded(amount and amount / 1e6)


def save(measured: Measured, folder: Path) -> None:
    """Write `cells.csv` and `cells.json`."""
    found = list(records(measured))
    if not found:
        return
    text = json.dumps(found, indent=1, allow_nan=False, ensure_ascii=False)
    (folder / "cells.json").write_text(text + "\n", encoding="utf-8")
    with (folder / "cells.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, found[0])
        writer.writeheader()
        writer.writerows({key: _no_formula(value) for key, value in one.items()} for one in found)


def _no_formula(value: object) -> object:
    """Keep a spreadsheet from computing what an error message says."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
