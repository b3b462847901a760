"""The independent reference: what a correct output is, told by the standard library's `csv`.

It shares no planner, no kernel and no output code with what it judges; of a workload
it uses the definition for one value. It is slow on purpose, and never timed.
"""

import csv
import hashlib
import itertools
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from strategies.core.errors import (
    JobError,
    RecordError,
    SourceError,
    WorkloadError,
    WrongOutputError,
)
from strategies.core.workloads import Workload, repeated
from strategies.core.workloads.guard import guarded
from strategies.core.workloads.repeated import MOST, Observed
from strategies.core.workloads.user_function import UserFunction

Record = list[str]

SHOWN = 200  # characters of a record in a message

# What is a number, in ASCII, with blanks around it. (A workload's own code reads them otherwise.)
BLANKS = r"[ \t\n\r\f\v]*"
INTEGER = re.compile(rf"{BLANKS}(?P<number>[+-]?[0-9]+){BLANKS}")
FLOAT = re.compile(
    rf"{BLANKS}(?P<number>[+-]?"
    r"((?P<digits>([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?)|inf|infinity|nan)"
    rf"){BLANKS}",
    re.ASCII | re.IGNORECASE,
)
INFINITY = float("inf")
MISSING = ("", "NA", "NaN", "nan")


def records(
    path: Path, delimiter: str = ",", fault: type[JobError] = SourceError
) -> Iterator[Record]:
    """Yield a CSV file's records, the header first; blank lines behind it are not records.

    Raises `fault` when the file cannot be read as UTF-8.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        if path.exists() and not path.is_file():  # to open a FIFO would wait for a writer
            message = f"{path} is not a regular file; name a CSV file"
            raise fault(message)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=delimiter)
            yield from itertools.islice(rows, 1)
            yield from filter(None, rows)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); name a CSV file"
        raise fault(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 ({error.reason}); convert it first"
        raise fault(message) from error


def expected(source: Path, workload: Workload, delimiter: str = ",") -> Iterator[Record]:
    """Yield the records of a correct output, the header first; raises SourceError."""
    rows = records(source, delimiter)
    header = next(rows, [])
    if not header:
        message = f"{source} has no header; its first line must name the columns"
        raise SourceError(message)
    column = workload.column.name
    if column not in header:
        message = f"{source} has no column {column!r}; it has: {_shown(header)}"
        raise SourceError(message)
    index = header.index(column)
    yield [*header, workload.new_column.name]
    for number, record in enumerate(rows, 1):
        if len(record) != len(header):
            message = f"{source}: record {number} has {len(record)} fields, not {len(header)}"
            raise SourceError(message)
        try:
            yield [*record, _result(workload, record[index])]
        except ValueError as error:
            text = _shown([record[index]])
            message = f"{source}: record {number} has {text} in {column!r}: {error}"
            raise SourceError(message) from error
        except RecordError as error:
            problem = SourceError(f"{source}: record {number}: {error.problem}; {error.remedy}")
            problem.add_note(error.workload_traceback)
            raise problem from None


def number(text: str, reads: type) -> int | float | None:
    """Return the number that a text is, None if it is missing; raises ValueError."""
    if text in MISSING:
        return None
    match = (INTEGER if reads is int else FLOAT).fullmatch(text)
    if not match:
        message = "not a number"
        raise ValueError(message)
    if reads is int:
        return int(match["number"])
    value = float(match["number"])
    if value != value:  # only NaN differs from itself
        return None
    if match["digits"] and abs(value) == INFINITY:
        message = "beyond the range of float64"
        raise ValueError(message)
    return value


def _result(workload: Workload, text: str) -> str:
    value = number(text, workload.column.type)
    if value is None:
        return ""
    result = guarded(workload.record, value)
    return "" if result != result else str(result)


def verify(source: Path, destination: Path, workload: Workload, delimiter: str = ",") -> int:
    """Return the number of records of a correct output.

    Raises WrongOutputError with the first record that differs (records count from 1
    after the header), SourceError when the reference cannot read the source, and
    WorkloadError when a user's function gives different results for the same value.
    """
    if not destination.is_file():
        message = f"{destination} does not exist; run the strategy first"
        raise WrongOutputError(message)
    if not isinstance(workload.record, UserFunction):
        return _compare(source, destination, workload, delimiter)
    observed = Observed(workload.record)
    try:
        number = _compare(source, destination, replace(workload, record=observed), delimiter)
    except WrongOutputError as error:
        _check(observed.difference(), error)
        raise
    _check(observed.difference())
    return number


def difference(source: Path, workload: Workload, delimiter: str = ",") -> str:
    """Return how a user's function differs from itself for the first values of a source.

    In words; "" where no difference was found.
    """
    function, values = workload.record, list[float]()
    if not isinstance(function, UserFunction):
        return ""

    def collect(value: float) -> str:
        values.append(value)
        return ""

    rows = expected(source, replace(workload, record=collect), delimiter)
    for _ in itertools.islice(rows, MOST):
        pass
    return repeated.difference(function, values)


def _check(difference: str, cause: JobError | None = None) -> None:
    if difference:
        raise WorkloadError(difference) from cause


def _compare(source: Path, destination: Path, workload: Workload, delimiter: str) -> int:
    """Return the number of records, which are all as they must be; raises WrongOutputError."""
    _compare_frame(source, destination, delimiter)
    pairs = itertools.zip_longest(
        expected(source, workload, delimiter), records(destination, delimiter, WrongOutputError)
    )
    number = -1
    for number, (wanted, actual) in enumerate(pairs):
        if wanted != actual:
            where = f"record {number}" if number else "the header"
            message = f"{destination}: {where} is {_shown(actual)} but must be {_shown(wanted)}"
            raise WrongOutputError(message)
    return number


def definition(workload: Workload) -> str:
    """Return what stands for the code that says which output is correct."""
    what = (workload.name, workload.reads, workload.writes)
    digest = hashlib.sha256(repr(what).encode())
    for path in (Path(__file__), workload.file):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _compare_frame(source: Path, destination: Path, delimiter: str) -> None:
    """Compare what is around the records: the BOM, the header's line end, the file's end."""
    wanted, actual = _frame(source, delimiter), _frame(destination, delimiter)
    with destination.open("rb") as file:
        file.seek(-min(2, destination.stat().st_size), os.SEEK_END)
        end = file.read()
    if actual != wanted or _line_end(end) != wanted[1]:
        message = (
            f"{destination} begins with {actual[0]!r} and ends its header with {actual[1]!r} and "
            f"itself with {end!r}, but the source has {wanted[0]!r} and {wanted[1]!r}"
        )
        raise WrongOutputError(message)


def _frame(path: Path, delimiter: str) -> tuple[bytes, bytes]:
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
            next(csv.reader(lines(file), delimiter=delimiter), None)
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
