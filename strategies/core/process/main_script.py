"""The script that started this process: `multiprocessing` imports it in each that is not forked.

So what the script defines can be had there. It must not start workers, or fail, while it is
imported; what starts them stands below `if __name__ == "__main__":`.
"""

import ast
import json
import multiprocessing
import pickle
import subprocess
import sys
from contextvars import ContextVar
from multiprocessing import spawn, util
from multiprocessing.process import ORIGINAL_DIR  # type: ignore[attr-defined] # where we started
from pathlib import Path
from types import FrameType

from strategies.core.errors import StrategyError

GUARD = 'put the call below: if __name__ == "__main__":'
CONDITIONAL = (ast.BoolOp, ast.ExceptHandler, ast.If, ast.IfExp, ast.Match, ast.While)

IMPORT_SECONDS = 30.0  # in which a script must have been imported; a worker has START_TIMEOUT
# Import a script as a worker does; print why that fails, and the lines of the script.
IMPORT = """
import json, os, pickle, sys, traceback
from multiprocessing import process, spawn
output = os.dup(1)
os.dup2(2, 1)
data, script = pickle.load(sys.stdin.buffer)
process.current_process()._inheriting = True
try:
    spawn.prepare(data)
except BaseException as error:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == script]
    os.write(output, json.dumps([type(error).__name__, str(error), lines[-1:]]).encode())
os._exit(0)
"""

# Whether the workers that were started last in this thread, or task, import the script.
imported: ContextVar[bool] = ContextVar("imported", default=False)


def require_main() -> None:
    """Raise StrategyError when a fresh process could not import the script that is running."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        message = f"this process is a worker that is just importing the script; {GUARD}"
        raise StrategyError(message)
    file = _script()
    if file is None:
        return
    imported.set(True)
    path = Path(ORIGINAL_DIR or "", file)
    if sys.modules["__main__"].__spec__ is None and not path.is_file():
        message = (
            f"worker processes import the script that starts them, and {file} is no file; "
            f"write it into one, and {GUARD}"
        )
        raise StrategyError(message)
    frame = _frame_of_main(file)
    if frame and not _may_be_left_out(path, frame.f_lineno):
        raise _would_start_workers(file, frame.f_lineno)


def problem() -> StrategyError | None:
    """Return what keeps workers from importing the script, once they have failed to start.

    It is imported once more, in a process like theirs; nothing where that works.
    """
    file = _script() if imported.get() else None
    if file is None:
        return None
    data = spawn.get_preparation_data("import")
    del data["authkey"]  # which is pickled for real workers alone
    script = data.get("init_main_from_path") or file
    try:
        done = subprocess.run(  # noqa: S603 - Python, as multiprocessing starts it
            [sys.executable, *util._args_from_interpreter_flags(), "-c", IMPORT],  # type: ignore[attr-defined]
            input=pickle.dumps((data, script)), capture_output=True, timeout=IMPORT_SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):  # then something else is wrong, too
        return None
    if not done.stdout:
        return None
    kind, text, lines = json.loads(done.stdout)
    if kind == StrategyError.__name__ and GUARD in text:
        return _would_start_workers(file, *lines)
    where = f"line {lines[0]} of {file}" if lines else file
    what = "ends" if kind == SystemExit.__name__ else "fails"
    said = " ".join(text.split())
    return StrategyError(
        f"worker processes import the script that starts them, which {what} there "
        f'({kind}: {said}) at {where}; mend that, or put it below: if __name__ == "__main__":'
    )


def _script() -> str | None:
    """Return the script that workers import; an interactive session, or a package, is none."""
    main = sys.modules["__main__"]
    file, spec = getattr(main, "__file__", None), getattr(main, "__spec__", None)
    is_script = file is not None and not (spec and spec.name.endswith("__main__"))
    return file if is_script else None


def _would_start_workers(file: str, line: int | None = None) -> StrategyError:
    where = f"at line {line} of {file}" if line else f"in {file}"
    return StrategyError(
        "worker processes import the script that starts them, and would start workers "
        f"themselves {where}; {GUARD}"
    )


def _frame_of_main(file: str) -> FrameType | None:
    """Return where the script is, if we are called by the statements at its top."""
    frame: FrameType | None = sys._getframe()
    while frame and (frame.f_code.co_name, frame.f_code.co_filename) != ("<module>", file):
        frame = frame.f_back
    return frame


def _may_be_left_out(path: Path, line: int) -> bool:
    """Whether a line of a script depends on a condition, so that workers may pass it by.

    Which condition, nobody can tell from its text: workers that do not pass it by fail to start.
    """
    try:
        script = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):  # it has changed meanwhile: nothing can be said
        return True
    return any(_is_conditional(node) for node in ast.walk(script) if _holds(node, line))


def _holds(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return first is not None and last is not None and first <= line <= last


def _is_conditional(node: ast.AST) -> bool:
    return isinstance(node, CONDITIONAL) and not isinstance(
        getattr(node, "test", None), ast.Constant
    )
