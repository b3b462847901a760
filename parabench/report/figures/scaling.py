"""Speed-up and parallel efficiency over workers, with the ideal line and the fitted law."""

import numpy as np
from matplotlib.axes import Axes

from parabench.report.cell import Cell
from parabench.report.conclusions.scaling_law import Law, fit
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import Ends, Point, description, end_of, label_ends, line
from parabench.report.figures.panels import INK, looks, panels
from parabench.report.sessions import Session
from parabench.statistics import Estimate
from strategies import BASELINE


def laws(session: Session) -> dict[tuple[str, str], Law]:
    """Return the law of each workload and strategy that was measured with enough workers."""
    fitted = {}
    for workload, strategy in _pairs(session):
        seconds = {
            cell.params["workers"]: cell.values("seconds")
            for cell in _cells(session, workload, strategy)
        }
        law = fit(seconds, session.workers)
        if law is not None:
            fitted[workload, strategy] = law
    return fitted


def _pairs(session: Session) -> list[tuple[str, str]]:
    """Return workloads and strategies but serial, which has one worker whatever it is told."""
    pairs = dict.fromkeys((c.params["workload"], c.strategy) for c in session.of("scaling"))
    return [(workload, strategy) for workload, strategy in pairs if strategy != BASELINE]


def _cells(session: Session, workload: str, strategy: str) -> list[Cell]:
    """Return the cells with a result, by workers."""
    wanted = {"workload": workload, "strategy": strategy}.items()
    cells = [c for c in session.of("scaling") if wanted <= c.params.items() and c.state == "ok"]
    return sorted(cells, key=lambda cell: cell.params["workers"])


def scaling(session: Session) -> Drawing | None:
    """Draw a row a workload: speed-up over serial, and speed-up / workers."""
    pairs = [pair for pair in _pairs(session) if _points(session, *pair)]
    workloads = list(dict.fromkeys(workload for workload, _ in pairs))
    if not workloads:
        return None
    fitted = laws(session)
    with panels(session.strategies, 2, rows=len(workloads)) as (figure, axes):
        drawing = Drawing(
            "scaling",
            "Speed-up and parallel efficiency over workers",
            f"This machine has {session.workers} cores. Thin lines are the fitted laws, "
            "the grey line is the ideal; bands are 99 % intervals.",
            figure,
        )
        for row, workload in enumerate(workloads):
            own = {pair[1]: fitted.get(pair) for pair in pairs if pair[0] == workload}
            left, right = axes[2 * row : 2 * row + 2]
            _draw(drawing, left, session, workload, own, per_worker=False)
            _draw(drawing, right, session, workload, own, per_worker=True)
            left.set(title=f"{workload}: speed-up over serial", xlabel="workers")
            right.set(title=f"{workload}: parallel efficiency", xlabel="workers")
    return drawing


def _draw(
    drawing: Drawing, panel: Axes, session: Session, workload: str,
    fitted: dict[str, Law | None], *, per_worker: bool,
) -> None:  # fmt: skip
    shown = looks(session.strategies)
    ends: Ends = {}
    counts: set[float] = set()
    for strategy, law in fitted.items():
        points = _points(session, workload, strategy, per_worker=per_worker)
        counts |= {point.x for point in points}
        line(drawing, panel, strategy, points, shown[strategy])
        ends[strategy] = end_of(points, shown[strategy])
        if law is not None:
            scale = _serial(session, workload) / law.seconds
            workers = np.linspace(1, session.workers, 60)
            values = [scale * law.speed_up(n) / (n if per_worker else 1) for n in workers]
            (drawn,) = panel.plot(workers, values, color=shown[strategy].colour, linewidth=0.7)
            drawing.mark(drawn, strategy)
    most = max(counts)
    panel.plot([1, most], [1, 1 if per_worker else most], color="#888888", linewidth=1)
    panel.axvline(session.workers, color=INK, linewidth=0.6, linestyle=":")
    panel.set_xticks(sorted(counts))
    panel.set_ylim(bottom=0)
    panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
    label_ends(drawing, [panel], [ends])


def _serial(session: Session, workload: str) -> float:
    """Return serial's median seconds; it was measured beside each number of workers."""
    return float(
        np.median([s for c in _cells(session, workload, BASELINE) for s in c.values("seconds")])
    )


def _points(
    session: Session, workload: str, strategy: str, *, per_worker: bool = False
) -> list[Point]:
    points = []
    for cell in _cells(session, workload, strategy):
        if speed_up := session.speed_up(cell):
            workers = cell.params["workers"]
            by = workers if per_worker else 1
            low, middle, high = speed_up
            text = description(cell, f"speed-up {middle:.2f} ({low:.2f} to {high:.2f})")
            points.append(Point(workers, Estimate(low / by, middle / by, high / by), text))
    return points
