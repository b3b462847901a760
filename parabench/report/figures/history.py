"""Throughput per commit: warm jobs, at the largest size that nearly all commits have."""

from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes

from parabench.report.cell import OWN
from parabench.report.conclusions.answers import ENGINES, engines_first
from parabench.report.conclusions.comparison import IN_COMMON
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import Ends, Point, end_of, label_ends, line, name_of
from parabench.report.figures.panels import Look, log_values, looks, panels
from parabench.report.figures.throughput import point
from parabench.report.sessions import Session


def history(sessions: Sequence[Session]) -> Drawing | None:
    """Draw sessions of one machine and of different commits, in order; None with fewer than two.

    A row for each of two engines at most, and for whole-file systems.
    """
    with_warm = [s for s in sessions if any(c.throughput for c in s.of("warm"))]
    if len(with_warm) < 2:
        return None
    sizes = _sizes(with_warm)
    engines = [*engines_first(with_warm[-1])[:ENGINES], OWN]
    rows = [engine for engine in engines if any(name == engine for name, _ in sizes)]
    workloads = sorted({workload for engine, workload in sizes if engine in rows})
    if not rows:
        return None
    strategies = list(dict.fromkeys(name for s in with_warm for name in s.strategies))
    with panels(strategies, len(workloads), rows=len(rows)) as (figure, axes):
        drawing = Drawing(
            "history",
            "Warm throughput per commit",
            "One machine, the same versions; bands are 99 % intervals. Machines drift between "
            "runs, by about 10 % on shared ones.",
            figure,
        )
        shown = looks(strategies)
        places = [(engine, workload) for engine in rows for workload in workloads]
        for panel, (engine, workload) in zip(axes, places, strict=True):
            if (engine, workload) not in sizes:
                panel.set_axis_off()
                continue
            size = sizes[engine, workload]
            cell = {"workload": workload, "megabytes": size, "engine": engine}
            _draw(drawing, panel, with_warm, cell, shown)
            what = "whole-file systems" if engine == OWN else engine
            panel.set(title=f"{workload}, {what}, {size} MB", ylabel="throughput (MB/s)")
    return drawing


def _sizes(sessions: Sequence[Session]) -> dict[tuple[str, str], float]:
    """Return the largest size that nearly all cells have in all sessions, by engine, workload."""
    common = set.intersection(*(
        {
            (c.engine, c.params["workload"], c.params["megabytes"], c.strategy)
            for c in session.of("warm")
            if c.throughput
        }
        for session in sessions
    ))  # fmt: skip
    numbers = Counter((engine, workload, size) for engine, workload, size, _ in common)
    largest: dict[tuple[str, str], float] = {}
    for engine, workload, size in sorted(numbers):
        most = max(n for (*pair, _), n in numbers.items() if pair == [engine, workload])
        if numbers[engine, workload, size] >= IN_COMMON * most:
            largest[engine, workload] = size
    return largest


def _draw(
    drawing: Drawing, panel: Axes, sessions: Sequence[Session], params: dict[str, object],
    shown: dict[str, Look],
) -> None:  # fmt: skip
    ends: Ends = {}
    owners: dict[str, str] = {}
    values: list[float] = []
    for strategy, look in shown.items():
        points = []
        for place, session in enumerate(sessions):
            cell = session.find("warm", **params, strategy=strategy)
            if cell is not None and cell.throughput:
                by_size = point(cell, "megabytes")
                name = name_of(cell)
                text = f"{by_size.text}; commit {session.short_commit}"
                points.append(Point(place, by_size.y, text))
        values += [point.y.middle for point in points]
        if points:
            line(drawing, panel, strategy, points, look)
            ends[name] = end_of(points, look)
            owners[name] = strategy
    labels = [session.short_commit for session in sessions]
    step = -(-len(labels) // 8)  # so that they do not run into each other
    panel.set_xticks(
        range(0, len(labels), step), labels[::step], rotation=45, ha="right", fontsize=7
    )
    log_values(panel, values)
    label_ends(drawing, [panel], [ends], owners)
