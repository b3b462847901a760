"""The table in the terminal: for each workload, strategy by size."""

from collections.abc import Iterator

from rich.table import Table

from parabench.results import Cell, Measured

VERIFIED = {"ok": "yes", "failed": "NO", "not run": "-"}


def tables(measured: Measured) -> Iterator[Table]:
    """Yield one table per workload."""
    sizes = measured.of("megabytes")
    for workload in measured.of("workload"):
        table = Table(
            title=f"{workload}: MB/s, speed-up, parallel efficiency", title_justify="left"
        )
        table.add_column("strategy", no_wrap=True)
        for size in sizes:
            table.add_column(f"{size} MB", justify="right")
        table.add_column("verified")
        for strategy in measured.of("strategy"):
            cells = [measured.find(strategy, workload, size) for size in sizes]
            states = {VERIFIED[cell.state] for cell in cells if cell}
            table.add_row(
                strategy,
                *(shown(measured, cell) if cell else "" for cell in cells),
                ", ".join(sorted(states)),
            )
        yield table


def shown(measured: Measured, cell: Cell) -> str:
    """Return a cell as text, such as `41.3  1.71x   86 %`."""
    throughput, speed_up = cell.throughput, measured.speed_up(cell)
    efficiency = measured.efficiency(cell)
    if throughput is None:
        return cell.state
    if speed_up is None or efficiency is None:
        return f"{throughput:.1f}"
    return f"{throughput:.1f}  {speed_up:.2f}x  {efficiency:4.0%}"
