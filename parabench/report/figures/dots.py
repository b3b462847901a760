"""What is one number a strategy: start-up, and CPU seconds for each GB. A dot, its interval."""

from collections.abc import Sequence
from math import inf

from matplotlib.axes import Axes

from parabench.report.cell import Cell
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import description
from parabench.report.figures.panels import Look, link_code, looks, panels, short
from parabench.report.sessions import Session

ROW = 0.19  # inches


def startup(session: Session) -> Drawing | None:
    """Draw how long it takes until every worker has done a first task, None if not measured."""
    cells = [cell for cell in session.of("startup") if cell.state == "ok"]
    if not cells:
        return None
    with panels(session.strategies, 1, height=_height(cells), names_left=True) as (
        figure,
        (panel,),
    ):
        drawing = Drawing(
            "startup",
            "Start-up",
            "Seconds until every worker has done a first task, on a logarithmic axis; less is "
            "better; lines are 99 % intervals.",
            figure,
        )
        _dots(drawing, panel, cells, "seconds", 1.0, "s", looks(session.strategies))
        panel.set(xscale="log", xlabel="seconds")
        panel.xaxis.set_major_formatter("{x:g}")
    return drawing


def cpu(session: Session) -> Drawing | None:
    """Draw the CPU seconds of warm jobs of the largest size, None if not measured."""
    cells = [cell for cell in session.of("warm") if cell.state == "ok"]
    if not cells:
        return None
    largest = max(cell.params["megabytes"] for cell in cells)
    cells = [cell for cell in cells if cell.params["megabytes"] == largest]
    workloads = list(dict.fromkeys(cell.params["workload"] for cell in cells))
    with panels(session.strategies, len(workloads), height=_height(cells), names_left=True) as (
        figure,
        axes,
    ):
        drawing = Drawing(
            "cpu",
            "CPU seconds for each GB",
            f"Of all processes, user and system, in warm jobs of {largest} MB; less is better; "
            "lines are 99 % intervals.",
            figure,
        )
        for panel, workload in zip(axes, workloads, strict=True):
            mine = [cell for cell in cells if cell.params["workload"] == workload]
            per_gb = 1e9 / (mine[0].samples[0].bytes_in or 1)
            _dots(
                drawing, panel, mine, "cpu_seconds", per_gb, "CPU s/GB", looks(session.strategies)
            )
            panel.set(title=workload, xlabel="CPU seconds for each GB")
            panel.set_xlim(left=0)
    return drawing


def _height(cells: Sequence[Cell]) -> float:
    return ROW * len({cell.strategy for cell in cells}) + 0.2


def _dots(
    drawing: Drawing, panel: Axes, cells: Sequence[Cell], metric: str, factor: float, unit: str,
    shown: dict[str, Look],
) -> None:  # fmt: skip
    """Draw a row a cell, the least at the top."""
    ordered = sorted(cells, key=lambda cell: -(cell.median(metric) or 0))
    for row, cell in enumerate(ordered):
        estimated = cell.estimate(metric)
        if estimated is None:
            continue
        look = shown[cell.strategy]
        low, value, high = (factor * value for value in estimated)
        text = description(cell, f"{value:.3g} {unit} ({low:.3g} to {high:.3g})")
        if high < inf:
            drawing.mark(panel.hlines(row, low, high, color=look.colour, lw=1.2), cell.strategy)
        (dot,) = panel.plot(value, row, marker=look.marker, color=look.colour, markersize=5)
        drawing.mark(dot, cell.strategy, text)
    panel.set_yticks(range(len(ordered)), [short(cell.strategy) for cell in ordered], fontsize=8)
    for label, cell in zip(panel.get_yticklabels(), ordered, strict=True):
        drawing.mark(label, cell.strategy)
        link_code(label, cell.strategy)
    panel.tick_params(axis="y", length=0)
    panel.set_ylim(-0.6, len(ordered) - 0.4)
    panel.grid(visible=True, color="#888888", alpha=0.25, linewidth=0.6)
