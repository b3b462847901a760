"""Functions that workers run in tests; importable by name in a spawned process."""

import os
from pathlib import Path

import numpy as np
from known_load import burn, hog
from numpy.typing import NDArray

Values = NDArray[np.float64]


def touch_and_double(folder: Path, values: Values) -> Values:
    """Leave a file a chunk, so that a test can count the chunks that were computed."""
    (folder / f"{os.getpid()}-{values[0]}").touch()
    return values * 2


def change_and_double(path: Path, how: str, values: Values) -> Values:
    """Do something to the source while it is read."""
    if how == "grow":
        with path.open("ab") as file:
            file.write(b"3,c\n")
    elif how == "shrink":
        os.truncate(path, path.stat().st_size - 4)
    elif how == "write":
        with path.open("r+b") as file:
            file.seek(-2, os.SEEK_END)
            file.write(b"x")
    elif how == "replace":
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.write_bytes(path.read_bytes())
        new.replace(path)
    elif how == "empty":
        os.truncate(path, 0)
    else:
        path.unlink()
    return values * 2


def exit_at_once(values: Values) -> Values:
    """End the process, as a crash in native code does."""
    del values
    os._exit(3)


def hog_once(mark: Path, amount: int, seconds: float, values: Values) -> Values:
    """Double; the first call holds so many bytes for so many seconds."""
    if first(mark):
        hog(amount, seconds)
    return values * 2


def burn_once(mark: Path, seconds: float, values: Values) -> Values:
    """Double; the first call burns so many CPU seconds."""
    if first(mark):
        burn(seconds)
    return values * 2


def first(mark: Path) -> bool:
    """Whether nobody has called this with this file before; workers may ask at once."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
