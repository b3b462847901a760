"""The answer, in sentences made from the data: which strategy, from which size on, at what cost.

A sentence claims no difference that is smaller than its uncertainty: two figures are told
apart where their intervals do not overlap. Names are between backticks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from parabench.report.conclusions.curves import Band, Crossover, Curve, band, cold_curve, crossover
from parabench.report.conclusions.words import about, exactly, listed, named, span, times
from parabench.report.sessions import Measured
from strategies import BASELINE

SHOWN = 6  # crossovers in a sentence: all are in the table's figures


@dataclass(frozen=True)
class Answer:
    """What is said of a workload."""

    workload: str
    sentences: list[str] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=list)  # what could not be told, or not well


def answers(measured: Measured) -> list[Answer]:
    """Return an answer for each workload that any job was measured with."""
    cells = [cell for model in ("warm", "cold") for cell in measured.of(model)]
    found = []
    for workload in dict.fromkeys(cell.params["workload"] for cell in cells):
        answer = Answer(workload)
        _cold(measured, answer)
        _warm(measured, answer)
        answer.open_questions.extend(_without(measured, workload))
        found.append(answer)
    return found


@dataclass(frozen=True)
class Fastest:
    """Who is fastest at a size: nobody that can be told from the baseline, or `first`."""

    size: float
    first: str | None
    tied: tuple[str, ...]  # with `first`, or with the baseline where there is no first


def _fastest(size: float, bands: Mapping[str, Band]) -> Fastest | None:
    """Return who is certainly faster than the baseline, and who cannot be told from that."""
    base = bands.get(BASELINE)
    ordered = sorted(bands, key=lambda name: bands[name].middle)
    if not ordered:
        return None
    edge = base.low if base else float("inf")
    faster = [name for name in ordered if name != BASELINE and bands[name].high < edge]
    if not faster:
        level = [n for n in ordered if n != BASELINE and base and bands[n].low <= base.high]
        return Fastest(size, None, tuple(level))
    best = bands[faster[0]].high
    tied = [n for n in ordered if n not in (faster[0], BASELINE) and bands[n].low <= best]
    return Fastest(size, faster[0], tuple(tied))


def _said(found: list[Fastest]) -> Iterator[tuple[str, list[Fastest]]]:
    """Yield what is said of sizes in a row with the same outcome, and these."""
    for (first, tied), group in groupby(found, key=lambda one: (one.first, one.tied)):
        same = list(group)
        at = listed([exactly(one.size) for one in same])
        also = f" ({named(tied)} cannot be told from it)" if tied else ""
        who = f"`{first}` is fastest" if first else f"nothing is faster than `{BASELINE}`"
        yield f"at {at} {who}{also}", same


# --- A job on workers that are up ---------------------------------------------------------


def _warm(measured: Measured, answer: Answer) -> None:
    cells = [c for c in measured.of("warm") if c.params["workload"] == answer.workload]
    by_size: dict[float, dict[str, Band]] = {}
    for cell in cells:
        if found := band(cell, "seconds"):
            by_size.setdefault(cell.params["megabytes"], {})[cell.strategy] = found
    outcomes = [_fastest(size, bands) for size, bands in sorted(by_size.items())]
    for text, same in _said([outcome for outcome in outcomes if outcome]):
        gains = [gain for one in same if (gain := _gain(one, by_size[one.size]))]
        speed = f": {listed(gains)} the speed of `{BASELINE}`" if gains else ""
        answer.sentences.append(f"On workers that are up, {text}{speed}.")
    if outcomes and outcomes[-1] and outcomes[-1].first:
        answer.sentences.extend(_cost(measured, answer.workload, outcomes[-1]))


def _gain(outcome: Fastest, bands: dict[str, Band]) -> str:
    base, ours = bands.get(BASELINE), bands.get(outcome.first or "")
    if base is None or ours is None or not ours.middle:
        return ""
    return times(*_ratio(base, ours))


def _ratio(above: Band, below: Band) -> Band:
    most = above.high / below.low if below.low else float("inf")
    return Band(above.low / below.high, above.middle / below.middle, most)


def _cost(measured: Measured, workload: str, outcome: Fastest) -> Iterator[str]:
    """Yield what the fastest takes of memory and CPU time, beside the baseline."""
    params = {"workload": workload, "megabytes": outcome.size}
    ours = measured.find("warm", **params, strategy=outcome.first)
    base = measured.find("warm", **params, strategy=BASELINE)
    if ours is None or base is None:
        return
    peak, peak_before = band(ours, "peak_bytes"), band(base, "peak_bytes")
    cpu, cpu_before = band(ours, "cpu_seconds"), band(base, "cpu_seconds")
    if not (peak and peak_before and cpu and cpu_before and cpu_before.middle):
        return
    more = _ratio(cpu, cpu_before)
    seconds = f"{times(*more)} the CPU seconds"
    if more.low <= 1 <= more.high:
        seconds = "CPU seconds that cannot be told apart"
    yield (
        f"There `{outcome.first}` takes {peak.middle / 1e6:.0f} MB of memory, where `{BASELINE}` "
        f"takes {peak_before.middle / 1e6:.0f} MB, and {seconds}."
    )


# --- A job with all that it takes to start and to end ------------------------------------


def _cold(measured: Measured, answer: Answer) -> None:
    cells = [*measured.of("cold"), *measured.of("warm")]
    strategies = dict.fromkeys(c.strategy for c in cells if c.params["workload"] == answer.workload)
    curves = {
        name: curve for name in strategies if (curve := cold_curve(measured, answer.workload, name))
    }
    base = curves.get(BASELINE)
    others = {name: curve for name, curve in curves.items() if name != BASELINE}
    if base is None or not others:
        why = f"`{BASELINE}` has no cold result" if others else "there are no cold results"
        answer.open_questions.append(f"from which size on starting the workers pays: {why}")
        return
    found = {n: c for n, curve in others.items() if (c := crossover(curve, base))}
    estimated = any(curve.estimated for curve in curves.values())
    start = f"Started for one job (cold{', estimated' if estimated else ''})"
    sure = sorted((c.size or 0, name) for name, c in found.items() if c.latest is not None)
    later = [name for size, name in sure if size > found[name].smallest]
    if later and len(later) == len(sure):
        first = found[later[0]]
        answer.sentences.append(f"{start}, `{BASELINE}` is fastest below {_size(first)}.")
        start = "Cold"
    outcomes = [
        _fastest(size, {n: c.at(size) for n, c in curves.items() if _covers(c, size)})
        for size in base.sizes
    ]
    texts = [text for text, _ in _said([outcome for outcome in outcomes if outcome])]
    answer.sentences.append(f"{start}, {'; '.join(texts)}.")
    answer.sentences.extend(_overtaken(found, [name for _, name in sure]))
    answer.sentences.extend(_others(found))
    if not found:
        answer.open_questions.append(
            "from which size on starting the workers pays: no size has both "
            f"`{BASELINE}` and another strategy"
        )
    elif estimated:
        answer.open_questions.append(
            "what cold runs of this workload take: fewer than two sizes were measured, so they "
            "are estimated from its warm jobs, and from what start and end took"
        )
    elif all(crossing.limit == crossing.smallest for crossing in found.values()):
        answer.open_questions.append(
            "from which size on starting the workers pays: one size was measured cold"
        )


def _covers(curve: Curve, size: float) -> bool:
    return size in curve.points or curve.sizes[0] < size < curve.sizes[-1]


def _overtaken(found: Mapping[str, Crossover], sure: list[str]) -> Iterator[str]:
    """Yield who is certainly faster than serial, from which size on."""
    at_once = [name for name in sure if found[name].size == found[name].smallest]
    texts = [f"`{name}` at {_size(found[name])}" for name in sure if name not in at_once]
    if len(texts) > SHOWN:
        texts = [*texts[:SHOWN], f"{len(texts) - SHOWN} more"]
    if texts:
        yield f"Cold, `{BASELINE}` is overtaken by {listed(texts)}."
    for name in sure:
        if (back := found[name].back) is not None:
            beyond = found[name].measured < back
            note = " (beyond what was measured)" if beyond else ""
            yield f"Above about {about(back)}{note} `{BASELINE}` is faster than `{name}` again."


def _others(found: Mapping[str, Crossover]) -> Iterator[str]:
    """Yield who is faster at once, who is slower, and who cannot be told from serial."""
    alike: dict[str, list[str]] = {}
    faster, slower = [], []
    for name, one in found.items():
        beyond = " (beyond what was measured)"
        if one.latest == one.smallest:
            text = f"faster than `{BASELINE}` from {exactly(one.smallest)}, the smallest size, on"
            alike.setdefault(text, []).append(name)
        elif one.latest is not None:
            if one.size == one.smallest:
                faster.append(f"`{name}` from {about(one.latest)}")
        elif one.earliest is not None and one.earliest > one.smallest:
            note = beyond if one.earliest > one.measured else ""
            slower.append(f"`{name}` below {about(one.earliest)}{note}")
        else:
            where = f"up to {about(one.limit)}{beyond if one.limit > one.measured else ''}"
            if one.limit == one.smallest:
                where = f"at {exactly(one.limit)}"
            how = "slower than" if one.earliest is None else "not told apart from"
            alike.setdefault(f"{how} `{BASELINE}` {where}", []).append(name)
    for text, names in alike.items():
        yield f"Cold, {named(names)} {'is' if len(names) == 1 else 'are'} {text}."
    if faster:
        yield f"Cold, surely faster than `{BASELINE}`: {listed(faster)} on."
    if slower:
        yield f"Cold, surely slower than `{BASELINE}`: {listed(slower)}; above, not told apart."


def _size(crossing: Crossover) -> str:
    """Return a certain crossover and its uncertainty, as `3.1 MB (2.5 to 4 MB)`."""
    size, latest = crossing.size or 0.0, crossing.latest or 0.0
    earliest = crossing.earliest or 0.0
    notes = [span(earliest, latest) if earliest > crossing.smallest else f"at most {about(latest)}"]
    if size > crossing.measured:
        notes.append("beyond what was measured")
    return f"{about(size)} ({'; '.join(notes)})"


# --- What is not known --------------------------------------------------------------------


def _without(measured: Measured, workload: str) -> Iterator[str]:
    """Yield what is not known since cells have no result, or one sample."""
    cells = [cell for cell in measured.cells if cell.params.get("workload") == workload]
    failed = [cell for cell in cells if cell.state != "ok"]
    for state in dict.fromkeys(cell.state for cell in failed):
        these = [cell for cell in failed if cell.state == state]
        number = "1 cell" if len(these) == 1 else f"{len(these)} cells"
        yield f"{number} {state}: {named(list(dict.fromkeys(c.strategy for c in these)))}"
    single = sum(len(cell.samples) == 1 for cell in cells)
    if single:
        yield f"which differences are real in {single} of {len(cells)} cells: they have one sample"
