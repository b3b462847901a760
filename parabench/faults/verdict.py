"""What came of a fault: the outcome of a strategy, and a sentence about the bare library."""

import signal
from dataclasses import dataclass

from parabench.faults.bare import call_of
from parabench.faults.matrix import Fault
from parabench.faults.observe import OLD, RECORDS, Observed, expected
from parabench.faults.subjects import Case

# As a shell reports them, or from a signal before Python had begun to run ours.
CODES = {signal.SIGINT: (130, -signal.SIGINT), signal.SIGTERM: (143, -signal.SIGTERM)}

RIGHT = "right result"
CLEAR = "clear error"
INTERRUPTED = "interrupted"
HANGS = "hangs"
NOT_TRIED = "not tried"  # it cannot happen here, or to this strategy; the message says why
GOOD = (RIGHT, CLEAR, INTERRUPTED, NOT_TRIED)


@dataclass(frozen=True)
class Outcome:
    """What came of a fault; `seconds` from the fault until the command had ended."""

    fault: str
    strategy: str
    start_method: str | None
    outcome: str
    seconds: float
    limit: float  # the seconds in which it is promised
    message: str
    left: tuple[str, ...] = ()
    tries: int = 1
    bare: str = ""

    @property
    def good(self) -> bool:
        """Whether it is what the contract promises."""
        return self.outcome in GOOD and self.seconds <= self.limit and not self.left


def outcome(fault: Fault, case: Case, observed: Observed) -> Outcome:
    """Judge what a strategy made of a fault."""
    ending = observed.ending
    last = ending.errors.strip().rpartition("\n")[2]
    error = last.startswith("parabench: error: ")
    if ending.code is None:
        what = HANGS
    elif ending.code == 0:
        what = RIGHT if observed.written == expected() else "wrong output"
    elif observed.written not in (OLD, expected()):
        what = "old destination lost"
    elif observed.sent is not None and ending.code in CODES[observed.sent]:
        what = INTERRUPTED
    elif observed.written != OLD:
        what = "output written in spite of the error"
    elif ending.code == 1 and error and observed.sent is None:
        what = CLEAR
    else:
        what = f"exit code {ending.code}"
    message = last.removeprefix("parabench: error: ")
    seconds = max(0.0, ending.ended - observed.moment)
    return Outcome(
        fault=fault.name,
        strategy=case.strategy,
        start_method=case.start_method,
        outcome=what,
        seconds=seconds,
        limit=fault.limit,
        message=message,
        left=tuple(ending.left),
    )


def sentence(strategy: str, observed: Observed) -> str:
    """Say what a bare library made of a fault."""
    ending = observed.ending
    seconds = f"after {max(0.0, ending.ended - observed.moment):.1f} s"
    if ending.code is None:
        end = f"is still waiting {seconds}"
    elif ending.code == 0:
        right = "".join(f"{number * 2}\n" for number in range(RECORDS))
        end = f"ends with a {'right' if observed.written == right else 'wrong'} result {seconds}"
    elif ending.code < 0:
        end = f"is ended by {signal.Signals(-ending.code).name} {seconds}"
    else:
        end = f"ends with {_error(ending.errors)} (exit code {ending.code}) {seconds}"
    left = [what for what in ending.left if what.startswith("process")]
    files = len(ending.left) - len(left)
    remains = [f"{len(left)} processes"] * bool(left) + [f"{files} temporary files"] * bool(files)
    if ending.code and observed.written != OLD:
        remains.append("a half-written output")
    return f"{call_of(strategy)} {end}" + (f", leaving {' and '.join(remains)}" if remains else "")


def _error(errors: str) -> str:
    """Return the name of the exception that a traceback ends with."""
    names = [line.partition(":")[0] for line in errors.splitlines()]
    names = [name for name in names if all(part.isidentifier() for part in name.split("."))]
    return names[-1].rpartition(".")[2] if names else "no message"
