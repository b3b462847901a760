"""A file of JSON lines that several processes append to, and that may be cut off anywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def append(path: Path, line: dict[str, Any]) -> None:
    """Add a line; it is in the file when this returns, and on a line of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read() != b"\n":  # whoever wrote it was killed while doing so
                file.write(b"\n")
        file.write(json.dumps(line).encode() + b"\n")


def read(path: Path, having: tuple[str, ...] = ("",)) -> Iterator[dict[str, Any]]:
    """Yield the lines that have one of these texts, but for those that were cut off, or foreign.

    That is looked for before a line is understood, which takes most of the time.
    """
    if path.is_file():
        for _, value in numbered(path, tuple(text.encode() for text in having)):
            if isinstance(value, dict):
                yield value


def numbered(path: Path, having: tuple[bytes, ...] = (b"",)) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each line that has any text, and one of these.

    A line that is no JSON has a ValueError as its value; the last is left out if it was cut off,
    which is how a run looks that goes on, or was killed. Raises OSError.
    """
    data = path.read_bytes()
    lines = data.split(b"\n")  # what follows the last line's end is the last, and mostly empty
    for number, line in enumerate(lines, 1):
        if not line.strip() or not any(text in line for text in having):
            continue
        try:
            value = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            if number == len(lines) > 1:
                continue
            value = error if isinstance(error, ValueError) else ValueError("nested too deeply")
        yield number, value
