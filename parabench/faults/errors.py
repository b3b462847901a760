"""What can go wrong with the faults: not with a strategy, but with their matrix."""

from parabench.errors import ParabenchError


class FaultsError(ParabenchError):
    """There is nothing to try, or not every outcome is what the contract promises."""
