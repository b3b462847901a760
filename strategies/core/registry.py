"""The folder is the registry: every module in `strategies/` is a strategy."""

import importlib
import importlib.metadata
import inspect
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from strategies.core.contract import TLS, Runner
from strategies.core.errors import LostWorkerError, StrategyError
from strategies.core.hold import held
from strategies.core.names import names
from strategies.core.processes import OwnProcesses, interrupts_ours

__all__ = ["Strategy", "load", "load_all", "names"]

UNUSED = {  # why a strategy takes no such option
    "address": "has no cluster to join; leave out --address",
    "tls": "has no cluster to join; leave out --tls-ca, --tls-cert and --tls-key",
    "start_method": "does not let us choose how processes start; leave out --start-method",
    "timeout": "has no worker that could be given up; leave out --timeout, or use processes",
}


@dataclass(frozen=True)
class Strategy:
    """A strategy by name; `module` is None where `reason` says why it cannot be used."""

    name: str
    module: ModuleType | None
    reason: str | None = None

    @property
    def summary(self) -> str:
        """The first line of the strategy's own description."""
        return (inspect.getdoc(self.module) or "").partition("\n")[0] if self.module else ""

    @property
    def options(self) -> set[str]:
        """The names of the options that the strategy can be started with."""
        if self.module is None:
            return set()
        return set(inspect.signature(self.module.start).parameters) - {"workers"}

    @contextmanager
    def start(
        self,
        workers: int,
        *,
        address: str | None = None,
        tls: TLS | None = None,
        start_method: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[Runner]:
        """Bring the workers up, or join the cluster at `address`; leave nothing behind.

        `start_method` is one of `multiprocessing`'s; `timeout` is in seconds, for the
        chunk that is to be written next. The time to enter this block is the start-up
        cost: every worker has then run a no-op. Left by an error, it kills the workers,
        whatever they are doing. Raises StrategyError, also for an option that the
        strategy has no use for.
        """
        if self.module is None:
            raise StrategyError(self.reason)
        if workers < 1:
            message = f"{workers} workers cannot do anything; use at least 1 with --workers"
            raise StrategyError(message)
        given = {"address": address, "tls": tls, "start_method": start_method, "timeout": timeout}
        options = {name: value for name, value in given.items() if value is not None}
        for name in options.keys() - self.options:
            message = f"{self.name} {UNUSED[name]}"
            raise StrategyError(message)
        with ExitStack() as stack:
            processes = stack.enter_context(closing(OwnProcesses()))
            try:
                with held(), interrupts_ours():
                    runner = stack.enter_context(self.module.start(workers, **options))
                stack.push(partial(_kill_after_an_error, processes))
                with held(), interrupts_ours():
                    runner.prime()
                processes.claim()
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
    try:
        return Strategy(name, importlib.import_module(f"strategies.{name}"))
    except ImportError as error:
        return Strategy(name, None, _remedy(name, error))
    except Exception as error:  # noqa: BLE001 - a broken strategy must not hide the others
        return Strategy(
            name, None, f"{name} fails on import ({error!r}); mend strategies/{name}.py"
        )


def load_all() -> list[Strategy]:
    """Import every strategy; those that cannot be used are there too, with the reason."""
    return [load(name) for name in names()]


def _remedy(name: str, error: ImportError) -> str:
    """Return why a strategy cannot be imported and what to run."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return f"{name} cannot be imported ({error}); reinstall the library that it names"
    library = error.name.partition(".")[0]
    extras = importlib.metadata.metadata("parabench").get_all("Provides-Extra") or []
    target = f"'.[{library}]'" if library in extras else library
    return f"{name} needs '{library}', which is not installed; run: pip install {target}"
