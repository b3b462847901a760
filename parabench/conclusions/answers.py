"""The answer, in sentences made from the data: which strategy, from which size on, at what cost.

A sentence claims no difference that is smaller than its uncertainty. Names are between
backticks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import inf

from parabench.conclusions.curves import Band, Crossover, Curve, cold_curve, crossover
from parabench.results import Cell, Measured
from strategies.core.names import BASELINE


@dataclass(frozen=True)
class Answer:
    """What is said of a workload."""

    workload: str
    sentences: list[str]
    open_questions: list[str]  # what could not be told, and what to run


def answers(measured: Measured) -> list[Answer]:
    """Return an answer for each workload that any job was measured with."""
    workloads = dict.fromkeys(
        cell.params["workload"] for model in ("warm", "cold") for cell in measured.of(model)
    )
    return [_answer(measured, workload) for workload in workloads]


def _answer(measured: Measured, workload: str) -> Answer:
    cold, doubts = _cold(measured, workload)
    sentences = [*cold, *_warm(measured, workload), *_cost(measured, workload)]
    doubts += _without(measured, workload)
    return Answer(workload, sentences, doubts)


# --- A job on workers that are up ---------------------------------------------------------


def _warm(measured: Measured, workload: str) -> Iterator[str]:
    """Yield a sentence for sizes in a row that have the same fastest strategies."""
    sizes = _sizes(measured, workload)
    found = [(size, best) for size in sizes if (best := _best(measured, workload, size))]
    for winners, group in groupby(found, key=lambda one: tuple(c.strategy for c in one[1])):
        group_sizes = [size for size, _ in group]
        at = "at " + _listed([megabytes(size) for size in group_sizes])
        first, *others = winners
        if BASELINE in winners:
            faster = [name for name in winners if name != BASELINE]
            than = f"; {_names(faster)} cannot be told from it" if faster else ""
            yield f"On workers that are up, {at}, nothing is faster than `{BASELINE}`{than}."
            continue
        tied = f" ({_names(others)} cannot be told from it)" if others else ""
        gain = _gains(measured, workload, first, group_sizes)
        yield f"On workers that are up, {at}, `{first}` is fastest{tied}: {gain}."


def _sizes(measured: Measured, workload: str) -> list[float]:
    cells = [c for c in measured.of("warm") if c.params["workload"] == workload]
    return sorted({c.params["megabytes"] for c in cells})


def _cells(measured: Measured, workload: str, size: float) -> list[Cell]:
    wanted = {"workload": workload, "megabytes": size}.items()
    return [c for c in measured.of("warm") if wanted <= c.params.items() and c.state == "ok"]


def _best(measured: Measured, workload: str, size: float) -> list[Cell]:
    """Return the fastest cell, and those whose intervals overlap with its own."""
    timed = [c for c in _cells(measured, workload, size) if c.median("seconds") is not None]
    timed.sort(key=lambda cell: cell.median("seconds") or 0)
    edge = (timed[0].interval("seconds") or (0, 0))[1] if timed else 0
    return [c for c in timed if (c.interval("seconds") or (0, 0))[0] <= edge]


def _gains(measured: Measured, workload: str, strategy: str, sizes: list[float]) -> str:
    said = []
    for size in sizes:
        cell = measured.find("warm", workload=workload, megabytes=size, strategy=strategy)
        speed_up = cell and measured.speed_up(cell)
        interval = cell and measured.speed_up_interval(cell)
        if speed_up and interval:
            said.append(f"{speed_up:.2f} ({interval[0]:.2f} to {interval[1]:.2f})")
    if not said:
        return f"`{BASELINE}` has no result to compare with"
    return f"{_listed(said)} times the speed of `{BASELINE}`"


# --- A job with all that it takes to start and to end ------------------------------------


def _cold(measured: Measured, workload: str) -> tuple[list[str], list[str]]:
    """Return the sentences about the crossovers, and what they leave open."""
    base = cold_curve(measured, workload, BASELINE)
    curves = {
        name: curve
        for name in _strategies(measured, workload)
        if name != BASELINE and (curve := cold_curve(measured, workload, name))
    }
    if base is None or not curves:
        return [], ["when starting the workers pays: there are no cold runs to tell from"]
    found = {name: crossover(curve, base) for name, curve in curves.items()}
    seen = sorted((c.size or 0, name) for name, c in found.items() if c.latest is not None)
    never = [name for name, c in found.items() if c.earliest is None]
    untold = [n for n, c in found.items() if c.latest is None and c.earliest is not None]
    one = next(iter(found.values()))
    sentences = []
    if seen:
        sentences.append(_headline(found, [name for _, name in seen]))
        sentences += _fastest(curves | {BASELINE: base}, one.measured)
    later = [name for _, name in seen if not _level(found[name], found[seen[0][1]])]
    if later:
        others = [f"`{name}` {_from(found[name])}" for name in later]
        sentences.append(f"Cold, `{BASELINE}` is overtaken later by {_listed(others)}.")
    up_to = f"up to {megabytes(one.limit)}{_beyond(one)}"
    if one.limit == one.smallest:
        up_to = f"at {megabytes(one.limit)}"
    if never:
        verb = "is" if len(never) == 1 else "are"
        sentences.append(f"Cold, {_names(never)} {verb} not faster than `{BASELINE}` {up_to}.")
    if untold:
        sentences.append(f"Cold, {_names(untold)} cannot be told from `{BASELINE}` {up_to}.")
    doubts = []
    if one.limit == one.smallest:
        doubts.append(
            "from which size on starting the workers pays: only one size was measured cold"
        )
    elif any(c.estimated for c in found.values()):
        doubts.append(
            "cold runs at more than one size: they are estimated, from warm jobs and from what "
            "start and end took elsewhere"
        )
    return sentences, doubts


def _headline(found: dict[str, Crossover], ordered: list[str]) -> str:
    """Return which strategy overtakes serial first, and which cannot be told from being it."""
    first, *others = ordered
    crossing = found[first]
    how = "cold, estimated" if crossing.estimated else "cold"
    if crossing.size == crossing.smallest:
        text = f"`{first}` is faster than `{BASELINE}` {_from(crossing)}"
    else:
        text = f"`{BASELINE}` is fastest below {_size(crossing)}; from there `{first}`"
    level = [f"`{name}` {_from(found[name])}" for name in others if _level(found[name], crossing)]
    if level:
        text += f", which cannot be told from {_listed(level)}"
    return f"Started for one job ({how}), {text}."


def _level(crossing: Crossover, first: Crossover) -> bool:
    """Whether a crossover cannot be told from the first."""
    return (crossing.earliest or 0) <= (first.latest or inf)


def _fastest(curves: dict[str, Curve], size: float) -> Iterator[str]:
    """Yield what is fastest at the largest size, where that can be told from serial."""
    bands = {name: curve.at(size) for name, curve in curves.items() if size <= curve.sizes[-1]}
    fastest = min(bands, key=lambda name: bands[name].middle)
    tied = [n for n, b in bands.items() if n != fastest and b.low <= bands[fastest].high]
    if BASELINE not in {fastest, *tied}:
        also = f"; {_names(tied)} cannot be told from it" if tied else ""
        yield f"Cold, at {megabytes(size)}, `{fastest}` is fastest{also}."


def _from(crossing: Crossover) -> str:
    if crossing.size != crossing.smallest:
        return f"at {_size(crossing)}"
    certain = crossing.latest == crossing.smallest or crossing.latest is None
    sure = "" if certain else f" (certain from {megabytes(crossing.latest or 0)})"
    return f"from {megabytes(crossing.smallest)}, the smallest size, on{sure}"


def _size(crossing: Crossover) -> str:
    """Return the crossover and its uncertainty, as `3.1 MB (2.5 to 4 MB)`."""
    size, latest = crossing.size or 0.0, crossing.latest
    earliest = crossing.earliest or 0.0
    low = megabytes(earliest) if earliest > crossing.smallest else "less"
    high = megabytes(latest) if latest is not None else f"more than {megabytes(crossing.limit)}"
    if low[-2:] == high[-2:] and latest is not None:
        low = low[:-3]  # both have the same unit
    notes = [f"{low} to {high}"]
    if size > crossing.measured:
        notes.append("beyond what was measured")
    return f"{megabytes(size)} ({'; '.join(notes)})"


def _beyond(crossing: Crossover) -> str:
    return " (beyond what was measured)" if crossing.limit > crossing.measured else ""


# --- What it costs, and what is not known -------------------------------------------------


def _cost(measured: Measured, workload: str) -> Iterator[str]:
    """Yield what the fastest takes of memory and CPU time, at the largest size."""
    sizes = _sizes(measured, workload)
    if not sizes or not (best := _best(measured, workload, sizes[-1])):
        return
    size, ours = sizes[-1], best[0]
    base = measured.find("warm", workload=workload, megabytes=size, strategy=BASELINE)
    if base is None or base.state != "ok" or ours.strategy == BASELINE:
        return
    peak, peak_before = ours.median("peak_bytes"), base.median("peak_bytes")
    cpu = _ratio(ours, base, "cpu_seconds")
    if peak and peak_before and cpu:
        times = f"{cpu.middle:.2f} ({cpu.low:.2f} to {cpu.high:.2f}) times the CPU seconds"
        if cpu.low <= 1 <= cpu.high:
            times = "CPU seconds that cannot be told apart"
        yield (
            f"What that costs, at {megabytes(size)}, against `{BASELINE}`: {peak / 1e6:.0f} MB of "
            f"memory for {peak_before / 1e6:.0f} MB, and {times}."
        )


def _ratio(ours: Cell, base: Cell, metric: str) -> Band | None:
    """Return how many times the baseline's metric ours is."""
    a, b = ours.median(metric), base.median(metric)
    ends, base_ends = ours.interval(metric), base.interval(metric)
    if not (a and b and ends and base_ends and base_ends[0]):
        return None
    return Band(ends[0] / base_ends[1], a / b, ends[1] / base_ends[0])


