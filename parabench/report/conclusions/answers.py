"""The answer, in sentences made from the data: which strategy, from which size on, at what cost.

A sentence claims no difference that is smaller than its uncertainty: two figures differ
significantly where their intervals do not overlap. Names are between backticks, as `words.code` has
them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from math import inf

from parabench.report.conclusions.curves import Crossover, Curve, cold_curve, crossover
from parabench.report.conclusions.words import about, code, exactly, listed, named, span, times
from parabench.report.sessions import Session
from parabench.statistics import Estimate, compare, ratio
from strategies import BASELINE

SHOWN = 6  # crossovers in a sentence: all are in the table's figures
BEYOND = " (beyond what was measured)"
UNKNOWN = Estimate(inf, inf, inf)  # seconds of a baseline that has no result


@dataclass(frozen=True)
class Answer:
    """What is said of a workload."""

    workload: str
    sentences: list[str] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=list)  # what could not be told, or not well


def answers(session: Session) -> list[Answer]:
    """Return an answer for each workload that any job was measured with."""
    cells = [cell for model in ("warm", "cold") for cell in session.of(model)]
    workloads = dict.fromkeys(cell.params["workload"] for cell in cells)
    return [_answer(session, workload) for workload in workloads]


def _answer(session: Session, workload: str) -> Answer:
    answer = Answer(workload)
    _cold(session, answer)
    _warm(session, answer)
    answer.open_questions.extend(_without(session, workload))
    return answer


@dataclass(frozen=True)
class Fastest:
    """Who is fastest at a size: nobody significantly faster than the baseline, or `first`."""

    size: float
    first: str | None
    tied: tuple[str, ...]  # with `first`, or with the baseline where there is no first


def _fastest(size: float, seconds: Mapping[str, Estimate]) -> Fastest | None:
    """Return who is significantly faster than the baseline, and who ties with that."""
    if not seconds:
        return None
    base = seconds.get(BASELINE)
    ordered = sorted(seconds, key=lambda name: seconds[name].middle)
    others = [name for name in ordered if name != BASELINE]
    faster = [name for name in others if compare(seconds[name], base or UNKNOWN) < 0]
    if not faster:
        tied = [name for name in others if base and compare(seconds[name], base) == 0]
        return Fastest(size, None, tuple(tied))
    first = faster[0]
    tied = [name for name in others if compare(seconds[name], seconds[first]) == 0]
    return Fastest(size, first, tuple(name for name in tied if name != first))


def _by_outcome(fastest: list[Fastest]) -> Iterator[tuple[str, list[Fastest]]]:
    """Yield a text for sizes in a row that have the same outcome, and what it is about."""
    for (first, tied), group in groupby(fastest, key=lambda at_size: (at_size.first, at_size.tied)):
        alike = list(group)
        sizes = listed([exactly(at_size.size) for at_size in alike])
        tie = "ties" if len(tied) == 1 else "tie"
        also = f" ({named(tied)} {tie} with it)" if tied else ""
        who = f"{code(first)} is fastest" if first else f"no strategy beats `{BASELINE}`"
        yield f"at {sizes} {who}{also}", alike


# --- A job on workers that are up ---------------------------------------------------------


def _warm(session: Session, answer: Answer) -> None:
    by_size: dict[float, dict[str, Estimate]] = {}
    for cell in session.of("warm"):
        if cell.params["workload"] == answer.workload and (seconds := cell.estimate("seconds")):
            by_size.setdefault(cell.params["megabytes"], {})[cell.strategy] = seconds
    outcomes = [_fastest(size, by_strategy) for size, by_strategy in sorted(by_size.items())]
    for text, alike in _by_outcome([outcome for outcome in outcomes if outcome]):
        gains = [gain for outcome in alike if (gain := _gain(outcome, by_size[outcome.size]))]
        speed = f": {listed(gains)} the speed of `{BASELINE}`" if gains else ""
        answer.sentences.append(f"With workers already started, {text}{speed}.")
    if outcomes and outcomes[-1] and outcomes[-1].first:
        answer.sentences.extend(_cost(session, answer.workload, outcomes[-1]))


def _gain(outcome: Fastest, seconds: Mapping[str, Estimate]) -> str:
    base, ours = seconds.get(BASELINE), seconds.get(outcome.first or "")
    if base is None or ours is None or not ours.middle:
        return ""
    return times(*ratio(base, ours))


def _cost(session: Session, workload: str, outcome: Fastest) -> Iterator[str]:
    """Yield what the fastest takes of memory and CPU time, beside the baseline."""
    params = {"workload": workload, "megabytes": outcome.size}
    ours = session.find("warm", **params, strategy=outcome.first)
    base = session.find("warm", **params, strategy=BASELINE)
    if ours is None or base is None:
        return
    peak, base_peak = ours.estimate("peak_bytes"), base.estimate("peak_bytes")
    cpu, base_cpu = ours.estimate("cpu_seconds"), base.estimate("cpu_seconds")
    if not (peak and base_peak and cpu and base_cpu and base_cpu.middle):
        return
    seconds = f"its CPU time is {times(*ratio(cpu, base_cpu))} that of `{BASELINE}`"
    if compare(cpu, base_cpu) == 0:
        seconds = "their CPU time does not differ significantly"
    yield (
        f"There {code(ours.strategy)} takes {peak.middle / 1e6:.0f} MB of memory, "
        f"`{BASELINE}` takes {base_peak.middle / 1e6:.0f} MB; {seconds}."
    )


# --- A job with all that it takes to start and to end ------------------------------------


def _cold(session: Session, answer: Answer) -> None:
    workload = answer.workload
    cells = [*session.of("cold"), *session.of("warm")]
    strategies = dict.fromkeys(c.strategy for c in cells if c.params["workload"] == workload)
    curves = {name: curve for name in strategies if (curve := cold_curve(session, workload, name))}
    base = curves.get(BASELINE)
    others = {name: curve for name, curve in curves.items() if name != BASELINE}
    if base is None or not others:
        why = f"`{BASELINE}` has no cold result" if others else "there are no cold results"
        answer.open_questions.append(f"from which size on starting the workers pays: {why}")
        return
    crossovers = {n: c for n, curve in others.items() if (c := crossover(curve, base))}
    estimated = any(curve.estimated for curve in curves.values())
    start = f"Started for one job (cold{', estimated' if estimated else ''})"
    sure = sorted((c.size or 0, name) for name, c in crossovers.items() if c.latest is not None)
    later = [name for size, name in sure if size > crossovers[name].smallest]
    if later and len(later) == len(sure):
        first = crossovers[later[0]]
        answer.sentences.append(f"{start}, `{BASELINE}` is fastest below {_size(first)}.")
        start = "Cold"
    outcomes = [
        _fastest(size, {n: c.at(size) for n, c in curves.items() if _covers(c, size)})
        for size in base.sizes
    ]
    texts = [text for text, _ in _by_outcome([outcome for outcome in outcomes if outcome])]
    answer.sentences.append(f"{start}, {'; '.join(texts)}.")
    answer.sentences.extend(_overtaken(crossovers, [name for _, name in sure]))
    answer.sentences.extend(_others(crossovers))
    if not crossovers:
        answer.open_questions.append(
            "from which size on starting the workers pays: no size has both "
            f"`{BASELINE}` and another strategy"
        )
    elif estimated:
        answer.open_questions.append(
            "what cold runs of this workload take: fewer than two sizes were measured, so they "
            "are estimated from its warm jobs, and from what start and end took"
        )
    elif all(crossing.limit == crossing.smallest for crossing in crossovers.values()):
        answer.open_questions.append(
            "from which size on starting the workers pays: one size was measured cold"
        )


def _covers(curve: Curve, size: float) -> bool:
    return size in curve.points or curve.sizes[0] < size < curve.sizes[-1]


def _overtaken(crossovers: Mapping[str, Crossover], sure: list[str]) -> Iterator[str]:
    """Yield who is significantly faster than serial, from which size on."""
    at_once = [name for name in sure if crossovers[name].size == crossovers[name].smallest]
    texts = [f"{code(name)} at {_size(crossovers[name])}" for name in sure if name not in at_once]
    if len(texts) > SHOWN:
        texts = [*texts[:SHOWN], f"{len(texts) - SHOWN} more"]
    if texts:
        yield f"Cold, `{BASELINE}` is overtaken by {listed(texts)}."
    for name in sure:
        if (back := crossovers[name].back) is not None:
            note = BEYOND if back > crossovers[name].largest else ""
            yield f"Above about {about(back)}{note} `{BASELINE}` is faster than {code(name)} again."


def _others(crossovers: Mapping[str, Crossover]) -> Iterator[str]:
    """Yield who is faster at once, who is slower, and who does not differ from serial."""
    alike: dict[str, list[str]] = {}
    faster, slower = [], []
    for name, crossing in crossovers.items():
        smallest, largest = crossing.smallest, crossing.largest
        earliest, latest, limit = crossing.earliest, crossing.latest, crossing.limit
        if latest == smallest:
            text = f"faster than `{BASELINE}` from {exactly(smallest)}, the smallest size, on"
            alike.setdefault(text, []).append(name)
        elif latest is not None:
            if crossing.size == smallest:
                faster.append(f"{code(name)} from {about(latest)}")
        elif earliest is not None and earliest > smallest:
            note = BEYOND if earliest > largest else ""
            slower.append(f"{code(name)} below {about(earliest)}{note}")
        else:
            where = f"up to {about(limit)}{BEYOND if limit > largest else ''}"
            if limit == smallest:
                where = f"at {exactly(limit)}"
            how = "slower than" if earliest is None else "not significantly different from"
            alike.setdefault(f"{how} `{BASELINE}` {where}", []).append(name)
    for text, names in alike.items():
        yield f"Cold, {named(names)} {'is' if len(names) == 1 else 'are'} {text}."
    if faster:
        yield f"Cold, significantly faster than `{BASELINE}`: {listed(faster)} on."
    if slower:
        yield (
            f"Cold, significantly slower than `{BASELINE}`: {listed(slower)}; "
            "above, no significant difference."
        )


def _size(crossing: Crossover) -> str:
    """Return a certain crossover and its uncertainty, as `3.1 MB (2.5 to 4 MB)`."""
    size, latest = crossing.size or 0.0, crossing.latest or 0.0
    earliest = crossing.earliest or 0.0
    notes = [span(earliest, latest) if earliest > crossing.smallest else f"at most {about(latest)}"]
    if size > crossing.largest:
        notes.append("beyond what was measured")
    return f"{about(size)} ({'; '.join(notes)})"


# --- What is not known --------------------------------------------------------------------


def _without(session: Session, workload: str) -> Iterator[str]:
    """Yield what is not known since cells have no result, or one sample."""
    cells = [cell for cell in session.cells if cell.params.get("workload") == workload]
    failed = [cell for cell in cells if cell.state != "ok"]
    for state in dict.fromkeys(cell.state for cell in failed):
        strategies = [cell.strategy for cell in failed if cell.state == state]
        number = "1 cell" if len(strategies) == 1 else f"{len(strategies)} cells"
        yield f"{number} {state}: {named(list(dict.fromkeys(strategies)))}"
    runs = {cell.session for cell in cells if cell.samples}
    if len(runs) > 1:
        earlier = sum(cell.earlier for cell in cells)
        yield (
            f"which differences between runs are real: {earlier} of {len(cells)} cells are of an "
            "earlier run, and a machine drifts in between"
        )
    single = sum(len(cell.samples) == 1 for cell in cells)
    if single:
        yield f"which differences are real in {single} of {len(cells)} cells: they have one sample"
