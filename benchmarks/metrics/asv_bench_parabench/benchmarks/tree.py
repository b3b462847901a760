"""What a job costs its whole process tree, with samples and intervals as asv's own times have.

A benchmark function of these types does a job once and returns what was measured: an
object with an attribute for each metric, or None where there is to be no more. asv decides how
often at most, by `rounds` and `repeat`; it is the method of an object, whose `repeat` is set to
what asv wants in this process.
"""

import re
from typing import Any

from asv_runner.benchmarks.time import TimeBenchmark


class TreeBenchmark(TimeBenchmark):  # type: ignore[misc] # asv_runner ships no types
    """Reports the attribute `field` of what the benchmark function returns."""

    name_regex = re.compile("^$")  # none
    field = ""
    shown_type = shown_unit = ""
    _setup_isolates_timed_calls = False  # setup and teardown once in a process

    def __init__(self, name: str, func: Any, attr_sources: list[Any]) -> None:
        super().__init__(name, func, attr_sources)
        self.type, self.unit = self.shown_type, self.shown_unit

    def run(self, *param: object) -> dict[str, Any]:
        """Return samples, in digits that a reader can take in; a sample is one job."""
        self.func.__self__.repeat = self.repeat  # as asv's command line may have changed it
        samples: list[float] = []
        while len(samples) < self.repeat and (measured := self.func(*param)) is not None:
            samples.append(float(f"{getattr(measured, self.field):.6g}"))
        return {"samples": samples, "number": 1}


class SecondsPerMegabyte(TreeBenchmark):
    """`spmb_*`: seconds per 10**6 bytes of input."""

    name_regex = re.compile(r"^spmb_.+$")
    field = "seconds_per_mb"
    shown_type, shown_unit = "seconds per MB", "s/MB"


class Seconds(TreeBenchmark):
    """`wall_*`: seconds, of what has no input or reads it only once."""

    name_regex = re.compile(r"^wall_.+$")
    field = "seconds"
    shown_type, shown_unit = "seconds", "seconds"


class TreeCpu(TreeBenchmark):
    """`treecpu_*`: CPU seconds of the tree, children that have ended included."""

    name_regex = re.compile(r"^treecpu_.+$")
    field = "cpu_seconds"
    shown_type, shown_unit = "tree CPU", "seconds"


class TreePeakMemory(TreeBenchmark):
    """`treepeak_*`: peak bytes of the tree, PSS where the system tells it."""

    name_regex = re.compile(r"^treepeak_.+$")
    field = "peak_bytes"
    shown_type, shown_unit = "tree peak memory", "bytes"


export_as_benchmark = [SecondsPerMegabyte, Seconds, TreeCpu, TreePeakMemory]
