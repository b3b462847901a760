"""Files of the user's that Python imports in place of a library's, or of its own."""

import os
import sys
import traceback
from importlib.machinery import PathFinder
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def shadow(error: BaseException) -> str | None:
    """Say which file was imported in place of an installed module, if that explains an error.

    It comes from a folder of PYTHONPATH, or from the current folder where Python searches it. It
    lacks what is wanted of the module, or the error comes out of it.
    """
    lacking = isinstance(error, ImportError | AttributeError)
    raised_in = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    folders = _folders_of_the_user()
    others = [entry for entry in sys.path if Path(entry).resolve() not in folders]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." in name or not file or not (lacking or file in raised_in):
            continue
        path = Path(file).resolve()
        top = path.parent if path.stem == "__init__" else path
        if top.parent in folders and (
            name in sys.stdlib_module_names or PathFinder.find_spec(name, others)
        ):
            return (
                f"{path} is imported in place of the installed {name}; rename it, or leave its "
                "folder out of PYTHONPATH"
            )
    return None


def _folders_of_the_user() -> set[Path]:
    entries = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    entries += [entry for entry in sys.path[:1] if Path(entry).resolve() == Path.cwd()]
    return {Path(entry).resolve() for entry in entries} - {HOME}
