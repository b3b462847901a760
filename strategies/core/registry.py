"""Strategies by name: what is known of each, and how it is started."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from strategies.core.contract import OPTIONS, Runner
from strategies.core.engines import DEFAULT_ENGINE
from strategies.core.errors import LostWorkerError, StrategyError
from strategies.core.listing import Description, describe, names, remedy
from strategies.core.process.interrupts import held
from strategies.core.process.own import OwnProcesses
from strategies.core.process.workers import interrupts_ours, same_path


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
        worker has then run a no-op. Left by an error, it kills the workers, whatever they are
        doing. Raises StrategyError, also for an option that the strategy has no use for.
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
        with ExitStack() as stack:
            processes = stack.enter_context(closing(OwnProcesses()))
            try:
                with held(), interrupts_ours(), same_path():
                    runner = stack.enter_context(self.module.start(workers, **options))
                stack.push(partial(_kill_after_an_error, processes))
                with held(), interrupts_ours(), same_path():
                    runner.warm_up(engine)
                processes.claim()
                stack.callback(processes.claim_descendants)
            except (BrokenExecutor, EOFError, LostWorkerError, OSError, RuntimeError) as error:
                message = (
                    f"{self.name} cannot start {workers} workers "
                    f"({type(error).__name__}: {error}); "
                    "use fewer with --workers, or see what limits them: ulimit -a"
                )
                raise StrategyError(message) from error
            yield runner


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
        return Strategy(described, importlib.import_module(f"strategies.{name}"))
    except ImportError as error:
        reason = f"{name} cannot be imported ({error}); reinstall the library that it names"
        if isinstance(error, ModuleNotFoundError) and error.name:
            reason = remedy(name, error.name.partition(".")[0])
        return Strategy(described, None, reason)
    except Exception as error:  # noqa: BLE001 - a broken strategy must not hide the others
        reason = f"{name} fails on import ({error!r}); mend strategies/{name}.py"
        return Strategy(described, None, reason)


def load_all() -> list[Strategy]:
    """Import every strategy; those that cannot be used are there too, with the reason."""
    return [load(name) for name in names()]
