"""A standard output that threads and processes share, line by line."""

import codecs
import io
import os
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LONGEST = 4096  # bytes that a pipe takes in one piece, whoever else writes (PIPE_BUF of Linux)
NAMES = {1: "<stdout>", 2: "<stderr>"}


class _OnDescriptor(io.IOBase):
    """What an open descriptor says of itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.name = NAMES.get(descriptor, descriptor)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True


class WholeLines(_OnDescriptor, io.TextIOBase):
    """Writes a thread's text to a file descriptor once its line is complete, in one piece.

    Nothing is locked or buffered beside what the current lines hold, so that it may be forked
    at any time. A line longer than LONGEST goes out in pieces, as does one that is flushed.
    What cannot be written is dropped: it must not decide about the job. It has what
    `sys.stdout` usually has.
    """

    mode = "w"
    line_buffering = True
    write_through = False

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor)
        self._begun: dict[int, str] = {}  # by thread
        self._newline = "\n"
        self._encoding = "utf-8"
        self._errors = "backslashreplace"
        self.buffer = _Bytes(descriptor)
        os.register_at_fork(after_in_child=self._begun.clear)  # it is the parent's to write

    @property
    def encoding(self) -> str:  # type: ignore[override] # typeshed has an attribute
        """As which text is written."""
        return self._encoding

    @property
    def errors(self) -> str:  # type: ignore[override] # likewise
        """What is done with characters that the encoding lacks."""
        return self._errors

    def reconfigure(
        self,
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        line_buffering: bool | None = None,
        write_through: bool | None = None,
    ) -> None:
        """Take another encoding; lines stay whole, whatever is said of buffers."""
        del line_buffering, write_through
        codecs.lookup(encoding or self._encoding)
        codecs.lookup_error(errors or self._errors)
        self.flush()
        self._encoding = encoding or self._encoding
        self._errors = errors or self._errors
        self._newline = newline or self._newline

    def detach(self) -> "_Bytes":  # type: ignore[override] # of no class that typeshed knows
        """Return the buffer, which goes on as before, as this does."""
        self.flush()
        return self.buffer

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
        data = text.replace("\n", self._newline).encode(self._encoding, self._errors)
        for line in data.splitlines(keepends=True):
            if piece and len(piece) + len(line) > LONGEST:
                _put(self._descriptor, piece)
                piece = b""
            piece += line
        _put(self._descriptor, piece)


class _Bytes(_OnDescriptor, io.BufferedIOBase):
    """The same for bytes, unbuffered."""

    mode = "wb"

    @property
    def raw(self) -> "_Bytes":
        """Itself."""
        return self

    def write(self, data: "ReadableBuffer") -> int:
        """Write all of it at once."""
        view = memoryview(data).cast("B")
        _put(self._descriptor, view)
        return len(view)


def takes_text(descriptor: int) -> bool:
    """Whether what is written there may get anywhere: not on a full device, or unread pipe."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    try:
        os.write(descriptor, b"")
        return not any(events & select.POLLERR for _, events in poll.poll(0))
    except OSError:
        return False


def _put(descriptor: int, data: bytes | memoryview) -> None:
    """Write data, or what of it can be written."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever has given it to us has it so
            select.select([], [descriptor], [])
        except OSError:
            return
