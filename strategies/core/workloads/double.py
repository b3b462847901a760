"""`double`: the seed example. Reading, writing and moving data are nearly all of the work."""

from typing import Any

from strategies.core.workloads import Column, Workload


def twice(value: Any) -> Any:
    """Return twice a number, or twice each of an array: df["new_column"] = df["old_column"] * 2."""
    return value * 2


WORKLOAD = Workload(
    name="double",
    reads=(Column("old_column", float),),
    writes=(Column("new_column", float),),
    record=twice,
    array=twice,
)
