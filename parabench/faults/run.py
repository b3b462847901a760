"""Run the matrix: every fault against every strategy, and against its library alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from parabench.faults.matrix import BARE_HANG_SECONDS, FAULTS, HANG_SECONDS, Fault, NotPossibleError
from parabench.faults.subjects import Bare, Case
from parabench.faults.verdict import NOT_TRIED, Outcome, outcome, sentence
from strategies import load

THREADS = "its workers are in the command's own process, and live and die with it"
START_METHODS = ("spawn", "forkserver", "fork")


def run(
    strategies: list[str], faults: list[str], tries: int, before: Callable[[str], None]
) -> Iterator[Outcome]:
    """Yield an outcome for each fault, strategy, and start method where that matters.

    `tries` is for faults at a random moment, of which the worst outcome is given;
    `before` is told what comes next.
    """
    for fault in (fault for fault in FAULTS if fault.name in faults):
        for strategy in strategies:
            for number, case in enumerate(cases(fault, strategy)):
                before(f"{fault.name}, {strategy} {case.start_method or ''}")
                worst = tried(fault, case, tries if fault.random else 1)
                yield replace(worst, bare="as above" if number else bare(fault, strategy))


def cases(fault: Fault, strategy: str) -> list[Case]:
    """Return the ways of starting a strategy that a fault is done to."""
    chosen = load(strategy)
    if fault.only not in (None, strategy):
        return []
    if fault.every_start_method and "start_method" in chosen.options:
        return [Case(strategy, method) for method in START_METHODS]
    return [Case(strategy)]


def tried(fault: Fault, case: Case, tries: int) -> Outcome:
    """Let a fault happen so many times, and return the worst outcome."""
    where = (fault.name, case.strategy, case.start_method)
    if fault.only_processes and not case.has_processes:
        return Outcome(*where, NOT_TRIED, 0.0, fault.limit, THREADS)
    try:
        outcomes = [outcome(fault, case, fault.happen(case, HANG_SECONDS)) for _ in range(tries)]
    except NotPossibleError as error:
        return Outcome(*where, NOT_TRIED, 0.0, fault.limit, str(error))
    worst = max(outcomes, key=lambda outcome: (not outcome.good, outcome.seconds))
    return replace(worst, tries=tries)


def bare(fault: Fault, strategy: str) -> str:
    """Let a fault happen to the bare library, once, and say what came of it."""
    if load(strategy).bare is None or (fault.only_processes and not Case(strategy).has_processes):
        return ""
    if fault.name == "two":
        return "not tried: no library guards the file that its user writes"
    try:
        return sentence(strategy, fault.happen(Bare(strategy), BARE_HANG_SECONDS))
    except NotPossibleError as error:
        return str(error)
