"""Dask DataFrame on `dask.distributed`: a local cluster, or one that is running."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, LocalCluster

from strategies._dask import FrameRunner, computed
from strategies._dask_cluster import join, waiting
from strategies.core.contract import TLS, Function, Runner
from strategies.core.jobs.maps import Wait, ordered_map
from strategies.core.jobs.scratch import fresh_folder
from strategies.core.process.requirements import require_files, worker_context

KIND = "cluster"
CONFIGURED_BY = "DASK_"
IN_SWEEPS = True

SETTINGS = {
    # A chunk that has ended two workers is not given a third; Dask's own limit is four.
    "distributed.scheduler.allowed-failures": 1,
}
PRELOAD = "distributed.worker.preload"


@contextmanager
def start(
    workers: int,
    address: str | None = None,
    tls: TLS | None = None,
    timeout: float | None = None,
) -> Iterator[Runner]:
    """Start a scheduler and `workers` processes on loopback, or use all of a cluster's threads."""
    if address is not None:
        with join(address, tls) as client:
            yield _runner(client, sum(client.nthreads().values()), timeout, elsewhere=True)
        return
    worker_context(dask.config.get("distributed.worker.multiprocessing-method"), workers)
    require_files(32 + 12 * workers)  # it takes 16 + 10 * workers, and more for a moment
    preload = [*dask.config.get(PRELOAD), "strategies._dask_cluster"]  # for its `dask_setup`
    with (
        fresh_folder() as scratch,
        dask.config.set({**SETTINGS, PRELOAD: preload, "temporary-directory": str(scratch)}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would be the port 8787 that others use
            local_directory=str(scratch),
            memory_limit=None,  # no spilling to disk: the window already bounds memory
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        for nanny in cluster.workers.values():
            nanny.auto_restart = False  # the other workers finish the job, and the end is quick
        yield _runner(client, workers, timeout, elsewhere=False)


def _runner(client: Client, workers: int, timeout: float | None, *, elsewhere: bool) -> Runner:
    # `pure=False`: a no-op, or the same job again, is to be run again, not remembered.
    def submit(function: Any, item: Any) -> Wait[Any]:
        return waiting(client, lambda: client.submit(function, item, pure=False))

    return FrameRunner(
        ordered_map(submit, workers),
        workers,
        timeout,
        elsewhere=elsewhere,
        submit=lambda partition: waiting(client, lambda: client.compute(partition, fifo_timeout=0)),
    )


def bare(function: Function, items: Sequence[Any], address: str | None = None) -> Iterable[object]:
    """`dask.compute` with a `Client`."""
    local: dict[str, Any] = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with Client(address) if address else Client(n_workers=2, threads_per_worker=1, **local):
        return computed(function, items)
