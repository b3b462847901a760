"""Datasets made once and kept outside the repository, under names that say what is in them."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from data_gen.errors import DatasetError
from data_gen.files import no_progress
from data_gen.manifest import Manifest
from data_gen.shapes import GENERATOR_VERSION, check_shape

CACHE_VARIABLE = "PARABENCH_CACHE"


@dataclass(frozen=True)
class Dataset:
    """A file in the cache."""

    path: Path
    manifest: Manifest


def cache_folder() -> Path:
    """Return the cache's folder: PARABENCH_CACHE, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("parabench")


def dataset(
    shape: str = "plain",
    *,
    size: int,
    seed: int = 0,
    progress: Callable[[int], object] = no_progress,
) -> Dataset:
    """Return the synthetic dataset with these arguments, made now if it is not there yet.

    The name holds all that decides the content, so an entry never goes stale. Two
    runs that make the same one at once write the same bytes; either rename wins.
    Raises DatasetError.
    """
    path = _path(shape, size, seed)
    with suppress(DatasetError):  # not there, or not whole: make it
        return Dataset(path, Manifest.load(path))
    from data_gen.generate import generate  # noqa: PLC0415 - its tables take 0.2 s to make

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        folder = cache_folder()
        message = (
            f"the cache of datasets, {folder}, cannot be written ({error.strerror}); "
            f"name a folder that can be in {CACHE_VARIABLE}"
        )
        raise DatasetError(message) from error
    return Dataset(path, generate(path, shape=shape, seed=seed, size=size, progress=progress))


def cached(shape: str = "plain", *, size: int, seed: int = 0) -> bool:
    """Whether the dataset is there, and whole."""
    try:
        Manifest.load(_path(shape, size, seed))
    except DatasetError:
        return False
    return True


def _path(shape: str, size: int, seed: int) -> Path:
    check_shape(shape)
    return cache_folder() / "data" / f"{shape}-{size}-seed{seed}-v{GENERATOR_VERSION}.csv"
