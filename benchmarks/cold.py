"""Cold: start-up, job and shutdown, as a script that does one job has them."""

import os

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Cold(suite.Model):
    """Start-up + job + shutdown; the library is imported in our own process before."""

    name = "cold"
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


class ColdEngines(Cold):
    """The engines that are not measured with every strategy."""

    grid = "engines"


class ColdFiles(Cold):
    """Systems that read and write whole files by themselves."""

    grid = "files"


if os.environ.get("PARABENCH_DROP_CACHES"):

    class Uncached(suite.Model):
        """The same, with the system's page cache dropped before; root only, by request."""

        name = "uncached"
        version = "2"

        def spmb_job(self, *_cell: object) -> Measurement | None:
            """Seconds per MB."""
            return self.sample("spmb")

    class UncachedEngines(Uncached):
        """The engines that are not measured with every strategy."""

        grid = "engines"

    class UncachedFiles(Uncached):
        """Systems that read and write whole files by themselves."""

        grid = "files"
