"""Cold: start-up, job and shutdown, as a script that does one job has them."""

import os

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Cold(suite.Model):
    """Start-up + job + shutdown; the library is imported in our own process before."""

    name = "cold"

    def spmb_job(self, *_cell: object) -> Measurement:
        """Seconds per MB."""
        return self.sample("spmb")

    def treecpu_job(self, *_cell: object) -> Measurement:
        """CPU seconds of the tree."""
        return self.sample("treecpu")

    def treepeak_job(self, *_cell: object) -> Measurement:
        """Peak memory of the tree."""
        return self.sample("treepeak")


if os.environ.get("PARABENCH_DROP_CACHES"):

    class Uncached(suite.Model):
        """The same, with the system's page cache dropped before; root only, by request."""

        name = "uncached"

        def spmb_job(self, *_cell: object) -> Measurement:
            """Seconds per MB."""
            return self.sample("spmb")
