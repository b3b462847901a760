"""A figure whose marks know what they stand for, and what all figures have in common."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter

from parabench.report.sessions import Cell
from strategies import BASELINE, names

# Okabe and Ito's palette (2008), which colour-blind readers can tell apart; markers and dashes
# tell apart what colours do not, and print. Yellow and orange are darkened to 3:1 on white.
COLOURS = ("#0072B2", "#C24E00", "#00855F", "#B85C92", "#A87400", "#3A8FC2", "#7A6300", "#666666")
MARKERS = "os^vDPX*<>"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1)))
SMALLEST = 0.7  # of its size, to which the page may shrink a figure before one has to scroll
ROOM = 1.25  # times
INK = "#000000"  # the page turns it light in the dark
PANEL = (2.7, 3.0)  # inches
NAMES = 1.4  # inches beside a panel, for the names of strategies
NAME_LENGTH = 30  # characters
NUMBERS = 0.6  # inches beside it, for those of an axis
ABOVE, BELOW = 0.35, 0.6  # inches
LABEL_SIZE = 8.0  # points
STYLE: Any = {  # of Matplotlib
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched, and made light
}
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


@dataclass(frozen=True)
class Mark:
    """What a mark stands for."""

    strategy: str
    text: str  # what is said of a point, nothing for lines and bands


@dataclass
class Drawing:
    """A figure, its file name, what it is called, and what one would say of it on the phone."""

    name: str
    title: str
    description: str
    figure: Figure
    marks: dict[str, Mark] = field(default_factory=dict)  # by the id of the SVG's group

    def mark(self, artist: Artist, strategy: str, text: str = "") -> None:
        """Say what an artist stands for."""
        identity = f"{self.name}-{len(self.marks)}"
        artist.set_gid(identity)
        self.marks[identity] = Mark(strategy, text)

    @cached_property
    def _plain(self) -> str:
        """The SVG file as Matplotlib writes it, without a date."""
        file = io.StringIO()
        # The salt makes the ids of this figure its own, and the same each time.
        with mpl.rc_context({**STYLE, "svg.hashsalt": self.name}):
            self.figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
        return file.getvalue()

    def svg(self, *, links: str = "", paper: str = "") -> str:
        """Return the SVG element, with a text for each point.

        `links`: the folder with a page for each strategy's code; without it, no links.
        `paper`: the colour behind; without it, that of the page.
        """
        root = ElementTree.fromstring(self._plain)  # noqa: S314 - we have just made it
        for element in root.findall(f"{{{SVG}}}metadata"):
            root.remove(element)
        for element in root.iter(f"{{{SVG}}}style"):
            element.attrib.pop("type", None)
        for group in root.iter(f"{{{SVG}}}g"):
            mark = self.marks.get(group.get("id", ""))
            if mark is None:
                group.attrib.pop("id", None)  # as in every figure, and nothing refers to it
            else:
                group.set("data-strategy", mark.strategy)
                if mark.text:
                    group.set("class", "point")
                    ElementTree.SubElement(group, f"{{{SVG}}}title").text = mark.text
        for link in root.iter(f"{{{SVG}}}a"):
            target = link.attrib.pop(f"{{{XLINK}}}href")
            if links:
                link.set("href", links + target)
        if paper:
            behind = {"width": "100%", "height": "100%", "fill": paper}
            root.insert(0, ElementTree.Element(f"{{{SVG}}}rect", behind))
        width = float(root.get("width", "0pt").removesuffix("pt"))
        root.set("style", f"min-width: {SMALLEST * width:.0f}pt")
        root.set("role", "group" if links else "img")  # links in an image are not read aloud
        root.set("aria-label", f"{self.title}. {self.description}")
        return ElementTree.tostring(root, encoding="unicode")

    def save(self, folder: Path) -> list[Path]:
        """Write an SVG and a PNG file into `folder`; the same results give the same files."""
        folder.mkdir(parents=True, exist_ok=True)
        svg, png = folder / f"{self.name}.svg", folder / f"{self.name}.png"
        svg.write_text(f"{self.svg(paper='white')}\n", encoding="utf-8")
        with mpl.rc_context(STYLE):
            self.figure.savefig(png, dpi=144, metadata={"Software": None}, facecolor="white")
        return [svg, png]


@contextmanager
def panels(
    strategies: Sequence[str], number: int, *, rows: int = 1, height: float | None = None,
    names_left: bool = False,
) -> Iterator[tuple[Figure, list[Axes]]]:  # fmt: skip
    """Yield a figure with so many panels in each row, in the style of all; inches.

    It has room for the names of the strategies, beside each panel. All places are fixed: a
    layout that looks for them takes seconds, with so many names.
    """
    longest = max(map(len, map(short, strategies)), default=0)
    room = max(NAMES, 0.3 + LABEL_SIZE / 72 * 0.62 * longest)
    left, right = (room, 0.3) if names_left else (NUMBERS, room)
    if height is None:
        height = max(PANEL[1], LABEL_SIZE / 72 * 1.25 * len(strategies))
    with mpl.rc_context(STYLE):
        wide = number * (left + PANEL[0] + right)
        high = rows * (ABOVE + height + BELOW)
        figure = Figure(figsize=(wide, high))
        FigureCanvasAgg(figure)
        axes = figure.subplots(
            rows, number, squeeze=False,
            gridspec_kw={
                "left": left / wide, "right": 1 - right / wide, "wspace": (left + right) / PANEL[0],
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
    found = {
        name: Look(
            COLOURS[i % len(COLOURS)],
            MARKERS[i % len(MARKERS)],
            DASHES[i // len(COLOURS) % len(DASHES)],
            1.4,
        )
        for i, name in enumerate(others)
    }
    return found | {BASELINE: Look(INK, "o", (0, (4, 2)), 2.2)}


@dataclass(frozen=True)
class Point:
    """A point of a line, the ends of its interval, and what is said of it."""

    x: float
    low: float
    y: float
    high: float
    text: str


def said(cell: Cell, text: str) -> str:
    """Return what is said of a cell's point: which it is, the value, and how often measured."""
    number = len(cell.samples)
    which = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in cell.params.items()
        if name != "strategy"
    )
    samples = "1 sample" if number == 1 else f"{number} samples"
    return "; ".join(filter(None, [f"{cell.strategy}: {text}", which, samples]))


