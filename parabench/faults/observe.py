"""Start a command in a place of its own, see how it ends, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psutil

from parabench.faults.shared_memory import SharedMemory

POLL_SECONDS = 0.01
SETTLE_SECONDS = 10.0  # for trackers and daemons that end by themselves once their parent has
LOOK_SECONDS = 0.2  # between two looks at what the processes of a run have mapped
RUN_VARIABLE = "PARABENCH_RUN"  # every process of a run inherits it, whoever its parent is
MARKS_VARIABLE = "PARABENCH_MARKS"
OLD = "old\n"  # what the destination holds before
RECORDS = 2000


@dataclass(frozen=True)
class Place:
    """A folder with a source, a destination with an old file, and a temporary folder."""

    folder: Path
    commands: list["Command"] = field(default_factory=list)  # that have been started in it

    @property
    def source(self) -> Path:
        """Records with the numbers from 0 on."""
        return self.folder / "source.csv"

    @property
    def destination(self) -> Path:
        """In a folder of its own, where anything else is left behind."""
        return self.folder / "out" / "out.csv"

    @property
    def marks(self) -> Path:
        """Where workers say that they work (parabench/faults/injected.py)."""
        return self.folder / "marks"

    @property
    def errors(self) -> Path:
        """What the command writes to its standard error."""
        return self.folder / "errors.txt"

    @property
    def temporary(self) -> Path:
        """The system's temporary folder, for the command."""
        return self.folder / "tmp"

    def working(self) -> list[int]:
        """Return the processes that have begun to compute."""
        return sorted(int(mark.name) for mark in self.marks.iterdir() if mark.name.isdigit())

    def fault_time(self) -> float | None:
        """Return when the workload went wrong (seconds since the epoch), if it did."""
        with suppress(FileNotFoundError):
            return (self.marks / "fault").stat().st_mtime
        return None

    def files_left(self) -> list[str]:
        """Return what is in the temporary folder, and beside the destination."""
        beside = [path for path in self.destination.parent.iterdir() if path != self.destination]
        return [str(path.relative_to(self.folder)) for path in [*self.temporary.iterdir(), *beside]]


def expected(into: str = "twice") -> str:
    """Return the right output for the source of a place."""
    rows = "".join(f"{number},text,{number * 2}\n" for number in range(RECORDS))
    return f"old_column,t,{into}\n{rows}"


@contextmanager
def place() -> Iterator[Place]:
    """Yield a place, gone afterwards."""
    with TemporaryDirectory(prefix="parabench-") as folder:
        where = Place(Path(folder))
        for path in (where.destination.parent, where.marks, where.temporary):
            path.mkdir()
        rows = "".join(f"{number},text\n" for number in range(RECORDS))
        where.source.write_text(f"old_column,t\n{rows}")
        where.destination.write_text(OLD)
        try:
            yield where
        finally:
            for command in where.commands:  # of interest when we are interrupted ourselves
                command.end()


@dataclass
class Ending:
    """How a command ended; `code` is None where it had to be killed."""

    code: int | None
    ended: float  # seconds since the epoch
    errors: str
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Observed:
    """What was to be seen of a fault that has happened."""

    ending: Ending
    moment: float  # of the fault, in seconds since the epoch
    written: str | None  # what is in the destination
    sent: signal.Signals | None = None  # to the command


