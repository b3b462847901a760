"""A real Dask cluster on loopback, and what can happen to it while it does a job."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from parabench.faults.observe import MARKS_VARIABLE, Observed, observed, place, send
from parabench.faults.subjects import Subject

READY_SECONDS = 60.0  # in which a scheduler or a worker must be up
WORKER_SECONDS = 60.0  # in which workers must have begun
END_SECONDS = 5.0


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    address: str
    scheduler: "subprocess.Popen[bytes]"
    workers: list["subprocess.Popen[bytes]"]


@contextmanager
def cluster(folder: Path, workers: int, tls: Sequence[str] = ()) -> Iterator[Cluster]:
    """Yield a cluster whose files are in `folder`, gone afterwards.

    `tls` are the options of `dask scheduler` and `dask worker` for a secured one.
    """
    folder.mkdir(exist_ok=True)
    protocol = "tls" if tls else "tcp"
    local = ("--host", f"{protocol}://127.0.0.1")
    with ExitStack() as stack:
        dashboard = ("--dashboard-address", "127.0.0.1:0")
        scheduler, log = _started(
            stack, folder, "scheduler", ("scheduler", *local, "--port", "0", *dashboard, *tls)
        )
        address = _wait_for(log, rf"Scheduler at:\s+({protocol}://\S+)")
        started = []
        for number in range(workers):
            # Without a nanny: one that is killed stays away.
            options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", *local, *tls)
            name = f"worker-{number}"
            process, log = _started(
                stack, folder, name, ("worker", address, *options, "--local-directory", str(folder))
            )
            _wait_for(log, r"(Registered to)")
            started.append(process)
        yield Cluster(address, scheduler, started)


def _started(
    stack: ExitStack, folder: Path, name: str, arguments: Sequence[str]
) -> tuple["subprocess.Popen[bytes]", Path]:
    path = folder / f"{name}.log"
    log = stack.enter_context(path.open("wb"))
    environment = {**os.environ, MARKS_VARIABLE: str(folder.parent / "marks")}
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    stack.callback(_ended, process)
    return process, path


def _ended(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(log: Path, pattern: str) -> str:
    """Wait until a log says something; return its first group."""
    deadline = time.monotonic() + READY_SECONDS
    while not (match := re.search(pattern, log.read_text())):
        if time.monotonic() > deadline:
            message = f"{log.name} does not say {pattern!r}:\n{log.read_text()}"
            raise RuntimeError(message)
        time.sleep(0.05)
    return match[1]


def killed(
    victims: Callable[[Cluster], list["subprocess.Popen[bytes]"]],
) -> Callable[..., Observed]:
    """Return the fault that some processes of a cluster of two workers are killed mid-job."""

    def happen(subject: Subject, limit: float) -> Observed:
        with place() as where, cluster(where.folder / "cluster", workers=2) as running:
            command = subject.command(where, "slow", "--address", running.address)
            command.wait_for_workers(2, WORKER_SECONDS)
            moment = time.time()
            for victim in victims(running):
                moment = send(victim.pid, signal.SIGKILL)
            return observed(where, command.ending(limit), moment)

    return happen


def nobody_listens(subject: Subject, limit: float) -> Observed:
    """Name an address where nobody listens."""
    with place() as where:
        command = subject.command(where, "slow", "--address", "tcp://127.0.0.1:1")
        return observed(where, command.ending(limit), command.began)
