"""The report: a page with the plot and the tables."""

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from parabench.plot import throughput_plot
from parabench.results import Measured
from parabench.table import shown


def write_report(measured: Measured, folder: Path) -> list[Path]:
    """Write `index.html` and the plots into `folder`; return their paths, the page first."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = throughput_plot(measured, folder)
    environment = Environment(
        loader=PackageLoader("parabench"), autoescape=True, undefined=StrictUndefined
    )
    page = folder / "index.html"
    template = environment.get_template("index.html")
    page.write_text(template.render(measured=measured, shown=shown), encoding="utf-8")
    return [page, *plots]
