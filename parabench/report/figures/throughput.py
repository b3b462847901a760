"""Throughput over input size, or over chunk size: a panel a workload, with bands."""

from parabench.report.figures.drawing import (
    Drawing,
    Ends,
    Point,
    label_ends,
    line,
    log_sizes,
    log_values,
    looks,
    missing,
    panels,
    said,
)
from parabench.report.sessions import Cell, Measured

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
    with panels(measured.strategies, len(workloads)) as (figure, axes):
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
            sizes = sorted({cell.params[over] for cell in mine})
            log_sizes(panel, sizes)
            log_values(panel, [cell.throughput or 0 for cell in mine])
            ends.append({})
            for strategy in dict.fromkeys(cell.strategy for cell in mine):
                own = {c.params[over]: point(c, over) for c in mine if c.strategy == strategy}
                points = [own.get(size) or missing(size) for size in sizes]
                line(drawing, panel, strategy, points, shown[strategy])
                last = own[max(own)]
                ends[-1][strategy] = (last.x, last.y, shown[strategy].colour)
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
