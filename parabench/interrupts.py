"""Ctrl-C, SIGTERM, SIGHUP: the job unwinds, and ends in any case; exit code 130, 143, 129."""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn

import strategies

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 3.5  # for the job to unwind by itself; a thread in a long kernel cannot
MESSAGE = "parabench: error: interrupted; nothing was left half-written\n"

_end = os._exit  # itself: what stands there while a user's code runs does not end the command

received: list[int] = []  # the signal, once there was one


def exit_at_once() -> None:
    """Handle these signals by ending at once: there is nothing to clean up yet.

    An exception would get lost in Python's import system, now and then.
    """
    _install(_exit)


def unwind() -> None:
    """Handle them by KeyboardInterrupt, from now on."""
    # Now, and not in the handler: the main thread may hold locks of `threading` there.
    wait, tell = os.pipe()
    threading.Thread(target=_end_at_last, args=(wait,), daemon=True).start()
    _install(partial(_interrupt, tell, os.getpid()))
    os.register_at_fork(after_in_child=_take_leave)
    # The trackers of Python and joblib clean up after us; what they would say of it is no news.
    filters = (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, filters))


@contextmanager
def importing() -> Iterator[None]:
    """Handle them by ending at once, while a command imports what does its work.

    Before it has begun: `exit_at_once` says why, and there is still nothing to clean up.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    exit_at_once()
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # it was not installed from Python
                signal.signal(number, handler)


def _install(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as whoever started us may want it
            signal.signal(number, handler)


def _exit(number: int, _frame: FrameType | None) -> None:
    os.write(sys.stderr.fileno(), MESSAGE.encode())
    _end(128 + number)


def ended() -> NoReturn:
    """Exit as a shell would report the signal that was received.

    Not by `sys.exit`: Python remembers some KeyboardInterrupts that have been dealt with,
    and would report SIGINT whatever the signal was.
    """
    atexit._run_exitfuncs()  # multiprocessing's, which removes its sockets, and the libraries'
    _leave()


def _leave() -> NoReturn:
    _clean_up()
    sys.stdout.flush()
    sys.stderr.write(MESSAGE)
    sys.stderr.flush()
    _end(128 + (received[0] if received else signal.SIGINT))


def _take_leave() -> None:
    """Be no part of the command: a fork of it is a worker, or what a user's code has started.

    It would tell the command that it is interrupted. Like workers that are started otherwise, it
    leaves Ctrl-C to the command, and ends at once when it is told to.
    """
    for number in SIGNALS:
        ignored = number == signal.SIGINT or signal.getsignal(number) == signal.SIG_IGN
        signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)


def _interrupt(tell: int, command: int, number: int, _frame: FrameType | None) -> None:
    if os.getpid() != command:  # a fork that has not taken leave yet
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    if received:
        return  # the first one is being dealt with, and takes GRACE_SECONDS at most
    received.append(number)
    os.write(tell, b"!")
    strategies.interrupt()


def _end_at_last(wait: int) -> None:
    """End the process if it is still there some time after an interrupt."""
    os.read(wait, 1)
    time.sleep(GRACE_SECONDS)
    _leave()


def _clean_up() -> None:
    """Kill all children, also those that a library was just about to start, and what they left."""
    strategies.end_children()
    strategies.remove_scratch()
