"""Scaling: warm jobs with 1, 2, … cores workers, and twice as many as there are cores."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Scaling(suite.Model):
    """As `warm`, at one size, over workers; serial has one whatever it is told."""

    name = "scaling"

    def spmb_job(self, *_cell: object) -> Measurement | None:
        """Seconds per MB."""
        return self.sample("spmb")
