"""Warm: a job on workers that are already up."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Warm(suite.Model):
    """From the call of `run`, planning included, to the renamed output."""

    name = "warm"

    def spmb_job(self, *_cell: object) -> Measurement:
        """Seconds per MB."""
        return self.sample("spmb")

    def treecpu_job(self, *_cell: object) -> Measurement:
        """CPU seconds of the tree."""
        return self.sample("treecpu")

    def treepeak_job(self, *_cell: object) -> Measurement:
        """Peak memory of the tree."""
        return self.sample("treepeak")
