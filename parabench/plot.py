"""The throughput plot: one panel a workload, log-log, the serial baseline marked."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from parabench.results import Measured
from strategies.core.names import BASELINE

# Okabe and Ito's palette (2008), which colour-blind readers can tell apart; markers tell
# apart what colours do not, and print.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D00", "#666666")
MARKERS = "os^vDP*X"


def throughput_plot(measured: Measured, folder: Path) -> list[Path]:
    """Write `throughput.svg` and `throughput.png` into `folder`; return their paths."""
    workloads = measured.values("warm", "workload")
    figure = Figure(figsize=(4.2 * len(workloads) + 1.8, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(workloads), squeeze=False, sharey=True)[0]
    for panel, workload in zip(panels, workloads, strict=True):
        _draw(panel, measured, workload)
    panels[0].set_ylabel("throughput (MB/s)")
    handles, labels = max((p.get_legend_handles_labels() for p in panels), key=lambda h: len(h[0]))
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    date = f"{measured.ended:%Y-%m-%d}"
    figure.suptitle(
        f"Warm throughput over input size, {measured.workers} workers. {measured.label}, {date}",
        fontsize=9,
    )
    paths = [folder / "throughput.svg", folder / "throughput.png"]
    for path in paths:  # no date inside: the same results give the same file
        metadata = {"Date": None} if path.suffix == ".svg" else {}
        figure.savefig(path, dpi=120, metadata=metadata)
    return paths


def _draw(panel: Axes, measured: Measured, workload: str) -> None:
    sizes = measured.values("warm", "megabytes")
    for i, strategy in enumerate(measured.values("warm", "strategy")):
        params = {"workload": workload, "strategy": strategy}
        cells = [measured.find("warm", megabytes=size, **params) for size in sizes]
        points = [(c.params["megabytes"], c.throughput) for c in cells if c and c.throughput]
        baseline = strategy == BASELINE
        if points:
            panel.plot(
                *zip(*points, strict=True),
                label=f"{strategy} (baseline)" if baseline else strategy,
                color="black" if baseline else COLOURS[i % len(COLOURS)],
                marker="" if baseline else MARKERS[i % len(MARKERS)],
                linestyle="--" if baseline else "-",
                linewidth=2.5 if baseline else 1.5,
            )
    panel.set(title=workload, xlabel="input (MB)", xscale="log", yscale="log")
    panel.set_xticks(sizes, [str(size) for size in sizes])
    panel.xaxis.set_minor_formatter("")
    panel.yaxis.set_major_formatter("{x:g}")
    panel.yaxis.set_minor_formatter("{x:g}")
    panel.tick_params(axis="y", which="minor", labelsize=7)
    panel.grid(visible=True, which="both", alpha=0.25)
