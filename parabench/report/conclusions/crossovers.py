"""From which size on a strategy beats serial, in words."""

from collections.abc import Mapping

from parabench.report.conclusions.curves import Crossover
from parabench.report.conclusions.words import about, code, exactly, span
from strategies import BASELINE

BEYOND = " (beyond what was measured)"


def first_crossover(crossovers: Mapping[str, Crossover]) -> str:
    """Return where the first strategy overtakes serial; "" where one is faster at once, or none."""
    sure = sorted((c.size or 0, name) for name, c in crossovers.items() if c.latest is not None)
    if not sure or any(size == crossovers[name].smallest for size, name in sure):
        return ""
    _, name = sure[0]
    return f"{_size(crossovers[name])}, where {code(name)} overtakes it"


def verdict(crossing: Crossover) -> str:
    """Return from which size on a strategy is faster, or that it is not."""
    smallest, largest = crossing.smallest, crossing.largest
    earliest, latest, limit = crossing.earliest, crossing.latest, crossing.limit
    back = ""
    if latest is not None and crossing.back is not None:
        note = BEYOND if crossing.back > largest else ""
        back = f"; above about {about(crossing.back)}{note} `{BASELINE}` is faster again"
    if latest == smallest:
        return f"from {exactly(smallest)}, the smallest size, on{back}"
    if latest is not None:
        if crossing.size == smallest:
            return f"significantly from {about(latest)} on{back}"
        return f"from {_size(crossing)} on{back}"
    if earliest is not None and earliest > smallest:
        note = BEYOND if earliest > largest else ""
        return f"no: significantly slower below {about(earliest)}{note}, no difference above"
    where = f"up to {about(limit)}{BEYOND if limit > largest else ''}"
    if limit == smallest:
        where = f"at {exactly(limit)}"
    return f"no: {'slower' if earliest is None else 'no significant difference'} {where}"


def _size(crossing: Crossover) -> str:
    """Return a certain crossover and its uncertainty, as `3.1 MB (2.5 to 4 MB)`."""
    size, latest = crossing.size or 0.0, crossing.latest or 0.0
    earliest = crossing.earliest or 0.0
    notes = [span(earliest, latest) if earliest > crossing.smallest else f"at most {about(latest)}"]
    if size > crossing.largest:
        notes.append("beyond what was measured")
    return f"{about(size)} ({'; '.join(notes)})"
