"""`dask_distributed` in a cluster that is already running: real processes, on loopback."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from distributed import Client, default_client
from patience import PATIENCE

from parabench.faults.cluster import Cluster, cluster
from strategies import TLS, Job, LostWorkerError, StrategyError, load, load_workload
from strategies._dask_cluster import POLL_SECONDS
from strategies.core import reference


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scheduler")
    arguments = (
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--dashboard-address",
        "127.0.0.1:0",
    )
    with dask(folder, *arguments) as output:
        yield next(word for line in output for word in line.split() if word.startswith("tcp://"))


@contextlib.contextmanager
def dask(folder: Path, *arguments: str) -> Iterator[Iterator[str]]:
    """Run a `dask` command; yield the lines of what it prints."""
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            yield iter(process.stderr)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def test_a_scheduler_without_workers_is_refused(scheduler: str) -> None:
    """With the command that starts one."""
    strategy = load("dask_distributed")
    with pytest.raises(StrategyError, match="dask worker"), strategy.start(2, address=scheduler):
        pass


def test_a_result_may_take_longer_than_a_look_at_the_cluster(
    dataset_of: Callable[[str, int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy machine: a look that gives up waiting must not cancel what is on its way."""
    gather = Client._gather_remote
    slowly = iter([True, False, True])  # the others are quick

    async def slow(client: Client, *arguments: Any) -> object:
        if next(slowly, False):
            await asyncio.sleep(1.5 * POLL_SECONDS)
        return await gather(client, *arguments)

    path, double = dataset_of("plain", 1000), load_workload("double")
    with load("dask_distributed").start(2) as runner:
        monkeypatch.setattr(Client, "_gather_remote", slow)
        for _ in range(2):
            job = Job(path, tmp_path / "out.csv", double, 5_000)
            assert runner.run(job).records == 1000
            reference.verify(path, job.destination, double)


def test_a_client_that_has_been_closed_has_lost_its_workers(
    dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """As Dask closes it when the scheduler does not come back: what is submitted then is lost."""
    job = Job(dataset_of("plain", 1000), tmp_path / "out.csv", load_workload("double"))
    with (
        pytest.raises(
            LostWorkerError, match=r"waiting for the chunk .*the cluster has given it up"
        ),
        load("dask_distributed").start(2) as runner,
    ):
        default_client().close()
        runner.run(job)


def test_a_running_cluster_does_the_job(
    scheduler: str,
    dataset_of: Callable[[str, int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All its threads do; and it is still there afterwards, for the next one."""
    monkeypatch.chdir(dataset_of("quoted", 1000).parent)  # the workers are somewhere else
    worker = ("worker", scheduler, "--host", "127.0.0.1", "--nthreads", "2", "--no-dashboard")
    with dask(tmp_path, *worker, "--local-directory", str(tmp_path)) as output:
        next(line for line in output if "Registered to" in line)
        for _ in range(2):
            with load("dask_distributed").start(5, address=scheduler) as runner:
                assert runner.workers == 2  # type: ignore[attr-defined] # of this one
                for shape in ("quoted", "missing"):
                    destination = tmp_path / "out.csv"
                    source = Path(dataset_of(shape, 1000).name)
                    job = Job(source, destination, load_workload("digest"), 10_000)
                    assert runner.run(job).records == 1000
                    reference.verify(job.source, job.destination, job.workload)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> TLS:
    """An authority of our own, and what it has signed for both sides."""
    folder = tmp_path_factory.mktemp("certificates")
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    for name, signer in (("ours", authority), ("stranger", other)):
        signed = signer.issue_cert("127.0.0.1", "localhost")
        signed.private_key_pem.write_to_path(folder / f"{name}-key.pem")
        signed.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    return TLS(folder / "ca.pem", folder / "ours.pem", folder / "ours-key.pem")


@pytest.fixture(scope="module")
def secured(certificates: TLS, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    options = zip(("--tls-ca-file", "--tls-cert", "--tls-key"), certificates, strict=True)
    tls = [str(word) for option in options for word in option]
    with cluster(tmp_path_factory.mktemp("secured") / "cluster", workers=1, tls=tls) as running:
        yield running


def test_a_secured_cluster_does_the_job(
    secured: Cluster, certificates: TLS, dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """With the certificates that the command is given."""
    source, destination = dataset_of("quoted", 1000), tmp_path / "out.csv"
    assert secured.address.startswith("tls://127.0.0.1:")
    options = zip(("--tls-ca", "--tls-cert", "--tls-key"), certificates, strict=True)
    command = ["run", "dask_distributed", source, destination, "--address", secured.address]
    command += [word for option in options for word in option]
    subprocess.run([sys.executable, "-m", "parabench", *map(str, command)], check=True)
    assert reference.verify(source, destination, load_workload("double")) == 1000


@pytest.mark.parametrize("who", ["nobody", "stranger", "plain"])
def test_a_secured_cluster_refuses_others(secured: Cluster, certificates: TLS, who: str) -> None:
    """And the error says what Dask says: no certificate, another authority's, no TLS at all."""
    folder = certificates.ca.parent
    stranger = TLS(certificates.ca, folder / "stranger.pem", folder / "stranger-key.pem")
    address = secured.address.replace("tls://", "tcp://") if who == "plain" else secured.address
    tls = stranger if who == "stranger" else None
    with (
        pytest.raises(StrategyError, match=f"no scheduler answers at {address}"),
        load("dask_distributed").start(1, address=address, tls=tls),
    ):
        pass


@pytest.mark.parametrize("given", [["--tls-ca"], ["--tls-ca", "--tls-cert", "--tls-key"]])
def test_certificates_are_given_together_and_with_an_address(
    given: list[str], tmp_path: Path
) -> None:
    """Or the command says so before it starts anything."""
    file = tmp_path / "file.pem"
    file.touch()
    options = [word for option in given for word in (option, str(file))]
    command = [sys.executable, "-m", "parabench", "run", "dask_distributed", "a.csv", "b.csv"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "together, and with --address" in done.stderr
