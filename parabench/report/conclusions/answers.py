"""The answer, in sentences made from the data: which strategy and engine, from which size on.

A sentence claims no difference that is smaller than its uncertainty: two figures differ
significantly where their intervals do not overlap. Names are between backticks, as `words.code` has
them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from parabench.report.cell import OWN, TOO_LONG, Cell
from parabench.report.conclusions.comparison import Comparison, headline, overall
from parabench.report.conclusions.crossovers import first_crossover, verdict
from parabench.report.conclusions.curves import Crossover, Curve, cold_curve, crossover
from parabench.report.conclusions.fastest import (
    BySize,
    Fastest,
    at_each_size,
    gain_of,
    in_words,
    stretches,
)
from parabench.report.conclusions.words import code, exactly, named, times
from parabench.report.sessions import Session
from parabench.statistics import Estimate
from strategies import BASELINE, DEFAULT_ENGINE

ENGINES = 2  # of which sentences and figures tell most: the fastest, and the default


@dataclass(frozen=True)
class Details:
    """A table of what is not in the sentences; names in it are between backticks, too."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Answer:
    """What is said of a workload."""

    workload: str
    sentences: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)  # of other engines than the two that matter most
    open_questions: list[str] = field(default_factory=list)  # what could not be told, or not well
    details: list[Details] = field(default_factory=list)


def first_of_all(session: Session) -> str:
    """Return the sentence about engines and strategies: of warm jobs, else of cold ones."""
    compared = Comparison.of(session, "warm") or Comparison.of(session, "cold")
    return headline(compared) if compared else ""


def answers(session: Session) -> list[Answer]:
    """Return an answer for each workload that any job was measured with."""
    cells = [cell for model in ("warm", "cold") for cell in session.of(model)]
    workloads = dict.fromkeys(cell.params["workload"] for cell in cells)
    return [_answer(session, workload) for workload in workloads]


def engines_first(session: Session) -> list[str]:
    """Return the engines of all jobs: the fastest, the default, and then the others."""
    compared = Comparison.of(session, "warm") or Comparison.of(session, "cold")
    jobs = [*session.of("warm"), *session.of("cold")]
    measured = dict.fromkeys(cell.engine for cell in jobs if not cell.is_system)
    fastest = compared.engine if compared else DEFAULT_ENGINE
    first = dict.fromkeys([fastest, DEFAULT_ENGINE, *measured])
    return [engine for engine in first if engine in measured]


def _answer(session: Session, workload: str) -> Answer:
    answer = Answer(workload)
    for model in ("warm", "cold"):
        if compared := Comparison.of(session, model, workload):
            answer.sentences.extend(overall(compared))
    jobs = [cell for model in ("cold", "warm") for cell in session.of(model)]
    jobs = [cell for cell in jobs if cell.params["workload"] == workload]
    of_engines = [
        OfEngine.of(session, workload, engine)
        for engine in dict.fromkeys(cell.engine for cell in jobs)
        if engine != OWN
    ]
    shown = engines_first(session)[:ENGINES]
    for one in of_engines:
        (answer.sentences if one.engine in shown else answer.more).extend(one.sentences())
    answer.details.extend(_details(of_engines))
    if of_engines:
        answer.open_questions.extend(_unknown_crossovers(of_engines))
    answer.open_questions.extend(_without(session, workload))
    return answer


@dataclass(frozen=True)
class OfEngine:
    """What was measured with one engine, and what follows of its strategies."""

    engine: str
    warm: BySize
    cold: BySize  # at the sizes of the baseline; or estimated
    crossovers: Mapping[str, Crossover]  # of cold runs
    estimated: bool  # whether cold runs are
    problem: str  # why there are no crossovers

    @classmethod
    def of(cls, session: Session, workload: str, engine: str) -> "OfEngine":
        """Return what is known of the strategies with an engine."""
        cells = [*session.of("cold"), *session.of("warm")]
        own = [c for c in cells if (c.params["workload"], c.engine) == (workload, engine)]
        curves = {
            name: curve
            for name in dict.fromkeys(cell.strategy for cell in own)
            if (curve := cold_curve(session, workload, engine, name))
        }
        base = curves.get(BASELINE)
        others = {name: curve for name, curve in curves.items() if name != BASELINE}
        problem, crossovers = "", {}
        if base is None or not others:
            problem = f"`{BASELINE}` has no cold result" if others else "there are no cold results"
        else:
            found = {name: crossover(curve, base) for name, curve in others.items()}
            crossovers = {name: crossing for name, crossing in found.items() if crossing}
            if not crossovers:
                problem = f"no size has both `{BASELINE}` and another strategy"
        cold = {
            size: {name: curve.at(size) for name, curve in curves.items() if _covers(curve, size)}
            for size in (base.sizes if base and others else ())
        }
        estimated = any(curve.estimated for curve in curves.values())
        return cls(engine, _by_size(own), cold, crossovers, estimated, problem)

    def sentences(self) -> Iterator[str]:
        """Yield which strategy is fastest, cold and warm, in one text."""
        texts = []
        if self.cold:
            start = f"started for one job (cold{', estimated' if self.estimated else ''})"
            texts.append(f"{start}, {self._cold()}")
        if self.warm:
            words = [in_words(one, self.warm) for one in stretches(at_each_size(self.warm))]
            texts.append(f"with workers already started, {'; '.join(words)}")
        if texts:
            first, *rest = texts
            sentences = [first, *(f"{text[0].upper()}{text[1:]}" for text in rest)]
            yield f"With {code(self.engine)}: {'. '.join(sentences)}."

    def _cold(self) -> str:
        found = list(stretches(at_each_size(self.cold)))
        first = first_crossover(self.crossovers)
        if not first:
            return "; ".join(in_words(one, self.cold) for one in found)
        words = [in_words(one, self.cold) for one in found if one.name]
        return "; ".join([f"`{BASELINE}` is fastest below {first}", *words])


