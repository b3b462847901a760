"""The process that watches cells: samples their memory, and ends what they leave behind.

`python -m benchmarks.harness.meter.watcher PID PERIOD` reads commands from its standard
input, a line of JSON each, and answers each with one. It is a process of its own, so that
what it uses is not measured, and so that it is still there when the cell's process is not.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from benchmarks.harness import json_lines
from benchmarks.harness.meter.sampler import Sampler
from benchmarks.harness.meter.tree import descendants

LOOK_SECONDS = 0.5  # between two looks at whether asv lives, and at the tree
ENDING_SECONDS = 0.5  # for the processes of a cell that has ended, to end by themselves
CLEANING_SECONDS = 5.0  # for their trackers, which then remove semaphores and shared memory
RUNNER_SECONDS = 2.0  # for asv to end when it was interrupted: it ends its cells before


class CellKilledError(Exception):
    """The cell has been killed; there is nothing more to serve."""


class Watcher:
    """Executes the commands of one cell's process, the root of the tree."""

    def __init__(self, root: int, period: float) -> None:
        self._root = psutil.Process(root)
        self._runners: list[psutil.Process | None] = []  # asv, and whatever has started the root
        self._sampler = Sampler(root, period)
        self._sampling = False
        self._leaving = False
        self._looked = 0.0
        self._deadline: float | None = None
        self._on_end: dict[str, dict[str, Any]] = {}  # a line for the journal, by how it ended
        self._journal: Path | None = None
        self._scratch: Path | None = None
        self._kills = kills_for_memory()
        self._tree: dict[int, psutil.Process] = {}

    def serve(self) -> None:
        """Read commands until there are no more, then see to it that nothing is left."""
        waiting = b""
        with contextlib.suppress(CellKilledError):
            while not self._leaving:
                ready, _, _ = select.select([0], [], [], self._pause())
                if not ready:
                    self._tick()
                    continue
                data = os.read(0, 65536)
                if not data:
                    break
                *commands, waiting = (waiting + data).split(b"\n")
                for line in commands:
                    answer = self._execute(**json.loads(line))
                    sys.stdout.write(json.dumps(answer) + "\n")
                    sys.stdout.flush()
        if not self._leaving:
            self._end()

    def _pause(self) -> float:
        pause = self._sampler.pause() if self._sampling else LOOK_SECONDS
        if self._deadline is not None:
            pause = min(pause, max(self._deadline - time.monotonic(), 0.001))
        return pause

    def _tick(self) -> None:
        if self._sampling:
            self._sampler.tick()
            if self._sampler.appeared:
                self._remember()
        if time.monotonic() - self._looked > LOOK_SECONDS or self._late():
            self._look()

    def _late(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline

    def _look(self) -> None:
        """Kill the cell when its time is over, or when whoever waits for it has ended."""
        self._looked = time.monotonic()
        if not self._sampling:  # else the sampler says when there is somebody new
            self._remember()
        if self._late():
            self._note("timed out")
        elif not self._wanted():
            self._on_end = {}  # whoever has killed asv wants this to end, too
        else:
            return
        kill(self._root)
        raise CellKilledError

    def _execute(self, command: str, **arguments: Any) -> object:
        """Do what the cell's process asks for; `arguments` depend on the command."""
        if command == "end":
            self._sampling = False
            return asdict(self._sampler.end())
        self._remember()
        if command == "begin":
            self._sampler.begin(**arguments)
            self._sampling = True
        elif command == "read":
            self._sampler.read()
        elif command == "run":
            return self._run(**arguments)
        elif command == "guard":
            self._guard(**arguments)
        elif command == "release":
            self._on_end, self._deadline, self._runners = {}, None, []
        elif command == "leave":
            self._leaving = True
        return None

    def _guard(
        self, seconds: float, runners: list[int], scratch: str, journal: str, on_end: dict[str, Any]
    ) -> None:
        self._deadline = time.monotonic() + seconds
        self._runners = [_process(pid) for pid in runners]
        self._scratch, self._journal, self._on_end = Path(scratch), Path(journal), on_end

    def _run(self, words: list[str], path: str | None) -> tuple[int, str]:
        """Run a command for the cell's process, whose own child the kernel would count."""
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        env |= {"PYTHONPATH": path} if path else {}
        with subprocess.Popen(  # noqa: S603 - ourselves
            words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            while True:
                try:
                    printed, _ = process.communicate(timeout=LOOK_SECONDS)
                    return process.returncode, printed.strip()
                except subprocess.TimeoutExpired:
                    try:
                        self._look()
                    except CellKilledError:
                        process.kill()
                        raise

    def _wanted(self) -> bool:
        """Whether all that wait for the cell live."""
        return all(map(lives, self._runners))

    def _remember(self) -> None:
        """Know the tree, to be able to end it when it has lost its root."""
        self._sampler.appeared = False
        for pid in descendants(self._root.pid):
            if pid != os.getpid() and pid not in self._tree:
                with contextlib.suppress(psutil.Error):  # it has just ended
                    self._tree[pid] = psutil.Process(pid)

    def _note(self, how: str) -> None:
        """Write how the cell ended into the journal, if it has not ended well."""
        if self._journal is not None and how in self._on_end:
            json_lines.append(self._journal, {"at": round(time.time(), 3), **self._on_end[how]})
        self._on_end = {}

    def _end(self) -> None:
        """Wait for the cell's process, which has closed the pipe, and for all its processes."""
        with contextlib.suppress(psutil.Error):
            self._root.wait(ENDING_SECONDS)
        until = time.monotonic() + RUNNER_SECONDS
        while self._on_end and self._wanted() and time.monotonic() < until:
            time.sleep(0.05)
        if self._on_end and self._wanted():
            self._note("out of memory" if kills_for_memory() > self._kills else "crashed")
        _, left = psutil.wait_procs(self._tree.values(), ENDING_SECONDS)
        for process in left:
            kill(process)
        _, left = psutil.wait_procs(left, CLEANING_SECONDS)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _process(pid: int) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid)
    return None


def lives(process: psutil.Process | None) -> bool:
    """Whether a process is there and has not ended."""
    with contextlib.suppress(psutil.Error):
        return process is not None and process.status() != psutil.STATUS_ZOMBIE
    return False


def kill(process: psutil.Process) -> None:
    """Kill a process, and all that it has started; psutil does not mistake another for it.

    But not the trackers of Python and joblib: they clean up after the others, and end.
    """
    with contextlib.suppress(psutil.Error):
        for doomed in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                is_tracker = "resource_tracker" in " ".join(doomed.cmdline())
                if doomed.pid != os.getpid() and not is_tracker:
                    doomed.kill()


def kills_for_memory() -> int:
    """Return how many processes Linux has killed for memory since it started."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what we watch decides when we end
    Watcher(int(sys.argv[1]), float(sys.argv[2])).serve()
