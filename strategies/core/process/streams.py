"""The standard streams, which a service, a scheduled job or `>&-` may have closed."""

import os
import sys
from contextlib import suppress

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_missing_streams() -> None:
    """Open those that are missing, on the null device.

    Otherwise the next file that is opened, an output for one, would take the number of a
    missing stream, and whatever a library or a worker prints would be written into it.
    """
    for number in range(len(STREAMS)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if opened != number:  # another thread was quicker
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
    for name, mode in STREAMS:
        if getattr(sys, name) is None:  # and its number may be that of another file by now
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for good


def flush_streams() -> None:
    """Write what is printed so far, also a line without its end; a worker may be killed next."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a user's code may have put anything there
            stream.flush()
