"""Options that are given twice are refused: the first value would be dropped in silence."""

from collections import Counter
from typing import Any

import typer
from typer.core import TyperCommand, TyperOption


class SingleValues(TyperCommand):
    """A command whose options are given once, unless they say that they take many values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual; raises BadParameter."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for option, times in Counter(order).items():
            if (
                isinstance(option, TyperOption)
                and times > 1
                and not (option.multiple or option.count)
            ):
                message = f"{option.opts[0]} is given {times} times; give it once"
                raise typer.BadParameter(message, ctx=ctx)
        return super().parse_args(ctx, args)
