"""How commands print."""

import json

import typer
from rich.console import Console

WIDTH = 200  # characters there may be in a line where the output is not a terminal


def print_json(data: object) -> None:
    """Print data for another program."""
    typer.echo(json.dumps(data, indent=2))


def console() -> Console:
    """Return where tables go: as wide as the terminal, or as they need."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)
