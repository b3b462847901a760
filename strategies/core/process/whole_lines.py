"""A standard output that threads and processes share, line by line."""

import io
import os
import threading
from typing import BinaryIO

LONGEST = 4096  # bytes that a pipe takes in one piece, whoever else writes (PIPE_BUF of Linux)


class WholeLines(io.TextIOBase):
    """Writes a thread's text to a file descriptor once its line is complete, in one piece.

    Nothing is locked or buffered beside what the current lines hold, so that it may be forked
    at any time. A line longer than LONGEST goes out in pieces, as does one that is flushed.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begun: dict[int, str] = {}  # by thread
        self.buffer: BinaryIO = io.FileIO(descriptor, "wb", closefd=False)  # unbuffered
        os.register_at_fork(after_in_child=self._begun.clear)  # it is the parent's to write

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write what completes a line; keep the rest."""
        thread = threading.get_ident()
        lines, newline, rest = (self._begun.pop(thread, "") + text).rpartition("\n")
        if len(rest) >= LONGEST:  # no line is kept without end
            newline, rest = newline + rest, ""
        if rest:
            self._begun[thread] = rest
        self._send(lines + newline)
        return len(text)

    def flush(self) -> None:
        """Write a line that is not complete; those of all threads where it is the main one."""
        everyone = threading.current_thread() is threading.main_thread()
        for thread in list(self._begun) if everyone else [threading.get_ident()]:
            self._send(self._begun.pop(thread, ""))

    def _send(self, text: str) -> None:
        """Write whole lines, as many at once as a pipe takes in one piece."""
        piece = b""
        for line in text.encode(self.encoding, self.errors).splitlines(keepends=True):
            if piece and len(piece) + len(line) > LONGEST:
                self._put(piece)
                piece = b""
            piece += line
        self._put(piece)

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
