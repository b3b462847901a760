"""DuckDB's `COPY`: every field is read as text, one column is cast."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from strategies._whole_file import Task, own_process
from strategies.core.contract import Runner

KIND = "file"
TYPES = {int: "BIGINT", float: "DOUBLE"}


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start a process; each job is a database in memory with so many threads."""
    with own_process(write, workers) as runner:
        yield runner


def write(task: Task) -> int:
    """Copy from file to file; nothing is loaded from the network."""
    with duckdb.connect(
        config={
            "threads": task.workers,
            "temp_directory": str(task.destination.with_name("duckdb")),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    ) as database:
        columns = {f"c{n}": "VARCHAR" for n in range(len(task.layout.columns))}
        names = [f"c{n} AS {named(name)}" for n, name in enumerate(task.layout.columns)]
        # Nothing is guessed: DuckDB would leave out what does not look like the rest.
        query = (
            f"SELECT {', '.join(names)}, {results(task, database)} AS {named(task.into)} "  # noqa: S608 - all is quoted
            f"FROM read_csv({quoted(task.source)}, auto_detect = false, header = true, "
            f"columns = {columns}, delim = {quoted(task.layout.delimiter)}, quote = '\"', "
            "escape = '\"', allow_quoted_nulls = false)"
        )
        options = f"FORMAT csv, HEADER true, DELIMITER {quoted(task.layout.delimiter)}"
        copy = f"COPY ({query}) TO {quoted(task.destination)} ({options})"
        return int(database.execute(copy).fetchall()[0][0])


def results(task: Task, database: Any) -> str:
    """Return the expression of the new column."""
    text, reads = f"c{task.place}", TYPES[task.workload.column.type]
    missing = ", ".join(map(quoted, task.missing))
    value = f"CAST(CASE WHEN {text} NOT IN ({missing}) THEN {text} END AS {reads})"
    if reads == "DOUBLE":
        value = f"nullif({value}, 'nan'::DOUBLE)"
    if task.doubles:
        return f"{value} * 2"
    array: Any = task.workload.array
    if array is None:
        database.create_function(
            "record", task.function, [reads], "VARCHAR", null_handling="special"
        )
        return f"record({value})"
    database.create_function(
        "results",
        lambda values: pa.array(array(values.to_numpy())),
        [reads],
        "VARCHAR",
        type="arrow",
    )
    return f"CASE WHEN {value} IS NOT NULL THEN results(coalesce({value}, 0)) END"


def quoted(text: object) -> str:
    """Return a text as SQL has it."""
    return "'" + str(text).replace("'", "''") + "'"


def named(name: str) -> str:
    """Return a column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