def _covers(curve: Curve, size: float) -> bool:
    return size in curve.points or curve.sizes[0] < size < curve.sizes[-1]


def _by_size(cells: list[Cell]) -> dict[float, dict[str, Estimate]]:
    """Return the seconds of warm cells by size and strategy."""
    by_size: dict[float, dict[str, Estimate]] = {}
    for cell in cells:
        if cell.model == "warm" and (seconds := cell.estimate("seconds")):
            by_size.setdefault(cell.params["megabytes"], {})[cell.strategy] = seconds
    return by_size


# --- The tables ---------------------------------------------------------------------------


def _details(of_engines: list[OfEngine]) -> Iterator[Details]:
    """Yield from which size on each strategy beats serial, and who is fastest at each size."""
    rows: list[tuple[str, ...]] = [
        (code(one.engine), code(name), verdict(crossing))
        for one in of_engines
        for name, crossing in one.crossovers.items()
    ]
    if rows:
        title = f"Cold, beside `{BASELINE}` with the same engine"
        yield Details(title, ("engine", "strategy", f"faster than `{BASELINE}`"), rows)
    rows = []
    for one in of_engines:
        cold = {at_size.size: at_size for at_size in at_each_size(one.cold)}
        warm = {at_size.size: at_size for at_size in at_each_size(one.warm)}
        rows += [
            (
                code(one.engine),
                exactly(size),
                _at_size(cold.get(size), one.cold),
                _at_size(warm.get(size), one.warm),
            )
            for size in sorted({*cold, *warm})
        ]
    if rows:
        yield Details("Fastest at each size", ("engine", "input", "cold", "warm"), rows)


def _at_size(found: Fastest | None, by_size: BySize) -> str:
    if found is None:
        return ""
    tied = f"; {named(found.tied)} tie{'s' if len(found.tied) == 1 else ''}" if found.tied else ""
    if found.first is None:
        return f"no strategy beats `{BASELINE}`{tied}"
    gain = gain_of(found.first, by_size[found.size])
    return f"{code(found.first)}{f', {times(*gain)}' if gain else ''}{tied}"


# --- What is not known --------------------------------------------------------------------


def _unknown_crossovers(of_engines: list[OfEngine]) -> Iterator[str]:
    """Yield of which engines it is not known from which size on workers pay, and why."""
    question = "from which size on starting the workers pays"
    for why in dict.fromkeys(one.problem for one in of_engines if one.problem):
        alike = [one.engine for one in of_engines if one.problem == why]
        where = "" if len(alike) == len(of_engines) else f" with {named(alike)}"
        yield f"{question}{where}: {why}"
    told = [one for one in of_engines if not one.problem]
    if any(one.estimated for one in told):
        yield (
            "what cold runs of this workload take: fewer than two sizes were measured, so they "
            "are estimated from its warm jobs, and from what start and end took"
        )
    elif told and all(c.limit == c.smallest for one in told for c in one.crossovers.values()):
        yield f"{question}: one size was measured cold"


def _without(session: Session, workload: str) -> Iterator[str]:
    """Yield what is not known since cells have no result, or one sample."""
    cells = [cell for cell in session.cells if cell.params.get("workload") == workload]
    failed = [cell for cell in cells if cell.state not in {"ok", TOO_LONG}]
    for state in dict.fromkeys(cell.state for cell in failed):
        strategies = [cell.strategy for cell in failed if cell.state == state]
        number = "1 cell" if len(strategies) == 1 else f"{len(strategies)} cells"
        yield f"{number} {state}: {named(list(dict.fromkeys(strategies)))}"
    if any(cell.state == TOO_LONG for cell in cells):
        yield _not_measured([cell for cell in cells if "megabytes" in cell.params])
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


def _not_measured(cells: list[Cell]) -> str:
    """Return above which size no job of an engine, or of a whole-file system, was measured."""
    largest: dict[str, float] = {}
    for cell in cells:
        size = cell.params["megabytes"] if cell.state != TOO_LONG else 0
        largest[_way(cell)] = max(size, largest.get(_way(cell), 0))
    names: dict[float, list[str]] = {}
    for name in dict.fromkeys(_way(cell) for cell in cells if cell.state == TOO_LONG):
        names.setdefault(largest[name], []).append(name)
    texts = [
        f"{f'above {exactly(size)}' if size else 'at any size'} {named(alike)}"
        for size, alike in sorted(names.items())
    ]
    return f"what was not measured, as a job would take too long: {'; '.join(texts)}"


def _way(cell: Cell) -> str:
    return cell.strategy if cell.is_system or not cell.engine else cell.engine
