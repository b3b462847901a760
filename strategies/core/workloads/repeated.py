"""Whether a user's function gives the same result for the same value, wherever it runs.

It is called again in fresh processes: in the order of the file, in the main thread of a process
like ours; and in another order, in two threads of a process that is a worker. What depends on the
calls before it, on chance, on the time, on the process or on the thread shows; what changes seldom
may not.
"""

import json
import multiprocessing
import os
import pickle
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from typing import NamedTuple

import psutil

from strategies.core.errors import JobError
from strategies.core.workloads.guard import guarded
from strategies.core.workloads.user_function import UserFunction

MOST = 1000  # values that are tried
SECONDS = 2.0  # for them; a slow function is tried with fewer
START_SECONDS = 20.0  # to import the function, with the libraries that it needs


class Result(NamedTuple):
    """What a process says of a value; `error` is why it has none, or none in a thread."""

    text: str | None
    error: str = ""


Results = dict[int, Result]  # by the value's place


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
        here = {place: Result(str(result)) for place, (_, result) in enumerate(pairs)}
        values = [value for value, _ in pairs]
        with Elsewhere(self._function, values, as_worker=True) as elsewhere:
            return _difference(self._function, values, here, elsewhere.results())


def difference(function: UserFunction, values: Sequence[float]) -> str:
    """Return how the results of two processes differ, in words; "" if they do not.

    Likewise where there are results only in one of them, or not in a thread.
    """
    with (
        Elsewhere(function, values, as_worker=False) as one,
        Elsewhere(function, values, as_worker=True) as other,
    ):
        here, there = one.results(), other.results()
    if differs := _difference(function, values, here, there):
        return differs
    for place, result in sorted(there.items()):
        if result.text is not None and result.error:
            return (
                f"{function.module}:{function.name} fails in a thread that has not imported its "
                f"file, for {values[place]!r} ({result.error}): strategies whose workers are "
                "threads cannot use it, nor dask_distributed"
            )
    return ""


def _difference(
    function: UserFunction, values: Sequence[float], one: Results, other: Results
) -> str:
    for place in sorted(one.keys() & other.keys()):
        here, there = (
            f"the error {result.error}" if result.text is None else repr(result.text)
            for result in (one[place], other[place])
        )
        if one[place].text != other[place].text:
            return (
                f"{function.module}:{function.name} does not give the same result for the same "
                f"value: for {values[place]!r} it gave {here} and, after other values in a thread "
                f"of another process, {there}; let it depend on the value alone, and not on what "
                "ran before it, the process, the thread, chance or the time"
            )
    return ""


class Elsewhere:
    """A fresh process that calls a function for some values; what it prints is thrown away.

    `as_worker`: in another order of the values, in threads of a process that it forks.
    """

    def __init__(self, function: UserFunction, values: Sequence[float], *, as_worker: bool) -> None:
        order = _backwards(len(values)) if as_worker else range(len(values))
        work = [(place, values[place]) for place in order]
        self._number = len(work)
        self._reading, writing = os.pipe()
        # Not by `multiprocessing`: it would import the program that calls us once more.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}\n"
            f"from {__name__} import compute\ncompute({writing}, as_worker={as_worker})"
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
        lines = map(json.loads, data.split(b"\n")[1:-1])
        return {place: Result(*result) for place, *result in lines}


def _backwards(number: int) -> Iterator[int]:
    """Yield places in blocks of 2, 4, 8 and so on, each backwards.

    So a process that has no time for all of them has been at the same places as one that begins
    at the front, if only at two.
    """
    start, size = 0, 2
    while start < number:
        yield from reversed(range(start, min(start + size, number)))
        start, size = start + size, 2 * size


def compute(descriptor: int, *, as_worker: bool) -> None:
    """Compute what standard input says, and write a line for each result."""
    os.set_inheritable(descriptor, False)
    function, work = pickle.load(sys.stdin.buffer)  # noqa: S301 - from ourselves
    if not as_worker:
        _compute(descriptor, function, work, as_worker=False)
        return
    # There are no threads yet.
    process = multiprocessing.get_context("fork").Process(
        target=_compute, args=(descriptor, function, work), kwargs={"as_worker": True}
    )
    process.start()
    process.join()


def _compute(
    descriptor: int, function: UserFunction, work: list[tuple[int, float]], *, as_worker: bool
) -> None:
    function.function  # noqa: B018 - it is imported now
    os.write(descriptor, b"\n")
    with ExitStack() as stack:
        calls: list[Callable[[float], Result]] = [partial(_result, function)]
        if as_worker:
            threads = [stack.enter_context(ThreadPoolExecutor(1)) for _ in range(2)]
            calls = [partial(_in_thread, thread, function) for thread in threads]
        for number, (place, value) in enumerate(work):
            result = calls[number % len(calls)](value)
            os.write(descriptor, (json.dumps([place, *result]) + "\n").encode())


def _in_thread(thread: ThreadPoolExecutor, function: UserFunction, value: float) -> Result:
    """Return the result in another thread; where that fails, in this one, with the error."""
    result = thread.submit(_result, function, value).result()
    if result.text is None:
        return Result(_result(function, value).text, result.error)
    return result


def _result(function: UserFunction, value: float) -> Result:
    try:
        return Result(str(guarded(function, value)))
    except JobError as error:
        return Result(None, getattr(error, "problem", str(error)))
