"""Chunking: warm jobs at one size, over the size of the chunks."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Chunking(suite.Model):
    """As `warm`; kB are 1,000 bytes."""

    name = "chunking"

    def spmb_job(self, *_cell: object) -> Measurement | None:
        """Seconds per MB."""
        return self.sample("spmb")
