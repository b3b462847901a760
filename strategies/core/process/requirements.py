"""What worker processes need of the system, tried before any of them starts.

Without it, libraries hang, leave something behind, or say what has failed inside of them, but
not what is missing.
"""

import ast
import errno
import multiprocessing
import resource
import sys
import threading
from multiprocessing.context import BaseContext
from multiprocessing.process import ORIGINAL_DIR  # type: ignore[attr-defined] # where we started
from pathlib import Path
from types import FrameType
from typing import TypeGuard

import psutil

from strategies.core.errors import StrategyError

# A process has a few threads of its own, beside those that libraries start.
THREADS, THREADS_A_WORKER = 6, 4
SEMAPHORES = 8  # ProcessPoolExecutor makes 4, Pool 5, joblib 6
GUARD = 'put the call below: if __name__ == "__main__":'


class NoSemaphoresError(StrategyError):
    """The system has no semaphores to be shared by processes."""


def worker_context(start_method: str, workers: int) -> BaseContext:
    """Return multiprocessing's context, ready for workers; raises StrategyError."""
    require_semaphores()
    require_threads(THREADS + THREADS_A_WORKER * workers)
    if start_method != "fork":
        require_main()
    return multiprocessing.get_context(start_method)


def require_semaphores() -> None:
    """Raise NoSemaphoresError when processes cannot share semaphores, which most libraries need."""
    try:
        context = multiprocessing.get_context("fork")  # whose semaphores need no other process
        _semaphores = [context.Lock() for _ in range(SEMAPHORES)]
    except (ImportError, OSError) as error:
        if getattr(error, "errno", None) in {errno.EMFILE, errno.ENFILE}:
            raise  # it is the number of files that is too small
        reason = getattr(error, "strerror", None) or error
        message = (
            f"POSIX semaphores cannot be made ({reason}); they need a /dev/shm that is there, "
            "writable and not full"
        )
        raise NoSemaphoresError(message) from error


def require_files(number: int) -> None:
    """Raise StrategyError when not so many more files may be opened."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = limit - psutil.Process().num_fds()
    if limit != resource.RLIM_INFINITY and free < number:
        message = (
            f"too few files may be opened: {free} more, and {number} are needed; "
            "allow more (ulimit -n 1024) or use fewer --workers"
        )
        raise StrategyError(message)


def require_threads(number: int) -> None:
    """Raise StrategyError when not so many more threads can be started; processes count alike.

    They are started, since that takes less than a millisecond, and there are many limits: of the
    user (ulimit -u), of a container or a service (pids.max), of the system.
    """
    done = threading.Event()
    threads = [threading.Thread(target=done.wait, daemon=True) for _ in range(number)]
    started = 0
    try:
        for thread in threads:
            thread.start()
            started += 1
    except RuntimeError as error:
        message = (
            f"too few processes and threads may be started: {started} more, and {number} are "
            "needed; allow more (ulimit -u, or the container's limit of processes) or use fewer "
            "--workers"
        )
        raise StrategyError(message) from error
    finally:
        done.set()
        for thread in threads[:started]:
            thread.join()


def require_main() -> None:
    """Raise StrategyError when a fresh process could not import the script that is running.

    `multiprocessing` imports it again in each process that is not forked, so that what it
    defines can be had there.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        message = f"this process is a worker that is just importing the script; {GUARD}"
        raise StrategyError(message)
    main = sys.modules["__main__"]
    file, spec = getattr(main, "__file__", None), getattr(main, "__spec__", None)
    if file is None or (spec is not None and spec.name.endswith("__main__")):
        return  # an interactive session, or a package: it is not imported again
    if spec is None and not Path(ORIGINAL_DIR or "", file).is_file():
        message = (
            f"worker processes import the script that starts them, and {file} is no file; "
            f"write it into one, and {GUARD}"
        )
        raise StrategyError(message)
    frame = _frame_of_main(file)
    if frame and not _is_guarded(Path(ORIGINAL_DIR or "", file), frame.f_lineno):
        message = (
            "worker processes import the script that starts them, and would start workers "
            f"themselves at line {frame.f_lineno} of {file}; {GUARD}"
        )
        raise StrategyError(message)


def _frame_of_main(file: str) -> FrameType | None:
    """Return where the script is, if we are called by the statements at its top."""
    frame: FrameType | None = sys._getframe()
    while frame and (frame.f_code.co_name, frame.f_code.co_filename) != ("<module>", file):
        frame = frame.f_back
    return frame


def _is_guarded(path: Path, line: int) -> bool:
    """Whether a line of a script is below an `if` about its name, or one comes before it."""
    try:
        script = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):  # it has changed meanwhile: nothing can be said
        return True
    conditions = [ast.dump(node.test) for node in ast.walk(script) if _begins_by(node, line)]
    return any("__name__" in text or "parent_process" in text for text in conditions)


def _begins_by(node: ast.AST, line: int) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and node.lineno <= line
