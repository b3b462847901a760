"""Lines over sizes or workers, with their bands, their points, and their names at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan

from matplotlib.axes import Axes

from parabench.report.cell import NOT_TOLD, Cell
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.panels import LABEL_SIZE, Look, link_code, short
from parabench.statistics import Estimate

NOTHING = Estimate(nan, nan, nan)  # Matplotlib leaves it out
Ends = dict[str, tuple[float, float, str]]  # by label: where its line ends, and its colour

NO_OTHERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Point:
    """A point of a line, with its interval, and the text that the page shows beside it."""

    x: float
    y: Estimate
    text: str


def description(cell: Cell, text: str) -> str:
    """Return the text of a cell's point: which it is, the value, and how often measured."""
    number = len(cell.samples)
    which = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in cell.params.items()
        if name != "strategy" and not (cell.is_system and name == "engine")
    )
    samples = "1 sample" if number == 1 else f"{number} samples"
    outcome = cell.outcome if cell.is_system else ""
    parts = [f"{cell.strategy}: {text}", outcome, which, samples, cell.when]
    return "; ".join(filter(None, parts))


def name_of(cell: Cell) -> str:
    """Return the strategy, and what a whole-file system does to the data if it is not exact."""
    if cell.is_exact or not cell.is_system or cell.state != "ok":
        return cell.strategy
    return f"{cell.strategy} ({cell.fidelity or NOT_TOLD})"


def line(
    drawing: Drawing, panel: Axes, strategy: str, points: Sequence[Point], look: Look, *,
    hollow: bool = False,
) -> None:  # fmt: skip
    """Draw a line with its band, and its points; a point that is NaN breaks them.

    Where an interval has no end, there is no band, and the marker is small. `hollow` is what is
    not exact.
    """
    xs, ys = [point.x for point in points], [point.y.middle for point in points]
    bounded = [point.y.low > 0 and point.y.high < inf for point in points]
    bands = [point.y if ends else NOTHING for point, ends in zip(points, bounded, strict=True)]
    lows, highs = [band.low for band in bands], [band.high for band in bands]
    area = panel.fill_between(xs, lows, highs, color=look.colour, alpha=0.13, linewidth=0)
    drawing.mark(area, strategy)
    if len(points) == 1:
        drawing.mark(panel.vlines(xs, lows, highs, color=look.colour, linewidth=1), strategy)
    (drawn,) = panel.plot(xs, ys, color=look.colour, linestyle=look.dashes, linewidth=look.width)
    drawing.mark(drawn, strategy)
    for point, ends in zip(points, bounded, strict=True):
        if isfinite(point.y.middle):
            (dot,) = panel.plot(
                point.x, point.y.middle, marker=look.marker, color=look.colour,
                markersize=4.5 if ends else 2.5, markerfacecolor="none" if hollow else look.colour,
            )  # fmt: skip
            drawing.mark(dot, strategy, point.text)


def missing(x: float) -> Point:
    """Return a point that breaks a line: what was to be measured there has no result."""
    return Point(x, NOTHING, "")


def label_ends(
    drawing: Drawing,
    axes: Sequence[Axes],
    ends: Sequence[Ends],
    strategies: Mapping[str, str] = NO_OTHERS,
) -> None:
    """Write each line's label beside its end, when all lines are drawn.

    `strategies`: whose lines they are, where that is not what the label says.
    """
    for panel, ends_in_it in zip(axes, ends, strict=True):
        _label(drawing, panel, ends_in_it, strategies)


def end_of(points: Sequence[Point], look: Look) -> tuple[float, float, str]:
    """Return where the line through the points ends, and its colour."""
    return points[-1].x, points[-1].y.middle, look.colour


def _label(drawing: Drawing, panel: Axes, ends: Ends, strategies: Mapping[str, str]) -> None:
    panel.autoscale_view()
    to_axes = panel.transData - panel.transAxes
    positions = {name: to_axes.transform((x, y)) for name, (x, y, _) in ends.items()}
    ordered = sorted(positions, key=lambda name: float(positions[name][1]))
    step = LABEL_SIZE * 1.25 / 72 / (panel.get_position().height * drawing.figure.get_figheight())
    wanted = [float(positions[name][1]) for name in ordered]
    heights = _apart(wanted, step, len(ordered) * step)
    for name, height in zip(ordered, heights, strict=True):
        x, y = positions[name]
        (leader,) = panel.plot(
            [x + 0.015, 1.04], [y, height], color=ends[name][2], linewidth=0.7,
            transform=panel.transAxes, clip_on=False,
        )  # fmt: skip
        strategy = strategies.get(name, name)
        drawing.mark(leader, strategy)
        text = panel.text(
            1.06, height, short(name), transform=panel.transAxes, fontsize=LABEL_SIZE, va="center"
        )
        drawing.mark(text, strategy)
        link_code(text, strategy)


def _apart(wanted: list[float], step: float, needed: float) -> list[float]:
    """Return ascending positions at least a step apart, within 0 and 1 if they fit.

    They are as near to what is wanted as blocks of neighbours allow.
    """
    top = max(1.0, needed)
    blocks: list[tuple[float, int]] = []  # the centre and the number of each
    for position in wanted:
        centre, number = min(max(position, step / 2), top - step / 2), 1
        while blocks and blocks[-1][0] + blocks[-1][1] * step / 2 > centre - number * step / 2:
            before, count = blocks.pop()
            centre = (before * count + centre * number) / (count + number)
            number += count
            centre = min(max(centre, number * step / 2), top - number * step / 2)
        blocks.append((centre, number))
    return [
        centre + (i - (number - 1) / 2) * step for centre, number in blocks for i in range(number)
    ]
