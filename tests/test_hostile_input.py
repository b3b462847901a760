"""Whatever is in a file, every strategy does the same: right output, or one clear error."""

import bz2
import gzip
import hashlib
import lzma
import os
import re
import socket
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from worker_functions import change_and_double

from strategies import (
    DestinationError,
    Job,
    JobError,
    Runner,
    SourceError,
    Workload,
    load_all,
    load_workload,
)
from strategies.core import reference

CHUNK_SIZES = (None, 12)  # all in one chunk, and about a record in each
DOUBLE, SCORE, DIGEST = (load_workload(name) for name in ("double", "score", "digest"))
NOBODY = 65_534  # whom files forbid something, where the tests run as root

Runners = dict[str, Runner]


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    """Every strategy, started once: starting costs seconds, and a failed job must not show."""
    with ExitStack() as stack:
        yield {
            strategy.name: stack.enter_context(strategy.start(2))
            for strategy in load_all()
            if not strategy.reason
        }


@dataclass(frozen=True)
class Input:
    """A file; `refused` is a pattern of the message, or empty where the output must be right."""

    data: bytes
    refused: str = ""
    workload: Workload = DOUBLE
    delimiter: str = ","


def numbers(*texts: str, workload: Workload = DOUBLE, refused: str = "") -> Input:
    """Make a file of numbers, each in quotes, with a column of text on either side."""
    lines = ["a,n,b", *(f'x,"{text}",y' for text in texts)]
    data = ("\n".join(lines) + "\n").encode()
    return Input(data, refused, workload.on("n", "new"))


def not_a_number(text: str, why: str, workload: Workload = DOUBLE) -> Input:
    """Make a file whose second number is `text`: record 2, at byte 15."""
    shown = re.escape(repr(text))
    place = rf"record 2, at byte 15: column 'n' holds {shown}, {why}; .*--column"
    return numbers("11", text, "22", workload=workload, refused=place)


