"""Peak memory of a whole process tree."""

import multiprocessing
from collections.abc import Iterator

import psutil

from strategies.core.contract import Job
from strategies.core.registry import Strategy, load

SAMPLE_SECONDS = 0.02  # a peak that is shorter can be missed


def peak_memory(strategy: Strategy, job: Job, workers: int) -> int:
    """Return the peak, in bytes, of a job run in a process of its own.

    Summed over the process and all its descendants: PSS where the system tells it
    (Linux), so that memory shared between processes counts once, else RSS. Start-up
    and shutdown are included. Raises RuntimeError when the job fails.
    """
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(strategy.name, job, workers)
    )
    process.start()
    peak = 0
    while process.is_alive():
        peak = max(peak, _now(psutil.Process(process.pid)))
        process.join(SAMPLE_SECONDS)
    if process.exitcode:
        message = f"{strategy.name} failed with exit code {process.exitcode} on {job.source}"
        raise RuntimeError(message)
    return peak


def _run(name: str, job: Job, workers: int) -> None:
    with load(name).start(workers) as runner:
        runner.run(job)


def _now(root: psutil.Process) -> int:
    total = 0
    for process in _tree(root):
        try:
            memory = process.memory_full_info()
            total += getattr(memory, "pss", 0) or memory.rss
        except psutil.Error:  # it has just ended
            continue
    return total


def _tree(root: psutil.Process) -> Iterator[psutil.Process]:
    try:
        yield root
        yield from root.children(recursive=True)
    except psutil.Error:
        return