@dataclass
class Command:
    """A running command, and what belongs to it."""

    process: "subprocess.Popen[bytes]"
    where: Place
    run: str
    began: float  # seconds since the epoch
    shared: SharedMemory

    def tree(self) -> list[psutil.Process]:
        """Return all processes of the run, also those whose parent has gone."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def started(self) -> list[psutil.Process]:
        """Return what it has started and lives, but for the trackers, which clean up at the end."""
        return [
            process
            for process in self.tree()
            if process.pid != self.process.pid and not _is_tracker(process)
        ]

    def wait_for_started(self, seconds: float) -> None:
        """Return once it has started a process, or has ended."""
        deadline = time.time() + seconds
        while time.time() < deadline and self.process.poll() is None and not self.started():
            time.sleep(POLL_SECONDS)

    def wait_for_workers(self, number: int, seconds: float) -> list[int]:
        """Return the workers that compute, once there are so many or the command has ended."""
        deadline = time.time() + seconds
        while time.time() < deadline and self.process.poll() is None:
            if len(self.where.working()) >= number:
                break
            time.sleep(POLL_SECONDS)
        return self.where.working()

    def wait_until_handling(self, seconds: float) -> None:
        """Return once the command handles signals, where that can be seen (Linux).

        By SIGTERM: Python handles SIGINT itself from its start, before it runs anything of ours.
        """
        status = Path(f"/proc/{self.process.pid}/status")
        deadline = time.time() + seconds
        while status.exists() and time.time() < deadline:
            with suppress(OSError):
                handled = re.search(r"^SigCgt:\s+(\w+)", status.read_text(), re.MULTILINE)
                if handled is None or int(handled[1], 16) >> (signal.SIGTERM - 1) & 1:
                    return
            time.sleep(POLL_SECONDS)

    def ending(self, seconds: float) -> Ending:
        """Wait for the end, at most so many seconds; then kill what is left, and list it."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        ending = Ending(code, time.time(), self.where.errors.read_text(errors="replace"))
        deadline = time.time() + (SETTLE_SECONDS if ending.code is not None else 0)
        while (left := self._left()) and time.time() < deadline:
            time.sleep(POLL_SECONDS * 10)
        ending.left = left if ending.code is not None else []
        self.end()
        return ending

    def end(self) -> None:
        """Kill all that is left of it; trackers last, as they remove semaphores and end then."""
        left = self.tree()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                if not _is_tracker(process):
                    process.kill()
        self.process.wait()
        _, left = psutil.wait_procs(left, timeout=SETTLE_SECONDS)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _left(self) -> list[str]:
        processes = []
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                processes.append(f"process {' '.join(process.cmdline())[:60]}")
        return [*processes, *self.where.files_left(), *self.shared.left()]

    def watch(self) -> None:
        """Look at its shared memory until it ends."""
        while self.process.poll() is None:
            self.shared.look(self.tree())
            time.sleep(LOOK_SECONDS)

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error, OSError):
            ours = process.environ().get(RUN_VARIABLE) == self.run
            return ours and process.status() != psutil.STATUS_ZOMBIE
        return False


def start(where: Place, arguments: Sequence[str], prefix: Sequence[str] = ()) -> Command:
    """Start `python ARGUMENTS`, behind a prefix that limits it, say."""
    run = uuid4().hex
    environment = {
        **os.environ,
        RUN_VARIABLE: run,
        MARKS_VARIABLE: str(where.marks),
        "TMPDIR": str(where.temporary),
    }
    shared = SharedMemory()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a job in a shell's background:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the command would inherit it
    with where.errors.open("w") as errors:  # no pipe: orphans would keep it open
        process = subprocess.Popen(
            [*prefix, sys.executable, *arguments],
            cwd=where.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    command = Command(process, where, run, time.time(), shared)
    where.commands.append(command)
    threading.Thread(target=command.watch, daemon=True).start()
    return command


def observed(
    where: Place, ending: Ending, moment: float, sent: signal.Signals | None = None
) -> Observed:
    """Return what is to be seen after a command has ended; the place is left out of its words."""
    destination = where.destination
    written = destination.read_text() if destination.exists() else None
    ending.errors = ending.errors.replace(str(where.folder), "…")
    return Observed(ending, moment, written, sent)


def send(pid: int, number: signal.Signals) -> float:
    """Send a signal to a process; return when (seconds since the epoch)."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    return time.time()


def _is_tracker(process: psutil.Process) -> bool:
    """Whether it is Python's or joblib's, which cleans up after the others."""
    with suppress(psutil.Error):
        return "resource_tracker" in " ".join(process.cmdline())
    return False
