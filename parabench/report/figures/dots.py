"""What is one number a strategy: start-up, and CPU seconds for each GB. A dot, its interval."""

from collections.abc import Sequence
from math import inf

from matplotlib.axes import Axes

from parabench.report.cell import OWN, Cell
from parabench.report.conclusions.answers import ENGINES, engines_first
from parabench.report.conclusions.comparison import Comparison
from parabench.report.conclusions.words import exactly, listed
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import description, name_of
from parabench.report.figures.panels import Look, link_code, looks, panels, short
from parabench.report.sessions import Session

ROW = 0.19  # inches


def startup(session: Session) -> Drawing | None:
    """Draw how long it takes until every worker has done a first task, None if not measured."""
    cells = [cell for cell in session.of("startup") if cell.state == "ok"]
    if not cells:
        return None
    with panels(
        session.strategies, 1, height=_height(cells), names_left=True, names_right=False
    ) as (
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
    """Draw the CPU seconds of warm jobs, each workload at the size that most have in common.

    There is a row for each of two engines at most, the first with the whole-file systems. None
    if there are no warm jobs.
    """
    workloads = dict.fromkeys(cell.params["workload"] for cell in session.of("warm"))
    found = [Comparison.of(session, "warm", workload) for workload in workloads]
    compared = [one for one in found if one]
    engines = engines_first(session)[:ENGINES]
    if not compared:
        return None
    rows = [{engine} for engine in engines] or [set()]
    rows[0].add(OWN)
    cells = [[_with_result(one, row) for one in compared] for row in rows]
    height = max(_height(mine) for row in cells for mine in row)
    labels = [name_of(cell) for row in cells for mine in row for cell in mine]
    with panels(
        labels, len(compared), rows=len(rows), height=height, names_left=True, names_right=False
    ) as (figure, axes):
        drawing = Drawing(
            "cpu",
            "CPU seconds for each GB",
            f"Of all processes, user and system, in warm jobs with {listed(engines or ['one'])}; "
            "less is better; lines are 99 % intervals.",
            figure,
        )
        shown = looks(session.strategies)
        flat = [(one, mine) for row in cells for one, mine in zip(compared, row, strict=True)]
        for place, (panel, (one, mine)) in enumerate(zip(axes, flat, strict=True)):
            if not mine:
                panel.set_axis_off()
                continue
            per_gb = 1e9 / (mine[0].samples[0].bytes_in or 1)
            _dots(drawing, panel, mine, "cpu_seconds", per_gb, "CPU s/GB", shown)
            engine = "".join(f", {name}" for name in engines[place // len(compared) :][:1])
            panel.set_title(f"{one.workload}{engine}, {exactly(one.size)}")
            panel.set_xlabel("CPU seconds for each GB")
            panel.set_xlim(left=0)
    return drawing


def _with_result(compared: Comparison, engines: set[str]) -> list[Cell]:
    return [c for c in compared.cells if c.engine in engines and c.state == "ok"]


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
        (dot,) = panel.plot(
            value,
            row,
            marker=look.marker,
            color=look.colour,
            markersize=5,
            markerfacecolor="none" if cell.is_system and not cell.is_exact else look.colour,
        )
        drawing.mark(dot, cell.strategy, text)
    panel.set_yticks(range(len(ordered)), [short(name_of(cell)) for cell in ordered], fontsize=8)
    for label, cell in zip(panel.get_yticklabels(), ordered, strict=True):
        drawing.mark(label, cell.strategy)
        link_code(label, cell.strategy)
    panel.tick_params(axis="y", length=0)
    panel.set_ylim(-0.6, len(ordered) - 0.4)
    panel.grid(visible=True, color="#888888", alpha=0.25, linewidth=0.6)
