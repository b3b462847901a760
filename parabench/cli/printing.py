"""How commands print."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 200  # characters there may be in a line where the output is not a terminal


def print_json(data: object) -> None:
    """Print data for another program."""
    typer.echo(json.dumps(data, indent=2))


def warn(message: str) -> None:
    """Say on standard error what the output lacks."""
    print_error(f"parabench: warning: {message}")


def print_error(text: str) -> None:
    """Print to standard error, if that can be."""
    with suppress(OSError):
        typer.echo(text, err=True)


def print_done(text: str, *, err: bool = False) -> None:
    """Print what has been done, which stays done where it cannot be printed: a full disk, a pipe.

    So the exit code remains that of the work.
    """
    try:
        typer.echo(text, err=err)
    except OSError as error:
        discard_output()
        if not isinstance(error, BrokenPipeError):  # nobody wants to read it
            warn(f"done, but standard output takes no text ({error.strerror})")


def is_standard_output(path: Path) -> bool:
    """Whether a file is what is printed to: as `-`, /dev/stdout, or by its own name."""
    try:
        return path == Path("-") or os.path.samestat(path.stat(), os.fstat(1))
    except OSError:  # one of them is not there
        return False


def discard_output() -> None:
    """Print what is still to be printed, or else nothing more: Python would try again at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def console() -> "Console":
    """Return where tables go: as wide as the terminal, or as they need."""
    from rich.console import Console

    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=WIDTH)


def progress_console() -> "Console":
    """Return where progress is shown: standard error."""
    from rich.console import Console

    return Console(stderr=True)
