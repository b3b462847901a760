"""Memory: the peak of the process tree over size, in chunks of one size."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Memory(suite.Model):
    """As `cold`, `double` in chunks of 1 MB: flat is what the contract promises."""

    name = "memory"

    def treepeak_job(self, *_cell: object) -> Measurement | None:
        """Peak memory of the tree."""
        return self.sample("treepeak")
