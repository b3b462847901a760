"""The faults: how each is made to happen for real."""

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from parabench.faults import cluster
from parabench.faults.observe import OLD, Observed, expected, observed, place, send
from parabench.faults.subjects import Bare, Subject

HANG_SECONDS = 60.0  # after that a command is taken to hang, on a busy machine, too
BARE_HANG_SECONDS = 10.0  # and a bare library, of which some are known to
RUN_SECONDS = 4.0  # what an undisturbed command takes from start to end, on two busy cores
TIMEOUT_SECONDS = 2.0  # --timeout, where that is what is tested
WORKER_SECONDS = 60.0  # in which workers must have begun
COMMAND_FILES = 16  # enough for Python, not for two workers and what connects them
WORKER_FILES = 128  # enough for all; a workload then takes them
DISK_BYTES = 8192  # less than the output needs

Happen = Callable[[Subject, float], Observed]  # the seconds after which a subject hangs


class NotPossibleError(Exception):
    """The fault cannot be made to happen here; the message says why."""


@dataclass(frozen=True)
class Fault:
    """A fault by name; where it makes no difference, one start method is enough."""

    name: str
    title: str
    happen: Happen
    only_processes: bool = False
    every_start_method: bool = False
    only: str | None = None  # strategy that it can happen to
    limit: float = 5.0  # seconds in which the outcome is promised
    random: bool = False  # happens at a random moment, so it is tried more than once


def inside(function: str, prefix: Sequence[str] = ()) -> Happen:
    """Return a fault that a workload brings with it, or the command's surroundings."""

    def happen(subject: Subject, limit: float) -> Observed:
        with place() as where:
            command = subject.command(where, function, prefix=prefix)
            ending = command.ending(limit)
            began = ending.ended if ending.code == 0 else command.began
            return observed(where, ending, where.fault_time() or began)

    return happen


def to_a_worker(number: signal.Signals, *options: str, later: float = 0) -> Happen:
    """Return a signal to a worker that is computing; the clock runs `later` seconds after it."""

    def happen(subject: Subject, limit: float) -> Observed:
        with place() as where:
            command = subject.command(where, "slow", *options)
            workers = command.wait_for_workers(2, WORKER_SECONDS)
            moment = send(workers[-1], number) if workers else command.began
            return observed(where, command.ending(limit), moment + later)

    return happen


def to_any_process(number: signal.Signals) -> Happen:
    """Return a signal to one of the processes that a command starts, at a random moment."""

    def happen(subject: Subject, limit: float) -> Observed:
        with place() as where:
            command = subject.command(where, "slow")
            command.wait_for_started(WORKER_SECONDS)
            time.sleep(random.uniform(0, RUN_SECONDS))  # noqa: S311 - nothing secret
            processes = command.started()
            if processes:
                moment = send(random.choice(processes).pid, number)  # noqa: S311 - likewise
                return observed(where, command.ending(limit), moment)
            ending = command.ending(limit)  # it was quicker
            return observed(where, ending, ending.ended)

    return happen


def to_the_command(number: signal.Signals) -> Happen:
    """Return a signal to the command, at a random moment of a run."""

    def happen(subject: Subject, limit: float) -> Observed:
        with place() as where:
            command = subject.command(where, "slow")
            if isinstance(subject, Bare):  # it has one try, which is not to be before its start
                command.wait_for_workers(1, WORKER_SECONDS)
            else:  # before, it is Python itself that is interrupted
                command.wait_until_handling(WORKER_SECONDS)
            time.sleep(random.uniform(0, RUN_SECONDS))  # noqa: S311 - nothing secret
            moment = send(command.process.pid, number)
            return observed(where, command.ending(limit), moment, number)

    return happen


