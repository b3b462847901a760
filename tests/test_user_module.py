"""A user's file is imported under its own name, and hides nothing that is not its own."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from strategies import WorkloadError, user_workload

COMMAND = Path(sys.executable).with_name("parabench")
PLAIN = "def f(value):\n    return 1\n"


def write(folder: Path, **files: str) -> Path:
    """Write files, by their names without the suffix; a double underscore is a slash."""
    for name, code in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    return folder


def test_what_the_file_defines_is_pickled_by_its_name(tmp_path: Path) -> None:
    """And a fresh interpreter with our `sys.path` finds it again."""
    write(tmp_path, shapes="class Square: pass\ndef f(value):\n    return 1\n")
    user_workload("shapes:f", tmp_path)
    data = pickle.dumps(sys.modules["shapes"].Square())
    code = (
        f"import pickle, sys; sys.path[:] = {sys.path!r}\n"
        f"print(type(pickle.loads({data!r})).__module__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "shapes\n"


def test_neighbours_and_packages_are_imported(tmp_path: Path) -> None:
    """Those in the folder, and relative ones in a package; a package's own file, too."""
    write(
        tmp_path,
        mine="from neighbour import N\nimport pack.deep\ndef f(value):\n    return N\n",
        neighbour="N = 5",
        pack____init__="from .deep import g\n",
        pack__deep="from . import other\ndef g(value):\n    return other.N\n",
        pack__other="N = 6",
    )
    (tmp_path / "pack" / "__init__.py").write_text("from .deep import g\n")
    assert user_workload("mine:f", tmp_path).record(1.0) == 5
    assert user_workload("pack.deep:g", tmp_path).record(1.0) == 6
    assert user_workload("pack:g", tmp_path).record(1.0) == 6


@pytest.mark.parametrize("name", ["json", "random", "numpy", "strategies", "sys", "parabench"])
def test_a_file_with_the_name_of_a_library_is_refused(name: str, tmp_path: Path) -> None:
    """Before anything starts, whether the library is loaded or not."""
    write(tmp_path, **{name: PLAIN})
    with pytest.raises(WorkloadError, match=f"'{name}' is also the name of .*another name"):
        user_workload(f"{name}:f", tmp_path)


def test_a_neighbour_hides_no_library(tmp_path: Path) -> None:
    """Neither from the libraries, nor from us, nor in workers and their children."""
    bad = "raise SystemExit('the wrong one')\n"
    write(
        tmp_path,
        mine="import multiprocessing\ndef f(value):\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        return pool.apply(abs, (value,))\n",
        **dict.fromkeys(["json", "random", "numpy", "pandas", "strategies", "parabench"], bad),
    )
    (tmp_path / "in.csv").write_text("old_column,t\n-1,a\n")
    for strategy in ("futures_processes", "joblib_processes", "dask_distributed"):
        files = (str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
        options = ("--workload", "mine:f", "--import-from", str(tmp_path))
        done = subprocess.run(
            [str(COMMAND), "run", strategy, *files, *options],
            capture_output=True, text=True, check=False, cwd=tmp_path, timeout=100,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "out.csv").read_text() == "old_column,t,f\n-1,a,1.0\n"


@pytest.mark.parametrize("code", ["import random\n", "def g():\n    from random import choice\n"])
def test_a_name_that_is_a_librarys_and_a_neighbours_is_refused(code: str, tmp_path: Path) -> None:
    """Python would take the one beside a script, and hide the other from everybody."""
    write(tmp_path, mine=code + PLAIN, random="def choice(): pass\n")
    with pytest.raises(WorkloadError, match=r"imports 'random', which is .*random\.py, and a mod"):
        user_workload("mine:f", tmp_path)


def test_a_file_that_has_changed_is_imported_anew(tmp_path: Path) -> None:
    """Also by a process that knows the old one, as the workers of a running cluster do."""
    write(
        tmp_path, mine="from neighbour import N\ndef f(value):\n    return N\n", neighbour="N = 1"
    )
    old = user_workload("mine:f", tmp_path).record
    assert old(1.0) == 1
    write(tmp_path, neighbour="N = 1000")
    function = user_workload("mine:f", tmp_path).record
    new = pickle.loads(pickle.dumps(function))  # noqa: S301 - from the line above
    assert new(1.0) == 1000
    assert old(1.0) == 1


def test_two_folders_are_kept_apart(tmp_path: Path) -> None:
    """Though their files have the same names."""
    for number in ("1", "2"):
        code = "from neighbour import N\ndef f(value):\n    return N\n"
        folder = write(tmp_path / number, mine=code, neighbour=f"N = {number}")
        assert user_workload("mine:f", folder).record(1.0) == int(number)
        assert sys.path.count(str(folder)) == 1
    assert str(tmp_path / "1") not in sys.path
