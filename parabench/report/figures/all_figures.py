"""All figures of a session, in the order in which they are shown."""

from collections.abc import Iterator, Sequence

from parabench.report.figures.dots import cpu, startup
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.engines import engines
from parabench.report.figures.history import history
from parabench.report.figures.memory import memory
from parabench.report.figures.scaling import scaling
from parabench.report.figures.throughput import best_of_engines, throughput
from parabench.report.sessions import Session


def drawings(session: Session, sessions: Sequence[Session]) -> Iterator[Drawing]:
    """Yield what can be drawn; `sessions` are the machine's, one a commit."""
    drawn = [
        engines(session),
        best_of_engines(session, "warm"),
        best_of_engines(session, "cold"),
        throughput(session, "warm"),
        throughput(session, "cold"),
        scaling(session),
        memory(session),
        startup(session),
        cpu(session),
        throughput(session, "chunking"),
        history(sessions),
    ]
    yield from (drawing for drawing in drawn if drawing is not None)
