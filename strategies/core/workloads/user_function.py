"""A workload of the user's own: a function of one number, in a file that they name.

Only the place and the name are sent to workers. Each imports that file, and nothing
else by that name, wherever it runs.
"""

import os
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from strategies.core.errors import WorkloadError
from strategies.core.process.user_code import prepare_for_user_code
from strategies.core.workloads import Column, Workload
from strategies.core.workloads.results import Result, as_result
from strategies.core.workloads.signature import reads
from strategies.core.workloads.thread_state import ThreadState
from strategies.core.workloads.user_module import file_of, thread_state, user_module, version


@dataclass(frozen=True)
class UserFunction:
    """The function `name` in the file of `module` in `folder`.

    `version` says which content of the file is meant: a worker of a running cluster may have
    imported an older one. `moved`: the current folder before and after the import in the first
    process, where it has changed it; another that starts behind it imports from before it.
    """

    folder: Path
    module: str
    name: str
    version: str = ""
    moved: tuple[Path, Path] | None = None

    @property
    def path(self) -> Path:
        """The file that is imported."""
        return file_of(self.folder, self.module)

    @cached_property
    def function(self) -> Callable[[float], object]:
        """The function itself; raises WorkloadError when it cannot be had."""
        return self._loaded[0]

    @cached_property
    def _loaded(self) -> tuple[Callable[[float], object], ThreadState]:
        prepare_for_user_code(os.getpid())
        return _load(self)

    def __call__(self, value: float) -> Result:
        """Return the function's result for one number; None becomes NaN, a missing value."""
        function, state = self._loaded
        return as_result(state.here().run(function, value))

    def __reduce__(self) -> tuple[type["UserFunction"], tuple[object, ...]]:
        """Pickle the place and the name: each process imports the file by itself."""
        return UserFunction, (self.folder, self.module, self.name, self.version, self.moved)


def user_workload(spec: str, folder: Path) -> Workload:
    """Return the workload "module:function", whose module is in `folder` and nowhere else.

    The function takes one number: an int where its parameter is annotated so, else a
    float. It returns what `as_result` takes. Raises WorkloadError.
    """
    module, _, name = spec.partition(":")
    parts = [*module.split("."), name]
    if not all(part.isidentifier() and not part.startswith("__") for part in parts):
        message = f"{spec!r} is not a workload; write it as module:function"
        raise WorkloadError(message)
    function = UserFunction(folder.absolute(), module, name)
    before = _here()
    user_module(function.folder, module)  # whether or not one like it has been used before
    after = _here()
    moved = (before, after) if before and after and before != after else None
    function = replace(function, version=version(function.folder), moved=moved)
    return Workload(
        name=spec,
        reads=(Column("old_column", reads(function.function, spec)),),
        writes=(Column(name, object),),
        record=function,
    )


def _here() -> Path | None:
    """Return the current folder; None where it is there no more."""
    try:
        return Path.cwd()
    except OSError:
        return None


@cache
def _load(function: UserFunction) -> tuple[Callable[[float], object], ThreadState]:
    if function.moved and function.module not in sys.modules and _here() == function.moved[1]:
        os.chdir(function.moved[0])
    own = getattr(user_module(function.folder, function.module), function.name, None)
    if not callable(own):
        message = f"{function.path} has no function {function.name!r}; write module:function"
        raise WorkloadError(message)
    return typing.cast("Callable[[float], object]", own), thread_state()
