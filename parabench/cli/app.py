"""The commands in one app, and how it ends: exit code 0, 1 for mistakes, 2 for wrong usage."""

import ast
import inspect
import re
import sys
from collections.abc import Callable
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from benchmarks.harness.errors import HarnessError
from data_gen.errors import DatasetError
from parabench.cli.bench import bench
from parabench.cli.faults import faults
from parabench.cli.fidelity import fidelity
from parabench.cli.generate import generate
from parabench.cli.list import list_strategies
from parabench.cli.paths import as_given
from parabench.cli.plan import plan
from parabench.cli.printing import discard_output, print_error
from parabench.cli.publish import publish
from parabench.cli.report import report
from parabench.cli.run import run
from parabench.cli.single_values import SingleValues
from parabench.cli.verify import verify
from parabench.errors import ParabenchError
from strategies import JobError, shadow

COMMANDS: dict[str, Callable[..., None]] = {  # in the order of `parabench --help`
    "list": list_strategies,
    "generate": generate,
    "run": run,
    "verify": verify,
    "report": report,
    "plan": plan,
    "faults": faults,
    "fidelity": fidelity,
    "publish": publish,
    "bench": bench,
}

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _help_of(function: Callable[..., None]) -> str | None:
    """Return the docstring, from the file where Python has left it out (PYTHONOPTIMIZE=2)."""
    return function.__doc__ or ast.get_docstring(ast.parse(inspect.getsource(function)).body[0])  # type: ignore[arg-type] # a function


for name, function in COMMANDS.items():
    app.command(name, cls=SingleValues, help=_help_of(function))(function)


@app.callback(
    invoke_without_command=True,
    help="Compare ways of running a CSV job in parallel: one contract, every output verified.",
)
def _main(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command; mistakes end in one line and exit code 1, or 2 for wrong usage."""
    try:
        sys.exit(app(standalone_mode=False))
    except (JobError, DatasetError, HarnessError, ParabenchError) as error:
        for note in getattr(error, "__notes__", ()):
            print_error(note)
        _fail(str(error), code=1)
    except ImportError as error:
        remedy = shadow(error) or "reinstall it"
        _fail(f"a library cannot be imported ({error}); {remedy}", code=1)
    except OSError as error:  # which no module has put into better words
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", code=1)
    except TyperException as error:  # wrong usage
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "parabench"
        _fail(f"{error.format_message()}; see: {command} --help", code=error.exit_code)


def _fail(message: str, code: int) -> NoReturn:
    discard_output()  # what is left of it cannot be printed, or is printed by now
    print_error("parabench: error: " + re.sub(r"\s*\n\s*", " ", as_given(message).strip()))
    sys.exit(code)
