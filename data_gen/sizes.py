"""Sizes as people write them: `100MB` is 100 * 10**6 bytes, `64KiB` is 64 * 2**10."""

import re

from data_gen.errors import DatasetError

_UNITS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.ASCII | re.IGNORECASE)


def parse_size(text: str) -> int:
    """Return the number of bytes that `text` names; raises DatasetError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    unit = match and _UNITS.get(match[2].lower())
    if not match or not unit:
        message = f"size {text!r} is not understood; write a number and a unit, such as 100MB"
        raise DatasetError(message)
    size = round(float(match[1]) * unit)
    if size < 1:
        message = f"size {text!r} is less than one byte; write a larger one, such as 1MB"
        raise DatasetError(message)
    return size
