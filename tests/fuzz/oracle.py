"""What holds for every plan of every file; the standard library's `csv` is the judge.

The first four bytes of an input are the settings, the others are the file. Blocks are
tiny, so that every kind of neighbourhood comes to lie across a block's border.
"""

import csv
import io
import math
import re
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path, PosixPath
from typing import Any
from unittest import mock

from strategies import Dialect, SourceError
from strategies.core.csv import head, planner, scan
from strategies.core.csv.layout import BOM

DELIMITERS = ",;\t|:^~!"
LONGEST_HEADER = 96  # bytes; small enough to be exceeded by inputs of some hundred bytes
# Times the file: the header to find its end, and to decode it, the body once; and once more
# to say where something is wrong.
READS = 4
AWKWARD = b'""""\n\n\n\r a\xc3\xa9'  # what decides about records, more often than chance would


@dataclass(frozen=True)
class Case:
    """A file and how it is to be planned."""

    chunk_size: int | None
    workers: int
    block: int
    delimiter: str
    data: bytes

    @classmethod
    def of(cls, fuzz: bytes) -> "Case":
        """Every input is a case, and every case that matters is an input of the same length.

        With the highest bit of the fourth byte, the file is spelled in few characters:
        then random bytes are full of quotes and line ends.
        """
        size, workers, block, kind = fuzz[:4].ljust(4, b"\0")
        delimiter = DELIMITERS[kind % len(DELIMITERS)]
        data = fuzz[4:]
        if kind & 128:
            letters = AWKWARD + delimiter.encode() * 4
            data = bytes(letters[byte % len(letters)] for byte in data)
        return cls(size or None, 1 + workers % 8, 1 + block % 64, delimiter, data)

    def records(self, data: bytes) -> list[tuple[list[str], int]]:
        """Return the records that `csv` reads, each with the byte at which it stops."""
        lines = list(io.StringIO(data.decode("latin-1"), newline=""))
        stops = list(accumulate(map(len, lines)))
        reader = csv.reader(lines, delimiter=self.delimiter)
        return [(record, stops[reader.line_num - 1]) for record in reader]

    def ends_in_quotes(self, data: bytes) -> bool:
        """Whether a line end after the data would be part of a field: an empty line would not."""
        return self.records(data + b"\n\n")[-1][0] != []


class _File(io.BufferedReader):
    """An open file that counts the bytes that are read from it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        return self._counted(super().read(size))

    def read1(self, size: int = -1, /) -> bytes:
        return self._counted(super().read1(size))

    def _counted(self, data: bytes) -> bytes:
        self.count += len(data)
        return data


class _Source(PosixPath):
    """A path that keeps the file that was opened."""

    file: _File

    def open(self, *_: Any, **__: Any) -> Any:
        self.file = _File(io.FileIO(str(self)))
        return self.file


def check(fuzz: bytes, folder: Path) -> None:
    """Plan the input's case, in a folder; AssertionError with the case if the outcome is wrong."""
    case = Case.of(fuzz)
    path = folder / "source.csv"
    path.write_bytes(case.data)
    source = _Source(path)
    with (
        mock.patch.object(scan, "BLOCK", case.block),
        mock.patch.object(planner, "SMALLEST", 1),
        mock.patch.object(head, "LONGEST_HEADER", LONGEST_HEADER),
    ):
        try:
            plan = planner.plan_chunks(
                source,
                workers=case.workers,
                chunk_size=case.chunk_size,
                dialect=Dialect(delimiter=case.delimiter),
            )
        except SourceError as error:
            _check_refusal(case, str(error), source)
        else:
            _check_layout(case, plan)
            _check_chunks(case, plan)
    read, most = source.file.count, READS * len(case.data) + len(BOM)
    assert read <= most, f"{read} bytes were read, more than {most}: {case}"


def _header_end(case: Case) -> int:
    """Return the end of the first line that is not within quotes (a lone CR ends none)."""
    bom = len(BOM) * case.data.startswith(BOM)
    stops = [bom + stop for _, stop in case.records(case.data[bom:])]
    ends = (stop for stop in stops if case.data[stop - 1 : stop] == b"\n")
    return next(ends, len(case.data))


