"""The matrix as a table for the terminal, and as docs/faults.md."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import psutil
from rich.table import Table

from benchmarks.harness.fingerprint import cpu
from parabench.faults.matrix import FAULTS
from parabench.faults.verdict import NOT_TRIED, RIGHT, Outcome
from parabench.templating import environment
from strategies import libraries


def table(outcomes: list[Outcome]) -> Table:
    """Return a table for the terminal."""
    rows = Table("fault", "strategy", "outcome", "seconds", "left behind", "the library alone")
    for outcome in outcomes:
        strategy = " ".join(filter(None, (outcome.strategy, outcome.start_method)))
        left = ", ".join(outcome.left) or "nothing"
        rows.add_row(outcome.fault, strategy, what(outcome), seconds(outcome), left, outcome.bare)
    return rows


def what(outcome: Outcome) -> str:
    """Return an outcome in words, with a mark where it is not what the contract promises."""
    tries = f" ({outcome.tries} tries)" if outcome.tries > 1 else ""
    return ("" if outcome.good else "NOT GOOD: ") + outcome.outcome + tries


def seconds(outcome: Outcome) -> str:
    """Return the seconds from the fault to the outcome, where there was a fault."""
    none = outcome.outcome in (RIGHT, NOT_TRIED) and not outcome.seconds
    return "" if none else f"{outcome.seconds:.1f}"


def machine() -> str:
    """Describe this machine."""
    memory = psutil.virtual_memory().total / 1e9
    versions = ", ".join(f"{name} {version(name)}" for name in libraries())
    system = f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"
    return (
        f"{psutil.cpu_count()} cores ({cpu()}), {memory:.0f} GB of memory, "
        f"{system}, Python {platform.python_version()}, {versions}"
    )


def markdown(outcomes: list[Outcome], command: str) -> str:
    """Return the page about outcomes that this command has given."""
    templates = environment("parabench.faults", html=False, keep_trailing_newline=True)
    return templates.get_template("faults.md").render(
        command=command,
        date=datetime.now(UTC).date(),
        machine=machine(),
        sections=list(_sections(outcomes)),
        outcomes=outcomes,
        tried=(tried := [outcome for outcome in outcomes if outcome.outcome != NOT_TRIED]),
        happened=sum(outcome.tries for outcome in tried),
        slowest=max(outcomes, key=lambda outcome: outcome.seconds),
        what=what,
        seconds=seconds,
    )


def _sections(outcomes: list[Outcome]) -> Iterator[tuple[str, str, list[Outcome]]]:
    for fault in FAULTS:
        own = [outcome for outcome in outcomes if outcome.fault == fault.name]
        if own:
            yield fault.name, fault.title, own
