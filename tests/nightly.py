"""Which strategies are tried every time, where each start of a command takes seconds."""

import pytest

from strategies import chunk_strategies


def every_night_but(*some: str) -> list[object]:
    """Return all strategies on chunks; those that are not named are tried where everything is.

    Name those that differ most in what is tried, and leave out those that share its code.
    """
    return [
        name if name in some else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in chunk_strategies()
    ]
