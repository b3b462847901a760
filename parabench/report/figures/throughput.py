"""Throughput over input size, or over chunk size: a panel a workload, with bands."""

from math import inf

from parabench.report.cell import Cell
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import (
    Ends,
    Point,
    description,
    end_of,
    label_ends,
    line,
    missing,
)
from parabench.report.figures.panels import log_sizes, log_values, looks, panels
from parabench.report.sessions import Session
from parabench.statistics import Estimate, inverse

OVER = {"warm": "megabytes", "cold": "megabytes", "chunking": "chunk_kb"}
TITLES = {
    "warm": "Warm throughput over input size",
    "cold": "Cold throughput over input size",
    "chunking": "Warm throughput over chunk size",
}
AXES = {"megabytes": "input (MB)", "chunk_kb": "chunk (kB)"}


def throughput(session: Session, model: str) -> Drawing | None:
    """Draw a model of OVER, None where it has no result."""
    over = OVER[model]
    cells = [cell for cell in session.of(model) if cell.throughput]
    workloads = list(dict.fromkeys(cell.params["workload"] for cell in cells))
    if not cells:
        return None
    with panels(session.strategies, len(workloads)) as (figure, axes):
        drawing = Drawing(
            f"throughput-{model}",
            TITLES[model],
            f"One panel for each of: {', '.join(workloads)}. Both axes are logarithmic; more is "
            f"better; bands are 99 % intervals. The table has the same numbers.",
            figure,
        )
        shown = looks(session.strategies)
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
                ends[-1][strategy] = end_of([own[max(own)]], shown[strategy])
        label_ends(drawing, axes, ends)
        axes[0].set_ylabel("throughput (MB/s)")
    return drawing


def point(cell: Cell, over: str) -> Point:
    """Return a cell with a result as a point of MB/s."""
    seconds = cell.estimate("seconds_per_mb")
    throughput = inverse(seconds) if seconds and seconds.middle else Estimate(0.0, 0.0, inf)
    text = f"{throughput.middle:.1f} MB/s ({throughput.low:.1f} to {throughput.high:.1f})"
    return Point(cell.params[over], throughput, description(cell, text))
