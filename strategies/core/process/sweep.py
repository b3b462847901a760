"""The program that a process becomes in order to exit: it kills what is still its child.

Run by `exit_without_children`, with the exit code and the text that marks a tracker. It has one
thread and runs nothing of a user's, so that nobody starts a process meanwhile. Linux only.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

SECONDS = 5.0  # for processes that do not go, such as another user's
POLL_SECONDS = 0.002
STDERR = 2


def main() -> None:
    """Kill children until there are none, also those that come of killing others; then exit."""
    code, tracker = int(sys.argv[1]), sys.argv[2].encode()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - a quick start
        if int(name) > STDERR:
            with suppress(OSError):  # that of the folder itself
                os.close(int(name))  # joblib's tracker ends when its pipe is closed
    deadline = time.monotonic() + SECONDS
    while has_children() and time.monotonic() < deadline:
        for pid in children():
            with suppress(OSError):  # it has gone
                if tracker not in command_line(pid):  # those end by themselves, having cleaned up
                    os.kill(pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    os._exit(code)


def has_children() -> bool:
    """Whether there are any, once those that have ended are reaped."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def children() -> Iterator[int]:
    """Yield their process IDs."""
    try:
        yield from map(int, read(f"self/task/{os.getpid()}/children").split())
    except OSError:  # a kernel that does not list them
        for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 - likewise
            with suppress(OSError):
                if int(read(f"{name}/stat").rpartition(b")")[2].split()[1]) == os.getpid():
                    yield int(name)


def command_line(pid: int) -> bytes:
    """Return how a process was started."""
    return read(f"{pid}/cmdline").replace(b"\0", b" ")


def read(name: str) -> bytes:
    """Return what is in a file of /proc."""
    with open(f"/proc/{name}", "rb") as file:  # noqa: PTH123 - likewise
        return file.read()


if __name__ == "__main__":
    main()
