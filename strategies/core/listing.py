"""The strategies' names and what their files say of them: nothing of it is imported.

The folder is the registry. A strategy's file has, at its top: what it is, as docstring;
`KIND`, one of KINDS; and `IN_SWEEPS = True` where it stands for its kind in the sweeps over
workers, memory and chunk sizes; an engine's has it where it is measured with every strategy, not
only with the swept ones. `KEEPS = "fields"` where what it writes has the same fields, but may have
other quotes around them; a strategy that reads and writes by itself promises nothing.
`CONFIGURED_BY = "DASK_"` where environment variables whose names begin so configure its libraries.
Its libraries are those that it and its helpers import, its options are the parameters of `start`.
"""

import ast
import importlib.util
import os
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path

import strategies
from strategies.core.engines import engine_names
from strategies.core.extras import remedy

BASELINE = "serial"
KINDS = ("serial", "threads", "processes", "cluster", "file")  # file: reads and writes by itself
OURS = {"strategies"}


def names() -> list[str]:
    """Return the names of all strategies, usable or not, the baseline first."""
    modules = (module.name for module in pkgutil.iter_modules(strategies.__path__))
    listed = sorted(name for name in modules if name != "core" and not name.startswith("_"))
    return sorted(listed, key=lambda name: name != BASELINE)


def whole_file_systems() -> list[str]:
    """Return the names of the strategies that read and write files by themselves."""
    return [name for name in names() if describe(name).kind == "file"]


def chunk_strategies() -> list[str]:
    """Return the names of all other strategies, the baseline first."""
    return [name for name in names() if describe(name).kind != "file"]


@dataclass(frozen=True)
class Description:
    """What a file says of a strategy or an engine; `problem` is why it cannot be read."""

    name: str
    summary: str = ""
    kind: str = ""
    in_sweeps: bool = False
    libraries: tuple[str, ...] = ()  # as they are imported
    options: frozenset[str] = frozenset()
    # Of other fields: their bytes, quotes included, or only the fields; "" where nothing is
    # promised, and each output is judged by `fidelity`.
    keeps: str = "bytes"
    bare: str = ""  # the call that its function `bare` makes: the library without parabench
    files: tuple[Path, ...] = ()  # its own, and its helpers'
    configured_by: tuple[str, ...] = ()  # how the names of its libraries' variables begin
    problem: str | None = None

    @property
    def missing(self) -> str | None:
        """Why it cannot be used, as far as can be told without importing it."""
        if self.problem:
            return self.problem
        absent = [name for name in self.libraries if importlib.util.find_spec(name) is None]
        return remedy(self.name, absent[0]) if absent else None

    def variables(self) -> str:
        """Return which variables that configure its libraries are set here, and to what."""
        ours = [name for name in sorted(os.environ) if name.startswith(self.configured_by)]
        return ", ".join(f"{name}={os.environ[name]}" for name in ours)


def describe(name: str) -> Description:
    """Read what the file of a strategy says of it."""
    return _describe("strategies", name)


def describe_engine(name: str) -> Description:
    """Read what the file of an engine says of it."""
    return _describe("strategies.core.engines", name)


def libraries() -> tuple[str, ...]:
    """Return what all strategies and engines import, the usable and the others, sorted."""
    described = [describe(name) for name in names()]
    described += [describe_engine(name) for name in engine_names()]
    return tuple(sorted({library for one in described for library in one.libraries}))


def _describe(package: str, name: str) -> Description:
    spec = importlib.util.find_spec(f"{package}.{name}")
    if spec is None or spec.origin is None:
        return Description(name, problem=f"{name} has no file; write {package}/{name}.py")
    path = Path(spec.origin)
    try:
        module = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        return Description(name, problem=f"{name} is no Python ({error}); mend {path.name}")
    helper_names = _helpers(module, package)
    helpers = [helper for helper in path.parent.glob("_*.py") if helper.stem in helper_names]
    modules = [module, *(ast.parse(helper.read_bytes()) for helper in helpers)]
    constants = dict(_constants(module))
    return Description(
        name,
        summary=(ast.get_docstring(module) or "").partition("\n")[0],
        kind=str(constants.get("KIND", "")),
        in_sweeps=bool(constants.get("IN_SWEEPS")),
        keeps=str(constants.get("KEEPS", "" if constants.get("KIND") == "file" else "bytes")),
        libraries=tuple(sorted({library for m in modules for library in _libraries(m)})),
        options=frozenset(_parameters(module)) - {"workers"},
        bare=_docstring_of(module, "bare"),
        files=(path, *sorted(helpers)),
        configured_by=tuple(str(constants.get("CONFIGURED_BY", "")).split()),
    )


def _constants(module: ast.Module) -> list[tuple[str, object]]:
    """Return what is assigned to names at the top of a file, where it is a constant."""
    return [
        (target.id, statement.value.value)
        for statement in module.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


def _parameters(module: ast.Module) -> list[str]:
    """Return the names of the parameters of `start`."""
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "start":
            arguments = statement.args
            return [arg.arg for arg in [*arguments.args, *arguments.kwonlyargs]]
    return []


def _docstring_of(module: ast.Module, function: str) -> str:
    """Return the docstring of a function of a file; from Python itself, it may be left out."""
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == function:
            return ast.get_docstring(statement) or ""
    return ""


def _imports(module: ast.Module) -> set[str]:
    """Return the dotted names of the modules that a file imports, wherever it does so."""
    dotted: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            dotted.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            dotted.add(node.module)
    return dotted


def _libraries(module: ast.Module) -> set[str]:
    """Return the packages that a file imports that are neither Python's nor ours."""
    packages = {dotted.partition(".")[0] for dotted in _imports(module)}
    return packages - set(sys.stdlib_module_names) - OURS


def _helpers(module: ast.Module, package: str) -> set[str]:
    """Return the names of the helpers beside a file that it imports, such as `_joblib`."""
    beside = f"{package}."
    dotted = (name.removeprefix(beside) for name in _imports(module) if name.startswith(beside))
    return {name for name in dotted if name.startswith("_")}