def _without(measured: Measured, workload: str) -> Iterator[str]:
    """Yield what is not known since cells have no result."""
    cells = [c for c in measured.cells if c.params.get("workload") == workload and c.state != "ok"]
    for state in dict.fromkeys(cell.state for cell in cells):
        these = [cell for cell in cells if cell.state == state]
        number = "1 cell" if len(these) == 1 else f"{len(these)} cells"
        yield f"{number} {state}: {_names(list(dict.fromkeys(c.strategy for c in these)))}"
    few = [
        c for c in measured.of("warm") if c.params["workload"] == workload and len(c.samples) == 1
    ]
    if few:
        yield "which differences are real: there is one sample a cell"


def _strategies(measured: Measured, workload: str) -> list[str]:
    cells = [*measured.of("cold"), *measured.of("warm")]
    return list(dict.fromkeys(c.strategy for c in cells if c.params["workload"] == workload))


def megabytes(size: float) -> str:
    """Return a size in MB in words, to two digits: it is no better known."""
    if size >= 1_000:
        return f"{size / 1_000:.2g} GB" if size < 1_000_000 else f"{size / 1_000_000:.2g} TB"
    return f"{float(f'{size:.2g}'):g} MB"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _names(names: list[str]) -> str:
    return _listed([f"`{name}`" for name in names])
