"""What kind of file a source is, told by its first bytes, and what to do about other kinds."""

import json
import re
import shlex
import stat
import zipfile
from pathlib import Path
from typing import IO

from strategies.core.csv.packing import packing_of
from strategies.core.errors import SourceError

LONGEST = 512  # bytes that are needed to tell
_LONGEST_TOKEN = 6  # characters of what JSON's decoder wants whole: `false`, an escape


def _with(reader: str) -> str:
    """Return how to make CSV of what pandas reads."""
    return (
        f"make CSV of it, say with pandas: pandas.{reader}({{literal}}).to_csv('FILE', index=False)"
    )


_OFFICE = "save it as CSV there, or: libreoffice --headless --convert-to csv {path}"
# By the first bytes: what it is, and how to make a CSV file of it.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "a Parquet file", _with("read_parquet")),
    (b"ARROW1\x00\x00", "an Arrow file", _with("read_feather")),
    (b"FEA1", "a Feather file", _with("read_feather")),
    (b"ORC", "an ORC file", _with("read_orc")),
    (b"Obj\x01", "an Avro file", "write it as CSV with the program that made it"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _with("read_hdf")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook", _OFFICE),
    (
        b"SQLite format 3\x00",
        "an SQLite database",
        "make CSV of a table: sqlite3 -header -csv {path} 'SELECT …' > FILE",
    ),
    (
        b"\x93NUMPY",
        "a NumPy array",
        "make CSV of it: numpy.savetxt('FILE', numpy.load({literal}), delimiter=',')",
    ),
    (b"%PDF-", "a PDF document", "get the table it was made from"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first: 7z x -so {path} > FILE"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first: unrar p -inul {path} > FILE"),
    (b"\x04\x22\x4d\x18", "compressed with lz4", "unpack it first: lz4 -dc {path} > FILE"),
    (b"\x1f\x9d", "compressed with compress", "unpack it first: gzip -dc {path} > FILE"),
    (
        b"\xff\x06\x00\x00sNaPpY",
        "compressed with Snappy",
        "unpack it first: snzip -dc {path} > FILE",
    ),
    (b"\x89PNG\r\n\x1a\n", "a picture", "name a CSV file"),
    (b"\xff\xd8\xff", "a picture", "name a CSV file"),
    (b"GIF8", "a picture", "name a CSV file"),
    (b"\x7fELF", "a program", "name a CSV file"),
    (b"\xff\xff\xff\xff", "an Arrow stream", "write it as CSV with the program that made it"),
    (b"<stata_dta>", "a Stata file", _with("read_stata")),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file", "write it as CSV with the program that made it"),
    (b"\x00\x01\x00\x00Standard ", "an Access database", "export the table as CSV there"),
    (b"RDX3\n", "R's own format", "write it there: write.csv(TABLE, 'FILE', row.names = FALSE)"),
    (b"X\n\x00\x00\x00", "R's own format", "write it there: write.csv(readRDS({literal}), 'FILE')"),
    (
        b"\x5d\x00\x00",
        "compressed with lzma",
        "unpack it first: xz --format=lzma -dc {path} > FILE",
    ),
    (
        b"version https://git-lfs.github.com/spec/",
        "only Git LFS's pointer to the file",
        "fetch the file itself: git lfs pull",
    ),
    (b"{\\rtf", "a text document (RTF)", "save it as plain text"),
)
_BINARY = re.compile(rb"[\x00-\x08]")  # what no text has, and all of the following
_LIKE_TEXT = {b"PAR1", b"FEA1", b"ORC", b"GIF8", b"RDX3\n"}  # might be a column's name: ORCID
_MARKUP = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<table", "an HTML table"),
    (b"<?xml", "XML"),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05][\x95\x8c(}\]ckq]")
