"""Scripts that start workers: these import them, unless they are forked."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from shells import PROCESSES, WITHIN_SECONDS, exhaustively

SCRIPT = """
import sys
from pathlib import Path
from strategies import Job, load, load_workload
{guard}
    with load(sys.argv[1]).start(2) as runner:
        job = Job(Path(sys.argv[2]), Path(sys.argv[3]), load_workload("double"))
        print(runner.run(job).records)
"""
SPAWNING = [
    name for name in PROCESSES if name != "joblib_processes"
]  # whose workers import nothing
ABOVE = 'if __name__ == "__main__":\n    print("begins")\nif True:'  # a guard of something else


@pytest.mark.parametrize(
    ("strategy", "from_input"),
    [
        ("futures_processes", False),
        ("multiprocessing_pool", True),
        *exhaustively(*itertools.product(SPAWNING, [False, True])),
    ],
)
def test_a_script_without_a_guard_is_told_so(
    strategy: str, from_input: bool, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Before any worker starts, imports the script, and starts workers."""
    script = tmp_path / "a script.py"
    script.write_text(SCRIPT.format(guard=ABOVE))
    arguments = [strategy, *map(str, data)]
    done = subprocess.run(
        [sys.executable, "-" if from_input else str(script), *arguments],
        input=script.read_text() if from_input else "",
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1, done.stderr
    last = done.stderr.splitlines()[-1]
    assert 'if __name__ == "__main__":' in last
    assert ("<stdin>" if from_input else str(script)) in last
    assert "--workers" not in last


IN_A_WORKER = "if __name__ != '__main__':\n    "
GUARD = "if __name__ == '__main__':"


@pytest.mark.parametrize("strategy", ["futures_processes", *exhaustively(*SPAWNING[:2])])
@pytest.mark.parametrize(
    ("guard", "cause"),
    [
        ("if sys.argv[1:]:", "would start workers themselves at line 6 of "),
        (
            f"{IN_A_WORKER}raise ValueError('no\\nmodule')\n{GUARD}",
            "which fails there (ValueError: no module) at line 6 of ",
        ),
        (f"{IN_A_WORKER}sys.exit(3)\n{GUARD}", "which ends there (SystemExit: 3) at line 6 of "),
    ],
)
def test_what_keeps_workers_from_importing_a_script_is_named(
    strategy: str, guard: str, cause: str, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Also where the script does not show it: it is imported once more, as a worker does."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard=guard))
    command = [sys.executable, str(script), strategy, *map(str, data)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert f"{cause}{script}; " in last
    assert last.endswith('below: if __name__ == "__main__":')
    assert "--workers" not in last


@pytest.mark.parametrize(
    "guard",
    ["MAIN = __name__ == '__main__'\nif MAIN:", "if True:", "-c", *exhaustively(GUARD)],
)
def test_scripts_that_can_work_do(guard: str, data: tuple[Path, Path], tmp_path: Path) -> None:
    """With a guard, however it is written; and with joblib, or as `python -c`, without one."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard="if True:" if guard == "-c" else guard))
    strategy = "joblib_processes" if guard == "if True:" else "futures_processes"
    how = ["-c", script.read_text()] if guard == "-c" else [str(script)]
    done = subprocess.run(
        [sys.executable, *how, strategy, *map(str, data)],
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS,
    )  # fmt: skip
    assert done.stdout == "400\n", done.stderr