def packed(how: str) -> bytes:
    """Return an archive of a CSV file, made by zipfile."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("in.csv", how)
    return file.getvalue()


TABLE = b"old_column,t\n1,a\n2,b\n"
DIGITS_400 = "7" * 400
WIDE = ["\u0661", "\uff11", "1\u00a0", "\u2212" + "1", "1\u2009000"]  # digits, blanks, a minus

INPUTS = {
    # Files and lines
    "empty file": Input(b"", "is empty; its first line must name the columns"),
    "header only": Input(b"old_column,t\n"),
    "header only, no newline": Input(b"old_column,t"),
    "no final newline": Input(b"old_column,t\n1,a\n2,b"),
    "no final newline, CRLF": Input(b"old_column,t\r\n1,a\r\n2,b"),
    "ends with CR": Input(b"old_column,t\n1,a\n2,b\r"),
    "CRLF": Input(b'old_column,t\r\n1,a\r\n2,"b\r\nc"\r\n'),
    "mixed ends, header LF": Input(b"old_column,t\n1,a\r\n2,b\n3,c\r\n4,d\r5,e\n"),
    "mixed ends, header CRLF": Input(b'old_column,t\r\n1,a\n2,"b\nc"\r\n3,"d\re"\n4,f\r5,g\r\n'),
    "CR CR LF": Input(b"old_column,t\r\n1,a\r\r\n2,b\r\r\n"),
    "lone CR in a field": Input(b'old_column,t\n1,"a\rb"\n2,"\r"\n'),
    "lone CR ends a record": Input(b"old_column,t\n1,a\r2,b\r3,c\n"),
    "lone CR in the header": Input(
        b"old_column,t\r1,a\r2,b\r", "carriage return outside quotes; .*tr "
    ),
    "BOM": Input(b"\xef\xbb\xbfold_column,t\n1,a\n"),
    "BOM and quotes": Input(b'\xef\xbb\xbf"old_column","t"\n"1","a"\n'),
    "BOM and a quoted newline": Input(b'\xef\xbb\xbf"t\nu",old_column\na,1\n'),
    "BOM only": Input(b"\xef\xbb\xbf", "has no header"),
    "BOM in the middle": Input(b"t,old_column\na,1\n\xef\xbb\xbfb,2\n\xef\xbb\xbf,3\n"),
    "first line blank": Input(b"\n" + TABLE, "has no header"),
    "blank lines in the middle": Input(b"old_column,t\n\n1,a\n\n\n2,b\n"),
    "blank lines at the end": Input(TABLE + b"\n\n\n"),
    "blank lines, CRLF": Input(b"old_column,t\r\n\r\n1,a\r\n\r\n"),
    "nothing but blank lines": Input(b"old_column,t\n\n\n"),
    "line of blanks": Input(
        b"old_column,t\n1,a\n \t\n2,b\n", r"record 2, at byte 17: it has 1 field,"
    ),
    "line of blanks after CR": Input(
        b"old_column,t\n1,a\r  \r2,b\n", r"record 2, at byte 17: it has 1 "
    ),
    "line of blanks in one column": Input(
        b"old_column\n1\n  \n2\n",
        "record 2, at byte 13: column 'old_column' holds '  ', which is not",
    ),
    "other separators of lines": Input("old_column,t\n1,a\u2028\x85\v\f\x1c\x1ab\n".encode()),
    # Quotes
    "quoted commas": Input(b'old_column,t\n1,"a,b"\n"2",","\n'),
    "doubled quotes": Input(b'old_column,t\n1,"a ""b"" c"\n2,""""\n'),
    "newlines in quotes": Input(b'old_column,t\n1,"a\nb\n\nc"\n2,"\n"\n'),
    "newline in a name": Input(b'old_column,"t\nu"\n1,a\n'),
    "only quotes": Input(b'old_column,t\n1,""\n2,""""""\n3,""""""""\n'),
    "quoted empty number": Input(b'old_column,t\n"",a\n"NA",b\n'),
    "stray quote": Input(b'old_column,t\n1,a"b\n2,5" nail\n3,a""\n4, "b"\n'),
    "text behind a quote": Input(b'old_column,t\n1,"a"b\n2,"a" "b"\n3,"a"b"c"\n"4"5,x\n'),
    "backslash before a quote": Input(b'old_column,t\n1,a\\"b\n2,"a\\"\n3,"a\\""b"\n4,\\\n'),
    "quote never closed": Input(
        b'old_column,t\n1,a\n\n2,"b\n3,c\n',
        "record 2, at byte 18: the quote at byte 20 is never closed; ",
    ),
    "quote never closed, others doubled": Input(
        b'old_column,t\n1,"a ""b"" \n""c"" d\n',
        "record 1, at byte 13: the quote at byte 15 is never",
    ),
    "quote never closed, at the end": Input(
        TABLE + b'"', "record 3, at byte 21: the quote at byte 21 is never closed; close it"
    ),
    "quote never closed, after CR": Input(
        b'old_column,t\n1,a\r2,"b\n3,c\n',
        "record 2, at byte 17: the quote at byte 19 is never closed",
    ),
    "quote never closed, header": Input(
        b'\xef\xbb\xbfold_column,"t\n1,a\n', "the header: the quote at byte 14 is never closed"
    ),
    # Columns
    "too few fields": Input(
        b"old_column,t\n1,a\n2\n3,c\n", "record 2, at byte 17: it has 1 field, but .*2"
    ),
    "too many fields": Input(
        b"old_column,t\n1,a\n2,b,\n3,c\n", "record 2, at byte 17: it has 3 fields"
    ),
    "too many fields at first": Input(
        b"old_column,t\n1,a,x\n2,b\n", "record 1, at byte 13: it has 3 fiel"
    ),
    "too many fields everywhere": Input(
        b"old_column,t\n1,a,x\n2,b,x\n", "record 1, at byte 13: it has 3 "
    ),
    "too few fields, then blank lines": Input(
        b"old_column,t\n\n\n1,a\n\n2", "record 2, at byte 20: it has 1 "
    ),
    "same names": Input(b"t,old_column,t,t,t.1,2\na,1,b,c,d,e\n"),
    "names without letters": Input(b",old_column,, \na,1,b,c\n"),
    "one column": Input(b"old_column\n1\n\n2\n"),
    "one column, quoted empty": Input(b'old_column\n1\n""\n2\n'),
    "our column twice": Input(
        b"old_column,old_column\n1,2\n",
        "has more than one column 'old_column'; choose with --column from",
    ),
    "our column missing": Input(
        b'a,"b\nc",,"d,e"\n1,2,3,4\n',
        r"has no column 'old_column'; .* from: a, 'b\\nc', '', 'd,e'$",
    ),
    "our column missing among many": Input(
        ",".join(f"c{i}" for i in range(100)).encode(), r"--column from: c0, c1, .*, c19, …$"
    ),
    "our name is long": Input(b"x" * 10_000 + b"\n1\n", r"from: 'x{60}'…$"),
    "name with blanks": Input(
        b" old_column,t\n1,a\n", "has no column 'old_column'; .*: ' old_column', t$"
    ),
    "new column there": Input(
        b"old_column,new_column\n1,2\n", "already has a column 'new_column'; .* with --into"
    ),
    "new column's name is a number in use": Input(
        b"old_column,t,t\n1,a,b\n", "already has a column '1'", DOUBLE.on(into="1")
    ),
    "semicolons unasked": Input(
        b"old_column;t\n1;a\n", "has no column 'old_column'; .*--delimiter semicolon"
    ),
    "tabs unasked": Input(
        b"old_column\tt\n1\ta\n", "has no column 'old_column'; .*--delimiter tab"
    ),
    "commas unasked": Input(
        TABLE, "has no column 'old_column'; .*--delimiter comma", delimiter="|"
    ),
    # Numbers
    "missing": numbers("", "NA", "NaN", "nan", "1"),
    "missing, digest": numbers("", "NA", "NaN", "nan", "1", "NAN", workload=DIGEST),
    "missing, whole": numbers("", "NA", "NaN", "nan", "1", workload=SCORE),
    "all missing": numbers("", "NA"),
    "spellings of nan": numbers("NAN", "-nan", "+NaN", " nan ", "nAn"),
    "spellings of nan, digest": numbers("NAN", "-nan", "+NaN", " nan ", workload=DIGEST),
    "infinite": numbers("inf", "-inf", "+Inf", "INFINITY", " infinity\t", "1e308"),
    "infinite, digest": numbers("inf", "-Infinity", workload=DIGEST),
    "negative zero": numbers("-0.0", "-0", "-1e-400"),
    "negative zero, digest": numbers("-0.0", "0", workload=DIGEST),
    "spellings of numbers": numbers("007", "+1", ".5", "1.", "1E5", "1e+05", "-1.5e-7", "0e0"),
    "subnormal": numbers("5e-324", "1e-400", "2.2250738585072014e-308"),
    "most digits of a float": numbers("0." + "3" * 400, "1" + "0" * 308, "0" * 400 + "1"),
    "blanks around": numbers(" 1", "2 ", "\t3\t", "\r\n4\v\f", " 5.5 "),
    "blanks around, whole": numbers(" 1", "2 ", "\t3\t", "\n4\n", workload=SCORE),
    "400 digits, whole": numbers(DIGITS_400, "-" + DIGITS_400, "0" * 400, workload=SCORE),
    "4300 digits, whole": numbers("7" * 4300, workload=SCORE),
    "text": not_a_number("oops", "which is not a number"),
    "1e400": not_a_number("1e400", "which is beyond the range of float64"),
    "-1e400": not_a_number("-1e400", "which is beyond the range of float64"),
    "1e400 beside inf": numbers(
        "inf", "1e400", "oops", refused="record 2, at byte 16: .* '1e400', which is beyond"
    ),
    "1e400, digest": not_a_number("1e400", "which is beyond the range of float64", DIGEST),
    "400 digits": numbers(
        DIGITS_400,
        refused=r"record 1, at byte 6: column 'n' holds '7{60}'…, which is beyond the range",
    ),
    "4301 digits, whole": numbers(
        "1",
        "7" * 4301,
        workload=SCORE,
        refused=r"record 2, at byte 14: .* '7{60}'…, whose 4301 digits are more than the 4300 ",
    ),
    "long text": numbers(
        "\n" * 1000, refused=r"record 1, at byte 6: column 'n' holds '(\\n){30}'…, which is not"
    ),
    "blanks only": not_a_number("  ", "which is not a number"),
    "NA with blanks": not_a_number(" NA", "which is not a number"),
    "thousands": not_a_number("1,000", "which is not a number"),
    "thousands, whole": not_a_number("1,000", "which is not a whole number", SCORE),
    "thousands with blanks": not_a_number("1 000", "which is not a number"),
    "decimal comma": not_a_number("1,5", "which is not a number"),
    "underscores": not_a_number("1_000", "which is not a number in the digits 0 to 9 alone"),
    "underscores, whole": not_a_number(
        "1_0", "which is not a whole number in the digits 0 to 9 alone", SCORE
    ),
    "hexadecimal": not_a_number("0x10", "which is not a number"),
    "unit": not_a_number("5%", "which is not a number"),
    "exponent missing": not_a_number("1e", "which is not a number"),
    "sign twice": not_a_number("--1", "which is not a number"),
    "control character": not_a_number("1\x1f", "which is not a number"),
    "fraction, whole": not_a_number("1.5", "which is not a whole number", SCORE),
    "inf, whole": not_a_number("inf", "which is not a whole number", SCORE),
    "1e5, whole": not_a_number("1e5", "which is not a whole number", SCORE),
    "control character, whole": not_a_number("1\x1c", "which is not a whole number", SCORE),
    **{f"not ASCII: {text!a}": not_a_number(text, "which is not a number.*") for text in WIDE},
    **{f"not ASCII, whole: {text!a}": not_a_number(text, "which is.*", SCORE) for text in WIDE},
    # Bytes
    "NUL": Input(
        b"old_column,t\n1,a\n2,b\0c\n3,d\n", "record 2, at byte 17: byte 20 is NUL.*; .*tr -d"
    ),
    "NUL in the number": Input(
        b"old_column,t\n1,a\n2\0,b\n", "record 2, at byte 17: byte 18 is NUL"
    ),
    "NULs at the end": Input(TABLE + bytes(20), "record 3, at byte 21: byte 21 is NUL"),
    "NUL in the header": Input(b"old_column,t\0\n1,a\n", "the header: byte 12 is NUL"),
    "only NULs": Input(bytes(100), "the header: byte 0 is NUL"),
    "not UTF-8": Input(
        b'old_column,t\n1,"a\n"\n2,b\n3,"c\n\xff"\n',
        "record 3, at byte 24: byte 29 is 0xff, which is not UTF-8; .*iconv",
    ),
    "not UTF-8, our column": Input(
        b"old_column,t\n1\xe9,a\n", "record 1, at byte 13: byte 14 is 0xe9"
    ),
    "not UTF-8, cut off": Input(TABLE + b"3,\xea\xb0", "record 3, at byte 21: byte 23 is 0xea"),
    "a surrogate": Input(TABLE + b"3,\xed\xa0\x80\n", "record 3, at byte 21: byte 23 is 0xed"),
    "NUL before not UTF-8": Input(
        b"old_column,t\n1,\0\n2,\xff\n", "record 1, at byte 13: byte 15 is NUL"
    ),
    "not UTF-8, header": Input(
        b"old_column,t\xff\n1,a\n", "the header: byte 12 is 0xff, which is not UTF-8"
    ),
    "not UTF-8, header with BOM": Input(b"\xef\xbb\xbft\xff\n", "the header: byte 4 is 0xff"),
    "UTF-16": Input(
        TABLE.decode().encode("utf-16"), "looks like UTF-16, .* iconv -f UTF-16 -t UTF-8 "
    ),
    "UTF-16BE with BOM": Input(
        "\ufeff".encode("utf-16be") + TABLE.decode().encode("utf-16be"), "iconv -f UTF-16 -t UTF-8 "
    ),
    "UTF-16LE": Input(TABLE.decode().encode("utf-16le"), "iconv -f UTF-16LE -t UTF-8 "),
    "UTF-16BE": Input(TABLE.decode().encode("utf-16be"), "iconv -f UTF-16BE -t UTF-8 "),
    "UTF-16LE, not ASCII": Input(
        "\uac12,t\n1,a\n".encode("utf-16le"), "the header: byte 1 is 0xac, which is not UTF-8; "
    ),
    "UTF-32": Input(TABLE.decode().encode("utf-32"), "iconv -f UTF-32 -t UTF-8 "),
    "UTF-32LE": Input(TABLE.decode().encode("utf-32le"), "iconv -f UTF-32LE -t UTF-8 "),
    "UTF-32BE": Input(TABLE.decode().encode("utf-32be"), "iconv -f UTF-32BE -t UTF-8 "),
    "gzip": Input(
        gzip.compress(TABLE), "compressed with gzip, and cannot be cut .*: gzip -dc .* > FILE"
    ),
    "bzip2": Input(bz2.compress(TABLE), "compressed with bzip2, .*: bzip2 -dc .* > FILE"),
    "bzip2 of nothing": Input(bz2.compress(b""), "compressed with bzip2"),
    "xz": Input(lzma.compress(TABLE), "compressed with xz, .*: xz -dc .* > FILE"),
    "zstd": Input(
        b"\x28\xb5\x2f\xfd\x04\x58\x41\x00", "compressed with zstd, .*: zstd -dc .* > FILE"
    ),
    "zip": Input(packed("a,b\n"), "compressed with zip, .*: unzip -p .* > FILE"),
    "like bzip2": Input(b"BZh91,old_column\na,1\n"),
    # Delimiters
    "tabs": Input(b't\told_column\n1,5\t2\n\t3\n"a\tb"\t4\n\t\n', delimiter="\t"),
    "tabs, empty first fields": Input(b"t\tu\told_column\n\t\t\n \t\t1\n\t \t2\n", delimiter="\t"),
    "tabs, a line of blanks": Input(
        b"t\told_column\n1\t2\n  \n", "record 2, at byte 17: it has 1 field", delimiter="\t"
    ),
    "semicolons": Input(b'old_column;t\n1.5;"a;b"\n2;c,d\n;\n', delimiter=";"),
    "semicolons, decimal comma": Input(
        b"old_column;t\n1,5;a\n",
        "record 1, at byte 13: .* holds '1,5', which is not",
        delimiter=";",
    ),
    "pipes": Input(
        b'old_column|t\r\n1.5|"a|""b"\r\n2|c"|"d\r\n',
        "record 2, at byte 27: the quote at byte 32 is never closed",
        delimiter="|",
    ),
    "pipes and quotes": Input(b'old_column|t\r\n1.5|"a|""b"\r\n2|c"d\r\n', delimiter="|"),
    "unit separators": Input(b"old_column\x1ft\n1\x1fa\n2\x1f\n", delimiter="\x1f"),
    "backslashes": Input(b'old_column\\t\n1\\a\n2\\"b\\c"\n', delimiter="\\"),
    "colons": Input(b"old_column:t\n1:a\n", delimiter=":"),
    "letters between fields": Input(TABLE, "delimiter 'e' is part of numbers", delimiter="e"),
    "quotes between fields": Input(TABLE, "delimiter '\"' cannot stand between", delimiter='"'),
    "two characters between fields": Input(
        TABLE, "the delimiter '::' is not one ASCII character", delimiter="::"
    ),
    "nothing between fields": Input(
        TABLE, "the delimiter '' is not one ASCII character", delimiter=""
    ),
}


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def outcome(runner: Runner, job: Job) -> bytes | str:
    """Return what the job has written, or what it says; the old destination must be left alone."""
    names = listed(job.destination.parent)
    before = job.destination.read_bytes() if job.destination.is_file() else None
    try:
        summary = runner.run(job)
    except JobError as error:
        assert set(listed(job.destination.parent)) <= set(names), "a file was left behind"
        assert before is None or job.destination.read_bytes() == before
        assert "\n" not in str(error)
        assert len(str(error)) < 600
        return str(error)
    written = job.destination.read_bytes()
    assert summary.bytes_out == len(written)
    return written