def disk_full(subject: Subject, limit: float) -> Observed:
    """Let the output grow beyond the file system that it is in."""
    with place() as where, _small_disk(where.destination.parent):
        where.destination.write_text(OLD)
        command = subject.command(where, "slow")
        command.wait_for_workers(1, WORKER_SECONDS)
        moment = time.time()  # or later, when it is full: that cannot be seen from outside
        return observed(where, command.ending(limit), moment)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of DISK_BYTES on a folder."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"a small file system cannot be mounted here: {done.stderr.strip()}"
        raise NotPossibleError(message)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # whoever still writes there


def two_at_once(subject: Subject, limit: float) -> Observed:
    """Let two commands write different outputs to one destination; one must win whole."""
    with place() as where:
        commands = [subject.command(where, "slow", "--into", into) for into in ("twice", "thrice")]
        for command in commands:  # or the one's folder would be taken for the other's left-over
            with suppress(subprocess.TimeoutExpired):
                command.process.wait(limit)
        endings = [command.ending(limit) for command in commands]
        moment = max(ending.ended for ending in endings)  # there is no fault that time runs from
        if where.destination.read_text() == expected("thrice"):
            where.destination.write_text(expected())
        if all(ending.code != 0 for ending in endings):
            where.destination.write_text("neither has written")
        worst = max(endings, key=lambda ending: (ending.code is None, ending.code))
        return observed(where, worst, moment)


def _limited(files: int) -> list[str]:
    return ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh"]


TIMEOUT = ("--timeout", f"{TIMEOUT_SECONDS:g}")
FAULTS = [
    Fault("killed", "a worker is killed (SIGKILL)", to_a_worker(signal.SIGKILL), True, True),
    Fault(
        "killed-any",
        "one of the processes is killed (SIGKILL) at a random moment, also while it starts",
        to_any_process(signal.SIGKILL),
        only_processes=True,
        every_start_method=True,
        random=True,
    ),
    Fault("exits", "the workload ends its worker with os._exit", inside("exits"), True, True),
    Fault("raises", "the workload raises", inside("raises"), every_start_method=True),
    Fault("unpicklable", "it raises what cannot be pickled", inside("raises_unpicklable")),
    Fault(
        "half-picklable",
        "it raises what can be pickled, and not be unpickled",
        inside("raises_half_picklable"),
    ),
    Fault("result", "its result cannot be pickled", inside("returns_unpicklable")),
    Fault(
        "stopped",
        f"a worker is stopped (SIGSTOP), {' '.join(TIMEOUT)}",
        to_a_worker(signal.SIGSTOP, *TIMEOUT, later=TIMEOUT_SECONDS),
        only_processes=True,
        every_start_method=True,
    ),
    Fault("memory", "a worker reaches its memory limit", inside("fills_memory")),
    Fault(
        "worker-files",
        f"a worker opens all the {WORKER_FILES} files it may",
        inside("opens_files", _limited(WORKER_FILES)),
    ),
    Fault(
        "few-files",
        f"the command may open {COMMAND_FILES} files",
        inside("slow", _limited(COMMAND_FILES)),
        every_start_method=True,
    ),
    Fault("disk", "the disk is full", disk_full),
    Fault("two", "two commands write to one destination", two_at_once),
    Fault(
        "sigint",
        "Ctrl-C (SIGINT) at a random moment",
        to_the_command(signal.SIGINT),
        every_start_method=True,
        random=True,
    ),
    Fault(
        "sigterm",
        "SIGTERM at a random moment",
        to_the_command(signal.SIGTERM),
        every_start_method=True,
        random=True,
    ),
    Fault(
        "scheduler",
        "the scheduler of a cluster is killed",
        cluster.killed(lambda running: [running.scheduler]),
        only="dask_distributed",
    ),
    Fault(
        "one-of-two",
        "one of a cluster's two workers is killed",
        cluster.killed(lambda running: running.workers[:1]),
        only="dask_distributed",
    ),
    Fault(
        "all-workers",
        "all workers of a cluster are killed",
        cluster.killed(lambda running: running.workers),
        only="dask_distributed",
    ),
    Fault(
        "nobody",
        "nobody listens at the --address",
        cluster.nobody_listens,
        only="dask_distributed",
        limit=10.0,
    ),
]
