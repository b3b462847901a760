"""What is compared: one file per strategy, found by looking into this folder.

A strategy is a module with one context manager, `start(workers)`, that brings the
workers up and yields a `Runner`. This package is all that the rest of the project may use
of it: nothing outside `strategies/` imports from `strategies.core`, so that the inside may
move while older commits stay measurable. Names are imported when they are first used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

INTERFACE = 1  # to be raised when something here changes its meaning, or goes

if sys.platform not in {"linux", "darwin"}:
    message = (
        f"parabench runs on Linux, and untested on macOS, not on {sys.platform}; "
        "on Windows, use the Windows Subsystem for Linux"
    )
    raise ImportError(message)

if TYPE_CHECKING:
    from strategies.core.contract import TLS as TLS
    from strategies.core.contract import Job as Job
    from strategies.core.contract import Part as Part
    from strategies.core.contract import Runner as Runner
    from strategies.core.contract import Summary as Summary
    from strategies.core.csv.dialect import DELIMITERS as DELIMITERS
    from strategies.core.csv.dialect import MARKS as MARKS
    from strategies.core.csv.dialect import Dialect as Dialect
    from strategies.core.csv.dialect import delimiter_of as delimiter_of
    from strategies.core.csv.dialect import mark_of as mark_of
    from strategies.core.csv.planner import Plan as Plan
    from strategies.core.csv.planner import plan_chunks as plan_chunks
    from strategies.core.engines import DEFAULT_ENGINE as DEFAULT_ENGINE
    from strategies.core.engines import engine_names as engine_names
    from strategies.core.engines import load_engine as load_engine
    from strategies.core.errors import DestinationError as DestinationError
    from strategies.core.errors import JobError as JobError
    from strategies.core.errors import LostWorkerError as LostWorkerError
    from strategies.core.errors import RecordError as RecordError
    from strategies.core.errors import SourceError as SourceError
    from strategies.core.errors import StrategyError as StrategyError
    from strategies.core.errors import WorkloadError as WorkloadError
    from strategies.core.errors import WrongOutputError as WrongOutputError
    from strategies.core.jobs.chunk_work import transform as transform
    from strategies.core.jobs.pipes import keeping_output as keeping_output
    from strategies.core.jobs.scratch import remove_scratch as remove_scratch
    from strategies.core.listing import BASELINE as BASELINE
    from strategies.core.listing import Description as Description
    from strategies.core.listing import chunk_strategies as chunk_strategies
    from strategies.core.listing import describe as describe
    from strategies.core.listing import describe_engine as describe_engine
    from strategies.core.listing import libraries as libraries
    from strategies.core.listing import names as names
    from strategies.core.listing import whole_file_systems as whole_file_systems
    from strategies.core.process.children import adopt_orphans as adopt_orphans
    from strategies.core.process.children import end_children as end_children
    from strategies.core.process.children import exit_without_children as exit_without_children
    from strategies.core.process.children import keep_ending_children as keep_ending_children
    from strategies.core.process.defaults import START_METHOD as START_METHOD
    from strategies.core.process.defaults import available_cores as available_cores
    from strategies.core.process.interrupts import interrupt as interrupt
    from strategies.core.process.requirements import require_threads as require_threads
    from strategies.core.process.streams import keep_input as keep_input
    from strategies.core.process.streams import open_missing_streams as open_missing_streams
    from strategies.core.process.whole_lines import WholeLines as WholeLines
    from strategies.core.process.whole_lines import takes_text as takes_text
    from strategies.core.process.workers import ignore_interrupts as ignore_interrupts
    from strategies.core.reference import definition as definition
    from strategies.core.reference import difference as difference
    from strategies.core.reference import verify as verify
    from strategies.core.reference.fidelity import Fidelity as Fidelity
    from strategies.core.reference.fidelity import fidelity as fidelity
    from strategies.core.registry import Strategy as Strategy
    from strategies.core.registry import load as load
    from strategies.core.registry import load_all as load_all
    from strategies.core.shadows import shadow as shadow
    from strategies.core.workloads import WORKLOAD_NAMES as WORKLOAD_NAMES
    from strategies.core.workloads import Column as Column
    from strategies.core.workloads import Workload as Workload
    from strategies.core.workloads import load_workload as load_workload
    from strategies.core.workloads.user_function import user_workload as user_workload

_HOMES = {  # the names of each module below strategies.core
    "contract": "TLS Job Part Runner Summary",
    "errors": "DestinationError JobError LostWorkerError RecordError SourceError StrategyError"
    " WorkloadError WrongOutputError",
    "csv.dialect": "DELIMITERS MARKS Dialect delimiter_of mark_of",
    "csv.planner": "Plan plan_chunks",
    "engines": "DEFAULT_ENGINE engine_names load_engine",
    "jobs.chunk_work": "transform",
    "jobs.pipes": "keeping_output",
    "jobs.scratch": "remove_scratch",
    "listing": "BASELINE Description chunk_strategies describe describe_engine libraries names"
    " whole_file_systems",
    "process.children": "adopt_orphans end_children exit_without_children keep_ending_children",
    "process.defaults": "START_METHOD available_cores",
    "process.interrupts": "interrupt",
    "process.requirements": "require_threads",
    "process.streams": "keep_input open_missing_streams",
    "process.whole_lines": "WholeLines takes_text",
    "process.workers": "ignore_interrupts",
    "reference": "definition difference verify",
    "reference.fidelity": "Fidelity fidelity",
    "registry": "Strategy load load_all",
    "shadows": "shadow",
    "workloads": "WORKLOAD_NAMES Column Workload load_workload",
    "workloads.user_function": "user_workload",
}
_HOME = {name: module for module, names_in_it in _HOMES.items() for name in names_in_it.split()}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        message = f"module 'strategies' has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"strategies.core.{_HOME[name]}"), name)
    globals()[name] = value  # so that this is called once a name
    return value
