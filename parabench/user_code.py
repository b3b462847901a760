"""What the command does about a user's function: what it reads, prints, and leaves running."""

import atexit
import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.util import Finalize
from typing import NoReturn

from strategies import WholeLines, end_children, keep_input, keeping_output, takes_text

PR_SET_CHILD_SUBREAPER = 36  # of Linux' prctl: orphans of our workers become our children
STDOUT, STDERR = 1, 2


@contextmanager
def user_code(workload: str) -> Iterator[None]:
    """Keep a user's code from the command's input, output and end; end what it has started.

    In the block, file descriptor 1 is standard error, also of the processes that are started
    in it, and of what they start. Afterwards it is what it was, until the interpreter exits:
    what the user's code has registered for that prints to standard error, too. Standard input is
    empty from now on, in all of these.
    """
    if ":" not in workload:  # one of ours
        yield
        return
    _adopt_orphans()
    # What is left at exit: after the user's pools, which end in good order, and before
    # `multiprocessing` would wait for the other processes.
    Finalize(None, end_children, exitpriority=0)
    keep_input()
    output, errors = sys.stdout, sys.stderr
    _flush()
    ours = os.dup(STDOUT)
    _to_standard_error()
    try:
        with keeping_output(ours), _no_silent_end():
            yield
    finally:
        _flush()
        os.dup2(ours, STDOUT)
        os.close(ours)
        sys.stdout, sys.stderr = output, errors
        atexit.register(_to_standard_error)


def _flush() -> None:
    """Print what is still to be printed; it may be anything that a user's code has put there."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def _to_standard_error() -> None:
    """Let what is printed go to standard error, or nowhere where nobody takes it there.

    It must not decide about the job, nor end what a user's code starts.
    """
    _flush()
    if not takes_text(STDERR):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, STDERR)
        os.close(null)
    os.dup2(STDERR, STDOUT)
    sys.stdout, sys.stderr = WholeLines(STDOUT), WholeLines(STDERR)


@contextmanager
def _no_silent_end() -> Iterator[None]:
    """Let `os._exit` raise SystemExit in the block, which ends in an error that says where.

    It would end the command at once, with any exit code and without a word. A process that was
    forked in the block ends as it wants.
    """
    command, exit_at_once = os.getpid(), os._exit

    def refused(status: int) -> NoReturn:
        if os.getpid() != command:
            exit_at_once(status)
        message = f"os._exit({status})"
        raise SystemExit(message)

    os._exit = refused
    try:
        yield
    finally:
        os._exit = exit_at_once


def _adopt_orphans() -> None:
    with suppress(OSError, AttributeError):  # another system
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
