"""The report: a page with the plot and the tables."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.table import Table

from benchmarks.harness.cell import STATES
from parabench.plot import throughput_plot
from parabench.results import NOT_RUN, Measured

FAILED = {*STATES, NOT_RUN} - {"ok"}


def write_report(measured: Measured, tables: Iterable[Table], folder: Path) -> list[Path]:
    """Write `index.html` and the plots into `folder`; return their paths, the page first."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = throughput_plot(measured, folder) if measured.of("warm") else []
    environment = Environment(
        loader=PackageLoader("parabench"), autoescape=True, undefined=StrictUndefined
    )
    page = folder / "index.html"
    template = environment.get_template("index.html")
    text = template.render(
        measured=measured, plots=plots, tables=list(tables), rows=rows, failed=FAILED
    )
    page.write_text(text, encoding="utf-8")
    return [page, *plots]


def rows(table: Table) -> list[tuple[str, ...]]:
    """Return the cells of a table's rows, as text."""
    return list(zip(*(map(str, column.cells) for column in table.columns), strict=True))
