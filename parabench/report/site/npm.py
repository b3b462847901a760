"""JavaScript libraries, fetched by npm once, checked against npm.txt, and kept in the cache."""

import base64
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data_gen.cache import cache_folder
from parabench.report.errors import ReportError

PINS = Path(__file__).with_name("npm.txt")
OPTIONS = (
    "--ignore-scripts",
    "--loglevel=error",  # with --silent, npm would not say why it failed
    "--no-update-notifier",
    "--fetch-retries=1",  # npm's own patience takes 70 s to notice that there is no network
    "--fetch-retry-mintimeout=1000",  # milliseconds
)
# The line that says what happened; those before it hold only codes.
REASON = re.compile(r"^npm (?:error|ERR!) (?!code |syscall |errno )(.+)$", re.MULTILINE)


class NpmError(ReportError):
    """A library cannot be had."""


class NoNpmError(NpmError):
    """There is no npm here, and the cache lacks the library."""


class FetchError(NpmError):
    """npm did not fetch the library."""


class IntegrityError(NpmError):
    """What npm fetched is not what was pinned."""


@dataclass(frozen=True)
class Package:
    """A line of npm.txt; `integrity` is as npm writes it: sha512-BASE64, of the tarball."""

    name: str
    version: str
    integrity: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


def pins() -> dict[str, Package]:
    """Return the packages of npm.txt, by their names."""
    packages = (Package(*line.split()) for line in PINS.read_text().splitlines())
    return {package.name: package for package in packages}


def unpack(name: str, files: Iterable[str], folder: Path) -> None:
    """Put some files of a package into folder/NAME, under the paths that they have in it.

    Raises NpmError; KeyError when npm.txt has no such package, or the package no such file.
    """
    with tarfile.open(fileobj=io.BytesIO(_tarball(pins()[name]))) as tar:
        for file in files:
            member = tar.getmember(f"package/{file}").replace(name=f"{name}/{file}")
            tar.extract(member, folder, filter="data")


def integrity(data: bytes) -> str:
    """Return the hash as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def _tarball(package: Package) -> bytes:
    path = cache_folder() / "npm" / f"{package.name.replace('/', '-')}-{package.version}.tgz"
    if path.is_file():
        data = path.read_bytes()
        if integrity(data) == package.integrity:  # else it was damaged since: fetch it again
            return data
    return _fetch(package, path)


def _fetch(package: Package, path: Path) -> bytes:
    """Fetch a tarball, from where npm is set up to fetch, into the cache; return what is in it."""
    npm = shutil.which("npm")
    if npm is None:
        message = (
            "npm is not on the PATH; run: make publish, which installs it into .venv-node, "
            "or install Node.js"
        )
        raise NoNpmError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".npm-") as folder:
        done = subprocess.run(  # noqa: S603  # nothing of it comes from outside
            [npm, "pack", str(package), *OPTIONS],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        fetched = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or fetched is None:
            match = REASON.search(done.stderr)
            reason = match[1] if match else f"its exit code is {done.returncode}"
            message = (
                f"npm cannot fetch {package}: {reason}; it is needed once, then kept in "
                f"{path.parent}; run this again with a network, or set up npm's registry"
            )
            raise FetchError(message)
        data = fetched.read_bytes()
        if integrity(data) != package.integrity:
            message = (
                f"npm fetched another {package} than the one pinned in {PINS.name}: "
                f"{integrity(data)}, not {package.integrity}; look at what is served to this "
                "machine: npm config get registry"
            )
            raise IntegrityError(message)
        fetched.replace(path)
    return data
