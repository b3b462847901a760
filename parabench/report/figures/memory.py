"""Peak memory of all processes over input size: that the line is flat is the claim."""

from parabench.report.figures.drawing import Drawing
from parabench.report.figures.lines import Point, description, end_of, label_ends, line
from parabench.report.figures.panels import log_sizes, looks, panels
from parabench.report.sessions import Session
from parabench.statistics import Estimate


def memory(session: Session) -> Drawing | None:
    """Draw the model `memory`, None where it has no result."""
    cells = [cell for cell in session.of("memory") if cell.state == "ok"]
    if not cells:
        return None
    kind, shown = session.memory_kind, looks(session.strategies)
    with panels(session.strategies, 1) as (figure, (panel,)):
        drawing = Drawing(
            "memory",
            "Peak memory over input size",
            f"Summed {kind} of all processes, chunks of 1 MB. A flat line means that memory does "
            "not depend on the input.",
            figure,
        )
        ends = {}
        for strategy in dict.fromkeys(cell.strategy for cell in cells):
            points = []
            for cell in (c for c in cells if c.strategy == strategy):
                if peak_bytes := cell.estimate("peak_bytes"):
                    peak = Estimate(*(value / 1e6 for value in peak_bytes))
                    text = f"{peak.middle:.0f} MB ({peak.low:.0f} to {peak.high:.0f})"
                    points.append(Point(cell.params["megabytes"], peak, description(cell, text)))
            points.sort(key=lambda point: point.x)
            line(drawing, panel, strategy, points, shown[strategy])
            ends[strategy] = end_of(points, shown[strategy])
        log_sizes(panel, sorted({cell.params["megabytes"] for cell in cells}))
        panel.set(title="double", xlabel="input (MB)", ylabel=f"peak {kind} of all processes (MB)")
        panel.set_ylim(bottom=0)
        panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
        label_ends(drawing, [panel], [ends])
    return drawing
