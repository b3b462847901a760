"""Engines, strategies and whole-file systems at one size: a row an engine, a mark a strategy."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter

from parabench.report.cell import NOT_RUN, OWN, Cell
from parabench.report.conclusions.comparison import Comparison
from parabench.report.conclusions.words import exactly
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.panels import (
    INK,
    LABEL_SIZE,
    ROOM,
    Look,
    link_code,
    looks,
    panels,
    short,
)
from parabench.report.figures.throughput import point
from parabench.report.sessions import Session
from strategies import BASELINE

ROW = 0.3  # inches of a whole-file system, and at least of an engine
HEADING = 0.22  # inches
MARGIN = 0.06  # inches above and below the marks of an engine's row
STEP = 0.075  # inches between the marks of strategies in an engine's row
WIDTH = 4.4  # inches
RIGHT = 1.025  # of the width: where the texts beside the panel begin
REASON = 70  # characters
LEGEND = LABEL_SIZE / 72 * 1.35  # inches between two lines


def engines(session: Session) -> Drawing | None:
    """Draw warm jobs of `double` at the size that most have in common; None without results."""
    compared = Comparison.of(session, "warm")
    if compared is None:
        return None
    names = dict.fromkeys([*compared.engines, *(c.engine for c in compared.cells)])
    rows = {name: [c for c in compared.cells if c.engine == name] for name in names}
    rows.pop(OWN, None)
    strategies = [name for name in session.strategies if _has(rows, name)]
    systems = [cell for cell in compared.systems if cell.state != NOT_RUN]
    high = max(ROW, 2 * MARGIN + STEP * len(strategies))
    needed = MARGIN + high * len(rows) + (HEADING + ROW * len(systems) if systems else 0)
    height = max(needed, LEGEND * (len(strategies) + 1))
    labels = [*rows, *(cell.strategy for cell in systems)]
    with panels([*labels, *strategies], 1, height=height, width=WIDTH, names_left=True) as (
        figure,
        (panel,),
    ):
        drawing = Drawing(
            "engines",
            "Throughput by engine and strategy",
            f"Warm jobs of {compared.workload}, {exactly(compared.size)}, on a logarithmic axis; "
            "more is better. A row an engine, a mark a strategy, in the order of the legend; lines "
            "are 99 % intervals. Whole-file systems read and write by themselves; their marks are "
            "hollow where the output is not exact, byte for byte.",
            figure,
        )
        shown = looks(session.strategies)
        values = [cell.throughput for cell in compared.cells if cell.throughput]
        panel.set(xscale="log", xlabel="throughput (MB/s)", ylim=(height, 0))
        panel.set_xlim(min(values) / ROOM, max(values) * ROOM)
        panel.set_title(f"{compared.workload}, {exactly(compared.size)}, workers already started")
        panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        panel.xaxis.set_major_formatter("{x:g}")
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.grid(visible=True, axis="x", color="#888888", alpha=0.25, linewidth=0.6)
        top, centres = MARGIN, []
        for place, row in enumerate(rows.values()):
            if place % 2 == 0:
                panel.axhspan(top, top + high, color="#888888", alpha=0.1, linewidth=0)
            _engine(drawing, panel, row, strategies, top, shown)
            centres.append(top + high / 2)
            top += high
        if systems:
            _headings(panel, top)
        for place, cell in enumerate(systems):
            centres.append(top + HEADING + ROW * (place + 0.5))
            _system(drawing, panel, cell, centres[-1], shown[cell.strategy])
        panel.set_yticks(centres, [short(label) for label in labels])
        panel.tick_params(axis="y", length=0)
        for label, cell in zip(panel.get_yticklabels()[len(rows) :], systems, strict=True):
            drawing.mark(label, cell.strategy)
            link_code(label, cell.strategy)
        _legend(drawing, panel, strategies, shown)
    return drawing


def _has(rows: Mapping[str, list[Cell]], strategy: str) -> bool:
    return any(cell.strategy == strategy for row in rows.values() for cell in row)


def _engine(
    drawing: Drawing, panel: Axes, row: Sequence[Cell], strategies: Sequence[str], top: float,
    shown: Mapping[str, Look],
) -> None:  # fmt: skip
    """Draw the strategies below each other; say why where none has a result."""
    for cell in row:
        if cell.throughput:
            y = top + MARGIN + STEP * (strategies.index(cell.strategy) + 0.5)
            _mark(drawing, panel, cell, y, shown[cell.strategy])
    if not any(cell.throughput for cell in row):
        why = dict.fromkeys(cell.not_measured or cell.state for cell in row)
        y = top + MARGIN + STEP * len(strategies) / 2
        _beside(panel, 0.02, y, "; ".join(why)[:REASON])


def _headings(panel: Axes, top: float) -> None:
    panel.axhline(top, color=INK, linewidth=0.8)
    _beside(panel, -0.02, top + HEADING / 2, "whole-file systems", weight="bold", ha="right")
    _beside(panel, RIGHT, top + HEADING / 2, "output", weight="bold")


def _beside(panel: Axes, x: float, y: float, text: str, **how: Any) -> Text:
    """Write a text: x from 0 to 1 is within the panel, y is as that of the marks."""
    place = panel.get_yaxis_transform()
    return panel.text(x, y, text, transform=place, va="center", fontsize=LABEL_SIZE, **how)


def _mark(drawing: Drawing, panel: Axes, cell: Cell, y: float, look: Look) -> None:
    """Draw the point of a cell with a result, and its interval."""
    at = point(cell, "megabytes")
    low, middle, high = at.y
    if low > 0 and high < inf:
        drawing.mark(panel.hlines(y, low, high, color=look.colour, lw=1.2), cell.strategy)
    (dot,) = panel.plot(
        middle, y, marker=look.marker, color=look.colour, markersize=_size(cell.strategy),
        markerfacecolor=look.colour if cell.is_exact else "none",
    )  # fmt: skip
    drawing.mark(dot, cell.strategy, at.text)


def _system(drawing: Drawing, panel: Axes, cell: Cell, y: float, look: Look) -> None:
    """Draw a whole-file system with its outcome, or say why it has no result."""
    if cell.throughput:
        _mark(drawing, panel, cell, y, look)
    text = cell.fidelity or cell.outcome or cell.reason or cell.state
    weight = "bold" if cell.state == "ok" and not cell.is_exact else "normal"
    drawing.mark(_beside(panel, RIGHT, y, short(text), weight=weight), cell.strategy)


def _legend(
    drawing: Drawing, panel: Axes, strategies: Sequence[str], shown: Mapping[str, Look]
) -> None:
    """Write the strategies beside the engines, each with its mark, in the order of the rows."""
    for place, name in enumerate(strategies):
        y, look = MARGIN + LEGEND * (place + 0.5), shown[name]
        (dot,) = panel.plot(
            RIGHT + 0.01, y, marker=look.marker, color=look.colour, markersize=_size(name),
            clip_on=False, transform=panel.get_yaxis_transform(),
        )  # fmt: skip
        drawing.mark(dot, name, f"{name}: its mark in each row")
        weight = "bold" if name == BASELINE else "normal"
        text = _beside(panel, RIGHT + 0.035, y, short(name), weight=weight)
        drawing.mark(text, name)
        link_code(text, name)


def _size(strategy: str) -> float:
    return 6.5 if strategy == BASELINE else 5