def _faults(case: Case) -> list[str]:
    """Return why the file must be refused."""
    text = case.data.removeprefix(BOM)
    first = case.data[: _header_end(case)].removeprefix(BOM)
    header = [record for record, _ in case.records(first)]
    faults = {
        "no header": not any(header),
        "a carriage return ends the header": len(header) > 1,
        "a quote stays open": case.ends_in_quotes(text),
    }
    try:
        first.decode()
    except UnicodeDecodeError:
        faults["the header is not UTF-8"] = True
    return [fault for fault, there in faults.items() if there]


def _check_refusal(case: Case, message: str, source: Path) -> None:
    """It is deserved, names the file, is one line, and leads to the open quote."""
    faults = _faults(case)
    # Whether a NUL is refused, `csv` cannot judge. A header's length is noticed by blocks.
    may_be_refused = b"\0" in case.data or _header_end(case) > LONGEST_HEADER
    assert faults or may_be_refused, f"refused without cause: {message}: {case}"
    assert str(source) in message, f"which file? {message}: {case}"
    assert "\n" not in message, f"more than a line: {message}: {case}"
    if opened := re.search(r"quote (?:opened )?at byte (\d+)", message):
        assert "a quote stays open" in faults, f"{message}: {case}"
        byte = int(opened[1])
        bom = len(BOM) * case.data.startswith(BOM)
        before, behind = case.data[bom:byte], case.data[bom : byte + 1]
        opens = not case.ends_in_quotes(before) and case.ends_in_quotes(behind)
        assert opens, f"no quote opens there: {message}: {case}"
        goes_on = len(before) > 0 and case.ends_in_quotes(before[:-1])
        assert not goes_on, f"that is the second of a doubled quote: {message}: {case}"
        fields, fields_to_there = (
            [len(record) for record, _ in case.records(data)] for data in (case.data[bom:], behind)
        )
        assert fields == fields_to_there, f"that quote is closed again: {message}: {case}"


def _check_layout(case: Case, plan: planner.Plan) -> None:
    """The layout is what `csv` reads in the header and in the rest."""
    faults = _faults(case)
    assert not faults, f"not refused though {faults}: {case}"
    layout, end = plan.layout, _header_end(case)
    assert layout.header_end == end, f"header to {layout.header_end}, not {end}: {case}"
    first = case.data[:end]
    [(header, _)] = case.records(first.removeprefix(BOM))
    columns = tuple(name.encode("latin-1").decode() for name in header)
    assert layout.columns == columns, f"{layout.columns}, not {columns}: {case}"
    line_end = "\r\n" if first.endswith(b"\r\n") else "\n"
    assert layout.line_end == line_end, f"line end {layout.line_end!r}: {case}"
    own = first.removesuffix(b"\n").removesuffix(b"\r")
    assert layout.head == own, f"head {layout.head!r}: {case}"
    assert layout.delimiter == case.delimiter, f"{layout.delimiter}: {case}"
    assert plan.size == len(case.data), f"size {plan.size}: {case}"


def _check_chunks(case: Case, plan: planner.Plan) -> None:
    """Chunks touch, cover the rest, are whole records, few and even."""
    start = plan.layout.header_end
    cuts = [start, *(chunk.stop for chunk in plan.chunks)]
    assert [chunk.start for chunk in plan.chunks] == cuts[:-1], f"a gap in {cuts}: {case}"
    assert cuts[-1] == len(case.data), f"{cuts} do not cover the file: {case}"
    lengths = [chunk.stop - chunk.start for chunk in plan.chunks]
    assert all(length > 0 for length in lengths), f"an empty chunk in {cuts}: {case}"

    together = case.records(case.data[start:])
    apart = [
        r for chunk in plan.chunks for r, _ in case.records(case.data[chunk.start : chunk.stop])
    ]
    assert apart == [record for record, _ in together], f"{cuts} change records: {case}"

    body = len(case.data) - start
    with mock.patch.object(planner, "SMALLEST", 1):
        asked = case.chunk_size or planner.chunk_size_for(len(case.data), case.workers)
    most = math.ceil(body / asked)
    assert len(plan.chunks) <= most, f"{len(plan.chunks)} chunks, more than {most}: {case}"
    # Records as the planner knows them: a lone carriage return ends none.
    lines = [0, *(stop for _, stop in together if case.data[start + stop - 1] == b"\n"[0]), body]
    longest = max(stop - start for start, stop in pairwise(lines))
    assert max(lengths, default=0) <= asked + longest, f"{cuts} are uneven: {case}"
