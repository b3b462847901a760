"""What a workload raises, turned into what always gets from a worker to the parent."""

import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from strategies.core.errors import JobError, RecordError

P = ParamSpec("P")
R = TypeVar("R")

LONGEST = 200  # characters of an exception's text in a message


def guarded(function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what the function returns; raises nothing but JobErrors."""
    process_id = os.getpid()
    try:
        result = function(*arguments, **named)
    except BaseException as error:
        leave_if_forked(process_id, error)
        problem = problem_of(error, None)
    else:
        leave_if_forked(process_id)
        return result
    raise problem  # not above, where it would carry `error` along as its context


def problem_of(error: BaseException, index: int | None) -> JobError:
    """Return what a workload has raised, and where, as plain text.

    The exception itself may not get through: one that can be pickled here and not be
    unpickled there makes `multiprocessing.Pool` wait for ever, and `sys.exit` would end
    a worker without a word. `index` counts the chunk's records from 0. A JobError is
    returned as it is; our user's Ctrl-C is raised.
    """
    if isinstance(error, JobError):
        return error
    if isinstance(error, KeyboardInterrupt) and _is_main():
        raise error
    if isinstance(error, MemoryError):
        remedy = "use a smaller --chunk-size or fewer --workers"
        return RecordError(index, "a worker ran out of memory", remedy)
    name, text = type(error).__name__, one_line(error)
    trace = "".join(traceback.format_exception(error))
    problem = f"the workload raised {name}{text and ': '}{text}"
    return RecordError(index, problem, "correct the workload or the data", trace)


def leave_if_forked(process_id: int, error: BaseException | None = None) -> None:
    """End here what is not the process of that ID any more: a fork that a user's code has made.

    It would go on with the job, beside us. Its exit code is what it wanted, if it said so.
    """
    if os.getpid() == process_id:
        return
    code = error.code if isinstance(error, SystemExit) else int(error is not None)
    os._exit(code if isinstance(code, int) else int(code is not None))


def _is_main() -> bool:
    """Whether this is where Python raises KeyboardInterrupt for Ctrl-C."""
    main_process = multiprocessing.current_process().name == "MainProcess"
    return main_process and threading.current_thread() is threading.main_thread()


def one_line(error: BaseException) -> str:
    """Return an exception's own text, in one line; its code may fail, too."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        return "(its text cannot be shown)"
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
