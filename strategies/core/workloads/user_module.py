"""Import a user's file under its own name, so that every process finds it again.

What the file defines is then pickled as `module.name`, and the processes that it starts
can import it: they get our `sys.path`, on which its folder stands last. So nothing in the
folder hides what is installed, and what would be hidden there is refused when it is asked for.
"""

import ast
import hashlib
import importlib
import importlib.util
import os
import sys
import sysconfig
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

from strategies.core.errors import WorkloadError
from strategies.core.workloads.thread_state import ThreadState

HOME = Path(__file__).resolve().parents[3]  # an editable install finds us here by a hook, which
# comes after `sys.path`: the folder must not come before

_lock = threading.RLock()
_folder: Path | None = None  # one at a time: the modules of two may have the same names
_placed: set[str] = set()  # folders that were put on `sys.path`, whoever has put them back
_ours: dict[str, bytes] = {}  # what was imported from there, with a digest of its file
_state = ThreadState()  # of what was imported from there


def file_of(folder: Path, module: str) -> Path:
    """Return the file of a module in a folder, as `import` would find it."""
    path = folder.joinpath(*module.split("."))
    package = path / "__init__.py"
    return package if os.path.isfile(package) else path.with_suffix(".py")  # noqa: PTH113 - no OSError


def user_module(folder: Path, name: str) -> ModuleType:
    """Import a module from a folder, anew if one of its files has changed since; WorkloadError."""
    path = file_of(folder, name)
    if not os.path.isfile(path):  # noqa: PTH113 - no OSError
        message = (
            f"there is no {path}; name its folder with --import-from, and a module in a "
            "package as package.module:function"
        )
        raise WorkloadError(message)
    top = name.partition(".")[0]
    with _lock:
        _use(folder)
        if (other := _elsewhere(folder, top)) and _hides_nothing(folder):
            sys.path.insert(0, str(folder))  # before another folder, such as `python -m` puts first
            other = _elsewhere(folder, top)
        if other:
            message = f"{path}: {top!r} is also the name of {other}; give yours another name"
            raise WorkloadError(message)
        before, problem = set(sys.modules), None
        try:
            module = sys.modules.get(name) or _state.importing(_import, name, path)
        except WorkloadError as error:
            problem = error
        except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
            problem = _hidden(folder, [path]) or _not_importable(path, error)
        else:
            problem = _hidden(folder, _files(_new_in(folder, before)))
        new = _new_in(folder, before)
        if problem is None:
            if folder != HOME:  # or it would be ourselves that are imported anew
                _ours.update({each: _digest(sys.modules[each]) for each in new})
            return module
        for each in new:
            del sys.modules[each]
    raise problem


def _import(name: str, path: Path) -> ModuleType:
    """Import a module; raises what it raises, and WorkloadError where we could not go on."""
    before = sys.getrecursionlimit()
    try:
        return importlib.import_module(name)
    finally:
        if (limit := sys.getrecursionlimit()) < before:
            sys.setrecursionlimit(before)
            message = (
                f"{path} sets the recursion limit to {limit}, which is too low for the libraries "
                f"that call it; leave it at {before}"
            )
            raise WorkloadError(message)


def thread_state() -> ThreadState:
    """Return what the modules of the last folder have set for the thread that imported them."""
    return _state


def version(folder: Path) -> str:
    """Return a digest of the files that were imported from a folder."""
    with _lock:
        digests = [_ours[name] for name in sorted(_ours)] if folder == _folder else []
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _use(folder: Path) -> None:
    """Put a folder at the end of `sys.path`; forget another one, or one that has changed."""
    global _folder, _state  # noqa: PLW0603 - `sys.modules` is one for the process, too
    if folder != _folder or any(_digest(sys.modules.get(name)) != _ours[name] for name in _ours):
        for name in _ours:
            sys.modules.pop(name, None)
        _ours.clear()
        _state = ThreadState()
        sys.path[:] = [place for place in sys.path if place not in _placed]
    _folder = folder
    if folder != HOME:
        _placed.add(str(folder))
    for place in (HOME, folder):
        if str(place) not in sys.path:
            sys.path.append(str(place))
    importlib.invalidate_caches()  # the file may be younger than what Python knows of its folder


def _elsewhere(folder: Path, name: str) -> str:
    """Return what `import name` finds, in words, if that is not in the folder; else ""."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # the latter, of a module without a spec
        return "a module that is loaded already"
    if spec is None:
        return ""
    places = [spec.origin or "", *(spec.submodule_search_locations or ())]
    if any(_same(place, own) for place in places for own in (file_of(folder, name), folder / name)):
        return ""
    if name in sys.stdlib_module_names:
        return "a module of Python's standard library"
    return f"{places[0] or places[-1]}, which is found first"


def _hides_nothing(folder: Path) -> bool:
    """Whether none of the names in a folder is one of Python's or of what is installed."""
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    libraries = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(HOME)]
    return names.isdisjoint(sys.stdlib_module_names) and not any(
        PathFinder.find_spec(name, libraries) for name in names
    )


def _hidden(folder: Path, files: Iterable[Path]) -> WorkloadError | None:
    """Return the error about a file that imports a name of its folder, and would get another's.

    Python itself would take the one that is beside a script; we would hide it.
    """
    for file in files:
        for name in _imported(file):
            beside = file_of(folder, name)
            if beside.is_file() and (other := _elsewhere(folder, name)):
                message = f"{file} imports {name!r}, which is {beside}, and {other}; rename yours"
                return WorkloadError(message)
    return None


def _imported(file: Path) -> Iterator[str]:
    """Yield the first part of each name that a file imports, but for relative ones."""
    with suppress(OSError, SyntaxError, ValueError):  # which the import has told, or will tell
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield (node.module or "").partition(".")[0]


def _new_in(folder: Path, before: set[str]) -> list[str]:
    """Return the names of the modules from a folder that have been imported since."""
    return [
        name
        for name, module in list(sys.modules.items())
        if name not in before
        and _same(getattr(module, "__file__", None) or "", file_of(folder, name))
    ]


def _files(names: Iterable[str]) -> list[Path]:
    return [Path(str(sys.modules[name].__file__)) for name in names]


def _digest(module: ModuleType | None) -> bytes:
    """Return a digest of a module's file; of none, if there is none any more."""
    with suppress(OSError):
        return hashlib.sha256(Path(str(module and module.__file__)).read_bytes()).digest()
    return b""


def _same(one: str, other: Path) -> bool:
    try:
        return bool(one) and other.samefile(one)
    except (OSError, ValueError):
        return False


def _not_importable(path: Path, error: BaseException) -> WorkloadError:
    remedy = "correct it"
    if isinstance(error, ImportError):
        remedy = "it may import what is installed, and what is in the folder of --import-from"
    message = f"{path} fails on import ({type(error).__name__}: {error}); {remedy}"
    problem = WorkloadError(" ".join(message.split()))
    problem.add_note("".join(traceback.format_exception(error)))
    return problem
