"""How a file is written, where it does not say so itself."""

import codecs
from dataclasses import dataclass, replace

from strategies.core.errors import JobError

BLANKS = " \t\n\r\f\v"  # around a number, they are ignored
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}  # those with a name
MARKS = {"comma": ",", "point": ".", "space": " ", "nbsp": "\u00a0", "apostrophe": "'"}
UTF_8 = "utf-8"


@dataclass(frozen=True)
class Dialect:
    """How fields, lines and numbers are written.

    `delimiter`: one ASCII character; None: a comma, or what a first line `sep=X` says.
    `decimal`: a point or a comma. `thousands`: the character that groups digits by threes, if
    any. `currency`: a sign before or behind numbers, if any. `missing`: the texts that stand
    for no number, beside those that always do. `skip_lines`: so many lines stand before the
    header. `comment`: the ASCII character at the start of lines that are no records, if any.
    `encoding`: one that Python knows.
    """

    delimiter: str | None = None
    decimal: str = "."
    thousands: str = ""
    currency: str = ""
    missing: tuple[str, ...] = ()
    skip_lines: int = 0
    comment: str = ""
    encoding: str = UTF_8

    @property
    def plain_numbers(self) -> bool:
        """Whether numbers are written as Python writes them."""
        return (self.decimal, self.thousands, self.currency) == (".", "", "")

    def check(self) -> None:
        """Raise JobError where files cannot be written so."""
        if self.delimiter is not None:
            check_delimiter(self.delimiter)
        if self.decimal not in {".", ","}:
            message = f"the decimal mark {self.decimal!r} is neither a point nor a comma"
            raise JobError(message)
        _check_thousands(self.thousands, self.decimal)
        if self.currency.strip() != self.currency or set(self.currency) & set("0123456789+-.,"):
            message = f"the currency sign {self.currency!r} is part of numbers, or has blanks"
            raise JobError(message)
        _check_comment(self.comment, self.delimiter or ",")
        if self.skip_lines < 0:
            message = f"{self.skip_lines} lines cannot be skipped; use 0 or more"
            raise JobError(message)
        _check_encoding(self.encoding)

    @property
    def is_utf_8(self) -> bool:
        """Whether the file is text in UTF-8, with or without a byte order mark."""
        return codecs.lookup(self.encoding).name in {UTF_8, "utf-8-sig"}

    def cut_by(self, delimiter: str) -> "Dialect":
        """Return the same with a delimiter."""
        return replace(self, delimiter=delimiter)


AS_USUAL = Dialect()


def delimiter_of(text: str) -> str:
    """Return the delimiter that a text means: itself, or that of a name; raises JobError."""
    delimiter = DELIMITERS.get(text, "\t" if text == "\\t" else text)
    check_delimiter(delimiter)
    return delimiter


def mark_of(text: str) -> str:
    """Return the sign in numbers that a text means: itself, or that of a name."""
    return MARKS.get(text, text)


def check_delimiter(delimiter: str) -> None:
    """Raise JobError unless fields can be told apart by it."""
    if len(delimiter) != 1 or not delimiter.isascii():
        problem = "is not one ASCII character"
    elif delimiter in "\"'\0" or (delimiter in BLANKS and delimiter != "\t"):
        problem = "cannot stand between fields"
    elif delimiter.isalnum() or delimiter in "+-._":
        problem = "is part of numbers"
    else:
        return
    message = f"the delimiter {delimiter!r} {problem}; use a sign such as {', '.join(DELIMITERS)}"
    raise JobError(message)


def is_delimiter(text: str) -> bool:
    """Whether fields can be told apart by a text."""
    try:
        check_delimiter(text)
    except JobError:
        return False
    return True


def _check_thousands(thousands: str, decimal: str) -> None:
    if len(thousands) > 1 or thousands.isalnum() or thousands in set('+-"\n\r\0'):
        message = (
            f"the sign {thousands!r} cannot group digits; "
            f"use one character, or one of {', '.join(MARKS)}"
        )
        raise JobError(message)
    if thousands == decimal:
        message = (
            f"{thousands!r} cannot be the decimal mark and group digits, too; "
            "with --thousands point, use --decimal comma"
        )
        raise JobError(message)


def _check_comment(comment: str, delimiter: str) -> None:
    if len(comment) > 1 or not comment.isascii() or comment.isalnum():
        problem = "is not one ASCII character that is neither a letter nor a digit"
    elif comment and (comment in {delimiter, '"', "\0"} or comment in BLANKS):
        problem = "cannot begin a comment"
    else:
        return
    message = f"the comment character {comment!r} {problem}; use one such as '#'"
    raise JobError(message)


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)  # LookupError, too, for codecs that are none of text
    except (LookupError, ValueError) as error:
        message = f"there is no encoding {encoding!r}; use a name such as cp1252, utf-16 or euc-kr"
        raise JobError(message) from error
