"""The seed's job as people write it with each library: a column doubled, the rest as it was.

No option is there to keep anything: what is lost without it is what is to be shown.
"""

# ruff: noqa: PLC0415 - each of these is a script of its own, imports included

from collections.abc import Callable
from pathlib import Path

Bare = Callable[[Path, Path], object]


def csv_module(source: Path, destination: Path) -> None:
    """Python's `csv`."""
    import csv

    with source.open(newline="") as read, destination.open("w", newline="") as write:
        reader = csv.DictReader(read)
        writer = csv.DictWriter(write, [*(reader.fieldnames or []), "new_column"])
        writer.writeheader()
        for row in reader:
            writer.writerow(row | {"new_column": float(row["old_column"]) * 2})


def pandas(source: Path, destination: Path) -> None:
    """`pandas`."""
    import pandas as pd

    df = pd.read_csv(source)
    df["new_column"] = df["old_column"] * 2
    df.to_csv(destination, index=False)


def pandas_arrow(source: Path, destination: Path) -> None:
    """`pandas` with Arrow's reader and types."""
    import pandas as pd

    df = pd.read_csv(source, engine="pyarrow", dtype_backend="pyarrow")
    df["new_column"] = df["old_column"] * 2
    df.to_csv(destination, index=False)


def dask(source: Path, destination: Path) -> None:
    """`dask.dataframe`, with blocks of 4 kB."""
    import dask.dataframe as dd

    df = dd.read_csv(source, blocksize="4kB")
    df["new_column"] = df["old_column"] * 2
    df.to_csv(destination, index=False, single_file=True)


def pyarrow(source: Path, destination: Path) -> None:
    """`pyarrow`."""
    import pyarrow.compute as pc
    from pyarrow import csv

    table = csv.read_csv(source)
    table = table.append_column("new_column", pc.multiply(table["old_column"], 2))
    csv.write_csv(table, destination)


def polars(source: Path, destination: Path) -> None:
    """`polars`, streaming."""
    import polars as pl

    new_column = (pl.col("old_column") * 2).alias("new_column")
    pl.scan_csv(source).with_columns(new_column).sink_csv(destination)


def duckdb(source: Path, destination: Path) -> None:
    """`duckdb`."""
    import duckdb

    query = f"SELECT *, old_column * 2 AS new_column FROM read_csv('{source}')"  # noqa: S608 - ours
    duckdb.sql(f"COPY ({query}) TO '{destination}'")


BARE: dict[str, tuple[str, Bare]] = {  # by the name of the table's column: the library, the code
    "csv": ("csv", csv_module),
    "pandas": ("pandas", pandas),
    "pandas+arrow": ("pyarrow", pandas_arrow),
    "Dask": ("dask", dask),
    "PyArrow": ("pyarrow", pyarrow),
    "Polars": ("polars", polars),
    "DuckDB": ("duckdb", duckdb),
}
