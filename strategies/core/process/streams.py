"""The standard streams, which a service, a scheduled job or `>&-` may have closed."""

import os
import sys
from collections.abc import Iterable

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
