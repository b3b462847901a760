"""Meters of a whole process tree: peak memory, CPU seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.harness.meter.sampler import PERIOD, Peak
from benchmarks.harness.meter.tree import cpu_seconds, largest_child

ROOT = Path(__file__).parents[3]


@dataclass
class Used:
    """What a tree has used; filled in at the end of a window."""

    cpu_seconds: float = 0.0
    peak: Peak = field(default_factory=Peak)
    unseen_child: int = 0  # bytes: the peak RSS of the largest child that no sample saw


class Meter:
    """Watches this process and all its descendants, from a process of its own."""

    def __init__(self, period: float = PERIOD) -> None:
        own = str(os.getpid())
        self._watcher = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "benchmarks.harness.meter.watcher", own, str(period)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # whoever waits for our output must not wait for it
            start_new_session=True,  # it is to outlive us, by a moment
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._commands = cast("IO[bytes]", self._watcher.stdin)
        self._answers = cast("IO[bytes]", self._watcher.stdout)

    @property
    def pid(self) -> int:
        """The process ID of the watcher, which does not count as part of the tree."""
        return self._watcher.pid

    @contextmanager
    def window(self, *, lends: bool = True) -> Iterator[Used]:
        """Measure what is used inside the block; begin and end cost milliseconds outside it.

        `lends`: see Sampler.begin.
        """
        used = Used()
        children_before = largest_child()
        self._ask("begin", lends=lends)
        before = cpu_seconds({self.pid})
        yield used
        used.cpu_seconds = cpu_seconds({self.pid}) - before
        used.peak = Peak(**self._ask("end"))
        children_after = largest_child()
        if children_after > max(children_before, used.peak.largest_child):
            used.unseen_child = children_after

    def read(self) -> None:
        """Read the memory exactly, now; takes milliseconds."""
        self._ask("read")

    def run(self, *words: str) -> tuple[int, str]:
        """Run a command that is none of the tree's; return its exit code and what it prints."""
        code, printed = self._ask("run", words=words, path=os.environ.get("PYTHONPATH"))
        return code, printed

    def guard(
        self,
        *,
        seconds: float,
        runners: list[int],
        scratch: Path,
        journal: Path,
        on_end: dict[str, dict[str, Any]],
    ) -> None:
        """Have this process killed after `seconds`, and its end noted unless `release` comes.

        Killed, too, when one of the processes `runners` has ended. `scratch` is removed after
        our end.
        `on_end` has a line for the journal for each of: timed out, crashed, out of memory.
        """
        self._ask(
            "guard", seconds=seconds, runners=runners, scratch=str(scratch),
            journal=str(journal), on_end=on_end,
        )  # fmt: skip

    def release(self) -> None:
        """From now on the end of this process is nothing special."""
        self._ask("release")

    def close(self) -> None:
        """End the watcher, and nothing else. Without this it stays until we have ended.

        Then it ends what is left of the tree, too.
        """
        self._ask("leave")
        self._commands.close()
        self._answers.close()
        self._watcher.wait()

    def _ask(self, command: str, **arguments: Any) -> Any:
        line = json.dumps({"command": command, **arguments})
        self._commands.write(line.encode() + b"\n")
        self._commands.flush()
        answer = self._answers.readline()
        if not answer:
            message = "the watcher of this cell has died; run it again"
            raise RuntimeError(message)
        return json.loads(answer)
