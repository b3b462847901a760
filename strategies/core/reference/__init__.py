"""The independent reference: what a correct output is, told by the standard library's `csv`.

It shares no planner, no engine and no output code with what it judges; of a workload it uses
the definition for one record. It is slow on purpose, and never timed.
"""

import csv
import hashlib
import io
import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Literal

from strategies.core.csv.dialect import AS_USUAL, Dialect
from strategies.core.csv.packing import packing_for, packing_of
from strategies.core.errors import (
    JobError,
    RecordError,
    SourceError,
    WorkloadError,
    WrongOutputError,
)
from strategies.core.reference.numbers import number, text_of
from strategies.core.reference.reading import LONGEST, Record, opened, records
from strategies.core.workloads import Workload, repeated
from strategies.core.workloads.guard import guarded
from strategies.core.workloads.repeated import MOST, Observed
from strategies.core.workloads.user_function import UserFunction

SHOWN = 200  # characters of a record in a message
Keeps = Literal["bytes", "fields"]


def expected(
    source: Path | tuple[Path, ...], workload: Workload, dialect: Dialect = AS_USUAL
) -> Iterator[Record]:
    """Yield the records of a correct output, the header first; raises SourceError.

    Several sources are one table: the others have the same header, which is there once.
    """
    sources = (source,) if isinstance(source, Path) else source
    header: Record | None = None
    for path in sources:
        with opened(path, dialect, SourceError) as file:
            rows = records(file, dialect)
            own = next(rows, None)
            if own is None or not own.fields:
                message = f"{path} has no header; its first line must name the columns"
                raise SourceError(message)
            if header is None:
                header = own
                delimiter = own.delimiter
                line_end = "\r\n" if own.line_end == "\r\n" else "\n"
                column = _column(path, own.fields, workload)
                name = workload.new_column.name
                yield _extended(own, name, delimiter, line_end)
            elif own.fields != header.fields:
                message = f"{path} has another header than {sources[0]}: {_shown(own.fields)}"
                raise SourceError(message)
            filled = (row for row in rows if row.fields)
            for place, row in enumerate(filled, 1):
                if len(row.fields) != len(header.fields):
                    fields = f"{len(row.fields)} fields, not {len(header.fields)}"
                    message = f"{path}: record {place} has {fields}"
                    raise SourceError(message)
                result = _result(path, place, row.fields[column], workload, dialect)
                yield _extended(row, result, delimiter, line_end)


def _column(path: Path, header: list[str], workload: Workload) -> int:
    if (column := workload.column.name) not in header:
        message = f"{path} has no column {column!r}; it has: {_shown(header)}"
        raise SourceError(message)
    return header.index(column)


def _extended(record: Record, field: str, delimiter: str, line_end: str) -> Record:
    """Return a record with one more field, in quotes where `csv` would put it in some."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(["", field])
    end = text.getvalue().removesuffix("\r\n")
    return Record(record.text + end, line_end, [*record.fields, field], delimiter)


def _result(path: Path, place: int, text: str, workload: Workload, dialect: Dialect) -> str:
    try:
        value = number(text, workload.column.type, dialect)
        return "" if value is None else text_of(guarded(workload.record, value), dialect)
    except ValueError as error:
        column = repr(workload.column.name)
        message = f"{path}: record {place} has {_shown([text])} in {column}: {error}"
        raise SourceError(message) from error
    except RecordError as error:
        problem = SourceError(f"{path}: record {place}: {error.problem}; {error.remedy}")
        problem.add_note(error.workload_traceback)
        raise problem from None


def verify(
    source: Path | tuple[Path, ...],
    destination: Path,
    workload: Workload,
    dialect: Dialect = AS_USUAL,
    *,
    keeps: Keeps = "bytes",
) -> int:
    """Return the number of records of a correct output.

    `keeps`: whether all fields have to be written as in the source, or to be the same as text.
    Raises WrongOutputError with the first record that differs (records count from 1
    after the header), SourceError when the reference cannot read the source, and
    WorkloadError when a user's function gives different results for the same value.
    """
    if not destination.is_file():
        message = f"{destination} is no file that exists; run the strategy first"
        raise WrongOutputError(message)
    sources = (source,) if isinstance(source, Path) else source
    if not isinstance(workload.record, UserFunction):
        return _compare(sources, destination, workload, dialect, keeps)
    observed = Observed(workload.record)
    try:
        number = _compare(sources, destination, replace(workload, record=observed), dialect, keeps)
    except WrongOutputError as error:
        _check(observed.difference(), error)
        raise
    _check(observed.difference())
    return number


def difference(
    source: Path | tuple[Path, ...], workload: Workload, dialect: Dialect = AS_USUAL
) -> str:
    """Return how a user's function differs from itself for the first values of a source.

    In words; "" where no difference was found.
    """
    function, values = workload.record, list[float]()
    if not isinstance(function, UserFunction):
        return ""

    def collect(value: float) -> str:
        values.append(value)
        return ""

    rows = expected(source, replace(workload, record=collect), dialect)
    for _ in itertools.islice(rows, MOST):
        pass
    return repeated.difference(function, values)


def _check(difference: str, cause: JobError | None = None) -> None:
    if difference:
        raise WorkloadError(difference) from cause


def _compare(
    sources: tuple[Path, ...],
    destination: Path,
    workload: Workload,
    dialect: Dialect,
    keeps: Keeps,
) -> int:
    """Return the number of records, which are all as they must be; raises WrongOutputError."""
    _check_packing(destination)
    with ExitStack() as stack:
        file = stack.enter_context(opened(destination, dialect, WrongOutputError))
        pairs = itertools.zip_longest(
            expected(sources, workload, dialect), records(file, dialect, comments=False)
        )
        place = -1
        for place, (wanted, actual) in enumerate(pairs):
            difference = _difference(wanted, actual, keeps)
            if difference:
                where = f"record {place}" if place else "the header"
                message = f"{destination}: {where} {difference}"
                raise WrongOutputError(message)
    return place


def _check_packing(destination: Path) -> None:
    """Raise WrongOutputError unless a file is compressed as its name says, or is not."""
    promised = packing_for(destination)
    with destination.open("rb") as file:
        packing = packing_of(file.read(LONGEST))
    if packing != promised:
        message = (
            f"{destination} is compressed with {packing or 'nothing'}, "
            f"and its name says {promised or 'nothing'}"
        )
        raise WrongOutputError(message)


def _difference(wanted: Record | None, actual: Record | None, keeps: Keeps) -> str:
    """Say how a record differs from what it must be; nothing where it does not."""
    if wanted is None or actual is None or wanted.fields != actual.fields:
        have, need = (record.fields if record else None for record in (actual, wanted))
        return f"is {_shown(have)} but must be {_shown(need)}"
    if wanted.line_end != actual.line_end:
        return f"ends with {actual.line_end!r} but must end with {wanted.line_end!r}"
    if keeps == "bytes" and wanted.text != actual.text:
        return (
            f"has the right fields, but is written {_shown(actual.text)}, "
            f"and must be {_shown(wanted.text)}"
        )
    return ""


def definition(workload: Workload) -> str:
    """Return what stands for the code that says which output is correct."""
    what = (workload.name, workload.reads, workload.writes)
    digest = hashlib.sha256(repr(what).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), workload.file):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _shown(record: list[str] | str | None) -> str:
    if record is None:
        return "missing"
    text = repr(record)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
