"""Throughput over input size, or over chunk size: a panel a workload, with bands."""

from collections.abc import Mapping
from math import inf

from matplotlib.axes import Axes

from parabench.report.cell import Cell
from parabench.report.conclusions.answers import ENGINES, engines_first
from parabench.report.conclusions.comparison import Comparison
from parabench.report.conclusions.words import exactly
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import (
    Ends,
    Point,
    description,
    end_of,
    label_ends,
    line,
    missing,
    name_of,
)
from parabench.report.figures.panels import Look, log_sizes, log_values, looks, panels
from parabench.report.sessions import Session
from parabench.statistics import Estimate, inverse
from strategies import BASELINE, DEFAULT_ENGINE

OVER = {"warm": "megabytes", "cold": "megabytes", "chunking": "chunk_kb"}
TITLES = {
    "warm": "Warm throughput over input size",
    "cold": "Cold throughput over input size",
    "chunking": "Warm throughput over chunk size",
}
BASELINE_LABEL = f"{DEFAULT_ENGINE}: {BASELINE}"
WIDE, TALL = 5.6, 3.6  # inches
AXES = {"megabytes": "input (MB)", "chunk_kb": "chunk (kB)"}


def throughput(session: Session, model: str) -> Drawing | None:
    """Draw a model of OVER, None where it has no result: a row for each of two engines at most."""
    over = OVER[model]
    cells = [cell for cell in session.of(model) if cell.throughput and not cell.is_system]
    workloads = list(dict.fromkeys(cell.params["workload"] for cell in cells))
    measured = {cell.engine for cell in cells}
    engines = [engine for engine in engines_first(session) if engine in measured][:ENGINES]
    engines = engines or sorted(measured)  # models without engines have "" for one
    strategies = list(dict.fromkeys(cell.strategy for cell in cells))
    if not cells:
        return None
    with panels(strategies, len(workloads), rows=len(engines)) as (figure, axes):
        rows = f"A row for each of: {', '.join(engines)}. " if any(engines) else ""
        drawing = Drawing(
            f"throughput-{model}",
            TITLES[model],
            f"{rows}One panel for each of: {', '.join(workloads)}. Both axes are logarithmic; "
            "more is better; bands are 99 % intervals. The table has the same numbers.",
            figure,
        )
        shown = looks(session.strategies)
        places = [(engine, workload) for engine in engines for workload in workloads]
        for place, (panel, (engine, workload)) in enumerate(zip(axes, places, strict=True)):
            mine = [c for c in cells if (c.engine, c.params["workload"]) == (engine, workload)]
            if not mine:
                panel.set_axis_off()
                continue
            title = f"{workload}, {engine}" if engine else workload
            panel.set(title=title, xlabel=AXES[over])
            lines = {name: [cell for cell in mine if cell.strategy == name] for name in strategies}
            _draw(drawing, panel, over, {k: own for k, own in lines.items() if own}, shown)
            if place % len(workloads) == 0:
                panel.set_ylabel("throughput (MB/s)")
    return drawing


def best_of_engines(session: Session, model: str) -> Drawing | None:
    """Draw the fastest strategy of each engine, and whole-file systems, over size.

    None where there is one engine and no system.
    """
    compared = Comparison.of(session, model)
    if compared is None or len(compared.engines) + len(compared.systems) < 2:
        return None
    cells = [
        cell
        for cell in session.of(model)
        if cell.throughput and cell.params["workload"] == compared.workload
    ]
    lines: dict[str, list[Cell]] = {}
    for engine in compared.engines:
        seconds = compared.of_engine(engine)
        fastest = min(seconds, key=lambda name: seconds[name].middle)
        own = [c for c in cells if (c.engine, c.strategy) == (engine, fastest)]
        lines[f"{engine}: {fastest}"] = own
    plain = [c for c in cells if (c.engine, c.strategy) == (DEFAULT_ENGINE, BASELINE)]
    lines = {BASELINE_LABEL: plain} | lines if plain else lines
    for system in compared.systems:
        own = [c for c in cells if c.is_system and c.strategy == system.strategy]
        if own:
            lines[name_of(system)] = own
    with panels(list(lines), 1, width=WIDE, height=TALL) as (figure, (panel,)):
        drawing = Drawing(
            f"engines-{model}",
            TITLES[model],
            f"{compared.workload}: the strategy that is fastest with each engine at "
            f"{exactly(compared.size)}, and systems that read and write whole files by "
            "themselves, hollow where their output is not exact. Both axes are logarithmic; "
            "more is better; bands are 99 % intervals.",
            figure,
        )
        others = looks([name for name in lines if name != BASELINE_LABEL])
        shown = {**others, BASELINE_LABEL: others[BASELINE]}
        panel.set(title=compared.workload, xlabel=AXES["megabytes"], ylabel="throughput (MB/s)")
        _draw(drawing, panel, "megabytes", lines, shown)
    return drawing


def _draw(
    drawing: Drawing, panel: Axes, over: str, lines: Mapping[str, list[Cell]],
    shown: Mapping[str, Look],
) -> None:  # fmt: skip
    """Draw lines of cells, by their labels, which stand at the ends."""
    cells = [cell for own in lines.values() for cell in own]
    sizes = sorted({cell.params[over] for cell in cells})
    log_sizes(panel, sizes)
    log_values(panel, [cell.throughput or 0 for cell in cells])
    ends: Ends = {}
    for label, own in lines.items():
        at = {cell.params[over]: point(cell, over) for cell in own}
        points = [at.get(size) or missing(size) for size in sizes]
        line(drawing, panel, own[0].strategy, points, shown[label], hollow=not own[0].is_exact)
        ends[label] = end_of([at[max(at)]], shown[label])
    label_ends(drawing, [panel], [ends], {label: own[0].strategy for label, own in lines.items()})


def point(cell: Cell, over: str) -> Point:
    """Return a cell with a result as a point of MB/s."""
    seconds = cell.estimate("seconds_per_mb")
    throughput = inverse(seconds) if seconds and seconds.middle else Estimate(0.0, 0.0, inf)
    text = f"{throughput.middle:.1f} MB/s ({throughput.low:.1f} to {throughput.high:.1f})"
    return Point(cell.params[over], throughput, description(cell, text))