def same_outcome(runners: Runners, job: Job) -> bytes | str:
    """Return the outcome of a job that must have the same with every strategy."""
    outcomes = {}
    for name, runner in runners.items():
        outcomes[name] = outcome(runner, job)
        if job.destination.is_file():
            job.destination.write_bytes(b"old")
    assert set(outcomes.values()) == {outcomes["serial"]}, outcomes
    return outcomes["serial"]


@pytest.mark.parametrize("case", INPUTS)
def test_every_strategy_does_the_same(
    runners: Runners, source: Callable[[bytes], Path], case: str, tmp_path: Path
) -> None:
    """The reference agrees with the output; an error names the place, and is one line.

    Each strategy takes the file with one of the chunk sizes, serial with both.
    """
    turn = list(INPUTS).index(case)
    sizes = {
        name: CHUNK_SIZES if name == "serial" else (CHUNK_SIZES[(turn + number) % 2],)
        for number, name in enumerate(runners)
    }
    check_input(runners, source(INPUTS[case].data), INPUTS[case], sizes, tmp_path / "out.csv")


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", INPUTS)
def test_every_strategy_does_the_same_with_every_chunk_size(
    runners: Runners, source: Callable[[bytes], Path], case: str, tmp_path: Path
) -> None:
    """Likewise, with both."""
    sizes = dict.fromkeys(runners, CHUNK_SIZES)
    check_input(runners, source(INPUTS[case].data), INPUTS[case], sizes, tmp_path / "out.csv")


