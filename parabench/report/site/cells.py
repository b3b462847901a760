"""Every cell as one flat record: for the page's table, and to take away as CSV and JSON."""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parabench.report.cell import Cell
from parabench.report.sessions import Session
from strategies import BASELINE

Record = dict[str, Any]
FORMULA = ("=", "+", "-", "@", "\t")
DIGITS = 6  # significant, in what is taken away


def records(session: Session) -> Iterator[Record]:
    """Yield a record a cell, with the same keys for all; None where there is nothing."""
    for cell in session.cells:
        yield _record(session, cell)


def _record(session: Session, cell: Cell) -> Record:
    kind = cell.params.get
    workers = 1 if cell.strategy == BASELINE else kind("workers", session.workers)
    low, seconds, high = cell.estimate("seconds") or (None, None, None)
    per_mb = cell.estimate("seconds_per_mb") if cell.throughput else None
    fast, _, slow = per_mb or (None, None, None)
    gain_low, gain, gain_high = session.speed_up(cell) or (None, None, None)
    about = {name.replace(" ", "_"): value for name, value in session.fingerprint.items()}
    record = {
        "model": cell.model,
        "workload": kind("workload") or ("double" if cell.model == "memory" else None),
        "shape": kind("shape"),
        "engine": cell.engine or None,
        "strategy": cell.strategy or None,
        "input_mb": kind("megabytes"),
        "workers": workers if cell.strategy else None,
        "chunk_kb": kind("chunk_kb"),
        "state": cell.state,
        "reason": cell.reason or None,
        "output": (cell.fidelity if cell.is_system else cell.outcome) or None,
        "difference": cell.difference or None,
        "samples": len(cell.samples),
        "seconds": _rounded(seconds),
        "seconds_low": _rounded(low),
        "seconds_high": _rounded(high),
        "mb_per_s": _rounded(cell.throughput),
        "mb_per_s_low": _rounded(slow and 1 / slow),
        "mb_per_s_high": _rounded(fast and 1 / fast),
        "speed_up": _rounded(gain),
        "speed_up_low": _rounded(gain_low),
        "speed_up_high": _rounded(gain_high),
        "speed_up_across_runs": session.is_across_runs(cell) if gain_low is not None else None,
        "tie": session.ties(cell) if cell.strategy != BASELINE and gain_low is not None else None,
        "efficiency": _rounded(session.efficiency(cell)),
        "cpu_seconds": _rounded(cell.median("cpu_seconds")),
        "peak_mb": _megabytes(cell.median("peak_bytes")),
        "peak_at_most_mb": _megabytes(cell.median("peak_at_most")),
        "memory_kind": session.memory_kind,
        "commit": session.commit,
        "measured": (cell.measured or session.ended).isoformat(timespec="seconds"),
        "run": cell.session or session.id,
        "earlier_run": cell.earlier,
        "profile": session.profile,
        "machine": session.host,
    }
    return record | {name: value for name, value in about.items() if name not in record}


def _rounded(value: float | None) -> float | None:
    """Return what JSON can say; an end of an interval that is not known is not there."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def _megabytes(amount: float | None) -> float | None:
    return _rounded(amount and amount / 1e6)


def save(session: Session, folder: Path) -> list[Path]:
    """Write `cells.csv` and `cells.json`; return their paths."""
    rows = list(records(session))
    if not rows:
        return []
    text = json.dumps(rows, indent=1, allow_nan=False, ensure_ascii=False)
    (folder / "cells.json").write_text(text + "\n", encoding="utf-8")
    with (folder / "cells.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({key: _no_formula(value) for key, value in row.items()} for row in rows)
    return [folder / "cells.json", folder / "cells.csv"]


def _no_formula(value: object) -> object:
    """Keep a spreadsheet from computing what an error message says."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
