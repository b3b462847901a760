"""Ctrl-C, SIGTERM, SIGHUP: the job unwinds, and ends in any case; exit code 130, 143, 129."""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import NoReturn

import strategies

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 3.5  # for the job to unwind by itself; a thread in a long kernel cannot
NOTICE_SECONDS = 0.2  # after which the main thread should have seen a signal
STDERR = 2
MESSAGE = "parabench: error: interrupted; nothing was left half-written\n"

_end = os._exit  # itself: what stands there while a user's code runs does not end the command

received: list[int] = []  # the signal, once there was one
_without_threads = False


def exit_at_once() -> None:
    """Handle these signals by ending at once: there is nothing to clean up yet.

    An exception would get lost in Python's import system, now and then.
    """
    _install(_exit)


def unwind() -> None:
    """Handle them by KeyboardInterrupt, from now on."""
    # Now, and not in the handler: the main thread may hold locks of `threading` there.
    wait, tell = os.pipe()
    handler = partial(_interrupt, tell)
    threading.Thread(target=_end_at_last, args=(wait, handler), daemon=True).start()
    _install(handler)
    # Python handles a signal when the main thread comes to it: not while that waits for a lock,
    # if the signal came right before. The watchdog is told at once.
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    _keep_from_forks(handler)
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


def exit_without_threads() -> None:
    """Let `finish` exit: from now on a user's code runs, whose threads may have no end."""
    global _without_threads  # noqa: PLW0603 - it is for the process
    _without_threads = True


def finish(code: object) -> None:
    """Exit by a code, or return where Python may do so; a signal still ends us in one line."""
    if not _without_threads:
        exit_at_once()
        return
    _install(_interrupt_exit)
    atexit._run_exitfuncs()
    _leave(code if isinstance(code, int) else int(code is not None))


def ended() -> NoReturn:
    """Exit as a shell would report the signal that was received.

    Not by `sys.exit`: Python remembers some KeyboardInterrupts that have been dealt with,
    and would report SIGINT whatever the signal was.
    """
    atexit._run_exitfuncs()  # multiprocessing's, which removes its sockets, and the libraries'
    _leave()


def _leave(code: int | None = None) -> NoReturn:
    """Exit by a code, else as interrupted; nothing and nobody is left."""
    strategies.end_children()  # also those that a library was just about to start
    strategies.remove_scratch()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, RuntimeError, ValueError):  # the second: a signal came as it printed
            stream.flush()
    if code is None:
        with suppress(OSError):
            os.write(STDERR, MESSAGE.encode())
        code = 128 + (received[0] if received else signal.SIGINT)
    strategies.exit_without_children(code)


def _interrupt_exit(number: int, _frame: FrameType | None) -> None:
    received.append(number)
    _leave()


def _keep_from_forks(handler: object) -> None:
    """Let a fork be no part of the command: it is a worker, or what a user's code has started.

    It would tell the command that it is interrupted. Like workers that are started otherwise, it
    leaves Ctrl-C to the command, and ends at once when it is told to; also when that comes
    before it has taken leave, until when signals are blocked.
    """
    masks = threading.local()
    ignore_interrupts = strategies.ignore_interrupts

    def block() -> None:
        masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def unblock() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, masks.before)

    def take_leave() -> None:
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            if number != signal.SIGINT and signal.getsignal(number) == handler:
                signal.signal(number, signal.SIG_DFL)
        ignore_interrupts()
        unblock()

    os.register_at_fork(before=block, after_in_parent=unblock, after_in_child=take_leave)


def _interrupt(tell: int, number: int, _frame: FrameType | None) -> None:
    if received:
        return  # the first one is being dealt with, and takes GRACE_SECONDS at most
    received.append(number)
    with suppress(BlockingIOError):
        os.write(tell, bytes([number]))  # again, where somebody else is told of signals
    strategies.interrupt()


def _end_at_last(wait: int, handler: object) -> None:
    """End the process if it is still there some time after an interrupt."""
    number = 0
    while number not in SIGNALS or signal.getsignal(number) != handler:  # another's to handle
        number = os.read(wait, 1)[0]
    time.sleep(NOTICE_SECONDS)
    if not received and (main := threading.main_thread().ident):
        signal.pthread_kill(main, number)
    time.sleep(GRACE_SECONDS)
    if not received:
        received.append(number)
    _leave()
