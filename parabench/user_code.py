"""What the command does about a user's function: what it prints, and what it leaves running."""

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

from parabench.interrupts import exit_without_threads
from strategies import WholeLines, adopt_orphans, keep_ending_children, keeping_output

STDOUT, STDERR = 1, 2


@contextmanager
def user_code(workload: str) -> Iterator[None]:
    """Keep a user's code from the command's output; end what it has started with the command.

    In the block, file descriptor 1 is standard error, also of the processes that are started
    in it, and of what they start. Afterwards it is what it was, until the interpreter exits:
    what the user's code has registered for that prints to standard error, too.
    """
    if ":" not in workload:  # one of ours
        yield
        return
    exit_without_threads()
    adopt_orphans()  # of our workers
    # What is left at exit: after the user's pools, which end in good order, and before
    # `multiprocessing` would wait for the other processes.
    Finalize(None, keep_ending_children, exitpriority=0)
    output = sys.stdout
    if output is None:  # there is none to be kept clean
        yield
        return
    output.flush()
    ours = os.dup(STDOUT)
    _to_standard_error()
    try:
        with keeping_output(ours):
            yield
    finally:
        sys.stdout.flush()
        os.dup2(ours, STDOUT)
        os.close(ours)
        sys.stdout = output
        atexit.register(_to_standard_error)


def _to_standard_error() -> None:
    sys.stdout.flush()
    try:
        os.dup2(STDERR, STDOUT)
    except OSError:  # there is none
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), STDOUT)
    sys.stdout = WholeLines(STDOUT)
