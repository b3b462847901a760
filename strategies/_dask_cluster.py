"""A Dask cluster: how to join one, and how not to wait for one for ever."""

import asyncio
import gc
import re
import time
from collections.abc import Callable
from typing import Any

from distributed import Client, Future
from distributed.security import Security

from strategies.core.contract import TLS
from strategies.core.errors import JobError, LostWorkerError, StrategyError
from strategies.core.jobs.maps import Wait
from strategies.core.process.workers import ignore_interrupts

CONNECT_SECONDS = 5.0
POLL_SECONDS = 1.0  # between two looks at whether the cluster lives
ALONE_SECONDS = 3.0  # without any worker; a nanny starts another one in about 2


def dask_setup(_worker: object) -> None:
    """Prepare a worker process; Dask calls it in the main thread, where signals are handled."""
    ignore_interrupts()


def join(address: str, tls: TLS | None) -> Client:
    """Return a client of a running cluster; raises StrategyError."""
    message = ""
    try:
        security = tls and Security(
            require_encryption=True,
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
        )
        client = Client(address, timeout=CONNECT_SECONDS, security=security)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        remedy = "check --address, start one there"
        if address.startswith("tls:"):
            remedy = "check --address, --tls-ca, --tls-cert and --tls-key"
        message = f"no scheduler answers at {address} ({error}); {remedy}"
    if message:
        # A client that has failed closes itself when it is collected, and waits for ever if that
        # happens while Dask starts or stops another: so it is collected now, without its traceback.
        gc.collect()
        raise StrategyError(message)
    if not client.nthreads():
        client.close()
        message = f"the scheduler at {address} has no workers; start some: dask worker {address}"
        raise StrategyError(message)
    return client


def waiting(client: Client, submit: Callable[[], "Future[Any]"]) -> Wait[Any]:
    """Submit work; return how to wait for its result. Both raise LostWorkerError.

    Dask would wait for ever without any worker.

    Not by `future.result(POLL_SECONDS)`: its end cancels what brings the result. Where that takes
    longer, on a busy machine, Dask keeps the cancelled task, and every later result of this client
    is waited for in vain (an UnboundLocalError in `sync`).
    """
    try:
        future = submit()
    except Exception as error:
        if client.status == "running":
            raise
        raise LostWorkerError(_shown(error)) from error

    def wait(timeout: float | None) -> object:
        started = seen = time.monotonic()
        gathering: Any = client.gather(future, asynchronous=True)
        loop: Any = client.loop
        coming = asyncio.run_coroutine_threadsafe(gathering, loop.asyncio_loop)
        while True:
            try:
                return coming.result(POLL_SECONDS)
            except TimeoutError as error:
                if coming.done():  # Dask's own
                    raise LostWorkerError(_shown(error)) from error
                now = time.monotonic()
                if timeout is not None and now - started > timeout:
                    raise
                seen = seen if _has_no_workers(client) else now
                if now - seen > ALONE_SECONDS:
                    message = "the cluster has no worker any more"
                    raise LostWorkerError(message) from None
            except JobError:
                raise
            except Exception as error:  # Dask has many; none is about the data
                raise LostWorkerError(_shown(error)) from error

    return wait


def _has_no_workers(client: Client) -> bool:
    """Whether the scheduler says so; one that is too busy to answer says nothing."""
    try:
        scheduler: Any = client.scheduler
        return not client.sync(scheduler.ncores, callback_timeout=POLL_SECONDS)
    except Exception:  # noqa: BLE001 - Dask has many; when it gives a result up, it says so there
        return False


def _shown(error: Exception) -> str:
    """Return what Dask says, without the names that it has given to tasks."""
    text = re.sub(r"\('[\w-]+', \d+\)", "the chunk", str(error)).partition(". ")[0]
    return f"the cluster has given it up ({type(error).__name__}: {text})"
