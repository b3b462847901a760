"""The independent reference: what a correct output is, told by the standard library's `csv`.

It shares no planner, no engine and no output code with what it judges; of a workload it uses
the definition for one record. It is slow on purpose, and never timed.
"""

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Iterator
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
from strategies.core.reference.numbers import USUAL, number, text_of
from strategies.core.reference.reading import LONGEST, Record, Rows, opened, records
from strategies.core.workloads import Workload, repeated
from strategies.core.workloads.guard import guarded
from strategies.core.workloads.repeated import MOST, Observed
from strategies.core.workloads.user_function import UserFunction

SHOWN = 200  # characters of a record in a message
BARE = re.compile(r"[\w.+-]*", re.ASCII)  # what needs no quotes, whatever the delimiter
Keeps = Literal["bytes", "fields"]


def expected(
    source: Path | tuple[Path, ...], workload: Workload, dialect: Dialect = AS_USUAL
) -> Iterator[Record]:
    """Yield the records of a correct output, the header first; raises SourceError."""
    answers = Answers(source, workload, dialect)
    for text, fields, result in answers:
        yield answers.record(text, fields, result)


class Answers:
    """What is right: each record's text and fields, and its result; the new name for the header.

    Several sources are one table: the others have the same header, which is there once.
    """

    def __init__(
        self, source: Path | tuple[Path, ...], workload: Workload, dialect: Dialect
    ) -> None:
        self._sources = (source,) if isinstance(source, Path) else source
        self._workload = workload
        self._dialect = dialect
        self.delimiter = self.line_end = ""  # of the output; known once the header is

    def written(self, text: str, result: str) -> str:
        """Return a record of the output without its line end, for one of a source with its own.

        The result is in quotes where `csv` would put it in some.
        """
        body = text.removesuffix("\n").removesuffix("\r")
        if BARE.fullmatch(result):
            return f"{body}{self.delimiter}{result}"
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter, lineterminator="\r\n").writerow(["", result])
        return body + line.getvalue().removesuffix("\r\n")

    def record(self, text: str, fields: list[str], result: str) -> Record:
        """Return a record of the output."""
        return Record(self.written(text, result), self.line_end, [*fields, result], self.delimiter)

    def __iter__(self) -> Iterator[tuple[str, list[str], str]]:
        """Yield texts with their line ends, fields and results; raises SourceError."""
        header: list[str] = []
        for path in self._sources:
            with opened(path, self._dialect, SourceError) as file:
                rows = Rows(file, self._dialect)
                own = rows.header()
                if own is None or not own.fields:
                    message = f"{path} has no header; its first line must name the columns"
                    raise SourceError(message)
                if not header:
                    header = own.fields
                    self.delimiter = own.delimiter
                    self.line_end = "\r\n" if own.line_end == "\r\n" else "\n"
                    column = _column(path, header, self._workload)
                    yield own.text + own.line_end, header, self._workload.new_column.name
                elif own.fields != header:
                    message = (
                        f"{path} has another header than {self._sources[0]}: {_shown(own.fields)}"
                    )
                    raise SourceError(message)
                yield from self._records(path, rows, len(header), column)

    def _records(
        self, path: Path, rows: Rows, width: int, column: int
    ) -> Iterator[tuple[str, list[str], str]]:
        quick = quick_results(self._workload, self._dialect)
        place = 0
        for fields in rows:
            text = "".join(rows.pieces)
            rows.pieces.clear()
            if not fields:
                continue
            place += 1
            if len(fields) != width:
                message = f"{path}: record {place} has {len(fields)} fields, not {width}"
                raise SourceError(message)
            result = quick(fields[column])
            if result is None:
                result = _result(path, place, fields[column], self._workload, self._dialect)
            yield text, fields, result


def quick_results(workload: Workload, dialect: Dialect) -> Callable[[str], str | None]:
    """Return what gives the results of usual numbers, and None for all else.

    They are most of a large file, and Python's own `float` and `int` read them as the grammar has
    it. A user's function may raise, or return anything.
    """
    usual, reads, record = USUAL[workload.column.type], workload.column.type, workload.record
    if isinstance(record, UserFunction | Observed) or not dialect.plain_numbers or dialect.missing:
        return lambda _text: None

    def result(text: str) -> str | None:
        if not usual.fullmatch(text):
            return None
        try:
            value = record(reads(text))
        except Exception:  # noqa: BLE001 - which is told with its place, the other way
            return None
        return str(value) if value == value else ""

    return result


def _column(path: Path, header: list[str], workload: Workload) -> int:
    if (column := workload.column.name) not in header:
        message = f"{path} has no column {column!r}; it has: {_shown(header)}"
        raise SourceError(message)
    return header.index(column)


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
