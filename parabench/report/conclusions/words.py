"""How sizes, names and numbers are written in sentences."""

import re
from collections.abc import Callable, Sequence

from parabench.statistics import Estimate

CODE = re.compile("`((?:[^`]|``)*)`")  # a name in a sentence; a backtick in it is doubled


NAMED = 3  # that tie, in a sentence; the tables have all


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


def ties(names: Sequence[str]) -> str:
    """Return who ties with what was named before, in brackets; "" for nobody."""
    if not names:
        return ""
    who = listed(names) if len(names) <= NAMED else f"{len(names)} others"
    return f" ({who} tie{'s' if len(names) == 1 else ''} with it)"


def times(low: float, middle: float, high: float) -> str:
    """Return a factor and its interval; an end that is not known is left out."""
    if high == float("inf"):
        return f"{_factor(middle)} times (at least {_factor(low)})"
    return f"{_factor(middle)} times ({_factor(low)} to {_factor(high)})"


def _factor(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def at_sizes(sizes: Sequence[float]) -> str:
    """Return sizes in MB, in ascending order, as `at 1 MB and 10 MB`, or `from 1 MB to 1 GB`."""
    if len(sizes) > 2:
        return f"from {exactly(sizes[0])} to {exactly(sizes[-1])}"
    return f"at {listed([exactly(size) for size in sizes])}"


def two_digits(value: float) -> str:
    """Return a factor or a speed to two digits at least."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def factors(gains: Sequence[Estimate]) -> str:
    """Return the range of factors, and that of their intervals; a single one as it is."""
    if len(gains) == 1:
        return times(*gains[0])
    ends = [two_digits(end(gain.middle for gain in gains)) for end in (min, max)]
    low, high = min(gain.low for gain in gains), max(gain.high for gain in gains)
    middles = " to ".join(dict.fromkeys(ends))
    if high == float("inf"):
        return f"{middles} times (at least {two_digits(low)})"
    return f"{middles} times ({two_digits(low)} to {two_digits(high)})"
