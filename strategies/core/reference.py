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
from typing import IO

from strategies.core.errors import JobError, SourceError, WrongOutputError
from strategies.core.workloads import MISSING, Workload

Record = list[str]

SHOWN = 200  # characters of a record in a message


def records(path: Path, fault: type[JobError] = SourceError) -> Iterator[Record]:
    """Yield a CSV file's records, the header first; blank lines are not records.

    Raises `fault` when the file cannot be read as UTF-8.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from filter(None, csv.reader(file))
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); name a CSV file"
        raise fault(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 ({error.reason}); convert it first"
        raise fault(message) from error


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
    _compare_frame(source, destination)
    pairs = itertools.zip_longest(
        expected(source, workload), records(destination, WrongOutputError)
    )
    number = -1
    for number, (wanted, found) in enumerate(pairs):
        if wanted != found:
            where = f"record {number}" if number else "the header"
            message = f"{destination}: {where} is {_shown(found)} but must be {_shown(wanted)}"
            raise WrongOutputError(message)
    return number


def _compare_frame(source: Path, destination: Path) -> None:
    """Compare what is around the records: the BOM, the header's line end, the file's end."""
    wanted, found = _frame(source), _frame(destination)
    with destination.open("rb") as file:
        file.seek(-min(2, destination.stat().st_size), os.SEEK_END)
        end = file.read()
    if found != wanted or _line_end(end) != wanted[1]:
        message = (
            f"{destination} begins with {found[0]!r} and ends its header with {found[1]!r} and "
            f"itself with {end!r}, but the source has {wanted[0]!r} and {wanted[1]!r}"
        )
        raise WrongOutputError(message)


def _frame(path: Path) -> tuple[bytes, bytes]:
    """Return a file's BOM, if any, and how its header line ends (a newline where it does not)."""
    last = ""

    def lines(file: IO[str]) -> Iterator[str]:
        nonlocal last
        for line in file:
            last = line
            yield line

    try:
        with path.open(encoding="latin-1", newline="") as file:  # one character a byte
            bom = "\xef\xbb\xbf" if file.read(3) == "\xef\xbb\xbf" else ""
            file.seek(len(bom))
            next(csv.reader(lines(file)), None)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); name a CSV file"
        raise SourceError(message) from error
    return bom.encode("latin-1"), _line_end(last.encode("latin-1")) or b"\n"


def _line_end(text: bytes) -> bytes:
    """Return how the text ends: with CRLF, with a newline, or without either."""
    return next((end for end in (b"\r\n", b"\n") if text.endswith(end)), b"")


def _shown(record: Record | None) -> str:
    if record is None:
        return "missing"
    text = repr(record)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
