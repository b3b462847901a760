"""Paths that stay what they are wherever a user's code goes, and are shown as they were given."""

import re
from pathlib import Path

WORKER_PATH = "a worker cannot read "  # that which it needs, absolute, comes behind it

_given: dict[str, str] = {}  # by what was made of it


def fixed(path: Path) -> Path:
    """Return an absolute path, whose messages `as_given` shows as the user has written it."""
    if path == Path("-") or path.is_absolute():
        return path
    try:
        absolute = path.absolute()
    except OSError:  # this folder is not there any more, which is told when the file is opened
        return path
    _given[str(absolute)] = str(path)
    return absolute


def as_given(message: str) -> str:
    """Return a message with the paths that were given, not what `fixed` has made of them."""
    if not _given:
        return message
    paths = "|".join(map(re.escape, sorted(_given, key=len, reverse=True)))
    whole = rf"(?<![\w./-])(?<!{WORKER_PATH})(?:{paths})(?=$|[\s:;,)'\"])"
    return re.sub(whole, lambda match: _given[match[0]], message)
