"""A workload of the user's own: a function of one number, in a file that they name.

Only the place and the name are sent to workers. Each imports that file, and nothing
else by that name, wherever it runs.
"""

import contextlib
import importlib.util
import inspect
import os
import sys
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

from strategies.core.errors import WorkloadError
from strategies.core.workloads import Column, Workload

RESULTS = (str, int, float, bool)
Result = str | int | float | bool


@dataclass(frozen=True)
class UserFunction:
    """The function `name` in the file of `module` in `folder`."""

    folder: Path
    module: str
    name: str

    @property
    def path(self) -> Path:
        """The file that is imported."""
        return self.folder.joinpath(*self.module.split(".")).with_suffix(".py")

    @cached_property
    def function(self) -> Callable[[float], object]:
        """The function itself; raises WorkloadError when it cannot be had."""
        return _load(self)

    def __call__(self, value: float) -> Result:
        """Return the function's result for one number; None becomes NaN, a missing value."""
        return _plain(self.function(value))

    def __reduce__(self) -> tuple[type["UserFunction"], tuple[Path, str, str]]:
        """Pickle the place and the name: each process imports the file by itself."""
        return UserFunction, (self.folder, self.module, self.name)


def user_workload(spec: str, folder: Path) -> Workload:
    """Return the workload "module:function", whose module is in `folder` and nowhere else.

    The function takes one number: an int where its parameter is annotated so, else a
    float. It returns a text, a number, or None. Raises WorkloadError.
    """
    module, _, name = spec.partition(":")
    parts = [*module.split("."), name]
    if not all(part.isidentifier() for part in parts) or name.startswith("__"):
        message = f"{spec!r} is not a workload; write it as module:function"
        raise WorkloadError(message)
    function = UserFunction(folder.absolute(), module, name)
    return Workload(
        name=spec,
        reads=(Column("old_column", _reads(function.function, spec)),),
        writes=(Column(name, object),),
        record=function,
    )


@cache
def _load(function: UserFunction) -> Callable[[float], object]:
    own = getattr(_module(function.path), function.name, None)
    if not callable(own):
        message = f"{function.path} has no function {function.name!r}; write module:function"
        raise WorkloadError(message)
    return typing.cast("Callable[[float], object]", own)


@cache
def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_parabench_{path.stem}", path)
    if not os.path.isfile(path) or spec is None or spec.loader is None:  # noqa: PTH113 - no OSError
        message = (
            f"there is no {path}; name its folder with --import-from, and a module in a "
            "package as package.module:function"
        )
        raise WorkloadError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # as `import` does: dataclasses and pickle look there
    try:
        with contextlib.redirect_stdout(sys.stderr):  # ours is for what the command prints
            spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[spec.name]
        problem = _not_importable(path, error)
    else:
        return module
    raise problem


def _not_importable(path: Path, error: BaseException) -> WorkloadError:
    remedy = "correct it"
    if isinstance(error, ImportError):
        remedy = "a workload is one file, and may import what is installed"
    message = f"{path} fails on import ({type(error).__name__}: {error}); {remedy}"
    problem = WorkloadError(" ".join(message.split()))
    problem.add_note("".join(traceback.format_exception(error)))
    return problem


def _reads(function: Callable[[float], object], spec: str) -> type[int] | type[float]:
    """Return what the first parameter is annotated with: int, or else float."""
    try:
        parameter = next(iter(inspect.signature(function).parameters.values()), None)
    except (TypeError, ValueError):  # one of C, say
        return float
    if parameter is None:
        message = f"{spec} takes nothing, but a workload takes a number"
        raise WorkloadError(message)
    kind = {"int": int, "float": float}.get(str(parameter.annotation), parameter.annotation)
    if kind not in (int, float, inspect.Parameter.empty):
        message = f"{spec} takes {kind!r}, but a workload gets a number: annotate int or float"
        raise WorkloadError(message)
    return int if kind is int else float


def _plain(result: object) -> Result:
    """Return a result as it can be written; raises TypeError or ValueError."""
    if type(result).__module__ == "numpy" and hasattr(result, "item"):  # one of its scalars
        result = result.item()
    if result is None:
        return float("nan")
    if type(result) not in RESULTS:
        message = f"it returned a {type(result).__name__}; return a text, a number or None"
        raise TypeError(message)
    text = str(result)  # fails for whole numbers of more than 4300 digits
    text.encode()
    if "\r" in text or "\0" in text:
        message = "it returned a text with a carriage return or a NUL, which CSV readers stumble on"
        raise ValueError(message)
    return typing.cast("Result", result)
