"""Sources that cannot be cut as they are, written out as plain text in UTF-8 first.

Pipes, compressed files (nobody can begin in the middle of them) and other encodings. It takes
the time of one pass and the room of the text, beside the destination, and flat memory.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from strategies.core.csv.dialect import Dialect
from strategies.core.csv.encodings import utf_8_blocks, with_order
from strategies.core.csv.formats import LONGEST
from strategies.core.csv.packing import BLOCK, begun, damages, packing_of, unpacked
from strategies.core.csv.source import Identity, Readable, Table
from strategies.core.errors import DestinationError, SourceError
from strategies.core.jobs.pipes import is_pipe, reading
from strategies.core.jobs.scratch import fresh_folder


@contextmanager
def readable(source: Path, dialect: Dialect, folder: Path | None) -> Iterator[Readable]:
    """Yield the file to read for a source: itself where it can be cut, or else its text.

    That is in a new folder in `folder` (None: the system's), and goes with the block. Raises
    SourceError, and DestinationError where there is no room for it.
    """
    dialect.check()
    if not is_pipe(source) and not _packing(source) and dialect.is_utf_8:
        yield Readable(source, source)
        return
    with ExitStack() as stack:
        try:
            path = stack.enter_context(fresh_folder(folder, ".parabench-")) / "source"
        except OSError as error:
            message = (
                f"{source} cannot be written out as plain text in {folder} ({error.strerror}); "
                "choose another place for the output"
            )
            raise DestinationError(message) from error
        yield _spooled(source, dialect, path)


def _packing(source: Path) -> str | None:
    """Return how a regular file is compressed, if it is."""
    try:
        if not source.is_file():
            return None
        with source.open("rb") as file:
            return packing_of(file.read(LONGEST))
    except OSError:  # which is told when it is planned
        return None


def _spooled(source: Path, dialect: Dialect, path: Path) -> Readable:
    """Write a source's text."""
    with ExitStack() as stack:
        spool = Readable(source, path, encoding=dialect.encoding)
        try:
            if is_pipe(source):
                file: Any = stack.enter_context(reading(source))
            else:
                file = stack.enter_context(source.open("rb"))
                spool = replace(spool, identity=Identity.of(os.fstat(file.fileno())))
            head, file = begun(file, LONGEST)
            if packing := packing_of(head):
                file = stack.enter_context(unpacked(file, packing))
                try:
                    head, file = begun(file, LONGEST)
                except damages() as error:
                    raise _damaged(spool, error) from error
            spool = replace(spool, encoding=with_order(dialect.encoding, head))
        except OSError as error:
            message = f"{spool.name} cannot be read ({error.strerror}); name a CSV file that can"
            raise SourceError(message) from error
        try:
            with path.open("wb") as text:
                text.writelines(_texts(spool, file))
        except OSError as error:
            message = (
                f"{spool.name} cannot be written out as plain text beside the output "
                f"({error.strerror}: {path.parent}); make room for it"
            )
            raise DestinationError(message) from error
    return spool


def _texts(spool: Readable, file: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream's text in UTF-8, piece by piece; raises SourceError."""
    try:
        if Dialect(encoding=spool.encoding).is_utf_8:
            while data := file.read(BLOCK):
                yield data
        else:
            yield from utf_8_blocks(file, spool.name, spool.encoding)
    except damages() as error:
        raise _damaged(spool, error) from error


def _damaged(spool: Readable, error: Exception) -> SourceError:
    reason = getattr(error, "strerror", None) or error
    return SourceError(f"{spool.name} is damaged or cut off ({reason}); get it anew")


def joined(tables: list[Table], beside: Path) -> Path:
    """Return one file with the text of all tables: a new one beside another if there are more."""
    if len(tables) == 1:
        return tables[0].readable.path
    path = beside.with_name("joined")
    with path.open("wb") as file:
        file.write(tables[0].layout.head + tables[0].layout.line_end.encode())
        for table in tables:
            with table.readable.path.open("rb") as part:
                part.seek(table.layout.header_end)
                shutil.copyfileobj(part, file, BLOCK)
                part.seek(-1, os.SEEK_END)
                if part.read() != b"\n" and table.size > table.layout.header_end:
                    file.write(table.layout.line_end.encode())
    return path
