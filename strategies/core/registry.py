"""Strategies by name: what is known of each, and how it is started."""

import importlib
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from strategies.core.contract import OPTIONS, Runner
from strategies.core.engines import DEFAULT_ENGINE
from strategies.core.errors import JobError, LostWorkerError, StrategyError
from strategies.core.extras import remedy
from strategies.core.listing import Description, describe, names
from strategies.core.process import main_script
from strategies.core.process.interrupts import held
from strategies.core.process.own import OwnProcesses
from strategies.core.process.requirements import NoSemaphoresError
from strategies.core.process.streams import open_missing_streams
from strategies.core.process.workers import interrupts_ours, same_path
from strategies.core.shadows import shadow

OURS = Path(__file__).resolve().parents[1]
SAID = 300  # characters of what a library says
FAILURES = (BrokenExecutor, EOFError, LostWorkerError, OSError, RuntimeError)  # to start workers


@dataclass(frozen=True)
class Strategy:
    """A strategy by name; `module` is None where `reason` says why it cannot be used."""

    description: Description
    module: ModuleType | None
    reason: str | None = None

    @property
    def name(self) -> str:
        """Its name: that of its file."""
        return self.description.name

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return self.description.kind

    @property
    def has_processes(self) -> bool:
        """Whether its workers are processes, so that they can die and be given up."""
        return self.kind in {"processes", "cluster"}

    @property
    def options(self) -> frozenset[str]:
        """The names of the options that the strategy can be started with."""
        return self.description.options

    @property
    def bare(self) -> Callable[..., Iterable[object]] | None:
        """What people write without parabench, `bare(function, items)`; None where it says none.

        Its docstring is the call that is made.
        """
        return getattr(self.module, "bare", None)

    @contextmanager
    def start(
        self, workers: int, *, engine: str = DEFAULT_ENGINE, **options: object
    ) -> Iterator[Runner]:
        """Bring the workers up, or join a cluster; leave nothing behind.

        They import `engine` now; jobs may choose another, which is imported when it is needed.
        `options` are those of OPTIONS, or others that the strategy's own `start` takes; None
        is as if it was not there. The time to enter this block is the start-up cost: every
        worker has then run a no-op. Left by an error, it kills worker processes, whatever they are
        doing, and does not wait for threads: each ends with the chunk that it is working on.
        Raises StrategyError, also for an option that the strategy has no use for.
        """
        if self.module is None:
            raise StrategyError(self.reason)
        if workers < 1:
            message = f"{workers} workers cannot do anything; use at least 1 with --workers"
            raise StrategyError(message)
        options = {name: value for name, value in options.items() if value is not None}
        for name in options.keys() - self.options:
            message = f"{self.name} {OPTIONS.get(name, f'has no option {name!r}; leave it out')}"
            raise StrategyError(message)
        open_missing_streams()
        main_script.imported.set(False)
        # Threads would hand on to a user's processes that the signal is blocked.
        ours = interrupts_ours if self.has_processes else nullcontext
        with ExitStack() as stack:
            processes = stack.enter_context(closing(OwnProcesses()))
            try:
                with held(), ours(), same_path():
                    runner = stack.enter_context(self.module.start(workers, **options))
                stack.push(partial(_kill_after_an_error, processes))
                with held(), ours(), same_path():
                    runner.warm_up(engine)
                processes.claim()
                stack.callback(processes.claim_descendants)
            except NoSemaphoresError as error:
                others = ", ".join(_starting(workers, engine, leave_out=self.name))
                message = f"{self.name}: {error}; these start without: {others}"
                raise StrategyError(message) from error
            except FAILURES as error:
                _end(stack, error)
                if problem := main_script.problem():
                    raise problem from error
                message = (
                    f"{self.name} cannot start {workers} workers ({_said(error)}); "
                    "use fewer with --workers, or see what limits them: ulimit -a"
                )
                if variables := self.description.variables():
                    message += f"; or mend what configures it: {variables}"
                raise StrategyError(message) from error
            except JobError:
                raise
            except Exception as error:
                if not _of_a_library(self.description, error):
                    raise
                _end(stack, error)
                libraries = ", ".join(self.description.libraries)
                message = (
                    f"{self.name} cannot start, since one of its libraries ({libraries}) fails "
                    f"({_said(error)}); {_mend(self.description)}"
                )
                raise StrategyError(message) from error
            yield runner


def _end(stack: ExitStack, error: Exception) -> None:
    """End what has not started, whatever that raises: the first error counts."""
    with suppress(Exception):
        stack.pop_all().__exit__(type(error), error, error.__traceback__)


def _starting(workers: int, engine: str, leave_out: str) -> Iterator[str]:
    """Yield the names of the strategies that can be started here: it is tried."""
    for strategy in load_all():
        if strategy.module is not None and strategy.name != leave_out and strategy.kind != "file":
            with suppress(*FAILURES, StrategyError), strategy.module.start(workers) as runner:
                runner.warm_up(engine)
                yield strategy.name


def _kill_after_an_error(processes: OwnProcesses, kind: type | None, *_: object) -> None:
    """Before the strategy ends its workers: it would wait for what stands still."""
    if kind is not None:
        processes.kill()


def load(name: str) -> Strategy:
    """Import one strategy; raises StrategyError when there is none of that name."""
    if name not in names():
        message = f"there is no strategy {name!r}; choose one of {', '.join(names())}"
        raise StrategyError(message)
    described = describe(name)
    if described.missing:
        return Strategy(described, None, described.missing)
    try:
        with warnings.catch_warnings(category=UserWarning, action="ignore"):  # joblib's are errors
            return Strategy(described, importlib.import_module(f"strategies.{name}"))
    except Exception as error:  # noqa: BLE001 - a broken strategy must not hide the others
        return Strategy(described, None, _refused(described, error))


def _refused(described: Description, error: Exception) -> str:
    """Return whose mistake it is that a strategy cannot be imported: its files', or a library's."""
    if hidden := shadow(error):
        return f"{described.name} cannot be imported ({_said(error)}); {hidden}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return remedy(described.name, error.name.partition(".")[0])
    if isinstance(error, ImportError):
        return f"{described.name} cannot be imported ({error}); reinstall the library that it names"
    raised_in = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    if raised_in in described.files or not described.libraries:
        return f"{described.name} fails on import ({_said(error)}); mend {raised_in.name}"
    return (
        f"{described.name} needs {', '.join(described.libraries)}, and one of these cannot be "
        f"imported here ({_said(error)}); {_mend(described)}"
    )


def _of_a_library(described: Description, error: Exception) -> bool:
    """Whether an error comes out of a strategy's library, or of what configures it."""
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    if files[-1].is_relative_to(OURS):
        return False
    return bool(described.variables()) or any(
        library in file.parts for file in files for library in described.libraries
    )


def _mend(described: Description) -> str:
    """Return what to look at where a library does not like how it is configured."""
    if variables := described.variables():
        return f"mend what it names, or unset what configures it: {variables}"
    return (
        "mend what this names: a configuration file, an environment variable, or the installation"
    )


def _said(error: Exception) -> str:
    """Return what an error says, on one line, which may be long."""
    return f"{type(error).__name__}: {textwrap.shorten(str(error), SAID, placeholder=' …')}"


def load_all() -> list[Strategy]:
    """Import every strategy; those that cannot be used are there too, with the reason."""
    return [load(name) for name in names()]
