"""`parabench bench`: from the data to the report."""

from parabench.cli.options import ProfileName
from parabench.cli.plan import plan
from parabench.cli.report import report
from parabench.interrupts import importing


def bench(profile: ProfileName = "ci") -> None:
    """Generate the data, let asv measure every strategy, verify, and report."""
    with importing():
        from parabench import suite

    suite.check(profile)
    plan(profile)
    complete = suite.measure(profile)
    report()
    if not complete:
        message = f"some cells have no result (see the table); read why in {suite.LOG}"
        raise suite.SuiteError(message)
