"""Fresh private folders for what is temporary, gone on every way out."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from strategies.core.errors import StrategyError
from strategies.core.process.interrupts import held

_in_use: set[Path] = set()


@contextmanager
def fresh_folder(parent: Path | None = None, prefix: str = "parabench-") -> Iterator[Path]:
    """Yield a new folder in `parent` (or the system's), which only this user can enter.

    It is removed with all that is in it. Raises OSError when it cannot be made in `parent`, and
    StrategyError when the system has no place for it.
    """
    with held():
        try:
            folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        except OSError as error:
            if parent is not None:
                raise
            message = (
                f"there is no place for temporary files ({error.strerror}); name a folder that "
                "can be written in TMPDIR"
            )
            raise StrategyError(message) from error
        _in_use.add(folder)
    try:
        yield folder
    except BaseException:
        _remove(folder)  # and again at exit: what has been interrupted may still write into it
        raise
    _remove(folder)
    _in_use.discard(folder)


@atexit.register
def remove_scratch() -> None:
    """Remove every fresh folder that is in use, or that was left by an error."""
    for folder in list(_in_use):
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder; an empty one also where no file can be opened any more."""
    try:
        folder.rmdir()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
