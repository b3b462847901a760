"""What stands before a file's records: lines that are none of the table, and the header."""

import re
from pathlib import Path
from typing import BinaryIO

from strategies.core.csv import formats
from strategies.core.csv.dialect import Dialect, is_delimiter
from strategies.core.csv.layout import BOM, Layout, read_header
from strategies.core.errors import SourceError

LONGEST_HEADER = 2**26  # bytes; a "header" beyond that is a quote that never closes
SEPARATOR = re.compile(rb'"?sep=(?P<delimiter>[ -~\t])"?(\r?\n|\r?$)', re.IGNORECASE)  # Excel's
LOOKED_AT = 20  # lines, for one that looks more like a header


def read_layout(file: BinaryIO, name: str, size: int, dialect: Dialect) -> Layout:
    """Read what stands before the first record; raises SourceError about the file of a name."""
    from strategies.core.csv import scan  # noqa: PLC0415 - NumPy takes 0.1 s: not to list names

    if size == 0:
        message = f"{name} is empty; its first line must name the columns"
        raise SourceError(message)
    head = file.read(formats.LONGEST)
    formats.check_format(name, head, file)
    start, dialect = _before_header(file, name, head, dialect)
    delimiter = dialect.delimiter or ","
    end = size
    for block in scan.blocks(file, name, start, dialect, 0):
        ends = block.record_ends
        if len(ends):
            end = int(ends[0])
            break
        if block.stop - start > LONGEST_HEADER:
            message = (
                f"{name}: the header does not end within {LONGEST_HEADER} bytes; "
                "end its line with a newline, and close its quotes"
            )
            raise SourceError(message)
    file.seek(0)
    head = file.read(end)
    columns = read_header(name, head, start, delimiter)
    line_end = "\r\n" if head.endswith(b"\r\n") else "\n"
    own = head.removesuffix(b"\n").removesuffix(b"\r")
    return Layout(columns, dialect, line_end, own, end)


def _before_header(file: BinaryIO, name: str, head: bytes, dialect: Dialect) -> tuple[int, Dialect]:
    """Return where the header starts, and the dialect with its delimiter."""
    start = len(BOM) if head.startswith(BOM) else 0
    separator = SEPARATOR.match(head, start)
    if separator and not is_delimiter(separator["delimiter"].decode()):
        separator = None  # it is a header, if an odd one
    if separator:
        delimiter = separator["delimiter"].decode()
        _check_separator(name, delimiter, dialect)
        dialect = dialect.cut_by(dialect.delimiter or delimiter)
    dialect = dialect.cut_by(dialect.delimiter or ",")
    skipped = max(dialect.skip_lines, bool(separator))
    if skipped or dialect.comment:
        file.seek(start)
    for number in range(skipped):
        line = file.readline()
        if not line:
            message = f"{name} has only {number} lines; skip fewer with --skip-lines"
            raise SourceError(message)
        start += len(line)
    comment = dialect.comment.encode()
    while comment and (line := file.readline()).startswith(comment):
        start += len(line)
    return start, dialect


def _check_separator(name: str, delimiter: str, dialect: Dialect) -> None:
    """Raise SourceError where a first line says another delimiter than the user."""
    if dialect.delimiter not in {None, delimiter} and not dialect.skip_lines:
        message = (
            f"{name}: its first line says sep={delimiter}, but the delimiter that was asked for "
            f"is {dialect.delimiter!r}; leave out --delimiter, or that line with --skip-lines 1"
        )
        raise SourceError(message)


def advice(path: Path, layout: Layout, column: str) -> str:
    """Return what to do where the header that was read has no such column, but a later line has.

    Empty where no line does, and the header does not look like a comment.
    """
    start = layout.head.rindex(b"\n") + 1 if b"\n" in layout.head else 0
    before = layout.head.count(b"\n")
    with path.open("rb") as file:
        file.seek(start)
        lines = [file.readline(2**16) for _ in range(LOOKED_AT)]
    first = lines[0].removeprefix(BOM)
    for number, line in enumerate(lines[1:], 1):
        for delimiter in dict.fromkeys([layout.delimiter, ",", ";", "\t", "|"]):
            fields = line.rstrip(b"\r\n").split(delimiter.encode())
            if column.encode() in (field.strip(b'"') for field in fields):
                cut = "" if delimiter == layout.delimiter else f" --delimiter '{delimiter}'"
                if first[:1] in {b"#", b"%", b"!"} and all(
                    s[:1] == first[:1] for s in lines[1:number]
                ):
                    mark = f"--comment '{first[:1].decode()}'"
                    return f"or is line {before + 1} a comment ({mark}{cut})?"
                skipped = before + number
                return f"or is line {skipped + 1} the header (--skip-lines {skipped}{cut})?"
    return ""