def check_input(
    runners: Runners,
    path: Path,
    given: Input,
    sizes: Mapping[str, Sequence[int | None]],
    destination: Path,
) -> None:
    """Run a file through all strategies, each with its chunk sizes, and judge the outcome."""
    outcomes = {}
    for name, runner in runners.items():
        for chunk_size in sizes[name]:
            job = Job(path, destination, given.workload, chunk_size, given.delimiter)
            outcomes[name, chunk_size] = outcome(runner, job)
            destination.write_bytes(b"old")  # for the next time
    assert len(set(outcomes.values())) == 1, outcomes
    result = outcomes["serial", None]
    if given.refused:
        assert isinstance(result, str), "it was not refused"
        assert re.search(given.refused, result), result
        assert str(path) in result or "delimiter" in given.refused
    else:
        assert isinstance(result, bytes), result
        destination.write_bytes(result)
        reference.verify(path, destination, given.workload, given.delimiter)


def test_a_failed_job_leaves_nothing_to_the_next(runners: Runners, tmp_path: Path) -> None:
    """Not a chunk of it gets into another output, which would be wrong without a word."""
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes(b"old_column,t\n" + b"1,a\n" * 10 + b"oops,b\n" + b"2,c\n" * 40)
    good.write_bytes(b"old_column,t\n" + b"3,g\n" * 50)
    destination = tmp_path / "out.csv"
    for name, runner in runners.items():
        for _ in range(4):
            with pytest.raises(SourceError, match="record 11, at byte 53: "):
                runner.run(Job(bad, destination, DOUBLE, 12))
            runner.run(Job(good, destination, DOUBLE, 12))
            written = destination.read_bytes()
            assert written == b"old_column,t,new_column\n" + b"3,g,6.0\n" * 50, name