def line(drawing: Drawing, panel: Axes, strategy: str, points: Sequence[Point], look: Look) -> None:
    """Draw a line with its band, and its points; a point that is NaN breaks them.

    Where an interval has no end, there is no band, and the marker is hollow.
    """
    xs, ys = [p.x for p in points], [p.y for p in points]
    known = [p.low > 0 and p.high < inf for p in points]
    lows = [p.low if sure else nan for p, sure in zip(points, known, strict=True)]
    highs = [p.high if sure else nan for p, sure in zip(points, known, strict=True)]
    band = panel.fill_between(xs, lows, highs, color=look.colour, alpha=0.13, linewidth=0)
    drawing.mark(band, strategy)
    if len(points) == 1:
        drawing.mark(panel.vlines(xs, lows, highs, color=look.colour, linewidth=1), strategy)
    (drawn,) = panel.plot(xs, ys, color=look.colour, linestyle=look.dashes, linewidth=look.width)
    drawing.mark(drawn, strategy)
    for p, sure in zip(points, known, strict=True):
        if isfinite(p.y):
            face = look.colour if sure else "none"
            (dot,) = panel.plot(
                p.x, p.y, marker=look.marker, color=look.colour, markersize=4.5,
                markerfacecolor=face,
            )  # fmt: skip
            drawing.mark(dot, strategy, p.text)


def missing(x: float) -> Point:
    """Return a point that breaks a line: what was to be measured there has no result."""
    return Point(x, nan, nan, nan, "")


Ends = dict[str, tuple[float, float, str]]  # by strategy: where its line ends, and its colour


def label_ends(drawing: Drawing, axes: Sequence[Axes], ends: Sequence[Ends]) -> None:
    """Write each strategy's name beside the end of its line, when all lines are drawn."""
    for panel, names_of_it in zip(axes, ends, strict=True):
        _label(drawing, panel, names_of_it)


def _label(drawing: Drawing, panel: Axes, ends: Ends) -> None:
    panel.autoscale_view()
    to_axes = panel.transData - panel.transAxes
    places = {name: to_axes.transform((x, y)) for name, (x, y, _) in ends.items()}
    ordered = sorted(places, key=lambda name: float(places[name][1]))
    step = LABEL_SIZE * 1.25 / 72 / (panel.get_position().height * drawing.figure.get_figheight())
    heights = _apart([float(places[name][1]) for name in ordered], step, len(ordered) * step)
    for name, height in zip(ordered, heights, strict=True):
        x, y = places[name]
        (leader,) = panel.plot(
            [x + 0.015, 1.04], [y, height], color=ends[name][2], linewidth=0.7,
            transform=panel.transAxes, clip_on=False,
        )  # fmt: skip
        drawing.mark(leader, name)
        text = panel.text(
            1.06, height, short(name), transform=panel.transAxes, fontsize=LABEL_SIZE, va="center"
        )
        drawing.mark(text, name)
        link_code(text, name)


def short(name: str) -> str:
    """Return a name as there is room for it."""
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def link_code(text: Text, strategy: str) -> None:
    """Make a name lead to its code."""
    if strategy in names():
        text.set_url(f"{strategy}.html")


def _apart(wanted: list[float], step: float, needed: float) -> list[float]:
    """Return ascending places at least a step apart, within 0 and 1 if they fit.

    They are as near to what is wanted as blocks of neighbours allow.
    """
    top = max(1.0, needed)
    blocks: list[tuple[float, int]] = []  # the centre and the number of each
    for place in wanted:
        centre, number = place, 1
        centre = min(max(centre, step / 2), top - step / 2)
        while blocks and blocks[-1][0] + blocks[-1][1] * step / 2 > centre - number * step / 2:
            before, count = blocks.pop()
            centre = (before * count + centre * number) / (count + number)
            number += count
            centre = min(max(centre, number * step / 2), top - number * step / 2)
        blocks.append((centre, number))
    return [
        centre + (i - (number - 1) / 2) * step for centre, number in blocks for i in range(number)
    ]


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
    panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    panel.yaxis.set_major_formatter("{x:g}")
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.grid(visible=True, axis="y", color="#888888", alpha=0.25, linewidth=0.6)
