"""What an output keeps of its source, and whether what is computed in it is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from strategies.core.csv.dialect import AS_USUAL, Dialect
from strategies.core.errors import WrongOutputError
from strategies.core.reference import Answers
from strategies.core.reference.reading import Record, Rows, opened
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
    source: Path | tuple[Path, ...],
    destination: Path,
    workload: Workload,
    dialect: Dialect = AS_USUAL,
) -> Fidelity:
    """Compare an output with what the reference computes; raises SourceError.

    In flat memory. Both files are read up to the first record that is changed.
    """
    try:
        with opened(destination, dialect, WrongOutputError) as file:
            output = Rows(file, dialect, comments=False)
            return _Judge(Answers(source, workload, dialect), output).judged()
    except WrongOutputError as error:
        return Fidelity("changes data", str(error))


class _Judge:
    """Compares lines as long as they are as they must be, and fields from then on."""

    def __init__(self, answers: Answers, output: Rows) -> None:
        self._answers = answers
        self._output = output
        self._looks = self._results = ""
        self._blank = False

    def judged(self) -> Fidelity:
        """Return what the output is."""
        answers = iter(self._answers)
        text, fields, result = next(answers)
        header = self._output.header()
        if header is not None and not header.fields:
            self._blank = True
            header = self._next(iter(self._output))
        change = self._compare(self._answers.record(text, fields, result), header, "the header")
        change = change or self._records(answers)
        if change:
            return Fidelity("changes data", change)
        if self._results:
            return Fidelity("wrong", self._results)
        if self._looks or self._blank:
            return Fidelity("same values", self._looks or "there are blank lines")
        return Fidelity("exact")

    def _records(self, answers: Iterator[tuple[str, list[str], str]]) -> str:
        """Compare all records; return what of the first that is changed is lost or altered."""
        place, rows = 0, iter(self._output)
        differs = bool(self._looks or self._results or self._blank)
        for place, (text, fields, result) in enumerate(answers, 1):
            if differs:
                actual = self._next_fields(rows)
                change = _change(fields, actual)
                if actual and result != actual[-1] and not self._results:
                    self._results = _other_result(result, actual[-1], f"record {place}")
            else:
                if self._is_next(self._answers.written(text, result) + self._answers.line_end):
                    continue
                rows = iter(self._output)
                wanted = self._answers.record(text, fields, result)
                change = self._compare(wanted, self._next(rows), f"record {place}")
                differs = bool(self._looks or self._results or self._blank)
            if change:
                return f"record {place}: {change}"
        if self._next_fields(iter(self._output) if not differs else rows) is not None:
            return f"record {place + 1}: it is not in the source"
        return ""

    def _is_next(self, text: str) -> bool:
        """Whether the output goes on with a text, which then has been read; else nothing has."""
        lines = [next(self._output.rest, "")]
        if lines[0] == text:
            return True
        length = len(lines[0])
        while length < len(text) and lines[-1]:
            lines.append(next(self._output.rest, ""))
            length += len(lines[-1])
        if "".join(lines) == text:
            return True
        self._output.back([line for line in lines if line])
        return False

    def _next_fields(self, rows: Iterator[list[str]]) -> list[str] | None:
        """Return the fields of the next record of the output; None where there is no more."""
        for fields in rows:
            self._output.pieces.clear()
            if fields:
                return fields
            self._blank = True
        return None

    def _next(self, rows: Iterator[list[str]]) -> Record | None:
        """Return the next record of the output; None where there is no more."""
        for fields in rows:
            record = self._output.record(fields)
            if fields:
                return record
            self._blank = True
        return None

    def _compare(self, wanted: Record, actual: Record | None, where: str) -> str:
        """Note what differs of a record; return what is lost or altered."""
        *fields, right = wanted.fields
        change = _change(fields, actual.fields if actual else None)
        if not change and actual:
            self._results = self._results or _other_result(right, actual.fields[-1], where)
            self._looks = self._looks or _other_look(wanted, actual, where)
        return change


def _change(fields: list[str], actual: list[str] | None) -> str:
    """Say what of a source's record is lost or altered; "" where nothing is."""
    if actual is None:
        return "it is missing"
    if len(actual) != len(fields) + 1:
        return f"it has {len(actual)} fields, not {len(fields) + 1}"
    if actual[:-1] != fields:
        pairs = zip(fields, actual, strict=False)
        number, before, after = next((n, b, a) for n, (b, a) in enumerate(pairs, 1) if b != a)
        return f"in column {number}, {before!r} became {after!r}"
    return ""


def _other_result(right: str, result: str, where: str) -> str:
    """Say which result is another number, or another text; "" where none is."""
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
