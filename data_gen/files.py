"""A file that appears under its name only when it is complete."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from data_gen.errors import DatasetError


class HashedFile:
    """Counts and hashes what is written, so that the file need not be read again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.written = 0

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._file.write(data)
        self._hash.update(data)
        self.written += len(data)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written so far, in hexadecimal."""
        return self._hash.hexdigest()


def no_progress(_written: int, /) -> None:
    """Take no notice of how much was written."""


@contextmanager
def writing(path: Path) -> Iterator[HashedFile]:
    """Write beside `path` under a temporary name; rename when the block ends well.

    Two writers of one path do not meet: each has a temporary file of its own and
    the last rename wins whole. Raises DatasetError when the place cannot be written.
    """
    if path.exists() and not path.is_file():
        message = f"{path} is not a regular file; choose another place"
        raise DatasetError(message)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); choose another place"
        raise DatasetError(message) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield HashedFile(file)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        message = f"{path} could not be written ({error.strerror}); free space or move it"
        raise DatasetError(message) from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
