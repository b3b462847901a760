"""Throughput per commit: warm jobs, at the largest size that all commits have."""

from collections.abc import Sequence

from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import Ends, Point, end_of, label_ends, line
from parabench.report.figures.panels import log_values, looks, panels
from parabench.report.figures.throughput import point
from parabench.report.sessions import Session


def history(sessions: Sequence[Session]) -> Drawing | None:
    """Draw sessions of one machine and of different commits, in order; None with fewer than two."""
    with_warm = [s for s in sessions if any(c.throughput for c in s.of("warm"))]
    if len(with_warm) < 2:
        return None
    keys = [
        {(c.params["workload"], c.params["megabytes"]) for c in s.of("warm")} for s in with_warm
    ]
    common = set.intersection(*keys)
    workloads = sorted({workload for workload, _ in common})
    if not workloads:
        return None
    strategies = list(dict.fromkeys(name for s in with_warm for name in s.strategies))
    with panels(strategies, len(workloads)) as (figure, axes):
        drawing = Drawing(
            "history",
            "Warm throughput per commit",
            "One machine, the same versions; bands are 99 % intervals. Machines drift between "
            "runs, by about 10 % on shared ones.",
            figure,
        )
        shown = looks(strategies)
        ends: list[Ends] = []
        for panel, workload in zip(axes, workloads, strict=True):
            size = max(size for name, size in common if name == workload)
            ends.append({})
            values: list[float] = []
            for strategy in strategies:
                points = []
                for place, session in enumerate(with_warm):
                    params = {"workload": workload, "megabytes": size, "strategy": strategy}
                    cell = session.find("warm", **params)
                    if cell is not None and cell.throughput:
                        by_size = point(cell, "megabytes")
                        text = f"{by_size.text}; commit {session.short_commit}"
                        points.append(Point(place, by_size.y, text))
                values += [point.y.middle for point in points]
                if points:
                    line(drawing, panel, strategy, points, shown[strategy])
                    ends[-1][strategy] = end_of(points, shown[strategy])
            panel.set(title=f"{workload}, {size} MB", xlabel="commit")
            labels = [session.short_commit for session in with_warm]
            step = -(-len(labels) // 8)  # so that they do not run into each other
            panel.set_xticks(
                range(0, len(labels), step), labels[::step], rotation=45, ha="right", fontsize=7
            )
            log_values(panel, values)
        axes[0].set_ylabel("throughput (MB/s)")
        label_ends(drawing, axes, ends)
    return drawing
