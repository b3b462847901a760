"""A source file: what tells whether it is still the same, its layout, and pieces of it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from strategies.core.csv.dialect import UTF_8
from strategies.core.csv.layout import Layout
from strategies.core.errors import SourceError

STANDARD = Path("-")  # standard input as a source, standard output as a destination


@dataclass(frozen=True)
class Chunk:
    """Bytes `start` to `stop` (exclusive) of the file at `path`: whole records."""

    path: str
    start: int
    stop: int

    def read(self) -> bytes:
        """Return the bytes; raises SourceError when the file cannot be read or is shorter now."""
        try:
            with Path(self.path).open("rb") as file:
                file.seek(self.start)
                data = file.read(self.stop - self.start)
        except OSError as error:
            message = (
                f"a worker cannot read {self.path} ({error.strerror}); "
                "every worker must see the file under this path"
            )
            raise SourceError(message) from error
        if len(data) != self.stop - self.start:
            raise SourceError(changed(self.path, "it has shrunk"))
        return data


class Identity(NamedTuple):
    """What tells whether a file is still the same, and the same inside.

    Not so for who rewrites it in place, leaves its size, and sets its time back.
    """

    device: int
    inode: int
    size: int  # bytes
    modified: int  # nanoseconds

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        """Pick it from what `stat` tells."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Readable:
    """A source, and the file that is read for it: itself, or its text, spooled.

    `identity` is what the source was before it was spooled; None where it still is to be looked
    at, or is a pipe.
    """

    source: Path  # as it was named
    path: Path
    identity: Identity | None = None
    encoding: str = UTF_8  # of the source; `path` is in UTF-8

    @property
    def name(self) -> str:
        """The source, in a message."""
        return "standard input" if self.source == STANDARD else str(self.source)

    @property
    def spooled(self) -> bool:
        """Whether another file is read than the source itself."""
        return self.path != self.source


@dataclass(frozen=True)
class Table:
    """A source, its layout, and what it was like before anything else was read of it."""

    readable: Readable
    layout: Layout
    size: int  # bytes of text

    @property
    def source(self) -> Path:
        """The source, as it was named."""
        return self.readable.source

    @property
    def name(self) -> str:
        """The source, in a message."""
        return self.readable.name

    def check_unchanged(self) -> None:
        """Raise SourceError when the source is not what it was when its layout was read."""
        before = self.readable.identity
        if before is None:
            return
        try:
            now = Identity.of(self.source.stat())
        except OSError as error:
            message = changed(self.source, f"it cannot be found any more: {error.strerror}")
            raise SourceError(message) from error
        if now == before:
            return
        if now[:2] != before[:2]:
            how = "another file has its name"
        elif now.size != before.size:
            how = "it has grown" if now.size > before.size else "it has shrunk"
        else:
            how = "it was written to"
        raise SourceError(changed(self.source, how))


def changed(source: object, how: str) -> str:
    """Return the message about a source that was not left alone."""
    return f"{source} changed while it was read ({how}); run again when nothing is writing to it"
