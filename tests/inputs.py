"""Files that are hard to get right, and what must come of them."""

import bz2
import gzip
import lzma
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from strategies import Dialect, Workload, load_workload
from strategies.core.csv.packing import zstd

AS_USUAL = Dialect()
DOUBLE, SCORE, DIGEST = (load_workload(name) for name in ("double", "score", "digest"))


@dataclass(frozen=True)
class Input:
    """A file; `refused` is a pattern of the message, or empty where the output must be right.

    The reference judges that, and where it is not None, it is `output`.
    """

    data: bytes
    refused: str = ""
    workload: Workload = DOUBLE
    dialect: Dialect = AS_USUAL
    output: bytes | None = None


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


def packed(*names: str) -> bytes:
    """Return a zip archive of files of these names."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "a,b\n")
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
        b" old_column,t\n1,a\n",
        "nearest is ' old_column': mind the blanks .it has 1 in front and 0 behind",
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
        TABLE, "has no column 'old_column'; .*--delimiter comma", dialect=Dialect("|")
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
    "most digits of a float": numbers("0." + "3" * 400, "1" + "0" * 308 + ".0", "0" * 400 + "1"),
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
        "record 3, at byte 24: byte 29 is 0xff, which is not UTF-8; .*--encoding",
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
    "UTF-16": Input(TABLE.decode().encode("utf-16"), "looks like UTF-16, .* --encoding utf-16$"),
    "UTF-16BE with BOM": Input(
        "\ufeff".encode("utf-16be") + TABLE.decode().encode("utf-16be"), "--encoding utf-16$"
    ),
    "UTF-16LE": Input(TABLE.decode().encode("utf-16le"), "--encoding utf-16-le$"),
    "UTF-16BE": Input(TABLE.decode().encode("utf-16be"), "--encoding utf-16-be$"),
    "UTF-16LE, not ASCII": Input(
        "\uac12,t\n1,a\n".encode("utf-16le"), "the header: byte 1 is 0xac, which is not UTF-8; "
    ),
    "UTF-32": Input(TABLE.decode().encode("utf-32"), "--encoding utf-32$"),
    "UTF-32LE": Input(TABLE.decode().encode("utf-32le"), "--encoding utf-32-le$"),
    "UTF-32BE": Input(TABLE.decode().encode("utf-32be"), "--encoding utf-32-be$"),
    "gzip": Input(gzip.compress(TABLE)),
    "gzip, two members": Input(gzip.compress(TABLE) + gzip.compress(b"3,c\n")),
    "gzip, an error in it": Input(
        gzip.compress(TABLE + b"x,c\n"), r"\(as text in UTF-8\): record 3, at byte 21: .* 'x'"
    ),
    "gzip, cut off": Input(gzip.compress(TABLE)[:-9], "damaged or cut off "),
    "gzip, damaged": Input(
        gzip.compress(TABLE)[:-8] + bytes(8), "damaged or cut off .CRC check failed"
    ),
    "gzip twice": Input(gzip.compress(gzip.compress(TABLE)), "compressed with gzip a second time"),
    "gzip of UTF-16": Input(
        gzip.compress("old_column\n1\n".encode("utf-16")), dialect=Dialect(encoding="utf-16")
    ),
    "bzip2": Input(bz2.compress(TABLE)),
    "bzip2, two members": Input(bz2.compress(TABLE) + bz2.compress(b"3,c\n")),
    "bzip2, something behind it": Input(bz2.compress(TABLE) + b"junk", "damaged or cut off"),
    "bzip2, cut off": Input(bz2.compress(TABLE)[:-3], "damaged or cut off .Compressed file ended"),
    "xz, two members and padding": Input(
        lzma.compress(TABLE) + bytes(8) + lzma.compress(b"3,c\n") + bytes(4)
    ),
    "xz, a damaged second member": Input(
        lzma.compress(TABLE) + b"x" + lzma.compress(b"3,c\n")[1:], "damaged or cut off"
    ),
    "zstd behind a frame to skip": Input(
        b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zstd().compress(TABLE)
    ),
    "bzip2 of nothing": Input(bz2.compress(b""), "is empty"),
    "xz": Input(lzma.compress(TABLE)),
    "zstd": Input(zstd().compress(TABLE)),
    "zstd, two frames": Input(zstd().compress(TABLE) + zstd().compress(b"3,c\n")),
    "zstd, cut off": Input(b"\x28\xb5\x2f\xfd\x04\x58\x41\x00", "is damaged or cut off"),
    "zip": Input(packed("in.csv"), r"is a zip archive .*: unzip -p \S+ in\.csv > FILE"),
    "like bzip2": Input(b"BZh91,old_column\na,1\n"),
    # Delimiters
    "tabs": Input(b't\told_column\n1,5\t2\n\t3\n"a\tb"\t4\n\t\n', dialect=Dialect("\t")),
    "tabs, empty first fields": Input(
        b"t\tu\told_column\n\t\t\n \t\t1\n\t \t2\n", dialect=Dialect("\t")
    ),
    "tabs, a line of blanks": Input(
        b"t\told_column\n1\t2\n  \n", "record 2, at byte 17: it has 1 field", dialect=Dialect("\t")
    ),
    "semicolons": Input(b'old_column;t\n1.5;"a;b"\n2;c,d\n;\n', dialect=Dialect(";")),
    "semicolons, decimal comma": Input(
        b"old_column;t\n1,5;a\n",
        "record 1, at byte 13: .* holds '1,5', which is not",
        dialect=Dialect(";"),
    ),
    "pipes": Input(
        b'old_column|t\r\n1.5|"a|""b"\r\n2|c"|"d\r\n',
        "record 2, at byte 27: the quote at byte 32 is never closed",
        dialect=Dialect("|"),
    ),
    "pipes and quotes": Input(b'old_column|t\r\n1.5|"a|""b"\r\n2|c"d\r\n', dialect=Dialect("|")),
    "unit separators": Input(b"old_column\x1ft\n1\x1fa\n2\x1f\n", dialect=Dialect("\x1f")),
    "backslashes": Input(b'old_column\\t\n1\\a\n2\\"b\\c"\n', dialect=Dialect("\\")),
    "colons": Input(b"old_column:t\n1:a\n", dialect=Dialect(":")),
    "letters between fields": Input(
        TABLE, "delimiter 'e' is part of numbers", dialect=Dialect("e")
    ),
    "quotes between fields": Input(
        TABLE, "delimiter '\"' cannot stand between", dialect=Dialect('"')
    ),
    "two characters between fields": Input(
        TABLE, "the delimiter '::' is not one ASCII character", dialect=Dialect("::")
    ),
    "nothing between fields": Input(
        TABLE, "the delimiter '' is not one ASCII character", dialect=Dialect("")
    ),
}
