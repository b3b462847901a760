import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import browser
import pytest
from hypothesis import HealthCheck, settings
from outcomes import Runners

from data_gen.generate import generate
from data_gen.real import flights as write_flights
from strategies import Runner, chunk_strategies, load

# A busy machine is no reason to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# From the slowest on.
SLOW_FILES = [
    f"test_{name}.py"
    for name in (
        "faults user_processes machines streams main_script configuration asv asv_resumed places "
        "conformance hostile_input site_files site runner profiles docs"
    ).split()
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the slow files last, so that a plain mistake shows within seconds.

    Or first, where files run side by side: the last one to end should not be a long one.
    """
    beside = hasattr(config, "workerinput")
    order = SLOW_FILES if beside else SLOW_FILES[::-1]
    rank = {name: number - (len(order) if beside else -1) for number, name in enumerate(order)}
    items.sort(key=lambda item: rank.get(item.path.name, 0))


@pytest.fixture(scope="session", autouse=True)
def heeded_ctrl_c() -> None:
    """Handle SIGINT as in a terminal: in a shell's background, commands inherit to ignore it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the tests out of the user's dataset cache."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["PARABENCH_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def no_browser_between_files() -> Iterator[None]:
    """Let the tests of a file share a browser, and none of it be left for the next file."""
    yield
    browser.close()


@pytest.fixture
def source(tmp_path: Path) -> Callable[[bytes], Path]:
    """Return a function that writes bytes into a CSV file."""

    def write(data: bytes) -> Path:
        path = tmp_path / "source.csv"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture(scope="session")
def dataset_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """Return a function that makes a dataset of a shape with so many rows, once."""
    folder = tmp_path_factory.mktemp("data")

    def make(shape: str, rows: int) -> Path:
        path = folder / f"{shape}-{rows}.csv"
        if not path.exists():
            generate(path, shape=shape, rows=rows)
        return path

    return make


@pytest.fixture
def data(dataset_of: Callable[[str, int], Path], tmp_path: Path) -> tuple[Path, Path]:
    """A source, and where to write."""
    return dataset_of("plain", 400), tmp_path / "out.csv"


@pytest.fixture(scope="session")
def serial() -> Iterator[Runner]:
    with load("serial").start(1) as runner:
        yield runner


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    """Every strategy that works on chunks, started once: starting costs seconds."""
    with ExitStack() as stack:
        yield {
            strategy.name: stack.enter_context(strategy.start(2))
            for strategy in map(load, chunk_strategies())
            if not strategy.reason
        }


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 20,000 flights, among them 300 that never arrived."""
    folder = tmp_path_factory.mktemp("flights")
    write_flights(folder / "all.csv")
    lines = (folder / "all.csv").read_bytes().splitlines(keepends=True)[:20_001]
    path = folder / "flights.csv"
    path.write_bytes(b"".join(lines))
    return path


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a site with every model, and with cells that failed in every way."""
    import sites  # noqa: PLC0415 - Matplotlib takes a second, and few files need it

    return sites.full_site(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="session")
def copy_repository(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return a function that copies the working tree: tracked files, and new ones."""
    root = Path(__file__).parents[1]

    def copy() -> Path:
        folder = tmp_path_factory.mktemp("copy") / "repository"
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        for name in filter(lambda name: (root / name).is_file(), listed.stdout.splitlines()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((root / name).read_bytes())
        return folder

    return copy
