"""Throughput over input size, or over chunk size: a panel a workload, with bands."""

from parabench.figures.drawing import (
    Drawing,
    Ends,
    Point,
    label_ends,
    line,
    log_sizes,
    log_values,
    looks,
    panels,
    said,
)
from parabench.results import Cell, Measured

OVER = {"warm": "megabytes", "cold": "megabytes", "chunking": "chunk_kb"}
TITLES = {
    "warm": "Warm throughput over input size",
    "cold": "Cold throughput over input size",
    "chunking": "Warm throughput over chunk size",
}
AXES = {"megabytes": "input (MB)", "chunk_kb": "chunk (kB)"}


def throughput(measured: Measured, model: str) -> Drawing | None:
    """Draw a model of OVER, None where it has no result."""
    over = OVER[model]
    cells = [cell for cell in measured.of(model) if cell.throughput]
    workloads = list(dict.fromkeys(cell.params["workload"] for cell in cells))
    if not cells:
        return None
    with panels(len(workloads)) as (figure, axes):
        drawing = Drawing(
            f"throughput-{model}",
            TITLES[model],
            f"One panel for each of: {', '.join(workloads)}. Both axes are logarithmic; more is "
            f"better; bands are 99 % intervals. The table has the same numbers.",
            figure,
        )
        shown = looks(measured.strategies)
        ends: list[Ends] = []
        for panel, workload in zip(axes, workloads, strict=True):
            mine = [cell for cell in cells if cell.params["workload"] == workload]
            panel.set(title=workload, xlabel=AXES[over])
            log_sizes(panel, sorted({cell.params[over] for cell in mine}))
            log_values(panel)
            ends.append({})
            for strategy in dict.fromkeys(cell.strategy for cell in mine):
                own = [point(c, over) for c in mine if c.strategy == strategy]
                own.sort(key=lambda p: p.x)
                line(drawing, panel, strategy, own, shown[strategy])
                ends[-1][strategy] = (own[-1].x, own[-1].y, shown[strategy].colour)
        label_ends(drawing, axes, ends)
        axes[0].set_ylabel("throughput (MB/s)")
    return drawing


def point(cell: Cell, over: str) -> Point:
    """Return a cell with a result as a point of MB/s."""
    spmb, interval = cell.median("seconds_per_mb"), cell.interval("seconds_per_mb")
    middle = 1 / spmb if spmb else 0.0
    low, high = interval or (0.0, float("inf"))
    ends = (1 / high, 1 / low if low else float("inf"))
    text = f"{middle:.1f} MB/s ({ends[0]:.1f} to {ends[1]:.1f})"
    return Point(cell.params[over], ends[0], middle, ends[1], said(cell, text))
