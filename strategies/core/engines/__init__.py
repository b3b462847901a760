"""Engines: how a chunk's bytes become the output's bytes. The folder is the registry.

An engine is a module with `transform(data, layout, workload)`, which returns a Part: the
records of `data` with the workload's column at the end, as CSV text. It raises RecordError
for a record that cannot be used, and UnicodeDecodeError for what is no text.
"""

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from strategies.core.errors import StrategyError
from strategies.core.extras import remedy

if TYPE_CHECKING:
    from strategies.core.contract import Part
    from strategies.core.csv.layout import Layout
    from strategies.core.workloads import Workload

DEFAULT_ENGINE = "pandas"


class Engine(Protocol):
    """A module of this folder."""

    def transform(self, data: bytes, layout: "Layout", workload: "Workload", /) -> "Part":
        """Return the records with the workload's column at the end; data has no NUL."""


def engine_names() -> list[str]:
    """Return the names of all engines, the default one first; helpers begin with `_`."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    names = [name for name in modules if not name.startswith("_")]
    return sorted(names, key=lambda name: (name != DEFAULT_ENGINE, name))


@cache  # workers ask for each chunk
def load_engine(name: str) -> Engine:
    """Import an engine; raises StrategyError when there is none of that name, or no library."""
    if name not in engine_names():
        message = f"there is no engine {name!r}; choose one of {', '.join(engine_names())}"
        raise StrategyError(message)
    try:
        return cast("Engine", import_module(f"{__name__}.{name}"))
    except ModuleNotFoundError as error:
        message = remedy(f"the engine {name}", (error.name or "").partition(".")[0])
        raise StrategyError(message) from error
