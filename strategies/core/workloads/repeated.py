"""Whether a user's function gives the same result for the same value, wherever it runs.

It is called again in fresh processes, in another order of the values. What depends on the calls
before it, on chance, on the time or on the process shows; what changes seldom may not.
"""

import json
import os
import pickle
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import psutil

from strategies.core.errors import JobError
from strategies.core.workloads.guard import guarded
from strategies.core.workloads.user_function import UserFunction

MOST = 1000  # values that are tried
SECONDS = 2.0  # for them; a slow function is tried with fewer
START_SECONDS = 20.0  # to import the function, with the libraries that it needs

Results = dict[int, str]  # by the value's place


class Observed:
    """A function whose values and results are remembered: the last, and some from everywhere."""

    def __init__(self, function: UserFunction) -> None:
        self._function = function
        self._every = 1  # one of so many is kept
        self._number = 0
        self._kept: list[tuple[float, object]] = []
        self._last: list[tuple[float, object]] = []

    def __call__(self, value: float) -> object:
        """Return the function's result."""
        result = self._function(value)
        self._last = [(value, result)]
        if self._number % self._every == 0:
            self._kept.append((value, result))
            if len(self._kept) > MOST:
                self._kept = self._kept[::2]
                self._every *= 2
        self._number += 1
        return result

    def difference(self) -> str:
        """Return how another process' results differ from these, in words; "" if they do not."""
        pairs = [*self._last, *self._kept]  # the last may be the one that was wrong
        here = {place: str(result) for place, (_, result) in enumerate(pairs)}
        values = [value for value, _ in pairs]
        with Elsewhere(self._function, values, backwards=True) as elsewhere:
            return _difference(self._function, values, here, elsewhere.results())


def difference(function: UserFunction, values: Sequence[float]) -> str:
    """Return how the results of two processes differ, in words; "" if they do not."""
    with (
        Elsewhere(function, values, backwards=False) as one,
        Elsewhere(function, values, backwards=True) as other,
    ):
        return _difference(function, values, one.results(), other.results())


def _difference(
    function: UserFunction, values: Sequence[float], one: Results, other: Results
) -> str:
    for place in sorted(one.keys() & other.keys()):
        if one[place] != other[place]:
            return (
                f"{function.module}:{function.name} does not give the same result for the same "
                f"value: for {values[place]!r} it gave {one[place]!r} and, after other values in "
                f"another process, {other[place]!r}; let it depend on the value alone, and not on "
                "what ran before it, chance or the time"
            )
    return ""


class Elsewhere:
    """A fresh process that calls a function for some values; what it prints is thrown away."""

    def __init__(self, function: UserFunction, values: Sequence[float], *, backwards: bool) -> None:
        order = _backwards(len(values)) if backwards else range(len(values))
        work = [(place, values[place]) for place in order]
        self._number = len(work)
        self._reading, writing = os.pipe()
        # Not by `multiprocessing`: it would import the program that calls us once more.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}\n"
            f"from {__name__} import compute\ncompute({writing})"
        )
        safe_path = ["-P"] if sys.flags.safe_path else []
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, *safe_path, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[writing],
            )
        except BaseException:
            os.close(self._reading)
            raise
        finally:
            os.close(writing)
        with suppress(BrokenPipeError):  # it has ended at once
            pickle.dump((function, work), self._process.stdin)  # type: ignore[arg-type] # there is one
            self._process.stdin.close()  # type: ignore[union-attr]

    def __enter__(self) -> "Elsewhere":
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and what the function has started there."""
        os.close(self._reading)
        with suppress(psutil.Error):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with suppress(psutil.Error):  # it has gone
                    child.kill()
        self._process.kill()
        self._process.wait()

    def results(self) -> Results:
        """Return what has been computed in time."""
        data, deadline = b"", time.monotonic() + START_SECONDS
        while data.count(b"\n") <= self._number:
            wait = deadline - time.monotonic()
            if wait <= 0 or not select.select([self._reading], [], [], wait)[0]:
                break
            piece = os.read(self._reading, 2**16)
            if not piece:
                break
            if not data:  # its first line says that it begins
                deadline = time.monotonic() + SECONDS
            data += piece
        lines = data.split(b"\n")[1:-1]
        return dict(map(json.loads, lines))


def _backwards(number: int) -> Iterator[int]:
    """Yield places in blocks of 2, 4, 8 and so on, each backwards.

    So a process that has no time for all of them has been at the same places as one that begins
    at the front, if only at two.
    """
    start, size = 0, 2
    while start < number:
        yield from reversed(range(start, min(start + size, number)))
        start, size = start + size, 2 * size


def compute(descriptor: int) -> None:
    """Compute what standard input says, and write a line for each result."""
    os.set_inheritable(descriptor, False)
    function, work = pickle.load(sys.stdin.buffer)  # noqa: S301 - from ourselves
    function.function  # noqa: B018 - it is imported now
    os.write(descriptor, b"\n")
    for place, value in work:
        line = json.dumps([place, _text(function, value)]) + "\n"
        os.write(descriptor, line.encode())


def _text(function: UserFunction, value: float) -> str:
    """Return a result as text."""
    try:
        return str(guarded(function, value))
    except JobError:
        return "an error"