def special(folder: Path, kind: str) -> Path:
    """Make a file that is none that can be read in many places."""
    path = folder / "in.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("nothing", r"cannot be read \(No such file or directory\); name a CSV file"),
        ("folder", "is a folder; name a CSV file in it"),
        ("FIFO", "is not a regular file, .*: cat .* > FILE"),
        ("socket", "is not a regular file, "),
        ("device", "is not a regular file, "),
        ("loop", r"cannot be read \(Too many levels of symbolic links\)"),
    ],
)
def test_what_is_not_a_file_is_no_source(
    runners: Runners, kind: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody waits for what may never come out of it; the reference neither."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    path = special(Path(), kind)
    job = Job(path, Path("out.csv"), DOUBLE)
    result = same_outcome(runners, job)
    assert re.search(said, str(result)), result
    with pytest.raises(SourceError, match=r"in\.csv "):
        next(reference.expected(path, DOUBLE))


@contextmanager
def as_nobody() -> Iterator[Path]:
    """Yield a folder of a user whom permissions bind, as this process does in the meantime."""
    with TemporaryDirectory() as name:
        folder, root = Path(name), os.geteuid() == 0
        if root:
            os.chown(folder, NOBODY, -1)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


def test_a_source_that_may_not_be_read(runners: Runners) -> None:
    """The reason is the system's."""
    with as_nobody() as folder:
        path = folder / "in.csv"
        path.write_bytes(TABLE)
        path.chmod(0o200)
        result = same_outcome(runners, Job(path, folder / "out.csv", DOUBLE))
    assert result == f"{path} cannot be read (Permission denied); name a CSV file that can"


def test_a_destination_that_may_not_be_written(runners: Runners) -> None:
    """A folder that may not be written to, or not even looked into."""
    with as_nobody() as folder:
        path = folder / "in.csv"
        path.write_bytes(TABLE)
        for mode in (0o500, 0o000):
            closed = folder / f"closed-{mode:o}"
            closed.mkdir(mode)
            destination = closed / "out.csv"
            said = {failed(runner, Job(path, destination, DOUBLE)) for runner in runners.values()}
            assert said == {
                f"{destination} cannot be written (Permission denied); choose another place"
            }
            closed.chmod(0o700)
            assert listed(closed) == []


def failed(runner: Runner, job: Job) -> str:
    """Return how a job fails on its destination."""
    with pytest.raises(DestinationError) as caught:
        runner.run(job)
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("folder", "is a folder; name a file in it"),
        ("FIFO", "is not a regular file"),
        ("device", "is not a regular file"),
        ("loop", "cannot be written .*; choose another place"),
    ],
)
def test_what_is_not_a_file_is_no_destination(
    runners: Runners, source: Callable[[bytes], Path], kind: str, said: str, tmp_path: Path
) -> None:
    """It stays what it is."""
    destination = special(tmp_path, kind)
    before = destination.lstat()
    messages = {
        failed(runner, Job(source(TABLE), destination, DOUBLE)) for runner in runners.values()
    }
    assert len(messages) == 1
    assert re.search(said, messages.pop())
    assert destination.lstat().st_ino == before.st_ino
    assert listed(tmp_path) == ["in.csv", "source.csv"]


