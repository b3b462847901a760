"""Planning: the serial scan that is part of every job."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Planning(suite.Model):
    """Cut a file into chunks of whole records, without parsing it."""

    name = "planning"
    grid = "shapes"

    def spmb_plan(self, *_cell: object) -> Measurement | None:
        """Seconds per MB."""
        return self.sample("spmb")
