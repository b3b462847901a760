"""The same faults without parabench: each library used as its manual shows first.

Run as `python -m parabench.faults.bare STRATEGY FUNCTION NUMBERS DESTINATION [ADDRESS]`: computes
FUNCTION (of injected.py) of the numbers below NUMBERS, and writes the results as lines. What a
library's manual shows is in the strategy's own file, as `bare`.
"""

import sys
from pathlib import Path

from parabench.faults import injected
from strategies import describe, load


def call_of(strategy: str) -> str:
    """Return the call that is made, for a sentence about it."""
    return describe(strategy).bare.rstrip(".")


def main(strategy: str, function: str, numbers: str, destination: str, *address: str) -> None:
    """Do the job, and write while results come where the library lets us."""
    bare = load(strategy).bare
    if bare is None:
        message = f"{strategy} does not say what it is bare"
        raise ValueError(message)
    results = bare(getattr(injected, function), range(int(numbers)), *address)
    with Path(destination).open("w") as file:
        file.writelines(f"{result}\n" for result in results)


if __name__ == "__main__":
    main(*sys.argv[1:])
