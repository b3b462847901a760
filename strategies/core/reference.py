"""The independent reference: what a correct output is, told by the standard library's `csv`.

It shares no planner, no kernel and no output code with what it judges; of a workload
it uses the definition for one value. It is slow on purpose, and never timed.
"""

import csv
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from strategies.core.errors import SourceError, WrongOutputError
from strategies.core.workloads import MISSING, Workload

Record = list[str]

SHOWN = 200  # characters of a record in a message


def records(path: Path) -> Iterator[Record]:
    """Yield a CSV file's records, the header first; blank lines are not records."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from filter(None, csv.reader(file))


def expected(source: Path, workload: Workload) -> Iterator[Record]:
    """Yield the records of a correct output, the header first; raises SourceError."""
    rows = records(source)
    header = next(rows, [])
    if workload.column not in header:
        message = f"{source} has no column {workload.column!r}; it has: {', '.join(header)}"
        raise SourceError(message)
    place = header.index(workload.column)
    yield [*header, workload.into]
    for number, record in enumerate(rows, 1):
        if len(record) != len(header):
            message = f"{source}: record {number} has {len(record)} fields, not {len(header)}"
            raise SourceError(message)
        try:
            yield [*record, _result(workload, record[place])]
        except ValueError as error:
            message = f"{source}: record {number} has {record[place]!r} in {workload.column!r}"
            raise SourceError(message) from error


def _result(workload: Workload, text: str) -> str:
    if text in MISSING:
        return ""
    result = workload.record(workload.reads(text))
    return "" if result != result else str(result)  # only NaN differs from itself


def verify(source: Path, destination: Path, workload: Workload) -> int:
    """Return the number of records of a correct output.

    Raises WrongOutputError with the first record that differs (records count from 1
    after the header), and SourceError when the reference cannot read the source.
    """
    if not destination.is_file():
        message = f"{destination} does not exist; run the strategy first"
        raise WrongOutputError(message)
    _compare_line_ends(source, destination)
    pairs = itertools.zip_longest(expected(source, workload), records(destination))
    number = -1
    for number, (wanted, found) in enumerate(pairs):
        if wanted != found:
            where = f"record {number}" if number else "the header"
            message = f"{destination}: {where} is {_shown(found)} but must be {_shown(wanted)}"
            raise WrongOutputError(message)
    return number


def _compare_line_ends(source: Path, destination: Path) -> None:
    """Check the output's first and last line: they must end as the source's first line does."""
    with source.open("rb") as file:
        wanted = b"\r\n" if file.readline().endswith(b"\r\n") else b"\n"
    with destination.open("rb") as file:
        first = file.readline()
        file.seek(-min(2, destination.stat().st_size), os.SEEK_END)
        last = file.read()
    for line in (first, last):
        if not line.endswith(wanted) or (wanted == b"\n" and line.endswith(b"\r\n")):
            message = f"{destination}: a line ends with {line[-2:]!r} instead of {wanted!r}"
            raise WrongOutputError(message)


def _shown(record: Record | None) -> str:
    if record is None:
        return "missing"
    text = repr(record)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
