"""Which files of a site's folder the report has written: it removes no others."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

NAME = "written.json"  # in the site's folder: the paths of the files, from there
FOLDERS = {"figures", "machines"}  # in which the files change from run to run


def remove_old(folder: Path, written: Iterable[Path]) -> None:
    """Remove what an earlier report has written and this one has not; remember what this one has.

    What is named in the list but is no plain file in FOLDERS stays where it is.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in written)
    for name in set(_listed(folder)) - set(names):
        path = folder / name
        if path.is_file() and not path.is_symlink() and _is_inside(path, folder):
            path.unlink()
            _remove_empty(path.parent, folder)
    (folder / NAME).write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


def _listed(folder: Path) -> list[str]:
    """Return the files that the last report has written; none where the list is damaged."""
    with suppress(OSError, ValueError, RecursionError):
        names = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if isinstance(names, list):
            return [name for name in names if isinstance(name, str) and _may_be_ours(name)]
    return []


def _may_be_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "\0" not in name and ".." not in parts and len(parts) > 1 and parts[0] in FOLDERS


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether no link leads out of the folder."""
    return path.resolve().is_relative_to(folder.resolve())


def _remove_empty(folder: Path, site: Path) -> None:
    with suppress(OSError):  # there are other files in it
        while folder != site:
            folder.rmdir()
            folder = folder.parent
