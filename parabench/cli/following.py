"""Commands that a command suggests, as they can be pasted into a shell."""

import shlex

import typer


def with_same_options(context: typer.Context, name: str, *more: str) -> str:
    """Return another command with the arguments and options that it shares, and some more."""
    group = context.parent.command if context.parent else None
    other = getattr(group, "commands", {})[name]
    options = list(more)
    arguments: list[str] = []
    for parameter in other.params:
        source = context.get_parameter_source(parameter.name)
        if source is None or source.name != "COMMANDLINE":
            continue  # this command has no such option, or it was not given
        value = context.params[parameter.name]
        values = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
        if parameter.param_type_name == "argument":
            arguments += values
        elif value is True:
            options.append(parameter.opts[0])
        else:
            options += [word for item in values for word in (parameter.opts[0], item)]
    words = [*arguments, *options]
    if any(argument.startswith("-") for argument in arguments):
        words = [*options, "--", *arguments]
    return shlex.join(["parabench", name, *words])
