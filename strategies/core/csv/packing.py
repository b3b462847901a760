"""Compressed files, as streams: gzip, bzip2, xz, zstd."""

import bz2
import gzip
import io
import lzma
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
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # what follows behind its level, a digit
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
# What no CSV file is called: what would be in it instead.
OTHER_SUFFIXES = {
    ".zip .7z .rar .tar .tgz": "an archive",
    ".lz4 .lzma .br .z .snappy .lzo": "a compression that is not written here",
    ".xlsx .xlsm .xlsb .xls .ods": "a spreadsheet",
    ".parquet .feather .arrow .orc .avro .h5 .hdf5 .npy .pkl": "a binary format",
    ".sqlite .db .duckdb": "a database",
    ".json .jsonl .ndjson .xml .html .htm .md .pdf": "another format",
}


def packing_of(head: bytes) -> str | None:
    """Return how a file is compressed that begins with `head`, if it is."""
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature) and (name != "bzip2" or head[4:10] in _BZIP2):
            return name
    return None


def packing_for(path: Path) -> str | None:
    """Return how a file of that name is to be compressed, if it is; raises JobError.

    For a name that promises something else than CSV.
    """
    suffix = path.suffix.lower()
    for suffixes, what in OTHER_SUFFIXES.items():
        if suffix in suffixes.split():
            message = (
                f"{path} promises {what}, and CSV is what is written; end its name in .csv, or in "
                f"{', '.join('.csv' + known for known in SUFFIXES)} to have it compressed"
            )
            raise JobError(message)
    return SUFFIXES.get(suffix)


def unpacked(file: IO[bytes], packing: str) -> IO[bytes]:
    """Return a stream of what is compressed in a file; reading it raises one of `damages`."""
    stream: IO[bytes] = _file_class(packing)(file)
    return stream


def packed(file: IO[bytes], packing: str) -> IO[bytes]:
    """Return a stream that compresses into a file, which stays open; the same bytes each time."""
    if packing == "gzip":  # with no name and no time in it
        stream: Any = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
    else:
        stream = _file_class(packing)(file, "wb")
    # In pieces of one size, whatever the size of the chunks.
    return cast("IO[bytes]", io.BufferedWriter(stream, 2**20))


def _file_class(packing: str) -> Any:
    if packing == "gzip":
        return lambda file: gzip.GzipFile(fileobj=file, mode="rb")
    return {"bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}.get(packing) or zstd().ZstdFile


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
