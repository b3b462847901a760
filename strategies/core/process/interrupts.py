"""Moments in which an interrupt has to wait, lest a library is left half started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_depth = 0
_pending = False


def interrupt() -> None:
    """Raise KeyboardInterrupt, now or as soon as nothing holds it; for signal handlers."""
    global _pending  # noqa: PLW0603 - there is one main thread, and this is its state
    if not _depth:
        raise KeyboardInterrupt
    _pending = True


def end_waits() -> None:
    """Have SIGINT end what the process is waiting for, so that Python handles it.

    To be called behind the import of a library, such as Polars, that puts a handler of its own
    before Python's, and has the system take waits up again.
    """
    signal.siginterrupt(signal.SIGINT, True)


@contextmanager
def held() -> Iterator[None]:
    """Let an interrupt that comes by `interrupt` wait for the end of the block."""
    global _depth, _pending  # noqa: PLW0603 - likewise
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if _pending and not _depth:
            _pending = False
            raise KeyboardInterrupt
