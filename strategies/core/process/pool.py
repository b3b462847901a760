"""`ProcessPoolExecutor`, of which every future ends, also on Python 3.11."""

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any


class ProcessPool(ProcessPoolExecutor):
    """Python's own; what is submitted while a worker dies fails as what was there before does.

    Up to Python 3.11, the pool's thread gives up all tasks without the lock that `submit` takes.
    A task that comes just then would never end (1 of 300 pools that were kept busy), and would end
    that thread, which iterates over the tasks. The thread closes the pool's pipe, too, so starting
    a process may fail on that: [Errno 9].
    """

    _broken: Any  # False, or why it is
    _executor_manager_thread: Any
    _pending_work_items: dict[int, Any]

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Submit a call; raises BrokenProcessPool when a worker has died."""
        try:
            future = super().submit(function, *args, **kwargs)
        except OSError as error:
            if self._broken:
                raise BrokenProcessPool(self._broken) from error
            raise
        if self._broken:
            self._fail_the_rest()
        return future

    def _fail_the_rest(self) -> None:
        """Once the thread has ended, and so does nothing to them any more."""
        if thread := self._executor_manager_thread:
            thread.join()
        for item in list(self._pending_work_items.values()):
            with suppress(InvalidStateError):  # another thread was quicker
                item.future.set_exception(BrokenProcessPool(self._broken))
