"""What a job costs its whole process tree, with samples and intervals as asv's own times have.

A benchmark function of these types does a job once and returns what was measured: an
object with an attribute for each metric. asv decides how often, by `rounds` and `repeat`;
it is the method of an object, whose `repeat` is set to what asv wants in this process.
"""

import re
from typing import Any

from asv_runner.benchmarks.time import TimeBenchmark


class _Reported:
    """What asv expects of a `timeit.Timer`; the clock is the benchmark's own."""

    def __init__(self, function: Any, field: str) -> None:
        self._function = function
        self._field = field

    def timeit(self, number: int) -> float:
        """Return the sum over `number` jobs, in digits that a reader can take in."""
        total = sum(float(getattr(self._function(), self._field)) for _ in range(number))
        return float(f"{total:.6g}")


class TreeBenchmark(TimeBenchmark):  # type: ignore[misc] # asv_runner ships no types
    """Reports the attribute `field` of what the benchmark function returns."""

    name_regex = re.compile("^$")  # none
    field = ""
    shown_type = shown_unit = ""
    _setup_isolates_timed_calls = False  # setup and teardown once in a process

    def __init__(self, name: str, func: Any, attr_sources: list[Any]) -> None:
        super().__init__(name, func, attr_sources)
        self.type, self.unit = self.shown_type, self.shown_unit

    def _get_timer(self, *param: object) -> _Reported:
        self.func.__self__.repeat = self.repeat  # as asv's command line may have changed it
        return _Reported(self._param_bound_func(*param), self.field)

    def _param_bound_func(self, *param: object) -> Any:
        return lambda: self.func(*param)


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
