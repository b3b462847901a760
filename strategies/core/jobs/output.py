"""The destination: written under a temporary name, renamed when complete."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from strategies.core.errors import DestinationError
from strategies.core.jobs.scratch import fresh_folder


class Output:
    """A file that is written in order; its errors say which destination they are about."""

    def __init__(self, destination: Path, file: IO[bytes]) -> None:
        self._destination = destination
        self._file = file

    def write(self, data: bytes) -> None:
        """Append `data`; raises DestinationError."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise cannot_write(self._destination, error, "make room for it") from error


@contextmanager
def writing(destination: Path, temporary: Path) -> Iterator[Output]:
    """Yield an output into the temporary file of a destination; raises DestinationError."""
    try:
        # Unbuffered: parts are large, and closing must not fail for what a buffer still holds.
        file = temporary.open("wb", buffering=0)
    except OSError as error:
        raise cannot_write(destination, error, "choose another place") from error
    with file:
        yield Output(destination, file)
        try:
            file.close()
        except OSError as error:
            raise cannot_write(destination, error, "make room for it") from error


@contextmanager
def replacing(destination: Path) -> Iterator[Path]:
    """Yield an empty file that becomes `destination` if the block ends well, else disappears.

    Whoever fills it may do so in any way, also by putting another file in its place. The
    destination is the old file, or none, or whole; never in between. Nothing is
    synchronised to the disk: that would time the disk, and a benchmark's output can be
    made again. Raises DestinationError.
    """
    try:
        destination = destination.resolve()  # a link stays, and what it points to is replaced
        kind = destination.stat().st_mode if destination.exists() else stat.S_IFREG
    except (OSError, RuntimeError) as error:  # the latter, before Python 3.13, of a loop of links
        raise cannot_write(destination, error, "choose another place") from error
    if not stat.S_ISREG(kind):
        what = "a folder; name a file in it" if stat.S_ISDIR(kind) else "not a regular file"
        message = f"{destination} is {what}"
        raise DestinationError(message)
    with ExitStack() as stack:
        try:
            # Beside the destination, since a file can be renamed only within a file system.
            folder = stack.enter_context(fresh_folder(destination.parent, ".parabench-"))
            temporary = folder / "output"
            stack.callback(temporary.unlink, missing_ok=True)
            temporary.touch(0o600, exist_ok=False)
        except OSError as error:
            raise cannot_write(destination, error, "choose another place") from error
        yield temporary
        try:
            temporary.chmod(_mode(destination))
            temporary.replace(destination)
        except OSError as error:
            raise cannot_write(destination, error, "choose another place") from error


def check_apart(source: Path, destination: Path) -> None:
    """Raise DestinationError when both are one file, by whatever names."""
    try:
        same = source.samefile(destination)
    except OSError:  # it is not there yet, or will be refused for what is wrong with it
        return
    if same:
        message = f"{destination} is the source itself; write to another file, and rename that"
        raise DestinationError(message)


def cannot_write(destination: Path, error: Exception, remedy: str) -> DestinationError:
    """Return the error about a destination, with the system's reason."""
    reason = error.strerror if isinstance(error, OSError) else error
    return DestinationError(f"{destination} cannot be written ({reason}); {remedy}")


def _mode(destination: Path) -> int:
    """Return the mode of the file that is replaced, or that which the user's umask gives."""
    if destination.exists():
        return destination.stat().st_mode & 0o777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
