"""The tables in the terminal: warm throughput, every cell of the other models, what failed."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from parabench.report.cell import EXACT, NOT_RUN, OWN, TOO_LONG, Cell
from parabench.report.conclusions.answers import Details, answers
from parabench.report.conclusions.words import rendered
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
MEASURES = (
    "seconds", "99 % interval", "MB/s", "CPU s", "peak MB", "at most", "samples", "state", "output"
)  # fmt: skip
SYSTEMS = f"{OWN}: a system that reads and writes whole files by itself"
LEFT_OUT = f"{TOO_LONG}: not measured, since a job would take longer than the profile allows"


def tables(session: Session) -> Iterator[Table]:
    """Yield a table for each warm workload, for each model, and for cells without a result.

    Before them what the sentences of the answers leave out.
    """
    for answer in answers(session):
        for details in answer.details:
            yield _details(f"{answer.workload}: {details.title}", details)
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
                if cell.state != TOO_LONG:
                    add_row(table, *cell.params.values(), *measures(cell))
            yield table
    failed = [cell for cell in session.cells if cell.state not in {"ok", TOO_LONG}]
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
    left_out = not_measured(session)
    if left_out:
        table = _titled("not measured, as a job would take too long")
        for name in ("model", "workload", "engine", "strategy", "from", "why"):
            table.add_column(name)
        for row in left_out:
            add_row(table, *row)
        yield table


def _details(title: str, details: Details) -> Table:
    table = _titled(rendered(title, str))
    for name in details.columns:
        table.add_column(rendered(name, str))
    for row in details.rows:
        add_row(table, *(rendered(text, str) for text in row))
    return table


def not_measured(session: Session) -> list[tuple[str, ...]]:
    """Return a row for each way of which jobs would take too long: from which size on, and why."""
    first: dict[tuple[str, ...], Cell] = {}
    for cell in session.cells:
        if cell.state == TOO_LONG:
            way = (cell.model, str(cell.params.get("workload", "")), cell.engine, cell.strategy)
            size = cell.params.get("megabytes", 0)
            if way not in first or size < first[way].params.get("megabytes", 0):
                first[way] = cell
    return [
        (
            *way,
            f"{cell.params.get('megabytes', '')} MB",
            "; ".join(filter(None, [cell.reason, cell.when])),
        )
        for way, cell in first.items()
    ]


def _warm(session: Session) -> Iterator[Table]:
    if not session.of("warm"):
        return
    for workload in session.values("warm", "workload"):
        table = _titled(f"{workload}: MB/s, speed-up, parallel efficiency")
        table.add_column("engine", no_wrap=True)
        table.add_column("strategy", no_wrap=True)
        sizes = sizes_of(session, workload)
        for size in sizes:
            table.add_column(f"{size} MB", justify="right")
        table.add_column("output")
        rows = pivot(session, workload)
        for row in rows:
            add_row(table, *row)
        if notes := notes_on(session, rows):
            table.caption, table.caption_justify = Text("\n".join(notes)), "left"
        yield table


def sizes_of(session: Session, workload: str) -> list[float]:
    """Return the sizes of a workload's warm cells."""
    cells = [cell for cell in session.of("warm") if cell.params["workload"] == workload]
    return sorted({cell.params["megabytes"] for cell in cells})


def pivot(session: Session, workload: str) -> list[list[str]]:
    """Return the warm cells of a workload as text: engine, strategy, one for each size, output.

    The strategies with one engine stand together, whole-file systems at the end.
    """
    cells = [cell for cell in session.of("warm") if cell.params["workload"] == workload]
    ways: dict[tuple[str, str], dict[float, Cell]] = {}
    for cell in sorted(cells, key=lambda cell: cell.is_system):
        ways.setdefault((cell.engine, cell.strategy), {})[cell.params["megabytes"]] = cell
    engines = list(dict.fromkeys(engine for engine, _ in ways))
    rows = []
    for engine, strategy in sorted(ways, key=lambda way: engines.index(way[0])):
        own = ways[engine, strategy]
        at_sizes = (own.get(size) for size in sizes_of(session, workload))
        texts = [shown(session, cell) if cell else "" for cell in at_sizes]
        rows.append([engine, strategy, *texts, output_of(list(own.values()))])
    return rows


def output_of(cells: Sequence[Cell]) -> str:
    """Return what the outputs of a way are beside the contract's: the worst, if they differ."""
    outcomes = [cell.outcome for cell in cells if cell.outcome]
    not_exact = [outcome for outcome in outcomes if outcome != EXACT]
    return max(not_exact or outcomes, key=_badness, default="")


def _badness(outcome: str) -> bool:
    return not outcome.startswith("same values")


def notes_on(session: Session, rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what is to be said of texts in the rows of a pivot."""
    texts = [text for _, _, *texts, _ in rows for text in texts]
    notes = [ACROSS_RUNS] if any(text.endswith("*") for text in texts) else []
    if TOO_LONG in texts:
        notes.append(": ".join(filter(None, [LEFT_OUT, session.limit])))
    if any(engine == OWN for engine, *_ in rows):
        notes.append(SYSTEMS)
    return notes


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
        return ["", "", "", "", "", "", str(len(cell.samples)), ended, ""]
    return [
        f"{seconds.middle:.3f}",
        f"{seconds.low:.3f} to {seconds.high:.3f}",
        f"{throughput:.1f}" if throughput else "",
        f"{cell.median('cpu_seconds'):.2f}",
        f"{(cell.median('peak_bytes') or 0) / 1e6:.0f}",
        f"{(cell.median('peak_at_most') or 0) / 1e6:.0f}",
        str(len(cell.samples)),
        "; ".join(filter(None, [cell.state, cell.reason, _cache_note(cell), cell.when])),
        cell.outcome,
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
