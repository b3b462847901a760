"""Speed-up and parallel efficiency over workers, with the ideal line and the fitted law."""

import numpy as np
from matplotlib.axes import Axes

from parabench.report.conclusions.scaling_law import Law, fit
from parabench.report.figures.drawing import (
    INK,
    Drawing,
    Ends,
    Point,
    label_ends,
    line,
    looks,
    panels,
    said,
)
from parabench.report.sessions import Cell, Measured
from strategies import BASELINE


def laws(measured: Measured) -> dict[tuple[str, str], Law]:
    """Return the law of each workload and strategy that was measured with enough workers."""
    found = {}
    for workload, strategy in _pairs(measured):
        seconds = {
            cell.params["workers"]: cell.values("seconds")
            for cell in _cells(measured, workload, strategy)
        }
        law = fit(seconds, measured.workers)
        if law is not None:
            found[workload, strategy] = law
    return found


def _pairs(measured: Measured) -> list[tuple[str, str]]:
    """Return workloads and strategies but serial, which has one worker whatever it is told."""
    pairs = dict.fromkeys((c.params["workload"], c.strategy) for c in measured.of("scaling"))
    return [(workload, strategy) for workload, strategy in pairs if strategy != BASELINE]


def _cells(measured: Measured, workload: str, strategy: str) -> list[Cell]:
    """Return the cells with a result, by workers."""
    wanted = {"workload": workload, "strategy": strategy}.items()
    cells = [c for c in measured.of("scaling") if wanted <= c.params.items() and c.state == "ok"]
    return sorted(cells, key=lambda cell: cell.params["workers"])


def scaling(measured: Measured) -> Drawing | None:
    """Draw a row a workload: speed-up over serial, and speed-up / workers."""
    pairs = [pair for pair in _pairs(measured) if _points(measured, *pair)]
    workloads = list(dict.fromkeys(workload for workload, _ in pairs))
    if not workloads:
        return None
    fitted = laws(measured)
    with panels(measured.strategies, 2, rows=len(workloads)) as (figure, axes):
        drawing = Drawing(
            "scaling",
            "Speed-up and parallel efficiency over workers",
            f"This machine has {measured.workers} cores. Thin lines are the fitted laws, "
            "the grey line is the ideal; bands are 99 % intervals.",
            figure,
        )
        for row, workload in enumerate(workloads):
            of_it = {name: fitted.get((known, name)) for known, name in pairs if known == workload}
            left, right = axes[2 * row : 2 * row + 2]
            _draw(drawing, left, measured, workload, of_it, per_worker=False)
            _draw(drawing, right, measured, workload, of_it, per_worker=True)
            left.set(title=f"{workload}: speed-up over serial", xlabel="workers")
            right.set(title=f"{workload}: parallel efficiency", xlabel="workers")
    return drawing


def _draw(
    drawing: Drawing, panel: Axes, measured: Measured, workload: str,
    fitted: dict[str, Law | None], *, per_worker: bool,
) -> None:  # fmt: skip
    shown = looks(measured.strategies)
    ends: Ends = {}
    counts: set[float] = set()
    for strategy, law in fitted.items():
        points = _points(measured, workload, strategy, per_worker=per_worker)
        counts |= {point.x for point in points}
        line(drawing, panel, strategy, points, shown[strategy])
        ends[strategy] = (points[-1].x, points[-1].y, shown[strategy].colour)
        if law is not None:
            scale = _serial(measured, workload) / law.seconds
            places = np.linspace(1, measured.workers, 60)
            values = [scale * law.speed_up(n) / (n if per_worker else 1) for n in places]
            (drawn,) = panel.plot(places, values, color=shown[strategy].colour, linewidth=0.7)
            drawing.mark(drawn, strategy)
    most = max(counts)
    panel.plot([1, most], [1, 1 if per_worker else most], color="#888888", linewidth=1)
    panel.axvline(measured.workers, color=INK, linewidth=0.6, linestyle=":")
    panel.set_xticks(sorted(counts))
    panel.set_ylim(bottom=0)
    panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
    label_ends(drawing, [panel], [ends])


def _serial(measured: Measured, workload: str) -> float:
    """Return serial's median seconds; it was measured beside each number of workers."""
    return float(
        np.median([s for c in _cells(measured, workload, BASELINE) for s in c.values("seconds")])
    )


def _points(
    measured: Measured, workload: str, strategy: str, *, per_worker: bool = False
) -> list[Point]:
    points = []
    for cell in _cells(measured, workload, strategy):
        speed_up, interval = measured.speed_up(cell), measured.speed_up_interval(cell)
        if speed_up and interval:
            workers = cell.params["workers"]
            by = workers if per_worker else 1
            text = said(cell, f"speed-up {speed_up:.2f} ({interval[0]:.2f} to {interval[1]:.2f})")
            points.append(Point(workers, interval[0] / by, speed_up / by, interval[1] / by, text))
    return points
