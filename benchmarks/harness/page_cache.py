"""The system's page cache: what of a file is in it, and how to get all of it in or out."""

import ctypes
import mmap
import os
import sys
from pathlib import Path

DROP_CACHES = Path("/proc/sys/vm/drop_caches")  # Linux
BLOCK = 2**20  # bytes


def read_in(path: Path) -> None:
    """Read a file once, so that it is in the page cache, if memory allows."""
    with path.open("rb", buffering=0) as file:
        while file.read(BLOCK):
            pass


def cached_share(path: Path) -> float | None:
    """Return the share of a file's pages that are in the page cache; reads none of them.

    By `mincore`, without which (all but Linux) it is None. Reading with RWF_NOWAIT would
    tell as well, but starts to read ahead.
    """
    size = path.stat().st_size
    if sys.platform != "linux" or not size:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    with path.open("rb") as file:
        address = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
    if address == ctypes.c_void_p(-1).value:
        return None
    pages = ctypes.create_string_buffer(-(-size // mmap.PAGESIZE))
    try:
        if libc.mincore(address, size, pages):
            return None
    finally:
        libc.munmap(address, size)
    return sum(page & 1 for page in pages.raw) / len(pages)


def have_in(path: Path) -> float | None:
    """Read a file that is not wholly in the page cache; return `cached_share` after that."""
    share = cached_share(path)
    if share is not None and share < 1:
        read_in(path)
        share = cached_share(path)
    return share


def drop(path: Path) -> float | None:
    """Empty the whole page cache, which only root may; return `cached_share` after that."""
    os.sync()  # what is not written yet cannot be dropped
    DROP_CACHES.write_text("1\n")
    return cached_share(path)
