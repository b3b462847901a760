"""Ctrl-C, SIGTERM, SIGHUP: the job unwinds, and ends in any case; exit code 130, 143, 129."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

GRACE_SECONDS = 3.0  # for the job to unwind by itself; a thread in a long kernel cannot
MESSAGE = "parabench: error: interrupted; nothing was left half-written\n"

received: list[int] = []  # the signal, once there was one


def install() -> None:
    """Handle these signals from now on, unless whoever started us had them ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def ended() -> NoReturn:
    """Exit as a shell would report the signal that was received."""
    from strategies.core import scratch

    scratch.remove_all()  # the signal may have come while that was done
    sys.stderr.write(MESSAGE)
    sys.exit(_exit_code())


def _exit_code() -> int:
    return 128 + (received[0] if received else signal.SIGINT)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if received:
        return  # the first one is being dealt with, and takes GRACE_SECONDS at most
    received.append(number)
    with suppress(RuntimeError):  # where Python is ending already
        threading.Thread(target=_end_at_last, daemon=True).start()
    raise KeyboardInterrupt


def _end_at_last() -> None:
    """End the process if it is still there after its time of grace, with all its children."""
    time.sleep(GRACE_SECONDS)
    import psutil

    from strategies.core import scratch

    for child in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(child.cmdline()):  # they end by themselves
                child.kill()
        except psutil.NoSuchProcess:
            continue
    scratch.remove_all()
    sys.stderr.write(MESSAGE)
    sys.stderr.flush()
    os._exit(_exit_code())
