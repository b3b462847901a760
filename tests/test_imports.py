"""Imports point one way, between the folders and within them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KNOWS = {  # by folder: of which it may import, besides itself
    "strategies": set[str](),
    "data_gen": set[str](),
    "benchmarks": {"strategies", "data_gen"},
    "parabench": {"strategies", "data_gen", "benchmarks"},
    "studies": {"strategies", "data_gen", "benchmarks", "parabench"},
}


def area(module: str) -> str:
    """Return the folder that a module belongs to."""
    return module.partition(".")[0]


@cache
def modules() -> dict[str, Path]:
    """Return the file of each of our modules."""
    files = {}
    for folder in KNOWS:
        for path in (ROOT / folder).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            files[name.removesuffix(".__init__")] = path
    return files


@cache
def imports_of(module: str) -> frozenset[str]:
    """Return our modules that a module imports, also within functions."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    return frozenset(name for name in _imported(tree) if name in modules()) - {module}


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the names of the imported modules; those for type checkers alone are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            package = child.module or ""
            for alias in child.names:
                name = f"{package}.{alias.name}"
                yield name if name in modules() else package
        yield from _imported(child)


def reachable(module: str) -> frozenset[str]:
    """Return our modules that a module imports, and what these import, and so on."""
    seen: set[str] = set()
    waiting = list(imports_of(module))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(imports_of(name))
    return frozenset(seen)


@pytest.mark.parametrize("folder", KNOWS)
def test_folders_know_only_those_below(folder: str) -> None:
    """Strategies and data know nobody, the benchmarks know both, the command knows all."""
    unwelcome = [
        f"{module} imports {imported}"
        for module in modules()
        if area(module) == folder
        for imported in imports_of(module)
        if area(imported) not in KNOWS[folder] | {folder}
    ]
    assert unwelcome == []


def test_no_modules_import_each_other() -> None:
    """Neither directly nor by way of others; an import within a function is one, too."""
    from_each = {module: reachable(module) for module in modules()}
    circles = {
        frozenset(other for other in from_each[module] if module in from_each[other])
        for module in modules()
        if module in from_each[module]
    }
    assert sorted(map(sorted, circles)) == []


def test_the_modules_are_found() -> None:
    """The checks above look at something."""
    assert {"strategies.serial", "parabench.cli.app", "data_gen", "benchmarks.warm"} <= set(
        modules()
    )
    assert "parabench.interrupts" in imports_of("parabench.__main__")
    assert "parabench.cli.app" in imports_of("parabench.__main__"), "within a function"
    assert not any(name.startswith("strategies.core") for name in imports_of("strategies"))
