"""How commands print."""

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 200  # characters there may be in a line where the output is not a terminal


def print_json(data: object, *, err: bool = False) -> None:
    """Print data for another program, or on standard error."""
    typer.echo(json.dumps(data, indent=2), err=err)


def warn(message: str) -> None:
    """Say on standard error what the output lacks."""
    typer.echo(f"parabench: warning: {message}", err=True)


def console() -> "Console":
    """Return where tables go: as wide as the terminal, or as they need."""
    from rich.console import Console

    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=WIDTH)


def progress_console() -> "Console":
    """Return where progress is shown: standard error."""
    from rich.console import Console

    return Console(stderr=True)
