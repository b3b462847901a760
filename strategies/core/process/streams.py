"""The standard streams, which a service, a scheduled job or `>&-` may have closed."""

import os
import sys
from collections.abc import Iterable
from typing import BinaryIO

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
STDIN, STDOUT = 0, 1

missing: set[int] = set()  # their numbers: nothing comes out of them, and what goes in is lost


def open_missing_streams(opened_before: Iterable[int] = ()) -> set[int]:
    """Open those that are missing, on the null device; return their numbers.

    Otherwise the next file that is opened, an output for one, would take the number of a
    missing stream, and whatever a library or a worker prints would be written into it.
    `opened_before` are those that were missing when this process ran another program.
    """
    missing.update(opened_before)
    for number in range(len(STREAMS)):
        try:
            os.fstat(number)
        except OSError:
            missing.add(number)
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if opened != number:  # another thread was quicker
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
    for name, mode in STREAMS:
        if getattr(sys, name) is None:  # and its number may be that of another file by now
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for good
    return missing


_kept_input: BinaryIO | None = None


def standard_input() -> BinaryIO | None:
    """Return what is piped into this process, if anything, whatever `sys.stdin` is by now."""
    if STDIN in missing:
        return None
    if _kept_input is not None:
        return _kept_input
    return None if sys.stdin is None or sys.stdin.closed else sys.stdin.buffer


def keep_input() -> None:
    """Keep standard input for ourselves, from now on; whatever else reads it finds it empty.

    A user's code would read it in our process, and not in workers.
    """
    global _kept_input  # noqa: PLW0603 - a process has one standard input
    if _kept_input is None:
        _kept_input = os.fdopen(os.dup(0), "rb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
