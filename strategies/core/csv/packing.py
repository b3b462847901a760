"""Compressed files, as streams: gzip, bzip2, xz, zstd."""

import bz2
import gzip
import io
import lzma
import os
import re
import sys
import zlib
from pathlib import Path
from typing import IO, Any, cast

from strategies.core.errors import JobError

# By the first bytes; bzip2's alone could be a column's name, so it needs what follows, too.
_SIGNATURES = {
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # a frame of zstd with no text in it
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # what follows behind its level, a digit
BLOCK = 2**20  # bytes
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
_OTHER_NAMES = {".gzip": "gzip", ".bzip2": "bzip2", ".zstd": "zstd"}
# What no CSV file is called: what would be in it instead.
OTHER_SUFFIXES = {
    ".zip .7z .rar .tar .tgz .tbz2 .txz .npz": "an archive",
    ".lz4 .lzma .lz .br .z .snappy .lzo": "a compression that is not written here",
    ".xlsx .xlsm .xlsb .xls .ods": "a spreadsheet",
    ".parquet .feather .arrow .orc .avro .h5 .hdf5 .npy .pkl .pickle .dta .mat": "a binary format",
    ".sqlite .sqlite3 .db .duckdb .mdb .accdb": "a database",
    ".json .jsonl .ndjson .xml .html .htm .md .pdf .docx": "another format",
}


def packing_of(head: bytes) -> str | None:
    """Return how a file is compressed that begins with `head`, if it is."""
    if _SKIPPABLE.match(head):
        return "zstd"
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature) and (name != "bzip2" or head[4:10] in _BZIP2):
            return name
    return None


def packing_for(path: Path) -> str | None:
    """Return how a file of that name is to be compressed, if it is; raises JobError.

    For a name that promises something else than CSV.
    """
    # A link is what it leads to; this raises nothing where that cannot be found.
    suffix = Path(os.path.realpath(path) if os.path.islink(path) else path).suffix.lower()  # noqa: PTH114
    for suffixes, what in OTHER_SUFFIXES.items():
        if suffix in suffixes.split():
            message = (
                f"{path} promises {what}, and CSV is what is written; end its name in .csv, or in "
                f"{', '.join('.csv' + known for known in SUFFIXES)} to have it compressed"
            )
            raise JobError(message)
    return (SUFFIXES | _OTHER_NAMES).get(suffix)


def unpacked(file: IO[bytes], packing: str) -> IO[bytes]:
    """Return a stream of what is compressed in a file; reading it raises one of `damages`."""
    if packing == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
    if packing == "zstd":
        return cast("IO[bytes]", zstd().ZstdFile(file))
    return io.BufferedReader(_Members(file, packing), BLOCK)


class _Members(io.RawIOBase):
    """What is in a file of bzip2 or xz, which may be several, one behind the other.

    Python's own BZ2File and LZMAFile take a damaged second one for the end of the file.
    """

    def __init__(self, file: IO[bytes], packing: str) -> None:
        super().__init__()
        self._file = file
        self._new: Any = bz2.BZ2Decompressor if packing == "bzip2" else lzma.LZMADecompressor
        self._padding = b"" if packing == "bzip2" else b"\0"  # that may stand between, and behind
        self._member = self._new()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while True:
            if self._member.eof and not self._begin_next():
                return 0
            piece = self._file.read(BLOCK) if self._member.needs_input else b""
            if self._member.needs_input and not piece:
                message = "Compressed file ended before the end-of-stream marker was reached"
                raise EOFError(message)
            data = self._member.decompress(piece, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    def _begin_next(self) -> bool:
        rest = self._member.unused_data
        while not (rest := rest.lstrip(self._padding) if self._padding else rest):
            rest = self._file.read(BLOCK)
            if not rest:
                return False
        self._file = continued(rest, self._file)
        self._member = self._new()
        return True


def begun(file: IO[bytes], size: int) -> tuple[bytes, IO[bytes]]:
    """Return the first bytes of a stream, and a stream that begins with them."""
    head = b""
    while len(head) < size and (more := file.read(size - len(head))):
        head += more
    return head, continued(head, file)


def continued(first: bytes, file: IO[bytes]) -> IO[bytes]:
    """Return a stream of what was read of a file, and then the rest of it."""
    return io.BufferedReader(_Continued(first, file), BLOCK)


class _Continued(io.RawIOBase):
    def __init__(self, first: bytes, file: IO[bytes]) -> None:
        super().__init__()
        self._first = first
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._first[: len(buffer)] or self._file.read(len(buffer))
        self._first = self._first[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def packed(file: IO[bytes], packing: str) -> IO[bytes]:
    """Return a stream that compresses into a file, which stays open; the same bytes each time."""
    if packing == "gzip":  # with no name and no time in it
        stream: Any = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
    elif packing == "zstd":
        stream = zstd().ZstdFile(file, "wb")
    else:
        stream = {"bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}[packing](file, "wb")
    # Small pieces together: bzip2 and xz would be called for each.
    return cast("IO[bytes]", io.BufferedWriter(stream, BLOCK))


def zstd() -> Any:
    """Import Python's module for zstd, which older versions have from a library."""
    try:
        from compression import zstd as module  # noqa: PLC0415 - since Python 3.14
    except ImportError:
        from backports import zstd as module  # noqa: PLC0415 - only where it is needed
    return module


def damages() -> tuple[type[Exception], ...]:
    """Return what reading a damaged file raises."""
    known: list[type[Exception]] = [OSError, EOFError, zlib.error, lzma.LZMAError]
    zstds = (sys.modules.get(name) for name in ("compression.zstd", "backports.zstd"))
    return (*known, *(module.ZstdError for module in zstds if module))  # else nobody raises it
