"""`parabench list`: the strategies, and which of them can be used here."""

from parabench.cli.options import AsJson
from parabench.cli.printing import console, print_json
from parabench.interrupts import importing


def list_strategies(as_json: AsJson = False) -> None:
    """List every strategy: whether it is ready and, if not, what to run."""
    from strategies import (
        DEFAULT_ENGINE,
        chunk_strategies,
        describe,
        describe_engine,
        engine_names,
        whole_file_systems,
    )

    listed = [describe(name) for name in chunk_strategies()]  # read, not imported: takes seconds
    systems = [describe(name) for name in whole_file_systems()]
    engines = [describe_engine(name) for name in engine_names()]
    if as_json:
        rows = [
            {
                "name": one.name,
                "kind": kind,
                "ready": not one.missing,
                "reason": one.missing,
                "keeps": one.keeps or None,
            }
            for kind, described in (
                ("strategy", listed),
                ("whole file", systems),
                ("engine", engines),
            )
            for one in described
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
    alone = Table(
        "whole file",
        "ready",
        "what it is",
        caption="They read and write files by themselves, in a process of their own, and take no "
        "engine. They promise nothing about the fields that are not computed: parabench verify "
        "--outcome says what an output keeps.",
        caption_justify="left",
    )
    for system in systems:
        ready = "no" if system.missing else "yes"
        alone.add_row(system.name, ready, system.missing or system.summary)
    console().print(alone)
    chosen = Table(
        "engine",
        "ready",
        "what works on each chunk",
        caption="Any strategy takes any engine (parabench run STRATEGY --engine NAME); "
        f"{DEFAULT_ENGINE} unless another is named. All write the same bytes.",
        caption_justify="left",
    )
    for engine in engines:
        ready = "no" if engine.missing else "yes"
        chosen.add_row(engine.name, ready, engine.missing or engine.summary)
    console().print(chosen)
