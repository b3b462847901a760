"""Start-up: what starting workers costs by itself."""

from benchmarks.harness import suite
from benchmarks.harness.measurement import Measurement


class Startup(suite.Model):
    """From entering `start` until every worker has done a first task."""

    name = "startup"

    def wall_start(self, *_cell: object) -> Measurement | None:
        """Seconds."""
        return self.sample("wall")
