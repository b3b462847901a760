"""Dask DataFrame on `dask.distributed`: a local cluster, or one that is running."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import dask
from distributed import Client, LocalCluster

from strategies.core.contract import Runner
from strategies.core.dask_frame import FrameRunner
from strategies.core.errors import StrategyError
from strategies.core.runner import ordered_map

CONNECT_SECONDS = 10


@contextmanager
def start(workers: int, address: str | None = None) -> Iterator[Runner]:
    """Start a scheduler and `workers` processes on loopback, or use all of a cluster's threads."""
    if address is not None:
        with _join(address) as client:
            yield _runner(client, sum(client.nthreads().values()))
        return
    with (
        TemporaryDirectory(prefix="parabench-") as scratch,
        dask.config.set({"temporary-directory": scratch}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would be the port 8787 that others use
            memory_limit=None,  # no spilling to disk: the window already bounds memory
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield _runner(client, workers)


def _join(address: str) -> Client:
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        message = f"no scheduler answers at {address} ({error}); check --address, start one there"
        raise StrategyError(message) from error
    if not client.nthreads():
        client.close()
        message = f"the scheduler at {address} has no workers; start some: dask worker {address}"
        raise StrategyError(message)
    return client


def _runner(client: Client, workers: int) -> Runner:
    # `pure=False`: a no-op, or the same job again, is to be run again, not remembered.
    submit = ordered_map(lambda f, item: client.submit(f, item, pure=False).result, workers)
    return FrameRunner(submit, workers, lambda partition: client.compute(partition).result)
