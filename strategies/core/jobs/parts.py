"""Parts that worker processes leave in files, which the parent's process joins.

Through a pipe, a part takes three to four times the CPU time: it is pickled, copied four times and
handed over in pieces of 64 kB.
"""

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from strategies.core.contract import Part

LEAST = 2**16  # bytes; smaller parts go through the pipe
# What the system says where it cannot copy from file to file by itself.
NO_COPIES = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV}
BLOCK = 2**20  # bytes


@dataclass(frozen=True)
class PartsFolder:
    """The folder of a job's temporary files, in which its worker processes may leave parts."""

    path: Path
    process: int  # the job's own: its threads just return what they have

    @classmethod
    def ours(cls, path: Path) -> "PartsFolder":
        """Return the folder at `path`, of a job of this process."""
        return cls(path, os.getpid())

    def leave(self, part: Part) -> Part:
        """Return a part as it is to be handed over: with its data in a file, where that is quicker.

        Where it cannot be written (a full disk, most likely), it is handed over whole, and the
        parent's process says what is wrong when it writes the output.
        """
        if os.getpid() == self.process or len(part.data) < LEAST:
            return part
        name = ""
        try:
            descriptor, name = tempfile.mkstemp(dir=self.path)
            with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 - no path
                write(part.data, file)
        except OSError:
            if name:
                with suppress(OSError):
                    Path(name).unlink()
            return part
        return part._replace(data=b"", file=name)


def append(part: IO[bytes], output: IO[bytes]) -> None:
    """Append a file to an unbuffered one; raises OSError."""
    copy = getattr(os, "copy_file_range", None)  # Linux has it
    try:
        while copy and copy(part.fileno(), output.fileno(), BLOCK):
            pass
    except OSError as error:
        if error.errno not in NO_COPIES:
            raise
    # What the system has not copied: some file systems say that nothing is left when all is.
    while data := part.read(BLOCK):
        write(data, output)


def write(data: bytes, output: IO[bytes]) -> None:
    """Write all of it into an unbuffered file, which may take less at once; raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[output.write(rest) :]
