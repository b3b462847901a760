"""`parabench generate`: a dataset and its manifest."""

from pathlib import Path
from typing import Annotated

import typer

from data_gen.real import REAL
from data_gen.shapes import SHAPES
from parabench.cli.options import usage_error
from parabench.cli.printing import print_done
from parabench.interrupts import importing


def generate(
    destination: Annotated[Path, typer.Argument(help="CSV file to write.", metavar="OUT.csv")],
    size: Annotated[str | None, typer.Option(help="Size, such as 100MB.")] = None,
    rows: Annotated[int | None, typer.Option(help="Number of records instead of a size.")] = None,
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "plain",
    seed: Annotated[int, typer.Option(help="Another seed, other numbers.")] = 0,
    workers: Annotated[
        int | None, typer.Option(help="Threads; default: the cores that we may use.", min=1)
    ] = None,
    real: Annotated[str | None, typer.Option(help=f"A real data set: {', '.join(REAL)}.")] = None,
) -> None:
    """Write a dataset and its manifest; same arguments, same bytes."""
    if real is not None:
        if real not in REAL:
            usage_error(f"there is no {real!r}; choose: {', '.join(REAL)}")
        made_up = {
            "--size": size is not None,
            "--rows": rows is not None,
            "--shape": shape != "plain",
            "--seed": seed != 0,
            "--workers": workers is not None,
        }
        if given := [option for option, is_given in made_up.items() if is_given]:
            usage_error(f"--real takes no {' and no '.join(given)}; leave out one or the other")
        manifest = REAL[real](destination)
    elif (size is None) == (rows is None):
        usage_error("give either --size or --rows, or --real")
    else:
        with importing():
            from data_gen.generate import generate as generate_dataset
            from data_gen.sizes import parse_size
            from parabench.progress import bytes_bar
            from strategies import available_cores

        bytes_wanted = parse_size(size) if size else None
        with bytes_bar(f"writing {destination}", bytes_wanted) as progress:
            manifest = generate_dataset(
                destination,
                shape=shape,
                seed=seed,
                size=bytes_wanted,
                rows=rows,
                workers=workers or available_cores(),
                progress=progress,
            )
    print_done(
        f"{destination}: {manifest.rows:,} records, {manifest.bytes:,} bytes, "
        f"sha256 {manifest.sha256[:16]}…; from {manifest.source}, licence {manifest.licence}"
    )
