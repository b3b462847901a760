"""Peak memory of all processes over input size: that the line is flat is the claim."""

from parabench.report.figures.drawing import (
    Drawing,
    Point,
    label_ends,
    line,
    log_sizes,
    looks,
    panels,
    said,
)
from parabench.report.sessions import Measured


def memory(measured: Measured) -> Drawing | None:
    """Draw the model `memory`, None where it has no result."""
    cells = [cell for cell in measured.of("memory") if cell.state == "ok"]
    if not cells:
        return None
    kind, shown = measured.memory_kind, looks(measured.strategies)
    with panels(measured.strategies, 1) as (figure, (panel,)):
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
                peak, interval = cell.median("peak_bytes"), cell.interval("peak_bytes")
                if peak is not None and interval is not None:
                    low, high = interval
                    text = said(cell, f"{peak / 1e6:.0f} MB ({low / 1e6:.0f} to {high / 1e6:.0f})")
                    size = cell.params["megabytes"]
                    points.append(Point(size, low / 1e6, peak / 1e6, high / 1e6, text))
            points.sort(key=lambda p: p.x)
            line(drawing, panel, strategy, points, shown[strategy])
            ends[strategy] = (points[-1].x, points[-1].y, shown[strategy].colour)
        log_sizes(panel, sorted({cell.params["megabytes"] for cell in cells}))
        panel.set(title="double", xlabel="input (MB)", ylabel=f"peak {kind} of all processes (MB)")
        panel.set_ylim(bottom=0)
        panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
        label_ends(drawing, [panel], [ends])
    return drawing