_INSIDE_ZIP = (  # a name in the archive, what it is then
    ("xl/", "an Excel workbook"),
    ("content.xml", "an OpenDocument file"),
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint file"),
    ("arr_0.npy", "an archive of NumPy arrays"),
)
_WIDE = {  # a UTF-32 mark begins like a UTF-16 one, so it comes first
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_UNMARKED = {  # by which of the first four bytes are not NUL, where the text is ASCII
    b"\x01\x00\x01\x00": "utf-16-le",
    b"\x00\x01\x00\x01": "utf-16-be",
    b"\x01\x00\x00\x00": "utf-32-le",
    b"\x00\x00\x00\x01": "utf-32-be",
}


def check_kind(source: Path) -> None:
    """Raise SourceError unless it is a regular file: to open a FIFO would wait for a writer.

    OSError where it is not there, or may not be looked at.
    """
    mode = source.stat().st_mode
    if stat.S_ISDIR(mode):
        message = (
            f"{source} is a folder; name a CSV file in it, "
            f"or all of them: {shlex.quote(str(source / '*.csv'))}"
        )
        raise SourceError(message)
    if not stat.S_ISREG(mode):
        message = f"{source} is not a regular file, nor a pipe; name a CSV file, or - for a pipe"
        raise SourceError(message)


def check_format(name: str, head: bytes, file: IO[bytes]) -> None:
    """Raise SourceError if an open file that begins with `head` is no text in UTF-8."""
    quoted = "SOURCE" if name == "standard input" else shlex.quote(name)
    literal = "'SOURCE'" if name == "standard input" else repr(name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _zip(name, quoted, file)
    binary = _BINARY.search(head)
    for signature, what, remedy in _OTHERS:
        if head.startswith(signature) and (binary or signature not in _LIKE_TEXT):
            advice = remedy.replace("{path}", quoted).replace("{literal}", literal)
            message = f"{name} is {what}, not CSV; {advice}"
            raise SourceError(message)
    if _PICKLE.match(head):
        message = (
            f"{name} is a Python pickle, not CSV; write it as CSV with the program that made it"
        )
        raise SourceError(message)
    if head[8:12] == b"DUCK" and binary:
        message = f"{name} is a DuckDB database, not CSV; there: COPY TABLE TO 'FILE' (HEADER)"
        raise SourceError(message)
    if head[257:262] == b"ustar" and binary:
        message = f"{name} is a tar archive; unpack it first: tar -xOf {quoted} MEMBER > FILE"
        raise SourceError(message)
    if packing := packing_of(head):
        message = f"{name} is compressed with {packing} a second time; unpack it first"
        raise SourceError(message)
    encoding = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None)
    encoding = encoding or _UNMARKED.get(bytes(map(bool, head[:4])))
    if encoding:
        message = (
            f"{name} looks like {encoding.upper()}, not UTF-8; read it with --encoding {encoding}"
        )
        raise SourceError(message)
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, what in _MARKUP:
        if begin.startswith(signature):
            message = f"{name} is {what}, not CSV; download or save the table itself as CSV"
            raise SourceError(message)
    if _is_json(head):
        message = (
            f"{name} is JSON, not CSV; make CSV of it, say with pandas: "
            f"pandas.read_json({literal}).to_csv('FILE', index=False)"
        )
        raise SourceError(message)


def _is_json(head: bytes) -> bool:
    """Whether a file begins with JSON, which may go on behind the head, or with lines of it."""
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if not text.startswith(("{", "[")):
        return False
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        cut_off = error.pos + _LONGEST_TOKEN > len(text) or "Unterminated string" in error.msg
        return len(head) == LONGEST and cut_off
    except RecursionError:
        return False
    return text[end:].lstrip()[:1] in {"", "{", "["}


def _zip(name: str, quoted: str, file: IO[bytes]) -> SourceError:
    """Return the error about an archive, by what is in it; `quoted` is its name for a shell."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        members = []
    for part, what in _INSIDE_ZIP:
        if any(member.startswith(part) for member in members):
            remedy = _OFFICE.replace("{path}", quoted)
            return SourceError(f"{name} is {what}, not CSV; {remedy}")
    member = "MEMBER"
    if len(members) == 1:  # for unzip it is a pattern
        member = shlex.quote(re.sub(r"([\[*?\\])", r"\\\1", members[0]))
    remedy = f"unpack it first: unzip -p {quoted} {member} > FILE"
    return SourceError(f"{name} is a zip archive of {len(members)} files; {remedy}")
