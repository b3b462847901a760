"""What is known of a dataset: a JSON file beside it, `DATA.csv.manifest.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from data_gen.errors import DatasetError
from data_gen.files import writing


@dataclass(frozen=True)
class Manifest:
    """Where a dataset comes from and what it holds."""

    source: str
    licence: str
    rows: int
    bytes: int
    sha256: str
    schema: dict[str, str]  # column to type, in the file's order
    generator_version: int | None = None  # None: not a synthetic one
    shape: str | None = None
    seed: int | None = None

    @staticmethod
    def beside(path: Path) -> Path:
        """Return where the manifest of the dataset at `path` lies."""
        return path.with_name(path.name + ".manifest.json")

    def save(self, path: Path) -> None:
        """Write the manifest of the dataset at `path`."""
        with writing(self.beside(path)) as file:
            file.write(json.dumps(asdict(self), indent=2).encode() + b"\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the manifest of the dataset at `path`.

        Raises DatasetError when there is none, or when the file has another size.
        """
        place = cls.beside(path)
        try:
            manifest = cls(**json.loads(place.read_bytes()))
            size = path.stat().st_size
        except (OSError, ValueError, TypeError) as error:
            message = f"{path} has no usable manifest {place.name} ({error}); generate it again"
            raise DatasetError(message) from error
        if size != manifest.bytes:
            message = (
                f"{path} has {size} bytes but its manifest says {manifest.bytes}; generate it again"
            )
            raise DatasetError(message)
        return manifest
