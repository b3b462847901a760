"""`parabench list`: the strategies, and which of them can be used here."""

from parabench.cli.options import AsJson
from parabench.cli.printing import console, print_json
from parabench.interrupts import importing


def list_strategies(as_json: AsJson = False) -> None:
    """List every strategy: whether it is ready and, if not, what to run."""
    from strategies import load_all

    listed = load_all()
    if as_json:
        rows = [{"name": s.name, "ready": not s.reason, "reason": s.reason} for s in listed]
        print_json(rows)
        return
    with importing():
        from rich.table import Table

    listing = Table("strategy", "ready", "what it is")
    for strategy in listed:
        ready = "no" if strategy.reason else "yes"
        listing.add_row(strategy.name, ready, strategy.reason or strategy.description.summary)
    console().print(listing)
