"""Fresh private folders for what is temporary, gone on every way out."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_in_use: set[Path] = set()


@contextmanager
def fresh_folder(parent: Path | None = None, prefix: str = "parabench-") -> Iterator[Path]:
    """Yield a new folder in `parent` (or the system's), which only this user can enter.

    It is removed with all that is in it. Raises OSError when it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    _in_use.add(folder)
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a fresh folder; an empty one also where no file can be opened any more."""
    try:
        folder.rmdir()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
    _in_use.discard(folder)


def remove_all() -> None:
    """Remove every fresh folder that is in use, for a process that is about to end at once."""
    for folder in list(_in_use):
        remove(folder)
