"""The process that watches a cell: samples its memory, and ends what it leaves behind.

`python -m benchmarks.harness.meter.watcher PID PERIOD` reads commands from its standard input,
a line of JSON each, and answers each with one. It is a process of its own, so that what
it uses is not measured, and so that it is still there when the cell's process is not.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from benchmarks.harness.meter.sampler import Sampler
from benchmarks.harness.meter.tree import descendants

IDLE_SECONDS = 0.5  # between two looks at the tree while nothing is measured
ENDING_SECONDS = 0.5  # for the processes of a cell that has ended, to end by themselves


class Watcher:
    """Executes the commands of one cell's process, `root`."""

    def __init__(self, root: int, period: float) -> None:
        self._alive = psutil.Process(root)
        self._runner = self._alive.parent()  # asv, or whatever has started the cell
        self._sampler = Sampler(root, period)
        self._sampling = False
        self._leaving = False
        self._deadline: float | None = None
        self._on_end: dict[str, dict[str, Any]] = {}  # a line for the journal, by how it ended
        self._journal: Path | None = None
        self._kills = kills_for_memory()
        self._tree: dict[int, psutil.Process] = {}

    def serve(self) -> None:
        """Read commands until there are no more, then see to it that nothing is left."""
        waiting = b""
        while True:
            if self._deadline is not None and time.monotonic() > self._deadline:
                self._note("timed out")
                self._kill(self._alive)
                break
            ready, _, _ = select.select([0], [], [], self._pause())
            if not ready:
                self._tick()
                continue
            data = os.read(0, 65536)
            if not data:
                break
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                answer = self._execute(**json.loads(line))
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()
            if self._leaving:
                return
        self._end()

    def _pause(self) -> float:
        pause = self._sampler.pause() if self._sampling else IDLE_SECONDS
        if self._deadline is not None:
            pause = min(pause, max(self._deadline - time.monotonic(), 0.001))
        return pause

    def _tick(self) -> None:
        if self._sampling:
            self._sampler.tick()
        else:
            self._remember()
        if self._runner is not None and self._on_end and not self._runner.is_running():
            self._note("interrupted")  # whoever has killed asv wants this to end, too
            self._kill(self._alive)

    def _execute(self, command: str, **arguments: Any) -> object:
        """Do what the cell's process asks for; `arguments` depend on the command."""
        self._remember()
        if command == "guard":
            self._journal = Path(arguments["journal"])
            self._on_end = arguments["on_end"]
            self._deadline = time.monotonic() + arguments["seconds"]
        elif command == "run":
            # Not by the cell's process itself: the kernel would count it among its children.
            done = subprocess.run(arguments["words"], capture_output=True, text=True, check=False)  # noqa: S603 - ours
            return [done.returncode, done.stdout.strip() or done.stderr.strip()]
        elif command == "leave":
            self._leaving = True
        elif command == "release":
            self._on_end, self._deadline = {}, None
        elif command == "begin":
            self._sampler.begin()
            self._sampling = True
        elif command == "read":
            self._sampler.read()
        elif command == "end":
            self._sampling = False
            return asdict(self._sampler.end())
        return None

    def _remember(self) -> None:
        """Know the tree, to be able to end it when it has lost its root."""
        for pid in descendants(self._alive.pid):
            if pid != os.getpid() and pid not in self._tree:
                with contextlib.suppress(psutil.Error):  # it has just ended
                    self._tree[pid] = psutil.Process(pid)

    def _note(self, how: str) -> None:
        """Write how the cell ended into the journal, if it has not ended well."""
        if self._journal is not None and how in self._on_end:
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"at": time.time(), **self._on_end[how]}) + "\n")
        self._on_end = {}

    def _end(self) -> None:
        """Wait for the cell's process, which has closed the pipe, and for all its processes."""
        with contextlib.suppress(psutil.Error):
            self._alive.wait(ENDING_SECONDS)
        if self._on_end:
            if self._runner is not None and not self._runner.is_running():
                self._note("interrupted")
            killed = kills_for_memory() > self._kills
            self._note("out of memory" if killed else "crashed")
        _, left = psutil.wait_procs(self._tree.values(), ENDING_SECONDS)
        for process in left:
            self._kill(process)

    def _kill(self, process: psutil.Process) -> None:
        """Kill a process, and all that it has started; psutil does not mistake another for it."""
        with contextlib.suppress(psutil.Error):
            for one in [process, *process.children(recursive=True)]:
                if one.pid != os.getpid():
                    with contextlib.suppress(psutil.Error):
                        one.kill()


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
