#!/usr/bin/env python3
"""The fuzz target: libFuzzer's options are the arguments. `make fuzz` runs it."""

import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

import atheris
from atheris.import_hook import HookManager

for name in (
    "errors",
    "workloads",
    "workloads.numbers",
):  # loaded before, they are left out of the coverage
    import_module(f"strategies.core.{name}")

# `atheris.instrument_imports` would trace comparisons too, and each that yields an array
# leaks it (atheris 3.0): 10 kB an execution, so that no run would outlast three minutes.
with HookManager({"strategies"}, set(), enable_loader_override=False, trace_dataflow=False):
    for name in ("csv.layout", "csv.scan", "csv.planner"):
        import_module(f"strategies.core.{name}")

from fuzz.oracle import check  # noqa: E402 - it imports the planner

if __name__ == "__main__":
    # libFuzzer ends the process, so that nobody would be left to remove the folder: make does.
    atheris.Setup(sys.argv, partial(check, folder=Path(mkdtemp())))
    atheris.Fuzz()