def test_a_destination_in_no_folder(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Folders are not made; a file is not one."""
    path = source(TABLE)
    for destination, why in (
        (tmp_path / "none" / "out.csv", "No such file or directory"),
        (path / "out.csv", "Not a directory"),
    ):
        said = {failed(runner, Job(path, destination, DOUBLE)) for runner in runners.values()}
        assert said == {f"{destination} cannot be written ({why}); choose another place"}


@pytest.mark.parametrize("how", ["itself", "symbolic link", "hard link", "link to it"])
def test_the_source_is_no_destination(
    runners: Runners, source: Callable[[bytes], Path], how: str, tmp_path: Path
) -> None:
    """By whatever name; nothing is written."""
    path, other = source(TABLE), tmp_path / "other.csv"
    if how == "symbolic link":
        other.symlink_to(path)
    elif how == "hard link":
        other.hardlink_to(path)
    elif how == "link to it":
        other.symlink_to(path)
        path, other = other, path
    else:
        other = tmp_path / "." / path.name
    names = listed(tmp_path)
    said = {failed(runner, Job(path, other, DOUBLE)) for runner in runners.values()}
    assert said == {f"{other} is the source itself; write to another file, and rename that"}
    assert path.read_bytes() == TABLE
    assert listed(tmp_path) == names


def test_a_destination_on_another_file_system(
    runners: Runners, source: Callable[[bytes], Path]
) -> None:
    """The temporary file is beside the destination, so that it can be renamed."""
    path, memory = source(TABLE), Path("/dev/shm")  # noqa: S108 - a folder of ours in it
    if not memory.is_dir() or memory.stat().st_dev == path.stat().st_dev:
        pytest.skip("there is no other file system here that everyone may write to")
    with TemporaryDirectory(dir=memory) as folder:
        job = Job(path, Path(folder) / "out.csv", DOUBLE)
        assert isinstance(same_outcome(runners, job), bytes)


def changed_meanwhile(
    runners: Runners, folder: Path, data: bytes, change: str, chunk_size: int | None = None
) -> set[str]:
    """Return what is said when the source changes in each chunk; a file for each strategy.

    For after a job has failed, some chunks of it may still be under way.
    """
    said = set()
    for name, runner in runners.items():
        (folder / name).mkdir()
        path = folder / name / "in.csv"
        path.write_bytes(data)
        os.utime(path, (0, 0))  # or it might be changed within one tick of the clock
        workload = replace(DOUBLE, array=partial(change_and_double, path, change))
        result = outcome(runner, Job(path, folder / name / "out.csv", workload, chunk_size))
        said.add(f"{name}: {result!r}".replace(f"{name}: '{path} ", "").rstrip("'"))
    return said


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("grow", "it has grown"),
        ("shrink", "it has shrunk"),
        ("write", "it was written to"),
        ("replace", "another file has its name"),
        ("remove", "it cannot be found any more: No such file or directory"),
    ],
)
def test_a_source_that_changes_while_it_is_read(
    runners: Runners, change: str, how: str, tmp_path: Path
) -> None:
    """Not a mix of old and new."""
    said = changed_meanwhile(runners, tmp_path, TABLE, change)
    assert said == {f"changed while it was read ({how}); let it rest and run again"}


def test_a_source_that_shrinks_before_all_is_read(runners: Runners, tmp_path: Path) -> None:
    """A worker finds the end before the end of its chunk."""
    said = changed_meanwhile(runners, tmp_path, TABLE + b"3,c\n" * 400, "empty", chunk_size=100)
    assert said == {"changed while it was read (it has shrunk); let it rest and run again"}


def test_a_changed_source_is_not_blamed_on_a_record(runners: Runners, tmp_path: Path) -> None:
    """What was written into it meanwhile may be half a record."""
    said = changed_meanwhile(runners, tmp_path, TABLE + b"oops,c\n", "grow", chunk_size=8)
    assert said == {"changed while it was read (it has grown); let it rest and run again"}


def test_ten_thousand_columns(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Wider than pandas likes its frames; 20 records in one chunk."""
    header = ",".join(["old_column", *(f"c{i}" for i in range(9_999))])
    lines = [header, *(",".join([str(i), *["x"] * 9_999]) for i in range(20))]
    path = source("\n".join(lines).encode())
    job = Job(path, tmp_path / "out.csv", DOUBLE, 10**7)
    result = same_outcome(runners, job)
    assert isinstance(result, bytes)
    job.destination.write_bytes(result)
    assert reference.verify(job.source, job.destination, DOUBLE) == 20


def test_a_record_larger_than_a_chunk(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """It is a chunk of its own, newlines and all."""
    large = b'2,"' + b'line ""two""\n' * 20_000 + b'"\n'
    path = source(b"old_column,t\n1,a\n" + large + b"3,c\n" + large)
    job = Job(path, tmp_path / "out.csv", DOUBLE, 1000)
    result = same_outcome(runners, job)
    assert isinstance(result, bytes)
    job.destination.write_bytes(result)
    assert reference.verify(job.source, job.destination, DOUBLE) == 4


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(70, id="70 MB"),  # more than Dask sends in one piece (64 MiB)
        pytest.param(200, id="200 MB", marks=pytest.mark.exhaustive),
    ],
)
def test_a_large_field(
    runners: Runners, source: Callable[[bytes], Path], size: int, tmp_path: Path
) -> None:
    """Through a pipe, and through Dask's own messages.

    The others send their results in one of these ways, or in none.
    """
    line = b"0123456789,45678\n"
    path = source(b'old_column,t\n1,a\n2,"' + line * (size * 10**6 // len(line)) + b'"\n3,c\n')
    job, digests = Job(path, tmp_path / "out.csv", DOUBLE), set()
    for name in ("multiprocessing_pool", "dask_distributed"):
        assert runners[name].run(job).records == 3
        with job.destination.open("rb") as file:
            digests.add(hashlib.file_digest(file, "sha256").hexdigest())
    assert len(digests) == 1
    assert reference.verify(job.source, job.destination, DOUBLE) == 3
