"""Panels in the style of all figures, their axes, and how each strategy looks in them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter

from parabench.report.figures.drawing import STYLE
from strategies import BASELINE, names

# Okabe and Ito's palette (2008), which colour-blind readers can tell apart; markers and dashes
# tell apart what colours do not, and print. Yellow and orange are darkened to 3:1 on white.
COLOURS = ("#0072B2", "#C24E00", "#00855F", "#B85C92", "#A87400", "#3A8FC2", "#7A6300", "#666666")
MARKERS = "os^vDPX*<>"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1)))
ROOM = 1.25  # times the largest value, and below the smallest, on a logarithmic axis
INK = "#000000"  # the page turns it light in the dark
PANEL = (2.7, 3.0)  # inches
NAMES = 1.4  # inches beside a panel, for the names of strategies
NAME_LENGTH = 36  # characters
NUMBERS = 0.6  # inches beside it, for those of an axis
ABOVE, BELOW = 0.35, 0.6  # inches
LABEL_SIZE = 8.0  # points


@contextmanager
def panels(
    strategies: Sequence[str], number: int, *, rows: int = 1, height: float | None = None,
    width: float = PANEL[0], names_left: bool = False, names_right: bool = True,
) -> Iterator[tuple[Figure, list[Axes]]]:  # fmt: skip
    """Yield a figure with so many panels in each row, in the style of all; inches.

    It has room for the names of the strategies, on one side of each panel or on both. All places
    are fixed: a layout that looks for them takes seconds, with so many names.
    """
    longest = max(map(len, map(short, strategies)), default=0)
    room = max(NAMES, 0.3 + LABEL_SIZE / 72 * 0.62 * longest)
    left = room if names_left else NUMBERS
    right = room if names_right else 0.3
    if height is None:
        height = max(PANEL[1], LABEL_SIZE / 72 * 1.25 * len(strategies))
    with mpl.rc_context(STYLE):
        wide = number * (left + width + right)
        high = rows * (ABOVE + height + BELOW)
        figure = Figure(figsize=(wide, high))
        FigureCanvasAgg(figure)
        axes = figure.subplots(
            rows, number, squeeze=False,
            gridspec_kw={
                "left": left / wide, "right": 1 - right / wide, "wspace": (left + right) / width,
                "bottom": BELOW / high, "top": 1 - ABOVE / high, "hspace": (ABOVE + BELOW) / height,
            },
        )  # fmt: skip
        yield figure, [axis for row in axes for axis in row]


@dataclass(frozen=True)
class Look:
    """How a strategy is drawn, in all figures alike."""

    colour: str
    marker: str
    dashes: str | tuple[int, tuple[float, ...]]
    width: float


def looks(strategies: Sequence[str]) -> dict[str, Look]:
    """Return the looks of strategies; the baseline is black, thick and dashed."""
    others = [name for name in strategies if name != BASELINE]
    styles = {
        name: Look(
            COLOURS[i % len(COLOURS)],
            MARKERS[i % len(MARKERS)],
            DASHES[i // len(COLOURS) % len(DASHES)],
            1.4,
        )
        for i, name in enumerate(others)
    }
    return styles | {BASELINE: Look(INK, "o", (0, (4, 2)), 2.2)}


def short(name: str) -> str:
    """Return a name as there is room for it."""
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def link_code(text: Text, strategy: str) -> None:
    """Make a name lead to its code."""
    if strategy in names():
        text.set_url(f"{strategy}.html")


def log_sizes(panel: Axes, sizes: Sequence[float]) -> None:
    """Make x logarithmic, with a tick at each value that was measured."""
    panel.set_xscale("log")
    panel.set_xticks(list(sizes), [f"{size:g}" for size in sizes])
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.xaxis.minorticks_off()


def log_values(panel: Axes, values: Sequence[float]) -> None:
    """Make y logarithmic, with numbers as people write them, and room around the values.

    Bands may be cut: one interval without bounds shall not flatten all the rest.
    """
    panel.set_ylim(min(values) / ROOM, max(values) * ROOM)
    panel.set_yscale("log")
    decades = max(values) / min(values) > 30
    subs = (1.0, 2.0, 5.0) if decades else (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
    panel.yaxis.set_major_locator(LogLocator(subs=subs))
    panel.yaxis.set_major_formatter("{x:g}")
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
