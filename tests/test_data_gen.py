"""Datasets: their bytes, their shapes, their manifests, their cache."""

import csv
import hashlib
import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import PATIENCE

from data_gen import generate as generate_module
from data_gen.cache import dataset
from data_gen.errors import DatasetError
from data_gen.generate import generate
from data_gen.manifest import Manifest
from data_gen.real import flights
from data_gen.shapes import SHAPES
from data_gen.sizes import parse_size
from data_gen.synthetic import RENDERERS

# The SHA-256 of 1,000 rows with seed 7. A change here is a change of every dataset: raise
# GENERATOR_VERSION with it, or old and new results compare different inputs.
GOLDEN = {
    "plain": "2e20bec7ee2f2a38127552aadbf41ff152fc5e049ad0c4a244106d54198c8b36",
    "quoted": "ff70458c2c216392f6859adcc7fc28be4cd2a083b576f09478ce72e258e68a91",
    "wide": "49c77f164e2a8c6e7cae2e4d41f7161a34b72c93649421b3426f785731c807c2",
    "missing": "bce0d330eb307254738a64912a51a5e58cb2a8e81464ac83be6118b74d43bdbd",
    "unicode": "e11dfbad0a4c102c7927c142048f2038a5f50e4e22b38a98437c8c9a9fad2ac6",
    "skewed": "d634d98a0b7621eade068f73959e5e72d838ea3040b35994a3b51878db754960",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_shape_is_rendered() -> None:
    """And no other; the golden bytes cover all."""
    assert list(SHAPES) == list(RENDERERS) == list(GOLDEN)


@pytest.mark.parametrize("shape", SHAPES)
def test_bytes_are_pinned(shape: str, tmp_path: Path) -> None:
    """Same arguments, same bytes, on any machine and with any version of NumPy."""
    manifest = generate(tmp_path / "d.csv", shape=shape, rows=1000, seed=7)
    data = (tmp_path / "d.csv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == manifest.sha256 == GOLDEN[shape]
    assert manifest.bytes == len(data)


@pytest.mark.parametrize("shape", SHAPES)
def test_bytes_do_not_depend_on_the_workers(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor on where the blocks end."""
    monkeypatch.setattr(generate_module, "BLOCK_BYTES", 30_000)
    written: list[int] = []
    one = generate(tmp_path / "1.csv", shape=shape, rows=2000, workers=1)
    two = generate(tmp_path / "2.csv", shape=shape, rows=2000, workers=2, progress=written.append)
    assert one == two
    assert len(written) > 5, "it was written in blocks"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_has_its_columns(shape: str, dataset_of: Callable[[str, int], Path]) -> None:
    """Every record has every field, and a type that holds."""
    rows = rows_of(dataset_of(shape, 2000))
    assert len(rows) == 2000
    for row in rows:
        assert list(row) == list(SHAPES[shape])
        assert None not in row.values()
        assert 1 <= int(row["quantity"]) <= 999
        assert row["old_column"] == "" or float(row["old_column"]) >= 0
        assert len(row["timestamp"]) == len("2024-01-31T17:30:37")
    assert len({row["id"] for row in rows}) == 2000


def test_shapes_are_what_they_are_called(dataset_of: Callable[[str, int], Path]) -> None:
    """Quotes, columns, gaps, multi-byte text, and cost in one place."""
    quoted = rows_of(dataset_of("quoted", 2000))
    for awkward in (",", '"', "\n"):
        assert sum(awkward in row["text"] for row in quoted) > 100
    assert len(SHAPES["wide"]) == 100
    missing = rows_of(dataset_of("missing", 2000))
    assert 150 <= sum(row["old_column"] == "" for row in missing) <= 250
    text = dataset_of("unicode", 2000).read_bytes()
    assert len(text) > 1.05 * len(text.decode())
    cost = [int(row["quantity"]) for row in rows_of(dataset_of("skewed", 2000))]
    assert sum(cost[1200:1400]) > 0.8 * sum(cost)
    even = [int(row["quantity"]) for row in rows_of(dataset_of("plain", 2000))]
    assert sum(cost) == pytest.approx(sum(even), rel=0.05)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_size_is_met_within_one_percent(shape: str, tmp_path: Path) -> None:
    """From 1 MB on."""
    manifest = generate(tmp_path / "d.csv", shape=shape, size=10**6)
    assert manifest.bytes == pytest.approx(10**6, rel=0.01)


def test_another_seed_gives_other_numbers(tmp_path: Path) -> None:
    """All of them, not shifted ones."""
    columns = []
    for seed in (0, 1):
        generate(tmp_path / "d.csv", rows=2000, seed=seed)
        columns.append([row["old_column"] for row in rows_of(tmp_path / "d.csv")])
    assert len(set(columns[0]) & set(columns[1])) < 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"rows": 0}, "holds no record"),
        ({"size": 10}, "holds no record"),
        ({}, "give a size"),
        ({"rows": 1, "shape": "round"}, "there is no shape 'round'; choose one of plain"),
    ],
)
def test_what_cannot_be_generated_is_refused(
    arguments: dict[str, object], said: str, tmp_path: Path
) -> None:
    """And nothing is written."""
    with pytest.raises(DatasetError, match=said):
        generate(tmp_path / "d.csv", **arguments)  # type: ignore[arg-type] # on purpose
    assert list(tmp_path.iterdir()) == []


def test_a_failed_generation_leaves_nothing(tmp_path: Path) -> None:
    """An interruption in the middle of writing, too."""

    def interrupt(_written: int, /) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "d.csv", rows=10, progress=interrupt)
    with pytest.raises(DatasetError, match="cannot be written"):
        generate(Path("/proc/none/d.csv"), rows=10)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_tells_a_damaged_file(tmp_path: Path) -> None:
    """One that is missing, one that is broken, one that belongs to another size."""
    path = tmp_path / "d.csv"
    manifest = generate(path, rows=10)
    assert Manifest.load(path) == manifest
    path.write_text("short")
    with pytest.raises(DatasetError, match="has 5 bytes but its manifest says"):
        Manifest.load(path)
    Manifest.beside(path).write_text("{")
    with pytest.raises(DatasetError, match="no usable manifest"):
        Manifest.load(path)


def _fill(cache: str, done: "multiprocessing.Queue[str]") -> None:
    import os  # noqa: PLC0415 - runs in a process of its own

    os.environ["PARABENCH_CACHE"] = cache
    done.put(dataset(size=2 * 10**6).manifest.sha256)


def test_two_runs_may_fill_the_cache_at_once(tmp_path: Path) -> None:
    """Both get the whole file; nothing else is left in the cache."""
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    both = [context.Process(target=_fill, args=(str(tmp_path), done)) for _ in range(2)]
    for process in both:
        process.start()
    found = {done.get(timeout=PATIENCE) for _ in both}
    for process in both:
        process.join()
    (path,) = (tmp_path / "data").glob("*.csv")
    assert found == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_the_cache_mends_itself(own_cache: Path) -> None:
    """An entry that was cut short is made again; a good one is not."""
    path = dataset(size=50_000).path
    assert path.is_relative_to(own_cache)
    whole, age = path.read_bytes(), path.stat().st_mtime_ns
    assert dataset(size=50_000).path.stat().st_mtime_ns == age
    path.write_bytes(whole[:100])
    assert dataset(size=50_000).path.read_bytes() == whole


def test_flights_are_the_table_of_the_package(tmp_path: Path) -> None:
    """All of it, byte for byte, with its licence and its gaps."""
    manifest = flights(tmp_path / "f.csv")
    rows = rows_of(tmp_path / "f.csv")
    assert len(rows) == manifest.rows == 336_776
    assert sum(row["arr_delay"] == "NA" for row in rows) == 9_430
    assert manifest.licence == "CC0-1.0"
    assert manifest.generator_version is None
    assert json.loads(Manifest.beside(tmp_path / "f.csv").read_text())["rows"] == 336_776


@pytest.mark.parametrize(
    ("text", "size"),
    [("100MB", 10**8), ("1.5 kB", 1500), ("64KiB", 2**16), ("7", 7), ("1gb", 10**9)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    """Decimal and binary units."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1MB", "10 parsecs", "0", "٣MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """With an example of one."""
    with pytest.raises(DatasetError, match="MB"):
        parse_size(text)
