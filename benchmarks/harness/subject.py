"""What is measured: the `strategies` and `data_gen` of the commit, which may be an old one.

asv imports the harness of the working tree beside each commit's packages. So all names that
the harness uses of them are imported from here, and this import never fails: a commit without
the interface that the harness needs has stand-ins for what describes the cells, so that asv
finds the benchmarks, and REASON says why no cell of it can be measured.
"""

import importlib
import os
import pkgutil
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_gen.cache import Dataset as Dataset
    from data_gen.cache import cache_folder as cache_folder
    from data_gen.cache import cached as cached
    from data_gen.cache import dataset as dataset
    from strategies import BASELINE as BASELINE
    from strategies import DEFAULT_ENGINE as DEFAULT_ENGINE
    from strategies import START_METHOD as START_METHOD
    from strategies import WORKLOAD_NAMES as WORKLOAD_NAMES
    from strategies import Job as Job
    from strategies import JobError as JobError
    from strategies import LostWorkerError as LostWorkerError
    from strategies import Plan as Plan
    from strategies import Runner as Runner
    from strategies import Strategy as Strategy
    from strategies import Summary as Summary
    from strategies import WrongOutputError as WrongOutputError
    from strategies import available_cores as available_cores
    from strategies import definition as definition
    from strategies import describe as describe
    from strategies import describe_engine as describe_engine
    from strategies import engine_names as engine_names
    from strategies import libraries as libraries
    from strategies import load as load
    from strategies import load_all as load_all
    from strategies import load_engine as load_engine
    from strategies import load_workload as load_workload
    from strategies import names as names
    from strategies import plan_chunks as plan_chunks
    from strategies import user_workload as user_workload

IN_OUR_PROCESS = {"serial", "threads"}  # kinds of strategies that work in the process that starts
NEEDED = 1  # the version of the interface, `strategies.INTERFACE`
FROM_DATA_GEN = {"Dataset", "cache_folder", "cached", "dataset"}


def _package() -> tuple[ModuleType | None, str | None]:
    """Return the commit's `strategies`, and why it cannot be measured, if so."""
    try:
        package = importlib.import_module("strategies")
    except ImportError as error:
        return None, f"this commit's strategies cannot be imported ({error})"
    interface = getattr(package, "INTERFACE", None)
    if interface == NEEDED:
        return package, None
    has = "no interface" if interface is None else f"interface {interface}"
    return package, f"this commit's strategies have {has}; the harness needs {NEEDED}"


PACKAGE, REASON = _package()


def _listed() -> list[str]:
    """Return the names of the strategies, by the files alone, the baseline first."""
    paths = PACKAGE.__path__ if PACKAGE else []
    modules = {module.name for module in pkgutil.iter_modules(paths)} - {"core"}
    public = sorted(name for name in modules if not name.startswith("_"))
    return sorted(public, key=lambda name: name != "serial")


BEFORE_ENGINES: dict[str, Any] = {  # of what a commit of our interface lacks that has but one
    "DEFAULT_ENGINE": "pandas",
    "describe_engine": lambda _name: SimpleNamespace(in_sweeps=True, missing=None),
    "engine_names": lambda: ("pandas",),
    "load_engine": lambda _name: None,
}
STAND_INS: dict[str, Any] = {  # of what describes the cells; their values were never others
    "BASELINE": "serial",
    "START_METHOD": "spawn",
    "WORKLOAD_NAMES": ("double", "score", "digest"),
    "describe": lambda name: SimpleNamespace(
        in_sweeps=name in {"serial", "futures_processes", "dask_distributed"}, kind=""
    ),
    "libraries": lambda: ("dask", "distributed", "joblib", "numpy", "pandas"),
    "available_cores": lambda: len(os.sched_getaffinity(0)),
    "names": _listed,
    **BEFORE_ENGINES,
}


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if REASON is not None:
        return STAND_INS.get(name, type(name, (Exception,), {}))  # anything that can be imported
    home = "data_gen.cache" if name in FROM_DATA_GEN else "strategies"
    module = importlib.import_module(home)
    if name in BEFORE_ENGINES and not hasattr(module, name):
        return BEFORE_ENGINES[name]
    return getattr(module, name)
