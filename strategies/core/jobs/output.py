"""The destination: written under a temporary name, renamed when complete."""

import codecs
import io
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from strategies.core.contract import Part
from strategies.core.csv.dialect import Dialect
from strategies.core.csv.packing import packed, packing_for
from strategies.core.errors import DestinationError, JobError
from strategies.core.jobs.parts import append, write
from strategies.core.jobs.pipes import check_output, copy_out, is_pipe
from strategies.core.jobs.scratch import fresh_folder


class Output:
    """A file that is written in order; its errors say which destination they are about."""

    def __init__(self, destination: Path, file: IO[bytes], encoding: str) -> None:
        self._destination = destination
        self._file = file
        self._encoding = encoding
        utf_8 = Dialect(encoding=encoding).is_utf_8
        self._encoder = None if utf_8 else codecs.getincrementalencoder(encoding)()

    def write(self, data: bytes) -> None:
        """Append `data`, text in UTF-8; raises DestinationError."""
        self._write(data)

    def append(self, part: Part) -> None:
        """Append a part, whose file is removed if it has one; raises DestinationError."""
        if not part.file:
            self.write(part.data)
            return
        file = Path(part.file)
        try:
            if self._encoder or not isinstance(self._file, io.FileIO):
                self.write(file.read_bytes())
            else:
                with file.open("rb", buffering=0) as data:
                    append(data, self._file)
            file.unlink()
        except OSError as error:
            raise cannot_write(self._destination, error, "make room for it") from error

    def finish(self) -> None:
        """Write what an encoding has at the end of a text."""
        if self._encoder:
            self._write(b"", final=True)

    def _write(self, data: bytes, *, final: bool = False) -> None:
        if self._encoder:
            try:
                data = self._encoder.encode(data.decode(), final)
            except UnicodeEncodeError as error:
                character = error.object[error.start]
                message = (
                    f"{self._destination} cannot be written in {self._encoding}, which has no "
                    f"U+{ord(character):04X}; correct the workload, or choose another name with "
                    "--into"
                )
                raise DestinationError(message) from error
        try:
            write(data, self._file)
        except OSError as error:
            raise cannot_write(self._destination, error, "make room for it") from error


@contextmanager
def writing(destination: Path, temporary: Path, encoding: str) -> Iterator[Output]:
    """Yield an output into the temporary file of a destination; raises DestinationError.

    What the destination's name says is what it becomes: compressed, or not.
    """
    packing = packing_for(destination)
    with ExitStack() as stack:
        try:
            # Unbuffered: parts are large, and closing must not fail for what a buffer still holds.
            files: list[IO[bytes]] = [stack.enter_context(temporary.open("wb", buffering=0))]
        except OSError as error:
            raise cannot_write(destination, error, "choose another place") from error
        if packing:
            files.append(packed(files[0], packing))
        output = Output(destination, files[-1], encoding)
        yield output
        output.finish()
        try:
            for file in reversed(files):
                file.close()
        except OSError as error:
            raise cannot_write(destination, error, "make room for it") from error


def check_destination(destination: Path) -> None:
    """Raise DestinationError for a name that promises what is not written, or no output at all."""
    check_output(destination)
    try:
        packing_for(destination)
    except JobError as error:
        raise DestinationError(*error.args) from error


@contextmanager
def replacing(destination: Path) -> Iterator[Path]:
    """Yield an empty file that becomes `destination` if the block ends well, else disappears.

    Whoever fills it may do so in any way, also by putting another file in its place. The
    destination is the old file, or none, or whole; never in between. Nothing is
    synchronised to the disk: that would time the disk, and a benchmark's output can be
    made again. A pipe gets all of it at the end, or nothing. Raises DestinationError.
    """
    pipe = is_pipe(destination)
    if not pipe:
        destination = _checked(destination)
    with ExitStack() as stack:
        try:
            # Beside the destination, since a file can be renamed only within a file system.
            parent = None if pipe else destination.parent
            folder = stack.enter_context(fresh_folder(parent, ".parabench-"))
            temporary = folder / "output"
            stack.callback(temporary.unlink, missing_ok=True)
            temporary.touch(0o600, exist_ok=False)
        except OSError as error:
            raise cannot_write(destination, error, "choose another place") from error
        yield temporary
        try:
            if pipe:
                with temporary.open("rb") as whole:
                    copy_out(whole, destination)
            else:
                temporary.chmod(_mode(destination))
                temporary.replace(destination)
        except OSError as error:
            raise cannot_write(destination, error, "choose another place") from error


def _checked(destination: Path) -> Path:
    """Return the file that is written for a destination, which may be a link to it."""
    try:
        destination = destination.resolve()  # a link stays, and what it points to is replaced
        kind = destination.stat().st_mode if destination.exists() else stat.S_IFREG
    except (OSError, RuntimeError) as error:  # the latter, before Python 3.13, of a loop of links
        raise cannot_write(destination, error, "choose another place") from error
    if not stat.S_ISREG(kind):
        what = "a folder; name a file in it"
        if not stat.S_ISDIR(kind):
            what = "not a regular file, nor a pipe; - is standard output"
        message = f"{destination} is {what}"
        raise DestinationError(message)
    return destination


def check_apart(source: Path, destination: Path) -> None:
    """Raise DestinationError when both are one file, by whatever names."""
    try:
        same = stat.S_ISREG(source.stat().st_mode) and source.samefile(destination)
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
