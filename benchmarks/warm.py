"""Warm: a job on workers that are already up."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Warm(suite.Model):
    """From the call of `run`, planning included, to the renamed output."""

    name = "warm"
    version = "2"

    def spmb_job(self, *_cell: object) -> Measurement | None:
        """Seconds per MB."""
        return self.sample("spmb")

    def treecpu_job(self, *_cell: object) -> Measurement | None:
        """CPU seconds of the tree."""
        return self.sample("treecpu")

    def treepeak_job(self, *_cell: object) -> Measurement | None:
        """Peak memory of the tree."""
        return self.sample("treepeak")


class WarmWorkloads(Warm):
    """The other workloads, at fewer sizes: they compute so much that the engine matters little."""

    grid = "workloads"


class WarmEngines(Warm):
    """The engines that are not measured with every strategy."""

    grid = "engines"


class WarmFiles(Warm):
    """Systems that read and write whole files by themselves."""

    grid = "files"
