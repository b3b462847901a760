"""`parabench list`: the strategies, and which of them can be used here."""

from parabench.cli.options import AsJson
from parabench.cli.printing import console, print_json
from parabench.interrupts import importing


def list_strategies(as_json: AsJson = False) -> None:
    """List every strategy: whether it is ready and, if not, what to run."""
    from strategies import describe, names

    listed = [describe(name) for name in names()]  # read, not imported, which takes seconds
    if as_json:
        rows = [
            {"name": s.name, "ready": not s.missing, "reason": s.missing, "keeps": s.keeps}
            for s in listed
        ]
        print_json(rows)
        return
    with importing():
        from rich.table import Table

    listing = Table(
        "strategy",
        "ready",
        "keeps",
        "what it is",
        caption="ready: its libraries are installed; whether they work shows when it is started. "
        "keeps: of the fields that are not computed, all bytes, or the fields but not their quotes",
        caption_justify="left",
    )
    for strategy in listed:
        ready = "no" if strategy.missing else "yes"
        kept = f"same {strategy.keeps}"
        listing.add_row(strategy.name, ready, kept, strategy.missing or strategy.summary)
    console().print(listing)
