"""What the import of a user's file sets for one thread alone, carried to all other threads.

Decimal's context, NumPy's `errstate` and the like are context variables: set in the thread that
imports the file, they are not set in another, and a strategy's workers may be threads.
"""

import decimal
import threading
from collections.abc import Callable
from contextvars import Context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class ThreadState:
    """The context variables of a user's files: empty, then as their import has left them.

    The thread that has imported them goes on with that context, every other thread with a copy
    of its own, which lasts as long as the thread. So what a call sets is there in the next call
    of that thread, as it is without us.
    """

    def __init__(self) -> None:
        self._imported = Context()  # as the import has left it; nothing runs in it
        self._decimal: decimal.Context | None = None  # likewise
        self._own = threading.local()

    def importing(self, function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """Call a function that imports a user's file; what it sets is what threads begin with."""
        context = self._copy()
        try:
            return context.run(function, *arguments, **named)
        finally:
            self._imported = context.copy()
            self._decimal = context.run(decimal.getcontext).copy()
            self._own = threading.local()
            self._own.context = context

    def here(self) -> Context:
        """Return the context of this thread, in which a user's function is called."""
        try:
            context: Context = self._own.context
        except AttributeError:  # the first call in this thread
            context = self._own.context = self._copy()
        return context

    def _copy(self) -> Context:
        context = self._imported.copy()
        if self._decimal:  # or a copy would have the very object that another thread changes
            context.run(decimal.setcontext, self._decimal.copy())
        return context
