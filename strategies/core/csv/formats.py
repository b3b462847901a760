"""What is not a CSV file in UTF-8, told by its first bytes, and how to make one of it."""

import shlex
import stat
from pathlib import Path

from strategies.core.errors import SourceError

LONGEST = 10  # bytes that are needed to tell

# By the first bytes: the compression, and what writes the text to standard output.
_PACKED = {
    b"\x1f\x8b\x08": ("gzip", "gzip -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),  # that alone could be a column's name
    b"\xfd7zXZ\x00": ("xz", "xz -dc"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # what follows behind its level, a digit
_WIDE = {  # a UTF-32 mark begins like a UTF-16 one, so it comes first
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_UNMARKED = {  # by which of the first four bytes are not NUL, where the text is ASCII
    b"\x01\x00\x01\x00": "UTF-16LE",
    b"\x00\x01\x00\x01": "UTF-16BE",
    b"\x01\x00\x00\x00": "UTF-32LE",
    b"\x00\x00\x00\x01": "UTF-32BE",
}


def check_kind(source: Path) -> None:
    """Raise SourceError unless it is a regular file: to open a FIFO would wait for a writer.

    OSError where it is not there, or may not be looked at.
    """
    mode = source.stat().st_mode
    if stat.S_ISDIR(mode):
        message = f"{source} is a folder; name a CSV file in it"
        raise SourceError(message)
    if not stat.S_ISREG(mode):
        message = (
            f"{source} is not a regular file, and chunks are read from many places of it at "
            f"once; save it first: cat {_quoted(source)} > FILE"
        )
        raise SourceError(message)


def check_format(source: Path, head: bytes) -> None:
    """Raise SourceError if a file that begins with `head` is compressed, or in wide characters."""
    for signature, (name, command) in _PACKED.items():
        if head.startswith(signature) and (name != "bzip2" or head[4:10] in _BZIP2):
            message = (
                f"{source} is compressed with {name}, and cannot be cut into chunks; "
                f"unpack it first: {command} {_quoted(source)} > FILE"
            )
            raise SourceError(message)
    encoding = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None)
    encoding = encoding or _UNMARKED.get(bytes(map(bool, head[:4])))
    if encoding:
        message = (
            f"{source} looks like {encoding}, not UTF-8; "
            f"convert it first: iconv -f {encoding} -t UTF-8 {_quoted(source)} > FILE"
        )
        raise SourceError(message)


def _quoted(source: Path) -> str:
    return shlex.quote(str(source))
