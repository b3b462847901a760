"""Functions that workers run in tests; importable by name in a spawned process."""

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd


def touch_and_double(folder: Path, values: pd.Series) -> pd.Series:
    """Leave a file a chunk, so that a test can count the chunks that were computed."""
    (folder / f"{os.getpid()}-{values.iloc[0]}").touch()
    return values * 2


def change_and_double(path: Path, how: str, values: pd.Series) -> pd.Series:
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


def hog_once(mark: Path, amount: int, seconds: float, values: pd.Series) -> pd.Series:
    """Double; the first call holds so many bytes for so many seconds."""
    if first(mark):
        block = np.ones(amount // 8)
        time.sleep(seconds)
        del block
    return values * 2


def busy_once(mark: Path, seconds: float, values: pd.Series) -> pd.Series:
    """Double; the first call burns so many CPU seconds, or only waits, as the mark's name says."""
    if first(mark):
        clock = time.thread_time if mark.name == "burn" else time.monotonic
        until = clock() + seconds
        while clock() < until:
            if mark.name == "wait":
                time.sleep(seconds)
    return values * 2


def first(mark: Path) -> bool:
    """Whether nobody has called this with this file before; workers may ask at once."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def busy_and_hog(folder: Path, how: str, amount: int) -> None:
    """Do what both functions above do, on values of no interest."""
    folder.mkdir()
    values = pd.Series([1.0])
    hog_once(folder / "hog", amount, 0.5, values)
    busy_once(folder / how, 1.0, values)
