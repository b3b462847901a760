"""Which of several that tie is the simplest: it is the one that is named first."""

from collections.abc import Iterable

from strategies import DEFAULT_ENGINE, describe, names

# The kinds of strategies, simplest first: what runs in one process, then what has to be brought
# up, watched and taken down.
KINDS = ("serial", "file", "threads", "processes", "cluster")


def simplicity(strategy: str, engine: str = DEFAULT_ENGINE) -> tuple[int, bool]:
    """Return what is less for what is simpler; the default engine needs no other library."""
    kind = describe(strategy).kind if strategy in names() else ""
    rank = KINDS.index(kind) if kind in KINDS else len(KINDS)
    return rank, engine != DEFAULT_ENGINE


def simplest(strategies: Iterable[str]) -> str:
    """Return the simplest of strategies; of several the first."""
    return min(strategies, key=simplicity)
