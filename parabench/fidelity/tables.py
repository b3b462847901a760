"""Small tables in which there is something to lose; the columns are `old_column` and others."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table's bytes, and what there is to lose in it."""

    title: str
    data: bytes


def _rows(*rows: str, header: str = "old_column,t", end: str = "\n") -> bytes:
    return "".join(line + end for line in (header, *rows)).encode()


_RANDOM = random.Random(2024)  # noqa: S311 - made-up data
_DOUBLES = [f"{_RANDOM.uniform(-1, 1) * 10 ** _RANDOM.randint(-5, 5)!r},a" for _ in range(200)]
_LINES = [f'{n}.5,"first line {n}\nsecond line, of this field"' for n in range(1, 400)]

TABLES = {
    "plain": Table("nothing to lose", _rows("1.5,a", "2.5,b")),
    "zeros in front": Table("a number that is a name: `007`", _rows("1.5,007", "2.5,008")),
    "zeros behind": Table("a number with its precision: `1.10`", _rows("1.5,1.10", "2.5,2.00")),
    "NA": Table("a text that some take for a missing value", _rows("1.5,NA", "2.5,null")),
    "true": Table("a text that some take for a truth value", _rows("1.5,true", "2.5,false")),
    "timestamps": Table("`2024-12-29T12:47:25`", _rows("1.5,2024-12-29T12:47:25")),
    "blanks": Table("blanks around a text", _rows("1.5, a ", "2.5,b")),
    "large numbers": Table(
        "whole numbers beyond 2^53 and 2^64",
        _rows("1.5,9007199254740993,18446744073709551617", "2.5,,", header="old_column,t,u"),
    ),
    "needless quotes": Table("quotes that are not needed", _rows('1.5,"a"', '2.5,"b"')),
    "empty text": Table('`""` beside nothing', _rows('1.5,""', "2.5,")),
    "newlines": Table("newlines in quotes, in more than one block", _rows(*_LINES)),
    "carriage returns": Table("lines that end with CRLF", _rows("1.5,a", "2.5,b", end="\r\n")),
    "byte order mark": Table("a byte order mark", b"\xef\xbb\xbf" + _rows("1.5,a")),
    "no last newline": Table("a last line without an end", _rows("1.5,a", "2.5,b")[:-1]),
    "same names": Table("two columns of one name", _rows("1.5,a,b", header="old_column,t,t")),
    "missing": Table("a missing value in the column", _rows("1.5,a", ",b", "2.5,c")),
    "whole numbers": Table("whole numbers in a column of floats", _rows("0,a", "1,b")),
    "large results": Table(
        "numbers that are written with an exponent", _rows("5e299,a", "5e15,b", "1e-7,c")
    ),
    "digits": Table("200 numbers with all their digits", _rows(*_DOUBLES)),
    "short record": Table("a record that lacks a field", _rows("1.5,a", "2.5")),
}
