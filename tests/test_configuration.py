"""What the user's environment says to libraries and to Python: it works, or one line says why."""

from pathlib import Path

import pytest
from journals import Params, spread, write_session
from shells import COMMAND, check_refused, exhaustively, run, shell


@pytest.mark.parametrize(
    "strategy", ["dask_threads", *exhaustively("dask_processes", "dask_distributed")]
)
def test_a_broken_configuration_of_dask_is_passed_on(
    strategy: str, data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file's name; ours are not to blame."""
    config = tmp_path / ".config/dask/my own.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("a: [1\nb: }{")
    monkeypatch.setenv("HOME", str(tmp_path))
    done = run(strategy, data)
    check_refused(done, str(config), "is malformed", strategy, "a configuration file")
    assert "mend strategies" not in done.stderr
    assert f"{strategy}.py" not in done.stderr


@pytest.mark.parametrize(
    ("strategy", "variable", "value", "reason"),
    [
        ("joblib_threads", "MULTIPROCESSING", "0", "JOBLIB_MULTIPROCESSING"),
        ("joblib_processes", "START_METHOD", "magic", "'magic'"),
        *exhaustively(
            ("joblib_processes", "MULTIPROCESSING", "0", "JOBLIB_MULTIPROCESSING"),
            ("joblib_threads", "START_METHOD", "magic", "'magic'"),
        ),
    ],
)
def test_a_broken_environment_of_joblib_is_passed_on(
    strategy: str, variable: str, value: str, reason: str,
    data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """At once: joblib would do all work in one thread, without an error."""
    monkeypatch.setenv(f"JOBLIB_{variable}", value)
    check_refused(run(strategy, data), reason, "joblib")


WORKER, COMM = "DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_", "DASK_DISTRIBUTED__COMM__"


@pytest.mark.parametrize(
    ("strategy", "variable", "value", "said"),
    [
        ("joblib_processes", "LOKY_MAX_CPU_COUNT", "x", "invalid literal for int()"),
        ("dask_threads", "DASK_CONFIG", "{data}", "config files must have a dict"),
        *exhaustively(
            ("joblib_threads", "LOKY_MAX_DEPTH", "x", "invalid literal for int()"),
            ("dask_distributed", f"{WORKER}METHOD", "magic", "cannot find context for 'magic'"),
            ("dask_distributed", f"{COMM}TIMEOUTS__CONNECT", "soon", "Invalid time unit: soon"),
        ),
    ],
)
def test_the_variable_that_a_library_does_not_like_is_named(
    strategy: str, variable: str, value: str, said: str,
    data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """With what the library says of it, on import or as it starts."""
    source = data[1].with_name("text.csv")
    source.write_text("old_column,t\n1,a\n")
    value = value.format(data=source)
    monkeypatch.setenv(variable, value)
    done = run(strategy, data)
    check_refused(done, strategy, said, f"unset what configures it: {variable}={value}")
    assert f"{strategy}.py" not in done.stderr


HIDDEN = ("benchmarks", "data_gen", "numpy", "typer", "random")


@pytest.mark.parametrize(
    ("name", "strategy"),
    [
        *(("strategies", "serial"), ("pandas", "serial"), ("dask", "dask_threads")),
        *exhaustively(*((name, "serial") for name in HIDDEN), ("joblib", "joblib_threads")),
    ],
)
def test_a_file_that_hides_a_package_is_named(
    name: str, strategy: str, data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours, a library's or Python's own."""
    file = data[1].with_name(f"{name}.py")
    file.write_text("mine = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(file.parent))
    done = run(strategy, data)
    check_refused(done, str(file), name, "rename it, or leave its folder out of PYTHONPATH")


@pytest.mark.exhaustive
def test_a_file_that_hides_nothing_that_is_needed_is_left_alone(
    data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job needs no asv."""
    data[1].with_name("asv.py").write_text("mine = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(data[1].parent))
    assert run("serial", data).returncode == 0


def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable that says where it is."""
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("PARABENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PARABENCH_PROFILE", "smoke")
    done = shell(f"exec {COMMAND} plan")
    check_refused(done, str(tmp_path / "cache"), "Not a directory", "in PARABENCH_CACHE")


def test_no_screen_is_needed_for_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Matplotlib is told to draw on, which may be nothing that it knows."""
    monkeypatch.setenv("MPLBACKEND", "nonsense")
    warm: Params = {
        "workload": ["double"],
        "megabytes": [1],
        "strategy": ["serial", "dask_threads"],
    }
    write_session(tmp_path, {"warm": warm}, lambda _model, _cell: spread(0.04))
    done = shell(f"exec {COMMAND} report --results {tmp_path}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
