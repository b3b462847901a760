"""All figures of a session, in the order in which they are shown."""

from collections.abc import Iterator, Sequence

from parabench.figures.dots import cpu, startup
from parabench.figures.drawing import Drawing
from parabench.figures.history import history
from parabench.figures.memory import memory
from parabench.figures.scaling import scaling
from parabench.figures.throughput import throughput
from parabench.results import Measured


def drawings(measured: Measured, sessions: Sequence[Measured]) -> Iterator[Drawing]:
    """Yield what can be drawn; `sessions` are the machine's, one a commit."""
    drawn = [
        throughput(measured, "warm"),
        throughput(measured, "cold"),
        scaling(measured),
        memory(measured),
        startup(measured),
        cpu(measured),
        throughput(measured, "chunking"),
        history(sessions),
    ]
    yield from (drawing for drawing in drawn if drawing is not None)
