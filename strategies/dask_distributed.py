"""Dask DataFrame on `dask.distributed`: a local cluster, or one that is running."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, Future, LocalCluster
from distributed.security import Security

from strategies.core.contract import TLS, Runner
from strategies.core.dask_frame import FrameRunner
from strategies.core.errors import JobError, LostWorkerError, StrategyError
from strategies.core.runner import Wait, ordered_map
from strategies.core.scratch import fresh_folder

CONNECT_SECONDS = 8.0
POLL_SECONDS = 1.0  # between two looks at whether the cluster lives
ALONE_SECONDS = 3.0  # without any worker; a nanny starts another one in about 2
SETTINGS = {
    # A chunk that has ended two workers is not given a third; Dask's own limit is four.
    "distributed.scheduler.allowed-failures": 1,
}


@contextmanager
def start(
    workers: int,
    address: str | None = None,
    tls: TLS | None = None,
    timeout: float | None = None,
) -> Iterator[Runner]:
    """Start a scheduler and `workers` processes on loopback, or use all of a cluster's threads."""
    if address is not None:
        with _join(address, tls) as client:
            yield _runner(client, sum(client.nthreads().values()), timeout)
        return
    with (
        fresh_folder() as scratch,
        dask.config.set({**SETTINGS, "temporary-directory": str(scratch)}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would be the port 8787 that others use
            memory_limit=None,  # no spilling to disk: the window already bounds memory
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield _runner(client, workers, timeout)


def _join(address: str, tls: TLS | None) -> Client:
    try:
        security = tls and Security(
            require_encryption=True,
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
        )
        client = Client(address, timeout=CONNECT_SECONDS, security=security)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        message = f"no scheduler answers at {address} ({error}); check --address, start one there"
        raise StrategyError(message) from error
    if not client.nthreads():
        client.close()
        message = f"the scheduler at {address} has no workers; start some: dask worker {address}"
        raise StrategyError(message)
    return client


def _runner(client: Client, workers: int, timeout: float | None) -> Runner:
    # `pure=False`: a no-op, or the same job again, is to be run again, not remembered.
    def submit(function: Any, item: Any) -> Wait[Any]:
        return _waiting(client, client.submit(function, item, pure=False))

    return FrameRunner(
        ordered_map(submit, workers, timeout),
        workers,
        timeout,
        lambda partition: _waiting(client, client.compute(partition)),
    )


def _waiting(client: Client, future: "Future[Any]") -> Wait[Any]:
    """Return how to wait for a result, which Dask would do for ever without any worker."""

    def wait(timeout: float | None) -> object:
        started = seen = time.monotonic()
        while True:
            try:
                return future.result(POLL_SECONDS)
            except TimeoutError:
                now = time.monotonic()
                if timeout is not None and now - started > timeout:
                    raise
                seen = now if _has_workers(client) else seen
                if now - seen > ALONE_SECONDS:
                    message = "the cluster has no worker any more"
                    raise LostWorkerError(message) from None
            except JobError:
                raise
            except Exception as error:  # Dask has many; none is about the data
                message = f"the cluster has given the chunk up ({type(error).__name__}: {error})"
                raise LostWorkerError(message) from error

    return wait


def _has_workers(client: Client) -> bool:
    try:
        scheduler: Any = client.scheduler
        return bool(client.sync(scheduler.ncores, callback_timeout=POLL_SECONDS))
    except (OSError, TimeoutError):
        return False
