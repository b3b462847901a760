"""The folder is the registry: every module in `strategies/` is a strategy."""

import importlib
import importlib.metadata
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import strategies
from strategies.core.contract import Runner
from strategies.core.errors import StrategyError


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

    @contextmanager
    def start(self, workers: int, address: str | None = None) -> Iterator[Runner]:
        """Bring the workers up, or join the cluster at `address`; leave nothing behind.

        The time to enter this block is the start-up cost: every worker has then run a
        no-op. Raises StrategyError.
        """
        if self.module is None:
            raise StrategyError(self.reason)
        if workers < 1:
            message = f"{workers} workers cannot do anything; use at least 1 with --workers"
            raise StrategyError(message)
        options: dict[str, object] = {}
        if address is not None:
            if "address" not in inspect.signature(self.module.start).parameters:
                message = f"{self.name} has no cluster to join; leave out --address {address}"
                raise StrategyError(message)
            options["address"] = address
        with self.module.start(workers, **options) as runner:
            runner.prime()
            yield runner


def names() -> list[str]:
    """Return the names of all strategies, usable or not; imports none of them."""
    found = sorted(module.name for module in pkgutil.iter_modules(strategies.__path__))
    found.remove("core")
    return sorted(found, key=lambda name: name != "serial")  # the baseline first


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
