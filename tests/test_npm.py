"""Libraries come from npm as they are pinned, once, or with an error that says what to do."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reachable import why_no_npm

from data_gen.cache import CACHE_VARIABLE
from parabench.report.site import npm


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the tarball of the only package that is pinned; npm and the cache are ours."""
    path = tmp_path / "toy-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/toy.js")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"toy"))
    pins = tmp_path / "npm.txt"
    pins.write_text(f"toy 1.0.0 {npm.integrity(path.read_bytes())}\n")
    monkeypatch.setattr(npm, "PINS", pins)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return path


@pytest.fixture
def fake_npm(tmp_path: Path) -> Callable[[str], None]:
    """Return a function that puts an npm on the PATH, which does what a line of shell says."""

    def put(line: str) -> None:
        path = tmp_path / "bin" / "npm"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\ntest "$1 $2" = "pack toy@1.0.0" || exit 9\n{line}\n')
        path.chmod(0o755)

    return put


def test_a_package_is_fetched_once(
    toy: Path, fake_npm: Callable[[str], None], tmp_path: Path
) -> None:
    """Then it is in the cache, and npm is not needed; nothing else stays there."""
    fake_npm(f"/bin/cp {toy} .")
    npm.unpack("toy", ["dist/toy.js"], tmp_path / "first")
    fake_npm("exit 1")
    npm.unpack("toy", ["dist/toy.js"], tmp_path / "second")
    assert (tmp_path / "second/toy/dist/toy.js").read_bytes() == b"toy"
    assert [*(tmp_path / "cache/npm").iterdir()] == [tmp_path / "cache/npm/toy-1.0.0.tgz"]


def test_a_damaged_cache_is_mended(
    toy: Path, fake_npm: Callable[[str], None], tmp_path: Path
) -> None:
    cached = tmp_path / "cache/npm/toy-1.0.0.tgz"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"damaged")
    fake_npm(f"/bin/cp {toy} .")
    npm.unpack("toy", ["dist/toy.js"], tmp_path)
    assert cached.read_bytes() == toy.read_bytes()


@pytest.mark.parametrize(
    ("line", "error", "told"),
    [
        ("", npm.NoNpmError, "npm is not on the PATH; run: make publish, .* or install Node.js"),
        (
            "echo x > toy-1.0.0.tgz",
            npm.IntegrityError,
            "another toy@1.0.0 than .* npm.txt:",
        ),
        ("exit 3", npm.FetchError, "cannot fetch toy@1.0.0: its exit code is 3; .* with a network"),
        (
            "printf 'npm error code X\\nnpm error no network\\n' >&2; exit 1",
            npm.FetchError,
            "cannot fetch toy@1.0.0: no network;",
        ),
    ],
)
def test_what_cannot_be_had_is_told_with_the_next_step(
    toy: Path,
    fake_npm: Callable[[str], None],
    tmp_path: Path,
    line: str,
    error: type[npm.NpmError],
    told: str,
) -> None:
    """And nothing is kept of it."""
    if line:
        fake_npm(line)
    with pytest.raises(error, match=told):
        npm.unpack("toy", ["dist/toy.js"], tmp_path / "out")
    assert toy.is_file()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert not (tmp_path / "out").exists()


def test_npm_fetches_what_is_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real npm, and the smallest of the packages, into an empty cache."""
    if reason := why_no_npm():
        pytest.skip(reason)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    npm.unpack("blueimp-md5", ["js/md5.min.js"], tmp_path)
    assert b"md5" in (tmp_path / "blueimp-md5/js/md5.min.js").read_bytes()
