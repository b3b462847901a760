"""What can go wrong when a report is made."""

from parabench.errors import ParabenchError


class ReportError(ParabenchError):
    """There is no report, or not the whole site; the other modules derive what it may be."""
