"""What a run leaves in shared memory: semaphores, blocks, folders of Python and joblib.

Others on this machine leave things there, too. A run's own are known by what its processes have
mapped meanwhile, and by the number of the process in the name, where joblib puts one.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not written
KINDS = ("sem.mp-", "sem.loky-", "psm_", "joblib_")
MAPPED = re.compile(r" ([0-9a-f]+:[0-9a-f]+ [0-9]+) +/dev/shm/")  # device and inode: whoever makes
# a semaphore maps it under another name, and then renames it
NUMBERED = re.compile(r"(?:sem\.loky-|joblib_\D*)(\d+)")


class SharedMemory:
    """What is new there, and a run's."""

    def __init__(self) -> None:
        self._before = _listed()
        self._mapped: set[str] = set()
        self._pids: set[int] = set()

    def look(self, processes: Iterable[psutil.Process]) -> None:
        """Remember what these processes of the run have mapped now."""
        for process in processes:
            self._pids.add(process.pid)
            with suppress(OSError):  # it has ended
                self._mapped.update(MAPPED.findall(Path(f"/proc/{process.pid}/maps").read_text()))

    def left(self) -> list[str]:
        """Return the run's files that nobody uses."""
        return [str(path) for path in _listed() - self._before if self._is_left(path)]

    def _is_left(self, path: Path) -> bool:
        if numbered := NUMBERED.match(path.name):
            pid = int(numbered[1])
            return pid in self._pids and not psutil.pid_exists(pid) and path.exists()
        try:
            status = path.stat()
        except FileNotFoundError:  # whoever used it has just removed it
            return False
        device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
        return f"{device} {status.st_ino}" in self._mapped and not _in_use(device, status.st_ino)


def _listed() -> set[Path]:
    paths = SHARED_MEMORY.iterdir() if SHARED_MEMORY.is_dir() else ()
    return {path for path in paths if path.name.startswith(KINDS)}


def _in_use(device: str, inode: int) -> bool:
    mapped = re.compile(rf" {device} {inode}\b")
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with suppress(OSError):
            if mapped.search(maps.read_text()):
                return True
    return False
