"""A column of texts as numbers, and a workload's results for them: for all engines on arrays."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.core.csv.dialect import Dialect
from strategies.core.csv.positions import shown
from strategies.core.errors import JobError, RecordError
from strategies.core.workloads import Column, Workload
from strategies.core.workloads.guard import leave_if_forked, problem_of
from strategies.core.workloads.numbers import EXACT, advice, number, spelled, written


def numbers(fields: NDArray[np.object_], column: Column, dialect: Dialect) -> NDArray[Any]:
    """Convert with Python's own int or float: exact, and the same on every platform.

    They take more than `number` does; the fields are looked at one by one only where
    their characters, or what became of them, allow that. Raises RecordError for the first
    field that is no number; its index counts the fields.
    """
    texts = fields if dialect.plain_numbers else _spelled(fields, dialect)
    values, doubtful = None, np.zeros(0, np.bool_)
    if texts is not None:
        values, doubtful = _converted(texts, column.type)
    characters = "".join(fields if texts is None else texts)
    if values is None or not characters.isascii() or "_" in characters:
        suspects: Any = range(len(fields))
    else:
        suspects = np.flatnonzero(doubtful).tolist()
    for index in suspects:
        try:
            number(fields[index], column.type, dialect)
        except ValueError as error:
            what = f"column {shown(column.name)} holds {shown(fields[index])}, {error}"
            remedy = advice(fields[index], column.type, dialect)
            remedy += "correct it, or choose another column with --column"
            raise RecordError(index, what, remedy) from None
    if values is None:
        message = "NumPy refuses what Python takes for a number"
        raise AssertionError(message)
    return values


def _spelled(fields: NDArray[np.object_], dialect: Dialect) -> NDArray[np.object_] | None:
    """Return numbers as Python spells them; None where some field is no number."""
    texts = np.empty(len(fields), dtype=object)
    try:
        texts[:] = [spelled(field, dialect) for field in fields]
    except ValueError:
        return None
    return texts


def _converted(
    fields: NDArray[np.object_], kind: type
) -> tuple[NDArray[Any] | None, NDArray[np.bool_]]:
    """Return the values, None where some field is no number, and which are to be looked at.

    Those are the infinite ones, and those that may be whole numbers that were rounded.
    """
    try:
        if kind is float:  # from Python strings, NumPy calls Python's float
            values = fields.astype(np.float64)
            return values, np.abs(values) >= EXACT
        whole = np.empty(len(fields), dtype=object)
        whole[:] = [int(field) for field in fields]
    except ValueError:
        return None, np.zeros(0, np.bool_)
    return whole, np.zeros(0, np.bool_)


def computed(
    fields: NDArray[np.object_], missing: NDArray[np.bool_], workload: Workload, dialect: Dialect
) -> tuple[NDArray[np.intp], Any]:
    """Return which fields have a result, and their results: an array, or a list.

    Raises RecordError for the first field that is neither a number nor missing.
    """
    present = np.flatnonzero(~missing)
    try:
        values = fields if len(present) == len(fields) else fields[present]
        values = numbers(values, workload.column, dialect)
        if workload.column.type is float and np.isnan(values).any():
            present, values = present[~np.isnan(values)], values[~np.isnan(values)]
        results = results_of(workload, values)
    except RecordError as error:
        problem = error if error.index is None else error.at(int(present[error.index]))
    else:
        if not dialect.plain_numbers:
            results = [_written(result, dialect) for result in list(results)]
        return present, results
    raise problem  # not above, where it would carry `error` along as its context


def _written(result: Any, dialect: Dialect) -> str:
    plain = result.item() if isinstance(result, np.generic) else result
    return "" if plain != plain else written(plain, dialect)  # NaN, which is missing


def results_of(workload: Workload, values: NDArray[Any]) -> Any:
    """Return a result for each value; raises RecordError, whose index counts the values."""
    if workload.array is not None:
        with np.errstate(all="ignore"):  # as pandas does: an overflow is infinite
            return workload.array(values)
    record, results, index, process_id = workload.record, list[object](), 0, os.getpid()
    problem: JobError
    try:
        for index, value in enumerate(values.tolist()):  # noqa: B007 - the error names it
            results.append(record(value))
    except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
        leave_if_forked(process_id, error)
        problem = problem_of(error, index)
    else:
        leave_if_forked(process_id)
        return results
    raise problem  # not above, where it would carry `error` along as its context
