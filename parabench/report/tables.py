"""The tables in the terminal: warm throughput, every cell of the other models, what failed."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from parabench.report.cell import NOT_RUN, Cell
from parabench.report.sessions import Session
from strategies import BASELINE

TITLES = {  # and the order in which they are shown
    "warm": "warm: the same jobs, with all that was metered",
    "cold": "cold: start-up + job + shutdown",
    "uncached": "uncached: cold, with the system's page cache dropped before",
    "startup": "start-up: until every worker has done a first task",
    "planning": "planning: the serial scan that is part of every job",
    "scaling": "scaling: warm jobs over workers",
    "memory": "memory: start-up + job + shutdown in chunks of 1 MB",
    "chunking": "chunking: warm jobs over the size of chunks",
}
ACROSS_RUNS = "* over what serial took in another run: the machine may have changed in between"
MEASURES = ("seconds", "99 % interval", "MB/s", "CPU s", "peak MB", "at most", "samples", "state")


def tables(session: Session) -> Iterator[Table]:
    """Yield a table for each warm workload, for each model, and for cells without a result."""
    yield from _warm(session)
    kind = session.memory_kind
    for model, title in TITLES.items():
        cells = session.of(model)
        if cells:
            table = _titled(title)
            for name in cells[0].params:
                table.add_column(name.replace("_", " "), no_wrap=True)
            for name in MEASURES:
                table.add_column(name.replace("peak MB", f"peak {kind}, MB"), justify="right")
            for cell in cells:
                add_row(table, *cell.params.values(), *measures(cell))
            yield table
    failed = [cell for cell in session.cells if cell.state != "ok"]
    if failed or session.missing:
        table = _titled("cells without a result")
        for name in ("model", "cell", "state", "why"):
            table.add_column(name)
        for cell in failed:
            why = "; ".join(filter(None, [cell.reason, cell.when]))
            add_row(table, cell.model, in_words(cell), cell.state, why)
        for model in session.missing:
            add_row(table, model, "all", NOT_RUN, "not selected, or not reached")
        yield table


def _warm(session: Session) -> Iterator[Table]:
    if not session.of("warm"):
        return
    sizes = session.values("warm", "megabytes")
    for workload in session.values("warm", "workload"):
        table = _titled(f"{workload}: MB/s, speed-up, parallel efficiency")
        table.add_column("strategy", no_wrap=True)
        for size in sizes:
            table.add_column(f"{size} MB", justify="right")
        rows = pivot(session, workload)
        for strategy, texts in rows.items():
            add_row(table, strategy, *texts)
        if any("*" in text for texts in rows.values() for text in texts):
            table.caption, table.caption_justify = Text(ACROSS_RUNS), "left"
        yield table


def pivot(session: Session, workload: str) -> dict[str, list[str]]:
    """Return the warm cells of a workload as text, by strategy, one a size."""
    sizes = session.values("warm", "megabytes")
    rows = {}
    for strategy in session.values("warm", "strategy"):
        params = {"workload": workload, "strategy": strategy}
        cells = [session.find("warm", megabytes=size, **params) for size in sizes]
        rows[strategy] = [shown(session, cell) if cell else "" for cell in cells]
    return rows


def _titled(title: str) -> Table:
    return Table(title=Text(title, style="italic"), title_justify="left")


def add_row(table: Table, *cells: object) -> None:
    """Add a row of what comes from data: brackets in it are no markup."""
    table.add_row(*(Text(str(cell)) for cell in cells))


def in_words(cell: Cell) -> str:
    """Return the values of the cell's parameters, as `double, 10, serial`."""
    return ", ".join(map(str, cell.params.values()))


def measures(cell: Cell) -> list[str]:
    """Return what MEASURES names, as text."""
    seconds, throughput = cell.estimate("seconds"), cell.throughput
    if seconds is None:
        ended = "; ".join(filter(None, [cell.state, cell.when]))
        return ["", "", "", "", "", "", str(len(cell.samples)), ended]
    return [
        f"{seconds.middle:.3f}",
        f"{seconds.low:.3f} to {seconds.high:.3f}",
        f"{throughput:.1f}" if throughput else "",
        f"{cell.median('cpu_seconds'):.2f}",
        f"{(cell.median('peak_bytes') or 0) / 1e6:.0f}",
        f"{(cell.median('peak_at_most') or 0) / 1e6:.0f}",
        str(len(cell.samples)),
        "; ".join(filter(None, [cell.state, cell.reason, _cache_note(cell), cell.when])),
    ]


def _cache_note(cell: Cell) -> str:
    if cell.model == "uncached" or cell.cached in {None, 1.0}:
        return ""
    return f"{cell.cached:.0%} of the source in the page cache".replace("%", " %")


def shown(session: Session, cell: Cell) -> str:
    """Return a warm cell as text, such as `41.3  1.71x   86%`, or how it ended.

    A speed-up that does not differ significantly from 1 is a tie. An asterisk: ACROSS_RUNS.
    """
    throughput, speed_up = cell.throughput, session.speed_up(cell)
    efficiency = session.efficiency(cell)
    if throughput is None:
        return cell.state if cell.state != "ok" else NOT_RUN
    if speed_up is None or efficiency is None:
        return f"{throughput:.1f}"
    tie = cell.strategy != BASELINE and session.ties(cell)
    gain = "  tie" if tie else f"{speed_up.middle:.2f}x"
    mark = " *" if session.is_across_runs(cell) else ""
    return f"{throughput:.1f}  {gain}  {efficiency:4.0%}{mark}"
