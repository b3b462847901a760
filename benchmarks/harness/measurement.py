"""One sample: everything that is metered while a job runs once."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """Seconds, bytes. What a field's model does not have is None."""

    seconds: float  # of what the model is about
    cpu_seconds: float  # of the process tree, in these seconds
    peak_bytes: int  # of the process tree
    peak_at_most: int  # the true peak is not above this
    memory_kind: str  # PSS or RSS
    memory_gap: float  # the longest time between two samples of memory
    sampling_cost: float  # of a core
    bytes_in: int | None = None
    bytes_out: int | None = None
    startup_seconds: float | None = None
    job_seconds: float | None = None
    shutdown_seconds: float | None = None
    cached: float | None = None  # share of the source that was in the page cache before

    @property
    def seconds_per_mb(self) -> float:
        """Seconds per 10**6 bytes of input."""
        if not self.bytes_in:
            message = "this model has no input"
            raise ValueError(message)
        return self.seconds / (self.bytes_in / 1e6)

    def as_line(self) -> dict[str, Any]:
        """Return the fields for the journal."""
        return asdict(self)


def from_line(line: dict[str, Any]) -> Measurement:
    """Return what `as_line` was made of; other keys of the line are ignored."""
    values: dict[str, Any] = {name: line.get(name) for name in Measurement.__dataclass_fields__}
    return Measurement(**values)
