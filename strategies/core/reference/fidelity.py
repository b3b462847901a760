"""What an output keeps of its source, and whether what is computed in it is right."""

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from strategies.core.csv.dialect import AS_USUAL, Dialect
from strategies.core.errors import WrongOutputError
from strategies.core.reference import expected
from strategies.core.reference.reading import Record, opened, records
from strategies.core.workloads import Workload

Outcome = Literal["exact", "same values", "changes data", "wrong"]


@dataclass(frozen=True)
class Fidelity:
    """How an output compares with the right one; `difference` is the first, in words.

    `exact`: the contract's bytes. `same values`: every field is the same text, and every result
    the same number, but quotes, line ends or the spelling of results differ. `changes data`:
    records or fields are lost or altered. `wrong`: a result is another one.
    """

    outcome: Outcome
    difference: str = ""


def fidelity(
    source: Path, destination: Path, workload: Workload, dialect: Dialect = AS_USUAL
) -> Fidelity:
    """Compare an output with what the reference computes; raises SourceError."""
    try:
        with opened(destination, dialect, WrongOutputError) as file:
            written = list(records(file, dialect, comments=False))
    except WrongOutputError as error:
        return Fidelity("changes data", str(error))
    rows = [row for row in written if row.fields]
    blank = len(rows) < len(written)
    looks = results = ""
    for place, (wanted, actual) in enumerate(
        zip_longest(expected(source, workload, dialect), rows)
    ):
        where = f"record {place}" if place else "the header"
        if change := _change(wanted, actual):
            return Fidelity("changes data", f"{where}: {change}")
        if wanted and actual:
            results = results or _other_result(wanted, actual, where)
            looks = looks or _other_look(wanted, actual, where)
    if results:
        return Fidelity("wrong", results)
    if looks or blank:
        return Fidelity("same values", looks or "there are blank lines")
    return Fidelity("exact")


def _change(wanted: Record | None, actual: Record | None) -> str:
    """Say what of a source's record is lost or altered; "" where nothing is."""
    if wanted is None or actual is None:
        return "it is missing" if actual is None else "it is not in the source"
    if len(wanted.fields) != len(actual.fields):
        return f"it has {len(actual.fields)} fields, not {len(wanted.fields)}"
    pairs = zip(wanted.fields[:-1], actual.fields[:-1], strict=True)
    for number, (before, after) in enumerate(pairs, 1):
        if before != after:
            return f"in column {number}, {before!r} became {after!r}"
    return ""


def _other_result(wanted: Record, actual: Record, where: str) -> str:
    """Say which result is another number, or another text; "" where none is."""
    right, result = wanted.fields[-1], actual.fields[-1]
    if right == result or _number(right) == _number(result) is not None:
        return ""
    return f"{where}: the result is {result!r}, not {right!r}"


def _other_look(wanted: Record, actual: Record, where: str) -> str:
    """Say what is written otherwise; "" where nothing is."""
    if wanted.fields[-1] != actual.fields[-1]:
        return f"{where}: the result {wanted.fields[-1]!r} is spelled {actual.fields[-1]!r}"
    if wanted.text != actual.text:
        return f"{where}: written {actual.text!r}, in the source {wanted.text!r}"
    if wanted.line_end != actual.line_end:
        return f"{where}: ends with {actual.line_end!r}, in the source with {wanted.line_end!r}"
    return ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
