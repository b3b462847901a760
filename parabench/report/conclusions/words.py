"""How sizes, names and numbers are written in sentences."""

import re
from collections.abc import Callable, Sequence

CODE = re.compile("`((?:[^`]|``)*)`")  # a name in a sentence; a backtick in it is doubled


def code(name: str) -> str:
    """Return a name as it stands in a sentence, on one line."""
    return "`" + " ".join(name.split()).replace("`", "``") + "`"


def rendered(
    sentence: str, name: Callable[[str], str], text: Callable[[str], str] = lambda text: text
) -> str:
    """Return a sentence with its names and the text between them as the functions say."""
    parts = CODE.split(sentence)
    return "".join(
        name(part.replace("``", "`")) if place % 2 else text(part)
        for place, part in enumerate(parts)
    )


def about(size: float) -> str:
    """Return a size in MB to two digits: a crossover is no better known."""
    return exactly(float(f"{size:.2g}"))


def exactly(size: float) -> str:
    """Return a size in MB as it is."""
    for unit, factor in (("TB", 1_000_000), ("GB", 1_000)):
        if size >= factor:
            return f"{size / factor:g} {unit}"
    return f"{size:g} MB"


def span(low: float, high: float) -> str:
    """Return two sizes, with one unit if it is the same."""
    first, last = about(low), about(high)
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{first} to {last}"


def listed(words: Sequence[str]) -> str:
    """Return words as `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def named(names: Sequence[str]) -> str:
    """Return names between backticks, as a list."""
    return listed([code(name) for name in names])


def times(low: float, middle: float, high: float) -> str:
    """Return a factor and its interval; an end that is not known is left out."""
    if high == float("inf"):
        return f"{middle:.2f} times (at least {low:.2f})"
    return f"{middle:.2f} times ({low:.2f} to {high:.2f})"
